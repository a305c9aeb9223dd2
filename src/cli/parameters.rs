//! Whether the project's own template declares what the manifest hands over: CloudFormation drops the rest in silence.

use super::session::Session;
use crate::detect::template_parameters;
use crate::error::{Error, Result};
use crate::manifest::{self, Manifest, Service, VariableName};
use crate::pipeline::resolve_options;
use crate::scaffold::Delivery;

/// Checks every variable and secret of the services whose template can be read; `text` is the manifest's.
///
/// # Errors
/// The first that the template does not declare, at its line of the manifest.
pub(super) fn check(session: &Session, manifest: &Manifest, text: &str) -> Result<()> {
    for service in &manifest.services {
        let Some((path, declared)) = declared(session, service)? else { continue };
        let mut names = service.variables.keys().chain(service.secrets.keys()).map(VariableName::as_str);
        if let Some(name) = names.find(|name| !declared.iter().any(|known| known == name)) {
            return Err(undeclared(name, &path, &declared, text));
        }
    }
    Ok(())
}

/// The template of a service that takes its variables as parameters, and what that declares.
fn declared(session: &Session, service: &Service) -> Result<Option<(String, Vec<String>)>> {
    let target = session.scaffolds.target(&service.target)?;
    if target.variables != Delivery::Parameters {
        return Ok(None);
    }
    let template = resolve_options(&target, service)?.get("template").map(ToString::to_string);
    let Some(template) = template else { return Ok(None) };
    let path = match service.path.as_str() {
        "." => template,
        folder => format!("{folder}/{template}"),
    };
    let text = session.workspace.read(&path).ok().flatten();
    Ok(text.and_then(|text| template_parameters(&path, &text)).map(|declared| (path, declared)))
}

fn undeclared(name: &str, path: &str, declared: &[String], text: &str) -> Error {
    let help = match (nearest(name, declared), declared) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, []) => format!("it declares none: add {name} there, under Parameters"),
        (None, known) => format!("it declares: {}", known.join(", ")),
    };
    let key = format!("{name}:");
    let place = text.lines().enumerate().find_map(|(index, line)| Some((index + 1, line.find(&key)? + 1)));
    let (line, column) = place.unwrap_or((1, 1));
    let what = format!("{path} declares no parameter {name}, so its value would be dropped in silence");
    Error::usage(what).help(help).at(manifest::PATH, text, line, column)
}

/// The name that was most likely meant.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let near = known.iter().map(|other| (distance(&plain(name), &plain(other)), other.as_str()));
    near.min().filter(|(distance, _)| *distance <= 2).map(|(_, other)| other)
}

/// How many letters must be added, removed or changed to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (deleted, one) in from.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], deleted + 1);
        for (index, other) in to.chars().enumerate() {
            let changed = before + usize::from(one != other);
            before = row[index + 1];
            row[index + 1] = changed.min(before + 1).min(row[index] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_and_another_way_of_writing_are_both_known() {
        let known = ["LogLevel", "TableName"].map(str::to_owned);
        assert_eq!(nearest("LOG_LEVEL", &known), Some("LogLevel"));
        assert_eq!(nearest("TabelName", &known), Some("TableName"));
        assert_eq!(nearest("Price", &known), None);
        assert_eq!((distance("kitten", "sitting"), distance("", "ab"), distance("same", "same")), (3, 2, 0));
    }
}
