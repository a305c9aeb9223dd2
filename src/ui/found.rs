//! The table of what was found: each value with the place it was read from.

use std::fmt::Write as _;

use super::text::{bold, dim, fit, heading, width, wrap};
use crate::detect::Evidence;
use crate::interview::wording;
use crate::project::{Project, Unit};

const LABEL: usize = 18;
/// The columns of a value, where there are eighty in all; and what is left for the place behind it.
const VALUE: usize = 32;
const PLACE: usize = 22;

/// The facts of a unit that are shown, in order.
const FIELDS: [&str; 14] = [
    "framework",
    "version",
    "package_manager",
    "install",
    "lint",
    "test",
    "build",
    "output",
    "port",
    "health_path",
    "dockerfile",
    "template",
    "region",
    "address_output",
];

/// One row: label, value, place.
pub type Row = (String, String, String);

/// Everything that was found; `about` are rows on the repository itself.
#[must_use]
pub fn found(project: &Project, about: &[Row]) -> String {
    let mut blocks: Vec<Vec<Row>> = vec![about.to_vec()];
    blocks.extend(project.units.iter().filter(|unit| unit.deployable()).map(rows));
    blocks.retain(|block| !block.is_empty());
    let mut text = String::new();
    if !blocks.is_empty() {
        let headline = bold(&fit(wording::FOUND, LABEL + value_width() + 2));
        let _ = writeln!(text, "{headline}{}", dim(wording::READ_FROM));
    }
    let several = blocks.len() > 2;
    for (index, block) in blocks.iter().enumerate() {
        if several && index > 0 {
            text.push('\n');
        }
        for row in block {
            line(&mut text, row);
        }
    }
    later(&mut text, project);
    text
}

fn rows(unit: &Unit) -> Vec<Row> {
    let kind = unit.evidence_for("kind").map_or_else(|| unit.path.clone(), Evidence::place);
    let title = match unit.path.as_str() {
        "." => unit.kind.title().to_owned(),
        folder => format!("{} in {folder}", unit.kind.title()),
    };
    let mut rows = vec![("kind".to_owned(), title, kind)];
    for field in FIELDS {
        if let Some(evidence) = unit.evidence_for(field) {
            let value = evidence.claim.split_once('=').map_or("", |(_, value)| value);
            let value = if field == "version" {
                format!("{} {value}", unit.toolchain.as_deref().unwrap_or_default())
            } else {
                value.to_owned()
            };
            rows.push((wording::field(field).to_owned(), value.trim().to_owned(), evidence.place()));
        }
    }
    rows.extend(stacks(unit));
    rows.extend(names(unit, "build_variable", &unit.build_variables));
    rows.extend(names(unit, "variable", &unit.variables));
    rows
}

/// The existing stacks, a row for each.
fn stacks(unit: &Unit) -> impl Iterator<Item = Row> + '_ {
    unit.evidence.iter().filter_map(|evidence| {
        let value = evidence.claim.strip_prefix("stack_name=")?;
        Some((wording::field("stack_name").to_owned(), value.to_owned(), evidence.place()))
    })
}

/// Names of variables: the first few, with the place of the first.
fn names(unit: &Unit, field: &str, names: &[String]) -> Option<Row> {
    let first = names.first()?;
    let value = match names.len() {
        1 => first.clone(),
        count => format!("{first} and {} more", count - 1),
    };
    let place = unit.evidence_for(field).map(Evidence::place).unwrap_or_default();
    Some((wording::field(field).to_owned(), value, place))
}

/// The columns of a value: fewer in a narrow terminal, so that the place still stands beside it.
fn value_width() -> usize {
    width().saturating_sub(LABEL + PLACE + 2).clamp(14, VALUE)
}

fn line(text: &mut String, (label, value, place): &Row) {
    let _ = writeln!(text, "  {}{} {}", fit(label, LABEL), fit(value, value_width() - 1), dim(place));
}

/// What cannot be deployed yet, named for what it is.
fn later(text: &mut String, project: &Project) {
    let units: Vec<&Unit> = project.units.iter().filter(|unit| !unit.deployable()).collect();
    if units.is_empty() {
        return;
    }
    text.push_str(&heading(wording::LATER));
    for unit in units {
        let advice = unit.advice.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  {} {}", fit(&unit.path, LABEL - 1), unit.kind.title());
        let _ = writeln!(text, "  {}{}", " ".repeat(LABEL), wrap(advice, LABEL + 2));
    }
}
