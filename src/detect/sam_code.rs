//! The code of a serverless application: at the template's side, or in the functions' own folders.

use std::collections::BTreeSet;

use super::document::Document;
use super::sam::{functions, property};
use super::scan::{Scan, join};
use super::spa::clean;
use super::stack;
use crate::project::{Commands, Unit};

/// Fills in the commands: of the template's folder, otherwise of the one folder that holds a function's package.
pub(super) fn apply(scan: &Scan<'_>, template: &Document, unit: &mut Unit, toolchain: &str) {
    let here = stack::apply_named(scan, unit, toolchain);
    let folders = code_folders(template);
    match toolchain {
        "node" if !here => node(scan, &folders, unit),
        "python" => python(scan, &folders, unit),
        _ => {}
    }
    if unit.commands.test.is_none() && unit.warnings.is_empty() {
        unit.warn("no tests were found beside the template or the functions");
    }
}

/// The folders that the functions' code is taken from, below the template.
fn code_folders(template: &Document) -> BTreeSet<String> {
    let uris = functions(template).into_iter().filter_map(|function| property(template, function, "CodeUri"));
    uris.map(|(uri, _)| clean(uri)).filter(|folder| !folder.is_empty()).collect()
}

/// npm works in another folder by `--prefix`; several packages would need several commands.
fn node(scan: &Scan<'_>, folders: &BTreeSet<String>, unit: &mut Unit) {
    let path = |folder: &str| join(&unit.path, folder);
    let packages: Vec<&String> =
        folders.iter().filter(|folder| scan.has(&path(folder), "package.json")).collect();
    let [folder] = packages.as_slice() else {
        return;
    };
    let mut inner = Unit::new(&path(folder), unit.kind);
    inner.version.clone_from(&unit.version);
    stack::apply_named(scan, &mut inner, "node");
    if inner.package_manager.as_deref() == Some("npm") {
        let there = |command: Option<String>| command.map(|command| prefixed(&command, folder));
        unit.commands = Commands {
            install: there(inner.commands.install),
            lint: there(inner.commands.lint),
            test: there(inner.commands.test),
            build: None,
        };
        unit.evidence.extend(inner.evidence);
        unit.warnings.extend(inner.warnings);
        unit.package_manager = inner.package_manager;
    }
}

/// `npm test -- --run` in `hello` is `npm --prefix hello test -- --run`.
fn prefixed(command: &str, folder: &str) -> String {
    command.replacen("npm ", &format!("npm --prefix {folder} "), 1)
}

/// The tests import the functions, so their requirements are installed as well.
fn python(scan: &Scan<'_>, folders: &BTreeSet<String>, unit: &mut Unit) {
    let files = folders.iter().map(|folder| format!("{folder}/requirements.txt"));
    let files: Vec<String> =
        files.filter(|file| scan.has(&unit.path, file)).map(|file| format!("-r {file}")).collect();
    let pip = unit.package_manager.as_deref() == Some("pip");
    if let Some(install) = unit.commands.install.as_mut().filter(|_| pip && !files.is_empty()) {
        *install = format!("{install} {}", files.join(" "));
    }
}
