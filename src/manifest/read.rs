//! Reads `pipewright.yml`: parses it and checks what a schema cannot say, each fault with its place.

use std::collections::BTreeSet;

use super::{Manifest, PATH, Strategy};
use crate::error::{Error, Result};
use crate::project::Commands;

/// Names that would collide with the stacks that prepare an account.
const RESERVED: [&str; 2] = ["bootstrap", "repository"];

/// Reads a manifest from its text.
///
/// # Errors
/// A text that is not a manifest, or names that cannot live together, with line, column and a hint.
pub fn read(text: &str) -> Result<Manifest> {
    read_file(PATH, text)
}

/// As [`read`], from a file of another name.
///
/// # Errors
/// As [`read`].
pub fn read_file(file: &str, text: &str) -> Result<Manifest> {
    let parsed =
        serde_yaml::with::singleton_map_recursive::deserialize(serde_yaml::Deserializer::from_str(text));
    let manifest: Manifest = parsed.map_err(|cause| syntax_error(file, text, &cause))?;
    check(&manifest).map_err(|(keys, fault)| {
        let (line, column) = place(text, &keys);
        fault.at(file, text, line, column)
    })?;
    Ok(manifest)
}

/// The line and column of a text; of several, each in a line of `keys`, the last that follows upon the others.
fn place(text: &str, keys: &str) -> (usize, usize) {
    let mut place = (1, 1);
    for key in keys.lines() {
        let lines = text.lines().enumerate().skip(place.0 - 1);
        let mut found = lines.filter_map(|(index, line)| Some((index + 1, line.find(key)? + 1)));
        place = found.next().unwrap_or(place);
    }
    place
}

fn syntax_error(file: &str, text: &str, cause: &serde_yaml::Error) -> Error {
    let (line, column) = cause.location().map_or((1, 1), |at| (at.line(), at.column()));
    let message = cause.to_string();
    let what = message.split(" at line ").next().unwrap_or(&message).to_owned();
    Error::usage(what)
        .help("`pipewright schema` prints what the file may hold; the manifest page of the book explains it")
        .at(file, text, line, column)
}

/// Checks what the schema cannot say; a fault comes with the texts to look for in the file, one after the other.
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
    if let Some(idle) =
        manifest.services.iter().find(|s| s.toolchain.is_none() && s.commands != Commands::default())
    {
        return fault(
            &format!("name: {}\ncommands", idle.name),
            format!("{} has commands but no toolchain, so they would never run", idle.name),
            "add the language that runs them, such as `toolchain: { name: node, version: \"24\" }`, or remove them",
        );
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
    check_branches(manifest)
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
