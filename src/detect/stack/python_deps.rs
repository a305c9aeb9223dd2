//! What a Python project depends on, wherever it says so, and how that is installed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::python::first_file;
use crate::detect::document::Document;
use crate::detect::evidence::{Clue, Found};
use crate::detect::scan::{Scan, join};
use crate::project::Unit;

const REQUIREMENTS: &[&str] = &[
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "requirements_dev.txt",
    "dev-requirements.txt",
    "test-requirements.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
    "tests/requirements.txt",
];

const EXTRAS: &[&str] = &["project", "optional-dependencies"];
const GROUPS: &[&str] = &["dependency-groups"];

/// Where pyproject.toml has plain lists of requirements.
const LISTS: &[&[&str]] = &[&["project", "dependencies"], &["tool", "uv", "dev-dependencies"]];

/// Where Poetry has tables with a key per requirement.
const TABLES: &[&[&str]] = &[
    &["tool", "poetry", "dependencies"],
    &["tool", "poetry", "dev-dependencies"],
    &["tool", "poetry", "group", "dev", "dependencies"],
    &["tool", "poetry", "group", "test", "dependencies"],
];

/// Dependency names (lower case, `-` for `_`) with their places.
pub(in crate::detect) struct Dependencies {
    names: BTreeMap<String, Clue>,
    requirements: Vec<&'static str>,
    project: Option<Document>,
    extras: Vec<String>,
    groups: Vec<String>,
}

impl Dependencies {
    /// Reads requirements files, pyproject.toml and Pipfile; `None` where there is none of them.
    pub(in crate::detect) fn read(scan: &Scan<'_>, folder: &str) -> Option<Self> {
        let requirements: Vec<&str> =
            REQUIREMENTS.iter().copied().filter(|name| scan.has(folder, name)).collect();
        let project =
            scan.has(folder, "pyproject.toml").then(|| scan.document(&join(folder, "pyproject.toml")));
        let others = ["Pipfile", "setup.py", "manage.py"];
        if requirements.is_empty() && project.is_none() && scan.first(folder, &others).is_none() {
            return None;
        }
        let mut found = Self {
            names: BTreeMap::new(),
            requirements,
            project: project.flatten(),
            extras: Vec::new(),
            groups: Vec::new(),
        };
        found.read_requirements(scan, folder);
        found.read_project();
        Some(found)
    }

    fn read_requirements(&mut self, scan: &Scan<'_>, folder: &str) {
        let files = self.requirements.iter().copied().chain(["Pipfile"]);
        for name in files.filter(|name| scan.has(folder, name)) {
            let file = join(folder, name);
            let Some(text) = scan.text(&file) else {
                continue;
            };
            for (index, line) in text.lines().enumerate() {
                if let Some(name) = dependency(line) {
                    self.names.entry(name).or_insert_with(|| Clue::new(&file, index + 1, line));
                }
            }
        }
    }

    fn read_project(&mut self) {
        let Some(project) = &self.project else { return };
        for name in declared(project).iter().filter_map(|line| dependency(line)) {
            let clue = project.mention(&name);
            self.names.entry(name).or_insert(clue);
        }
        let for_tests = |path: &[&str]| {
            let mut names = project.keys(path);
            names.retain(|name| matches!(*name, "dev" | "test" | "tests"));
            names.into_iter().map(str::to_owned).collect()
        };
        self.extras = for_tests(EXTRAS);
        self.groups = for_tests(GROUPS);
    }

    /// Where a dependency is written.
    pub(in crate::detect) fn get(&self, name: &str) -> Option<Clue> {
        self.names.get(name).cloned()
    }

    /// The first of several.
    pub(super) fn any<'n>(&self, names: &[&'n str]) -> Option<(&'n str, Clue)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    /// The range in pyproject.toml.
    pub(super) fn requires_python(&self) -> Option<Found<String>> {
        let project = self.project.as_ref()?;
        let paths = [&["project", "requires-python"][..], &["tool", "poetry", "dependencies", "python"]];
        let path = paths.into_iter().find(|path| project.str(path).is_some())?;
        Some(Found::certain(project.str(path)?.to_owned(), project.clue(path)))
    }

    /// uv, Poetry, Pipenv by their lock or table, otherwise pip.
    pub(super) fn manager(&self, scan: &Scan<'_>, folder: &str) -> Found<String> {
        let locks =
            [("uv.lock", "uv"), ("poetry.lock", "poetry"), ("Pipfile.lock", "pipenv"), ("Pipfile", "pipenv")];
        let lock = locks.iter().find(|(file, _)| scan.has(folder, file));
        if let Some((file, name)) = lock {
            return Found::certain((*name).to_owned(), Clue::file(&join(folder, file)));
        }
        let tables = [("uv", &["tool", "uv"][..]), ("poetry", &["tool", "poetry"])];
        let table = self.project.as_ref().and_then(|project| {
            let (name, path) = tables.iter().find(|(_, path)| project.get(path).is_some())?;
            Some(Found::likely((*name).to_owned(), project.clue(path)))
        });
        table.unwrap_or_else(|| {
            let file = first_file(scan, folder, &["requirements.txt", "pyproject.toml"]);
            Found::likely("pip".to_owned(), Clue::file(&file.unwrap_or_default()))
        })
    }

    /// Installs everything, tests' dependencies included.
    pub(super) fn install(&self, scan: &Scan<'_>, unit: &mut Unit, pytest: bool) -> Option<String> {
        let folder = unit.path.clone();
        let locked = |lock: &str| scan.has(&folder, lock);
        match unit.package_manager.as_deref()? {
            "uv" if locked("uv.lock") => Some("uv sync --locked --all-extras".to_owned()),
            "uv" => {
                unit.warn("no lock file: uv resolves anew in each run (commit uv.lock)");
                Some("uv sync --all-extras".to_owned())
            }
            "poetry" => {
                if !locked("poetry.lock") {
                    unit.warn("no lock file: Poetry resolves anew in each run (commit poetry.lock)");
                }
                Some("poetry install --no-interaction".to_owned())
            }
            "pipenv" => Some("pipenv install --dev --deploy".to_owned()),
            _ => self.pip(pytest),
        }
    }

    fn pip(&self, pytest: bool) -> Option<String> {
        let mut words: Vec<String> = self.requirements.iter().map(|file| format!("-r {file}")).collect();
        if words.is_empty() && self.project.is_some() {
            let extras = match self.extras.as_slice() {
                [] => String::new(),
                extras => format!("[{}]", extras.join(",")),
            };
            words.push(format!("\".{extras}\""));
            words.extend(self.groups.iter().map(|group| format!("--group {group}")));
        }
        if pytest {
            words.push("pytest".to_owned());
        }
        (!words.is_empty()).then(|| format!("pip install {}", words.join(" ")))
    }
}

/// All requirements that pyproject.toml declares, as they are written.
fn declared(project: &Document) -> Vec<String> {
    let mut found: Vec<String> = LISTS.iter().flat_map(|path| strings(project.get(path))).collect();
    for path in [EXTRAS, GROUPS] {
        let group = |key: &&str| strings(project.get(&[path, &[*key]].concat()));
        found.extend(project.keys(path).iter().flat_map(group));
    }
    let keys = TABLES.iter().flat_map(|path| project.keys(path));
    found.extend(keys.map(str::to_owned));
    found
}

/// The normalised name at the start of a requirement or a TOML key.
fn dependency(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches('"');
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let name = line[..end.unwrap_or(line.len())].to_ascii_lowercase().replace('_', "-");
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array);
    items.map_or_else(Vec::new, |items| {
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    })
}
