//! Servers by their framework, and what is only a library: both are named, neither is deployed without a Dockerfile.

use std::sync::LazyLock;

use super::Detector;
use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use super::stack::package::Package;
use super::stack::python_deps::Dependencies;
use super::stack::{self, line};
use crate::interview::wording;
use crate::project::{Kind, Unit};

/// A framework with the port it listens on where nothing else is written.
struct Framework {
    place: &'static str,
    mention: &'static str,
    name: &'static str,
    port: u16,
}

/// The table of frameworks; a run that finds its port written elsewhere never reads it.
static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    let lines = include_str!("../../scaffolds/detection/servers.tsv").lines();
    let framework = |line: &'static str| {
        let mut fields = line.split('\t');
        let (place, mention, name) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Framework { place, mention, name, port: fields.next()?.parse().ok()? })
    };
    lines.filter(|line| !line.starts_with('#')).filter_map(framework).collect()
});

/// The frameworks that are looked for in one place.
fn of(place: &str) -> impl Iterator<Item = &'static Framework> {
    FRAMEWORKS.iter().filter(move |framework| framework.place == place)
}

/// Start scripts that only serve a developer.
const DEVELOPMENT: &[&str] = &[
    "ng serve",
    "react-scripts",
    "vite",
    "next dev",
    "gulp",
    "webpack serve",
    "webpack-dev-server",
    "live-server",
    "http-server",
    "parcel",
];

/// The server framework of a folder and its usual port.
pub(super) fn find(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let text = FRAMEWORKS.iter().filter(|framework| framework.place.contains('.')).find_map(|framework| {
        let file = framework.place;
        let clue = scan
            .has(folder, file)
            .then(|| line(scan, folder, file, |line| line.contains(framework.mention)))??;
        Some((Found::likely(framework.name.to_owned(), clue), framework.port))
    });
    text.or_else(|| python(scan, folder)).or_else(|| node(scan, folder))
}

fn python(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let dependencies = Dependencies::read(scan, folder)?;
    of("python").find_map(|framework| {
        let clue = dependencies.get(framework.mention)?;
        Some((Found::likely(framework.name.to_owned(), clue), framework.port))
    })
}

fn node(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let package = Package::read(scan, folder)?;
    let found = of("node").find_map(|f| Some((package.framework(f.name, f.mention)?, f.port)));
    found.or_else(|| {
        let start = package.script("start")?;
        let serves = !DEVELOPMENT.iter().any(|tool| start.contains(tool));
        let plain = of("start").next().filter(|_| serves)?;
        Some((Found::hint(plain.name.to_owned(), package.script_clue("start")), plain.port))
    })
}

/// Servers without a Dockerfile, and libraries.
pub(super) struct Servers;

impl Detector for Servers {
    fn name(&self) -> &'static str {
        "servers"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let folders: Vec<&str> = scan.folders().map(|(folder, _)| folder).collect();
        folders
            .into_iter()
            .filter_map(|folder| server(scan, folder).or_else(|| library(scan, folder)))
            .collect()
    }
}

fn server(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let (framework, port) =
        find(scan, folder).or_else(|| Some((go_main(scan, folder)?, of("main").next()?.port)))?;
    let mut unit = Unit::new(folder, Kind::Server);
    unit.claim("kind", Some(framework.with("server")));
    unit.framework = unit.claim("framework", Some(framework));
    stack::apply(scan, &mut unit);
    unit.port = unit.claim("port", Some(Found::assumed(port)));
    unit.advice = Some(wording::advice(Kind::Server).to_owned());
    Some(unit)
}

/// A Go program that serves: package main in the module's root or below cmd/.
fn go_main(scan: &Scan<'_>, folder: &str) -> Option<Found<String>> {
    if !scan.has(folder, "go.mod") {
        return None;
    }
    let mut files = scan.below(folder, 20_000).filter(|file| file.ends_with("main.go"));
    let clue = files.find_map(|file| {
        let text = scan.text(file)?;
        let (index, line) = text.lines().enumerate().find(|(_, line)| line.contains("net/http"))?;
        text.contains("package main").then(|| Clue::new(file, index + 1, line))
    })?;
    Some(Found::likely("net/http".to_owned(), clue))
}

/// What is published: an npm package with an entry, a Python, Rust or Go package.
fn library(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let table = |file: &str, table: &str| {
        let holds = scan.has(folder, file);
        holds.then(|| line(scan, folder, file, |line| line.trim() == table))?
    };
    let module = || Some(Clue::file(&join(folder, "go.mod"))).filter(|_| scan.has(folder, "go.mod"));
    let clue = published(scan, folder)
        .or_else(|| table("pyproject.toml", "[project]"))
        .or_else(|| table("Cargo.toml", "[package]"))
        .or_else(module)?;
    let mut unit = Unit::new(folder, Kind::Library);
    unit.claim("kind", Some(Found::hint("library", clue)));
    stack::apply(scan, &mut unit);
    unit.advice = Some(wording::advice(Kind::Library).to_owned());
    Some(unit)
}

/// The entry of an npm package that is not private.
fn published(scan: &Scan<'_>, folder: &str) -> Option<Clue> {
    let package = Package::read(scan, folder)?;
    let document = package.document();
    if document.get(&["private"]).is_some_and(|value| value == true) {
        return None;
    }
    let entries = ["exports", "main", "module", "bin", "files"];
    let key = entries.into_iter().find(|key| document.get(&[key]).is_some())?;
    Some(document.clue(&[key]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_framework() {
        let lines = include_str!("../../scaffolds/detection/servers.tsv").lines();
        assert_eq!(FRAMEWORKS.len(), lines.filter(|line| !line.starts_with('#')).count());
        for place in ["node", "python", "start", "main", "go.mod"] {
            assert!(of(place).next().is_some(), "{place}");
        }
    }
}
