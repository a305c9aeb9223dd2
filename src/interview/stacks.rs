//! Existing stacks that a service goes on in: which are known from samconfig, which are taken, how they are typed.

use super::draft::Draft;
use super::question::{Question, Topic};
use crate::manifest::{Environment, Name, Service, StackName};
use crate::project::Unit;

/// Takes the stacks whose environment in samconfig has the name of one of ours; what a person answered stays.
pub(super) fn take_same_names(service: &mut Service, unit: &Unit, environments: &[Environment]) {
    service.stacks.retain(|name, _| environments.iter().any(|environment| environment.name == *name));
    for name in environments.iter().map(|environment| &environment.name) {
        let stack = unit.stacks.get(name.as_str()).and_then(|stack| stack.parse::<StackName>().ok());
        if let Some(stack) = stack {
            service.stacks.entry(name.clone()).or_insert(stack);
        }
    }
}

/// Takes `production=notes`, several with commas between them, or `none`.
pub(super) fn accept(service: &mut Service, environments: &[Environment], text: &str) -> Result<(), String> {
    let parts = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    for part in parts {
        if matches!(part, "none" | "-") {
            service.stacks.clear();
            continue;
        }
        let (name, stack) =
            part.split_once('=').ok_or("name the environment too: production=STACK, or none")?;
        let Some(environment) = environments.iter().find(|one| one.name.as_str() == name.trim()) else {
            let known: Vec<&str> = environments.iter().map(|one| one.name.as_str()).collect();
            return Err(format!("there is no environment {name:?}: {}", known.join(", ")));
        };
        match stack.trim() {
            "none" => drop(service.stacks.shift_remove(&environment.name)),
            stack => drop(service.stacks.insert(environment.name.clone(), stack.parse()?)),
        }
    }
    Ok(())
}

/// What stands there now, as it could be typed.
#[must_use]
pub(super) fn show(service: &Service) -> String {
    let pairs: Vec<String> = service.stacks.iter().map(|(name, stack)| format!("{name}={stack}")).collect();
    if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") }
}

/// The stacks of samconfig that no environment goes on in though nobody declined them, each with the environment of samconfig that names it.
#[must_use]
pub fn left_alone(draft: &Draft) -> Vec<(String, String)> {
    let mut rest = Vec::new();
    for (index, (service, unit)) in draft.manifest.services.iter().zip(&draft.units).enumerate() {
        if draft.settled.contains(&Question::of(Topic::Stacks, index)) {
            continue;
        }
        let taken = |stack: &String| service.stacks.values().any(|one| one.as_str() == stack);
        let free = unit.stacks.iter().filter(|(_, stack)| !taken(stack));
        rest.extend(free.map(|(config, stack)| (config.clone(), stack.clone())));
    }
    rest
}

/// The environment that a stack left alone most likely belongs to: the last that makes one of its own.
#[must_use]
pub fn likely(draft: &Draft) -> Option<&Name> {
    let taken = |name: &Name| draft.manifest.services.iter().any(|service| service.stacks.contains_key(name));
    let mut names = draft.manifest.environments.iter().rev().map(|environment| &environment.name);
    names.clone().find(|name| !taken(name)).or_else(|| names.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Manifest, read};

    fn manifest() -> Manifest {
        read(
            "version: 1\nproject: shop\nci: github\nbranch: main\nenvironments:\n  - { name: staging, region: eu-west-1 }\n  \
             - { name: production, region: eu-west-1 }\nservices:\n  - { name: api, path: ., kind: sam, target: lambda }\n",
        )
        .expect("valid")
    }

    fn taken(text: &str) -> Result<String, String> {
        let mut manifest = manifest();
        let environments = manifest.environments.clone();
        accept(&mut manifest.services[0], &environments, text)?;
        Ok(show(&manifest.services[0]))
    }

    #[test]
    fn a_stack_is_typed_with_its_environment() {
        assert_eq!(
            taken("production=notes, staging=notes-test").as_deref(),
            Ok("production=notes, staging=notes-test")
        );
        assert_eq!(taken("production=notes production=none").as_deref(), Ok("none"));
        assert_eq!(taken("none").as_deref(), Ok("none"));
        assert!(taken("notes").is_err_and(|why| why.contains("production=STACK")));
        assert!(taken("live=notes").is_err_and(|why| why.contains("staging, production")));
        assert!(taken("production=a_b").is_err_and(|why| why.contains("not the name of a stack")));
    }

    #[test]
    fn only_an_environment_of_the_same_name_is_taken_unasked() {
        let mut manifest = manifest();
        let mut unit = Unit::new(".", crate::project::Kind::Sam);
        unit.stacks = [("default", "notes"), ("production", "notes-live"), ("staging", "not a name")]
            .map(|(config, stack)| (config.to_owned(), stack.to_owned()))
            .into();
        let environments = manifest.environments.clone();
        take_same_names(&mut manifest.services[0], &unit, &environments);
        assert_eq!(show(&manifest.services[0]), "production=notes-live");
        take_same_names(&mut manifest.services[0], &unit, &environments[..1]);
        assert_eq!(show(&manifest.services[0]), "none");
    }
}
