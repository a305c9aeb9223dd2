//! Which variables a service knows of, and a value written as one for all environments or one for each.

use indexmap::IndexMap;

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use super::{secrets, wording, words};
use crate::manifest::{Environment, Name, PerEnvironment, Scalar, SecretReference, Service, VariableName};

/// A service's variables as questions: what it has, then what was found; a secret is asked for as a reference.
#[must_use]
pub(super) fn topics(draft: &Draft, facts: &Facts<'_>, index: usize) -> Vec<Topic> {
    let service = &draft.manifest.services[index];
    let mut topics: Vec<Topic> =
        service.variables.keys().map(|name| Topic::Variable(name.to_string())).collect();
    topics.extend(service.secrets.keys().map(|name| Topic::Secret(name.to_string())));
    let found = unanswered(draft, facts, index).into_iter();
    topics.extend(found.map(|name| {
        let secret = secrets::is_secret(draft, facts, index, &name);
        if secret { Topic::Secret(name) } else { Topic::Variable(name) }
    }));
    topics
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
    found.iter().filter(|name| !has(service, name)).cloned().collect()
}

fn has(service: &Service, name: &str) -> bool {
    service.variables.keys().chain(service.secrets.keys()).any(|key| key.as_str() == name)
}

/// Whether a question is about a variable or secret that has no value yet.
pub(super) fn is_unset(draft: &Draft, question: &Question) -> bool {
    let (Topic::Variable(name) | Topic::Secret(name)) = &question.topic else {
        return false;
    };
    draft.manifest.services.get(question.service).is_some_and(|service| !has(service, name))
}

/// The variables and secrets that have a value in some environments only: a new environment leaves them so.
pub(super) fn incomplete(draft: &Draft, index: usize) -> impl Iterator<Item = Question> + '_ {
    let service = &draft.manifest.services[index];
    let of = |name: &VariableName| name.to_string();
    let variables = service.variables.iter().filter(|(_, value)| first_without(draft, value).is_some());
    let secrets = service.secrets.iter().filter(|(_, value)| first_without(draft, value).is_some());
    let variables = variables.map(move |(name, _)| Topic::Variable(of(name)));
    let secrets = secrets.map(move |(name, _)| Topic::Secret(of(name)));
    variables.chain(secrets).map(move |topic| Question::of(topic, index))
}

fn first_without<'a, T>(draft: &'a Draft, value: &PerEnvironment<T>) -> Option<&'a Name> {
    let mut names = draft.manifest.environments.iter().map(|environment| &environment.name);
    names.find(|name| value.get(name).is_none())
}

/// Reads a plain value; one that carries a password must not be committed.
pub(super) fn plain(name: &str, text: &str) -> Result<Scalar, String> {
    if secrets::carries_password(text) {
        Err(wording::carries_password(name))
    } else {
        Ok(words::scalar(text))
    }
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

/// Checks what was typed at a prompt, where all environments are answered at once; flags give them one by one.
///
/// # Errors
/// What is missing or was misspelt, with what to type.
pub(super) fn complete(draft: &Draft, question: &Question, text: &str) -> Result<(), String> {
    let (Topic::Variable(name) | Topic::Secret(name)) = &question.topic else {
        return Ok(());
    };
    let (Some(service), Ok(key)) =
        (draft.manifest.services.get(question.service), name.parse::<VariableName>())
    else {
        return Ok(());
    };
    check_names(draft, text)?;
    let missing = match &question.topic {
        Topic::Variable(_) => service.variables.get(&key).and_then(|value| first_without(draft, value)),
        _ => service.secrets.get(&key).and_then(|value| first_without(draft, value)),
    };
    if let Some(missing) = missing {
        return Err(wording::no_value_for(missing.as_str(), &pattern(draft)));
    }
    let references = service.secrets.get(&key).filter(|_| matches!(question.topic, Topic::Secret(_)));
    references.map_or(Ok(()), |references| check_own(draft, references, name))
}

/// Refuses references that lie where the environment may not read: the permissions boundary allows its own only.
fn check_own(draft: &Draft, references: &PerEnvironment<SecretReference>, name: &str) -> Result<(), String> {
    for environment in &draft.manifest.environments {
        let own = secrets::own(&draft.manifest, environment);
        let reference = references.get(&environment.name);
        if reference.is_some_and(|reference| !reference.as_str().contains(own.trim_start_matches('/'))) {
            let proposed = secrets::proposed(&draft.manifest, environment, name);
            return Err(wording::foreign_secret(environment.name.as_str(), &proposed));
        }
    }
    Ok(())
}

/// Refuses an environment without a value, and a name that was probably meant to be one.
fn check_names(draft: &Draft, text: &str) -> Result<(), String> {
    let known: Vec<&str> = draft.manifest.environments.iter().map(|e| e.name.as_str()).collect();
    for part in text.split(',').map(str::trim) {
        let (name, value) =
            part.split_once('=').map_or((part, None), |(name, value)| (name.trim(), Some(value)));
        let is_known = known.contains(&name);
        if is_known && value.is_none_or(|value| value.trim().is_empty()) {
            return Err(wording::no_value_for(name, &pattern(draft)));
        }
        let meant = known.iter().any(|known| known.get(..3).is_some_and(|start| name.starts_with(start)))
            || crate::nearest::nearest(name, known.iter().copied()).is_some();
        if !is_known && meant && value.is_some() && name.parse::<Name>().is_ok() {
            return Err(wording::no_environment(name, &known));
        }
    }
    Ok(())
}

/// How a value for each environment is typed.
fn pattern(draft: &Draft) -> String {
    let each = draft.manifest.environments.iter().map(|environment| format!("{}=…", environment.name));
    each.collect::<Vec<_>>().join(", ")
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
