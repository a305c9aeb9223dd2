//! Python: version, uv, Poetry or pip, and the test and lint programs among the dependencies.

use super::python_deps::Dependencies;
use super::{needs_database, settle, tool_version, version_file};
use crate::detect::evidence::{Clue, Found};
use crate::detect::scan::{Scan, ending, join};
use crate::project::Unit;

const DATABASES: &[&str] =
    &["psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "mysqlclient", "pymysql", "pymongo", "redis"];

/// Fills in a unit whose folder holds a Python project.
pub(in crate::detect) fn apply(scan: &Scan<'_>, unit: &mut Unit) -> bool {
    let folder = unit.path.clone();
    let Some(dependencies) = Dependencies::read(scan, &folder) else {
        return false;
    };
    settle(scan, unit, "python", version(scan, &folder, &dependencies));
    let manager = dependencies.manager(scan, &folder);
    unit.package_manager = unit.claim("package_manager", Some(manager));
    let prefix = match unit.package_manager.as_deref() {
        Some("uv") => "uv run ",
        Some("poetry") => "poetry run ",
        Some("pipenv") => "pipenv run ",
        _ => "",
    };
    unit.commands.lint = unit.claim("lint", lint(&dependencies, prefix));
    let test = test(scan, &folder, &dependencies, prefix);
    let extra =
        test.as_ref().filter(|test| test.value.contains("pytest") && dependencies.get("pytest").is_none());
    unit.commands.install = dependencies.install(scan, unit, extra.is_some());
    if test.is_none() {
        unit.warn("no tests were found: neither pytest nor a test_*.py file");
    } else if let Some((name, found)) = dependencies.any(DATABASES) {
        needs_database(unit, name, &found);
    }
    unit.commands.test = unit.claim("test", test);
    true
}

fn version(scan: &Scan<'_>, folder: &str, dependencies: &Dependencies) -> Option<Found<String>> {
    version_file(scan, folder, ".python-version")
        .or_else(|| tool_version(scan, folder, &["python"]))
        .or_else(|| version_file(scan, folder, "runtime.txt"))
        .or_else(|| dependencies.requires_python())
}

fn lint(dependencies: &Dependencies, prefix: &str) -> Option<Found<String>> {
    let programs = [("ruff", "ruff check ."), ("flake8", "flake8 ."), ("pylint", "pylint .")];
    programs.iter().find_map(|(name, command)| {
        let clue = dependencies.get(name)?;
        Some(Found::likely(format!("{prefix}{command}"), clue))
    })
}

/// Django's own tests, pytest where it is a dependency or configured, unittest, pytest for lone test files.
fn test(scan: &Scan<'_>, folder: &str, dependencies: &Dependencies, prefix: &str) -> Option<Found<String>> {
    let pytest = match prefix {
        "" if unit_tests_apart(scan, folder) => "python -m pytest tests/unit".to_owned(),
        "" => "python -m pytest".to_owned(),
        _ => format!("{prefix}pytest"),
    };
    let file = test_file(scan, folder);
    if let Some(clue) = dependencies.get("pytest") {
        let found = Found::certain(pytest, clue);
        return file.map(|_| found);
    }
    let file = file?;
    let clue = Clue::file(file);
    if scan.has(folder, "manage.py") {
        return Some(Found::likely(format!("{prefix}python manage.py test"), clue));
    }
    let unittest = scan.text(file).is_some_and(|text| text.contains("TestCase"));
    let command = if unittest { format!("{prefix}python -m unittest discover") } else { pytest };
    Some(Found::likely(command, clue))
}

/// Integration tests in a folder of their own talk to something that is deployed.
fn unit_tests_apart(scan: &Scan<'_>, folder: &str) -> bool {
    let holds = |tests: &str| scan.below(&join(folder, tests), 1000).any(|file| ending(file) == "py");
    holds("tests/unit") && holds("tests/integration")
}

fn test_file<'a>(scan: &Scan<'a>, folder: &str) -> Option<&'a str> {
    scan.below(folder, 20_000).find(|file| {
        let name = file.rsplit('/').next().unwrap_or(file);
        ending(name) == "py"
            && (name.starts_with("test_") || name.ends_with("_test.py") || name == "tests.py")
    })
}

/// The first of several files that exists, as a path from the root.
pub(super) fn first_file(scan: &Scan<'_>, folder: &str, names: &[&str]) -> Option<String> {
    scan.first(folder, names).map(|name| join(folder, name))
}
