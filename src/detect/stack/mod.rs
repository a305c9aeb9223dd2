//! What a toolchain adds to a unit: version, package manager, and the commands that install, lint, test and build.

pub(super) mod go;
pub(super) mod manager;
pub(super) mod node;
pub(super) mod node_version;
pub(super) mod package;
pub(super) mod python;
pub(super) mod python_deps;
pub(super) mod scripts;

use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use crate::project::Unit;

/// Fills in the toolchain that tests and builds the unit's folder; `false` where none of ours does.
pub(super) fn apply(scan: &Scan<'_>, unit: &mut Unit) -> bool {
    go::apply(scan, unit) || python::apply(scan, unit) || node::apply(scan, unit)
}

/// As [`apply`], but only with the toolchain of this name.
pub(super) fn apply_named(scan: &Scan<'_>, unit: &mut Unit, toolchain: &str) -> bool {
    match toolchain {
        "go" => go::apply(scan, unit),
        "python" => python::apply(scan, unit),
        "node" => node::apply(scan, unit),
        _ => false,
    }
}

/// The first line of a file that satisfies `wanted`, as a clue.
pub(super) fn line(scan: &Scan<'_>, folder: &str, name: &str, wanted: impl Fn(&str) -> bool) -> Option<Clue> {
    let file = join(folder, name);
    let text = scan.text(&file)?;
    let (index, line) = text.lines().enumerate().find(|(_, line)| wanted(line))?;
    Some(Clue::new(&file, index + 1, line))
}

/// The first line of a version file such as `.nvmrc`, without comments.
pub(super) fn version_file(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Found<String>> {
    if !scan.has(folder, name) {
        return None;
    }
    let clue = line(scan, folder, name, |line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    })?;
    let value = clue.text.split('#').next().unwrap_or_default().trim();
    Some(Found::certain(value.to_owned(), clue.clone()))
}

/// The version of a tool in `.tool-versions` or mise.toml.
pub(super) fn tool_version(scan: &Scan<'_>, folder: &str, names: &[&str]) -> Option<Found<String>> {
    let listed = scan.has(folder, ".tool-versions").then(|| {
        let word = |line: &str| line.split_whitespace().next().is_some_and(|word| names.contains(&word));
        let clue = line(scan, folder, ".tool-versions", word)?;
        let version = clue.text.split_whitespace().nth(1)?.to_owned();
        Some(Found::certain(version, clue))
    });
    listed.flatten().or_else(|| {
        let name = scan.first(folder, &["mise.toml", ".mise.toml"])?;
        let document = scan.document(&join(folder, name))?;
        let tool = names.iter().find(|tool| document.get(&["tools", tool]).is_some())?;
        let value = document.get(&["tools", tool])?;
        let version = value.as_str().or_else(|| value.get("version")?.as_str())?;
        Some(Found::certain(version.to_owned(), document.clue(&["tools", tool])))
    })
}

/// Turns a written version or range into one on offer and says so where it is none of those. A version that the
/// unit has already, because it runs on it, stays.
pub(super) fn settle(scan: &Scan<'_>, unit: &mut Unit, toolchain: &str, wanted: Option<Found<String>>) {
    unit.toolchain = Some(toolchain.to_owned());
    if unit.version.is_some() {
        return;
    }
    let newest = scan.versions.of(toolchain).first().cloned();
    let version = match wanted {
        Some(wanted) => match scan.versions.pick(toolchain, &wanted.value) {
            Some(version) => Some(wanted.with(version.to_owned())),
            None => pinned(scan, unit, toolchain, &wanted),
        },
        None => newest.map(Found::assumed),
    };
    unit.version = unit.claim("version", version);
}

/// A version that is not on offer is kept as written, with a warning.
fn pinned(
    scan: &Scan<'_>,
    unit: &mut Unit,
    toolchain: &str,
    wanted: &Found<String>,
) -> Option<Found<String>> {
    let newest = scan.versions.of(toolchain).first();
    let Some(version) = scan.versions.shorten(toolchain, &wanted.value) else {
        return newest.cloned().map(Found::assumed);
    };
    if let Some(newest) = newest {
        unit.warn(format!(
            "{toolchain} {version} ({}) is not among the versions that are maintained: {newest} is",
            place(&wanted.clue)
        ));
    }
    Some(wanted.with(version))
}

/// Warns of a database that CI does not start.
pub(super) fn needs_database(unit: &mut Unit, name: &str, clue: &Clue) {
    let warned = unit.warnings.iter().any(|warning| warning.contains("database"));
    if !warned {
        unit.warn(format!("the tests may need a database (`{name}`, {}): CI starts none", place(clue)));
    }
}

/// The place of a clue as a person reads it.
pub(super) fn place(clue: &Clue) -> String {
    super::Evidence::new("", &"", clue, super::Strength::Hint).place()
}
