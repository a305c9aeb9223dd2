//! Front-end frameworks and generators that may render on a server or write files: their configuration decides.

use std::rc::Rc;

use super::Detector;
use super::evidence::{Clue, Found};
use super::frontend_rules::{ENDINGS, Files, RULES, Rule};
use super::scan::{Scan, join};
use super::stack::node;
use super::stack::package::Package;
use super::variables;
use crate::interview::wording;
use crate::project::{Kind, Unit};

/// Frameworks that come in both forms.
pub(super) struct Frontend;

impl Detector for Frontend {
    fn name(&self) -> &'static str {
        "frontend"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let folders = scan.folders_with("package.json");
        folders.into_iter().filter_map(|folder| unit(scan, folder)).collect()
    }
}

fn unit(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let package = Package::read(scan, folder)?;
    let rule = RULES.iter().find(|rule| package.dependency(rule.dependency).is_some())?;
    package.script("build")?;
    let files = files(scan, folder, &package, rule);
    let framework = package.framework(rule.name, rule.dependency)?;
    let mut unit = Unit::new(folder, if files.is_some() { rule.kind } else { Kind::Ssr });
    let word = match unit.kind {
        Kind::Spa => "spa",
        Kind::Static => "static",
        _ => "ssr",
    };
    unit.claim("kind", Some(files.unwrap_or_else(|| framework.with(())).with(word)));
    unit.framework = unit.claim("framework", Some(framework));
    node::with(scan, &package, &mut unit);
    if unit.kind == Kind::Ssr {
        unit.advice = Some(wording::advice(Kind::Ssr).to_owned());
    } else {
        unit.output = unit.claim("output", Some(Found::assumed(rule.output.to_owned())));
        variables::build_time(scan, &mut unit, rule.prefix);
    }
    Some(unit)
}

/// The clue that says the build needs no server.
fn files(scan: &Scan<'_>, folder: &str, package: &Package, rule: &Rule) -> Option<Found<()>> {
    let build = package.script("build").unwrap_or_default();
    if build.contains("next export") || build.contains("nuxt generate") {
        return Some(Found::certain((), package.script_clue("build")));
    }
    let dependency = || package.dependency(rule.dependency).map(|found| found.with(()));
    let config = config(scan, folder, rule.config);
    match rule.files {
        Files::Always => dependency(),
        Files::Never => None,
        Files::Config(marks) => config.and_then(|(file, text)| marked(&file, &text, marks)),
        Files::Unless(marks) => match config.and_then(|(file, text)| marked(&file, &text, marks)) {
            Some(_) => None,
            None => dependency(),
        },
    }
}

fn config(scan: &Scan<'_>, folder: &str, stem: &str) -> Option<(String, Rc<str>)> {
    let names: Vec<String> = ENDINGS.iter().map(|ending| format!("{stem}.{ending}")).collect();
    let name = names.iter().find(|name| scan.has(folder, name))?;
    let file = join(folder, name);
    let text = scan.text(&file)?;
    Some((file, text))
}

/// The first line, without its comment, spaces and quotes, that holds a mark.
fn marked(file: &str, text: &str, marks: &[&str]) -> Option<Found<()>> {
    let (index, line) = text.lines().enumerate().find(|(_, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let bare: String = code.chars().filter(|c| !c.is_whitespace() && !"'\"`".contains(*c)).collect();
        let comment = bare.starts_with('*') || bare.starts_with("/*");
        !comment && marks.iter().any(|mark| bare.contains(mark))
    })?;
    Some(Found::certain((), Clue::new(file, index + 1, line)))
}
