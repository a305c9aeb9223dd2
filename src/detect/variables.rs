//! Names of variables: those that are baked in at build time, and those that a running service reads.

use std::collections::BTreeSet;

use super::evidence::{Clue, Found};
use super::scan::{Scan, ending, join};
use crate::project::Unit;

const FILES: &[&str] =
    &[".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", ".env", ".env.production"];

/// How many source files are searched for names.
const MOST_FILES: usize = 200;

const SOURCES: &[&str] = &["js", "jsx", "mjs", "ts", "tsx", "vue", "svelte", "html"];

/// Build-time names: those in env files that begin with `prefix`, and those that the sources mention.
pub(super) fn build_time(scan: &Scan<'_>, unit: &mut Unit, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    let mut found = in_env_files(scan, &unit.path);
    found.retain(|found| found.value.starts_with(prefix));
    found.extend(in_sources(scan, &unit.path, prefix));
    let mut names = BTreeSet::new();
    for found in found {
        if names.insert(found.value.clone()) {
            unit.claim("build_variable", Some(found));
        }
    }
    unit.build_variables = names.into_iter().collect();
}

/// Run-time names from env files.
pub(super) fn run_time(scan: &Scan<'_>, unit: &mut Unit, more: Vec<Found<String>>) {
    let mut names = BTreeSet::new();
    for found in in_env_files(scan, &unit.path).into_iter().chain(more) {
        if found.value != "PORT" && names.insert(found.value.clone()) {
            unit.claim("variable", Some(found));
        }
    }
    unit.variables = names.into_iter().collect();
}

fn in_env_files(scan: &Scan<'_>, folder: &str) -> Vec<Found<String>> {
    let files = FILES.iter().filter(|name| scan.has(folder, name));
    files.flat_map(|name| in_env_file(scan, &join(folder, name))).collect()
}

/// Only the name is kept as the clue's text: the value may be a secret.
fn in_env_file(scan: &Scan<'_>, file: &str) -> Vec<Found<String>> {
    let text = scan.text(file).unwrap_or_default();
    let name = |(index, line): (usize, &str)| {
        let line = line.trim().trim_start_matches("export ");
        let (name, _) = line.split_once('=')?;
        let name = name.trim();
        is_name(name).then(|| Found::likely(name.to_owned(), Clue::new(file, index + 1, name)))
    };
    text.lines().enumerate().filter_map(name).collect()
}

/// A name as shells allow it, upper case by habit.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn in_sources(scan: &Scan<'_>, folder: &str, prefix: &str) -> Vec<Found<String>> {
    let source = |file: &&str| {
        SOURCES.contains(&ending(file)) && !file.contains("node_modules/") && !file.contains(".test.")
    };
    let files: Vec<&str> = scan.below(folder, 20_000).filter(source).take(MOST_FILES).collect();
    files.into_iter().flat_map(|file| mentions(scan, file, prefix)).collect()
}

fn mentions(scan: &Scan<'_>, file: &str, prefix: &str) -> Vec<Found<String>> {
    let text = scan.text(file).unwrap_or_default();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices(prefix) {
            let end = line[at..].find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
            let name = &line[at..end.map_or(line.len(), |end| at + end)];
            if line[..at].ends_with("env.") && name.len() > prefix.len() {
                found.push(Found::certain(name.to_owned(), Clue::new(file, index + 1, line)));
            }
        }
    }
    found
}
