//! Which variables a service knows of, and a value written as one for all environments or one for each.

use indexmap::IndexMap;

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use crate::manifest::{Environment, Name, PerEnvironment, VariableName};

/// The names of a service's variables: those it has values for, then those that were found.
#[must_use]
pub(super) fn names(draft: &Draft, facts: &Facts<'_>, index: usize) -> Vec<String> {
    let service = &draft.manifest.services[index];
    let mut names: Vec<String> = service.variables.keys().map(ToString::to_string).collect();
    names.extend(unanswered(draft, facts, index));
    names
}

/// The names that were found and have no value yet.
#[must_use]
pub(super) fn unanswered(draft: &Draft, facts: &Facts<'_>, index: usize) -> Vec<String> {
    let (service, unit) = (&draft.manifest.services[index], &draft.units[index]);
    let bakes = facts
        .catalog
        .target(&service.target)
        .is_some_and(|target| target.variables == crate::scaffold::Delivery::Baked);
    let found = if bakes { &unit.build_variables } else { &unit.variables };
    let answered = |name: &String| {
        let mut known = service.variables.keys().chain(service.secrets.keys());
        known.any(|key| key.as_str() == name)
    };
    found.iter().filter(|name| !answered(name)).cloned().collect()
}

/// Reads `value`, or `staging=a, production=b`, on top of what is there.
///
/// # Errors
/// A part that does not parse, as half a sentence.
pub(super) fn parse<T: Clone>(
    text: &str,
    environments: &[Environment],
    before: Option<&PerEnvironment<T>>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<PerEnvironment<T>, String> {
    let starts = starts(text, environments);
    if starts.first().is_none_or(|(at, _)| *at > 0) {
        return Ok(PerEnvironment::All(read(text)?));
    }
    let mut values: IndexMap<Name, T> = match before {
        Some(PerEnvironment::Each(values)) => values.clone(),
        Some(PerEnvironment::All(value)) => {
            environments.iter().map(|e| (e.name.clone(), value.clone())).collect()
        }
        None => IndexMap::new(),
    };
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    for ((at, name), end) in starts.iter().zip(ends) {
        let part = &text[at + name.as_str().len() + 1..end];
        let part = part.trim_end().trim_end_matches(|c| c == ',' && end < text.len());
        values.insert((*name).clone(), read(part)?);
    }
    Ok(PerEnvironment::Each(values))
}

/// Checks that a variable or secret has a value in every environment; flags give them one by one, a prompt at once.
///
/// # Errors
/// The environment that has none, as half a sentence.
pub(super) fn complete(draft: &Draft, question: &Question) -> Result<(), String> {
    let Some(service) = draft.manifest.services.get(question.service) else {
        return Ok(());
    };
    let known = |name: &str, environment: &Name| match (&question.topic, name.parse::<VariableName>()) {
        (Topic::Variable(_), Ok(name)) => {
            service.variables.get(&name).is_none_or(|v| v.get(environment).is_some())
        }
        (Topic::Secret(_), Ok(name)) => {
            service.secrets.get(&name).is_none_or(|v| v.get(environment).is_some())
        }
        _ => true,
    };
    let (Topic::Variable(name) | Topic::Secret(name)) = &question.topic else {
        return Ok(());
    };
    let mut names = draft.manifest.environments.iter().map(|environment| &environment.name);
    match names.find(|environment| !known(name, environment)) {
        Some(environment) => Err(format!("it has no value in {environment} then: {environment}=…")),
        None => Ok(()),
    }
}

/// Where `name=` of an environment begins: at the start of the text, or after a comma.
fn starts<'a>(text: &str, environments: &'a [Environment]) -> Vec<(usize, &'a Name)> {
    let mut starts = Vec::new();
    for name in environments.iter().map(|environment| &environment.name) {
        let key = format!("{name}=");
        let begins = |at: &usize| *at == 0 || text[..*at].trim_end().ends_with(',');
        starts.extend(text.match_indices(&key).map(|(at, _)| at).find(begins).map(|at| (at, name)));
    }
    starts.sort_unstable();
    starts
}

/// The value as [`parse`] reads it.
#[must_use]
pub(super) fn show<T: std::fmt::Display>(value: &PerEnvironment<T>) -> String {
    match value {
        PerEnvironment::All(value) => value.to_string(),
        PerEnvironment::Each(values) => {
            let parts: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            parts.join(", ")
        }
    }
}
