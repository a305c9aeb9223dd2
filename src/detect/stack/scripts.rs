//! The scripts of package.json as commands that end by themselves: no watch mode, no placeholder.

use super::manager::Manager;
use super::package::Package;
use super::place;
use crate::detect::evidence::Found;
use crate::detect::scan::Scan;
use crate::project::Unit;

const LINT: &[&str] = &["lint", "lint:check", "eslint", "typecheck", "type-check", "check"];

/// Programs that drive a browser.
const BROWSERS: &[&str] = &["cypress", "playwright", "karma", "wdio", "testcafe", "puppeteer"];

/// Finds lint, test and build.
pub(super) fn apply(scan: &Scan<'_>, package: &Package, manager: &Manager, unit: &mut Unit) {
    let lint = LINT.iter().find(|name| package.script(name).is_some());
    let lint = lint.map(|name| command(package, name, manager.run(name, "")));
    unit.commands.lint = unit.claim("lint", lint);
    let build = package.script("build").map(|_| command(package, "build", manager.run("build", "")));
    unit.commands.build = unit.claim("build", build);
    let test = test(scan, package, manager, unit);
    unit.commands.test = unit.claim("test", test);
}

fn command(package: &Package, script: &str, command: String) -> Found<String> {
    Found::certain(command, package.script_clue(script))
}

/// The test command, or a warning that says why there is none.
fn test(scan: &Scan<'_>, package: &Package, manager: &Manager, unit: &mut Unit) -> Option<Found<String>> {
    let text = match usable(scan, package, unit) {
        Ok(text) => text,
        Err(why) => return other(package, manager, unit, &why),
    };
    browser(scan, package, text, unit);
    let run = manager.run("test", once(scan, unit, text).unwrap_or_default());
    let prefix = if text.contains("react-scripts test") { "CI=true " } else { "" };
    Some(command(package, "test", format!("{prefix}{run}")))
}

/// The `test` script's text where it can be run, otherwise why not.
fn usable<'p>(scan: &Scan<'_>, package: &'p Package, unit: &Unit) -> Result<&'p str, String> {
    let text = package.script("test").unwrap_or_default();
    if text.trim().is_empty() {
        Err("no tests were found: package.json has no `test` script".to_owned())
    } else if text.contains("no test specified") {
        let clue = package.script_clue("test");
        let place = place(&clue);
        Err(format!("{place} is npm's placeholder, which always fails: no tests run"))
    } else if watching(text) && once(scan, unit, text).is_none() {
        Err("the `test` script watches for changes and never ends: no tests run".to_owned())
    } else {
        Ok(text)
    }
}

/// A script that runs the tests once under another name; otherwise the warning.
fn other(package: &Package, manager: &Manager, unit: &mut Unit, warning: &str) -> Option<Found<String>> {
    let names = ["test:ci", "test:run", "test:unit"];
    let found = names.iter().find(|name| package.script(name).is_some_and(|text| !watching(text)));
    if found.is_none() {
        unit.warn(warning);
    }
    found.map(|name| command(package, name, manager.run(name, "")))
}

/// The arguments that make a watching test program end.
fn once(scan: &Scan<'_>, unit: &Unit, text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let single = !text.contains(['&', '|', ';']);
    match words.as_slice() {
        ["vitest", rest @ ..] if single && !rest.iter().any(|w| matches!(*w, "run" | "--run" | "bench")) => {
            Some("--run")
        }
        ["ng", "test", rest @ ..] if single && !rest.iter().any(|w| w.starts_with("--watch")) => {
            let karma = karma(scan, &unit.path);
            Some(if karma { "--watch=false --browsers=ChromeHeadless" } else { "--watch=false" })
        }
        _ if single && text.contains("jest") && watching(text) => Some("--watchAll=false"),
        _ => None,
    }
}

fn watching(text: &str) -> bool {
    text.split_whitespace().any(|word| matches!(word, "--watch" | "--watchAll" | "-w" | "watch"))
}

fn karma(scan: &Scan<'_>, folder: &str) -> bool {
    let angular = super::super::scan::join(folder, "angular.json");
    scan.has(folder, "karma.conf.js")
        || (scan.has(folder, "angular.json")
            && scan.text(&angular).is_some_and(|text| text.contains(":karma\"")))
}

fn browser(scan: &Scan<'_>, package: &Package, text: &str, unit: &mut Unit) {
    let named = BROWSERS.iter().find(|name| text.contains(*name)).copied();
    let karma = (text.contains("ng test") && karma(scan, &unit.path)).then_some("karma");
    if let Some(name) = named.or(karma) {
        let clue = package.script_clue("test");
        unit.warn(format!(
            "the tests need a browser ({name}, {}): a CI image without one fails",
            place(&clue)
        ));
    }
}
