//! Reads `pipewright.yml`: parses it and checks what a schema cannot say, each fault with its place.

use std::collections::BTreeSet;

use super::{Manifest, PATH, Strategy};
use crate::error::{Error, Result};

/// Names that would collide with the stacks that prepare an account.
const RESERVED: [&str; 2] = ["bootstrap", "repository"];

/// Reads a manifest from its text.
///
/// # Errors
/// A text that is not a manifest, or names that cannot live together, with line, column and a hint.
pub fn read(text: &str) -> Result<Manifest> {
    let parsed =
        serde_yaml::with::singleton_map_recursive::deserialize(serde_yaml::Deserializer::from_str(text));
    let manifest: Manifest = parsed.map_err(|cause| syntax_error(text, &cause))?;
    check(&manifest).map_err(|(key, fault)| {
        let line = text.lines().position(|line| line.contains(&key)).map_or(1, |index| index + 1);
        let column = text.lines().nth(line - 1).and_then(|line| line.find(&key)).map_or(1, |at| at + 1);
        fault.at(PATH, text, line, column)
    })?;
    Ok(manifest)
}

fn syntax_error(text: &str, cause: &serde_yaml::Error) -> Error {
    let (line, column) = cause.location().map_or((1, 1), |at| (at.line(), at.column()));
    let message = cause.to_string();
    let what = message.split(" at line ").next().unwrap_or(&message).to_owned();
    Error::usage(what)
        .help("`pipewright schema` prints what the file may hold; the manifest page of the book explains it")
        .at(PATH, text, line, column)
}

/// Checks what the schema cannot say; a fault comes with the text to look for in the file.
fn check(manifest: &Manifest) -> std::result::Result<(), (String, Error)> {
    let fault = |key: &str, what: String, help: &str| Err((key.to_owned(), Error::usage(what).help(help)));
    if manifest.version != 1 {
        return fault("version", format!("version {} is not known", manifest.version), "write version: 1");
    }
    if manifest.environments.is_empty() {
        return fault("environments", "there is no environment".into(), "add one with a name and a region");
    }
    if manifest.services.is_empty() {
        return fault("services", "there is no service".into(), "run `pipewright init` to have one written");
    }
    let mut names = BTreeSet::new();
    for name in manifest.environments.iter().map(|environment| environment.name.as_str()) {
        if !names.insert(name) {
            return fault(name, format!("two environments are called {name}"), "give each a name of its own");
        }
    }
    for name in manifest.services.iter().map(|service| service.name.as_str()) {
        if !names.insert(name) {
            return fault(
                name,
                format!("the name {name} is taken"),
                "services and environments need names of their own",
            );
        }
    }
    for service in &manifest.services {
        let stack_like =
            |name: &&&str| name.strip_prefix(service.name.as_str()).is_some_and(|rest| rest.starts_with('-'));
        if let Some(name) = names.iter().find(stack_like) {
            let what = format!("{name} begins with the service's name {} and a dash", service.name);
            return fault(
                name,
                what,
                "its roles could be taken for those of the service's stack: choose another name",
            );
        }
    }
    if let Some(name) = names.iter().find(|name| RESERVED.contains(name)) {
        return fault(
            name,
            format!("the name {name} is taken by pipewright's own stacks"),
            "choose another name",
        );
    }
    check_stacks(manifest)?;
    check_branches(manifest)
}

/// Checks that existing stacks belong to environments, and that no two environments share one.
fn check_stacks(manifest: &Manifest) -> std::result::Result<(), (String, Error)> {
    let mut taken = BTreeSet::new();
    for (name, stack) in manifest.services.iter().flat_map(|service| &service.stacks) {
        let Some(environment) = manifest.environments.iter().find(|one| one.name == *name) else {
            let known: Vec<&str> = manifest.environments.iter().map(|one| one.name.as_str()).collect();
            let what = format!("stacks names the environment {name}, which there is not");
            return Err((
                stack.to_string(),
                Error::usage(what).help(format!("there are: {}", known.join(", "))),
            ));
        };
        if !taken.insert((&environment.account, &environment.region, stack)) {
            let what = format!("two deployments go to the stack {stack} of one account and region");
            let help = "each needs a stack of its own: remove one of the two lines";
            return Err((stack.to_string(), Error::usage(what).help(help)));
        }
    }
    Ok(())
}

fn check_branches(manifest: &Manifest) -> std::result::Result<(), (String, Error)> {
    let without = manifest.environments.iter().find(|environment| environment.branch.is_none());
    let with = manifest.environments.iter().find(|environment| environment.branch.is_some());
    match (manifest.strategy, without, with) {
        (Strategy::Branches, Some(environment), _) => Err((
            environment.name.to_string(),
            Error::usage(format!("the environment {} has no branch", environment.name))
                .help("with `strategy: branches` each environment names the branch it deploys"),
        )),
        (Strategy::Promotion, _, Some(environment)) => Err((
            environment.name.to_string(),
            Error::usage(format!(
                "the environment {} names a branch, but releases are promoted",
                environment.name
            ))
            .help("remove the branch, or write `strategy: branches`"),
        )),
        _ => Ok(()),
    }
}
