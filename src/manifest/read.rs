//! Reads `pipewright.yml`: parses it and checks what a schema cannot say, each fault with its place.

use std::collections::BTreeSet;

use super::{Commands, Manifest, Name, PATH, PerEnvironment, Service, Spot, Strategy, VariableName};
use crate::error::{Error, Result};
use crate::interview::wording;
use crate::nearest::nearest;

/// Names that would collide with the stacks that prepare an account.
const RESERVED: [&str; 2] = ["bootstrap", "repository"];

/// Reads a manifest from its text.
///
/// # Errors
/// A text that is not a manifest, or names that cannot live together, with line, column and a hint.
pub fn read(text: &str) -> Result<Manifest> {
    read_from(PATH, text)
}

/// The same from a file of another name, for the messages.
///
/// # Errors
/// As [`read`].
pub fn read_from(file: &str, text: &str) -> Result<Manifest> {
    let parsed =
        serde_yaml::with::singleton_map_recursive::deserialize(serde_yaml::Deserializer::from_str(text));
    let manifest: Manifest = parsed.map_err(|cause| syntax_error(file, text, &cause))?;
    check(&manifest).map_err(|fault| fault.within(file, text))?;
    Ok(manifest)
}

fn syntax_error(file: &str, text: &str, cause: &serde_yaml::Error) -> Error {
    let (line, column) = cause.location().map_or((1, 1), |at| (at.line(), at.column()));
    let message = cause.to_string();
    let what = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let schema =
        "`pipewright schema` prints what the file may hold; the manifest page of the book explains it";
    let help =
        meant(&what).map_or_else(|| schema.to_owned(), |meant| format!("did you mean `{meant}`? {schema}"));
    Error::usage(what).help(help).at(file, text, line, column)
}

/// What serde names as possible that is nearest to what stood there: it puts all these words into backticks.
fn meant(message: &str) -> Option<&str> {
    let mut words = message.split('`').skip(1).step_by(2);
    let typed = words.next().filter(|_| message.contains("unknown "))?;
    nearest(typed, words)
}

/// Checks what the schema cannot say.
fn check(manifest: &Manifest) -> Result<()> {
    let fault =
        |spot: &str, what: String, help: &str| Err(Error::usage(what).help(help).about(Spot::of(spot)));
    if manifest.version != 1 {
        return fault("version", format!("version {} is not known", manifest.version), "write version: 1");
    }
    if manifest.environments.is_empty() {
        return fault("environments", "there is no environment".into(), "add one with a name and a region");
    }
    if manifest.services.is_empty() {
        return fault("services", "there is no service".into(), "run `pipewright init` to have one written");
    }
    check_names(manifest)?;
    check_commands(manifest)?;
    check_stacks(manifest)?;
    check_branches(manifest)?;
    manifest.services.iter().try_for_each(|service| check_values(manifest, service))
}

/// Checks that existing stacks belong to environments, and that no two environments share one.
fn check_stacks(manifest: &Manifest) -> Result<()> {
    let mut taken = BTreeSet::new();
    for service in &manifest.services {
        for (name, stack) in &service.stacks {
            let spot = manifest.spot(service).at("stacks").at(name.as_str());
            let Some(environment) = manifest.environments.iter().find(|one| one.name == *name) else {
                let what = format!("stacks names the environment {name}, which there is not");
                let help = format!("there are: {}", environments(manifest).join(", "));
                return Err(Error::usage(what).help(help).about(spot.key()));
            };
            if !taken.insert((&environment.account, &environment.region, stack)) {
                let what = format!("two deployments go to the stack {stack} of one account and region");
                let help = "each needs a stack of its own: remove one of the two lines";
                return Err(Error::usage(what).help(help).about(spot));
            }
        }
    }
    Ok(())
}

/// Checks that environments and services have names that can live together.
fn check_names(manifest: &Manifest) -> Result<()> {
    let mut seen: Vec<(&str, Spot)> = Vec::new();
    for (list, names) in [("environments", environments(manifest)), ("services", services(manifest))] {
        for (index, name) in names.into_iter().enumerate() {
            let spot = Spot::of(list).item(index).at("name");
            let fault = |what: String, help: &str| Err(Error::usage(what).help(help).about(spot.clone()));
            if seen.iter().any(|(other, _)| *other == name) {
                let help = "environments and services need names of their own, each another one";
                return fault(format!("the name {name} is taken"), help);
            }
            if RESERVED.contains(&name) {
                return fault(
                    format!("the name {name} is taken by pipewright's own stacks"),
                    "choose another name",
                );
            }
            seen.push((name, spot));
        }
    }
    for service in services(manifest) {
        let alike = |name: &str| name.strip_prefix(service).is_some_and(|rest| rest.starts_with('-'));
        if let Some((name, spot)) = seen.iter().find(|(name, _)| alike(name)) {
            let what = format!("{name} begins with the service's name {service} and a dash");
            let help = "its roles could be taken for those of the service's stack: choose another name";
            return Err(Error::usage(what).help(help).about(spot.clone()));
        }
    }
    Ok(())
}

/// Checks that something runs the commands.
fn check_commands(manifest: &Manifest) -> Result<()> {
    let idle = |service: &&Service| service.toolchain.is_none() && service.commands != Commands::default();
    manifest.services.iter().find(idle).map_or(Ok(()), |service| {
        let what = format!("{} has commands but no toolchain, so they would never run", service.name);
        let help = "add the language that runs them, such as `toolchain: { name: node, version: \"24\" }`, or \
                    remove them";
        Err(Error::usage(what).help(help).about(manifest.spot(service).at("commands").key()))
    })
}

fn environments(manifest: &Manifest) -> Vec<&str> {
    manifest.environments.iter().map(|environment| environment.name.as_str()).collect()
}

fn services(manifest: &Manifest) -> Vec<&str> {
    manifest.services.iter().map(|service| service.name.as_str()).collect()
}

fn check_branches(manifest: &Manifest) -> Result<()> {
    for (index, environment) in manifest.environments.iter().enumerate() {
        let (name, spot) = (&environment.name, Spot::of("environments").item(index));
        match (manifest.strategy, &environment.branch) {
            (Strategy::Branches, None) => {
                return Err(Error::usage(format!("the environment {name} has no branch"))
                    .help("with `strategy: branches` each environment names the branch it deploys")
                    .about(spot));
            }
            (Strategy::Promotion, Some(_)) => {
                let what = format!("the environment {name} names a branch, but releases are promoted");
                return Err(Error::usage(what)
                    .help("remove the branch, or write `strategy: branches`")
                    .about(spot.at("branch").key()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks that values per environment name each environment, and no other.
fn check_values(manifest: &Manifest, service: &Service) -> Result<()> {
    let spot = |list: &str, name: &VariableName| manifest.spot(service).at(list).at(name.as_str());
    for (name, value) in &service.variables {
        check_each(manifest, value, &spot("variables", name))?;
    }
    for (name, reference) in &service.secrets {
        check_each(manifest, reference, &spot("secrets", name))?;
    }
    Ok(())
}

fn check_each<T>(manifest: &Manifest, value: &PerEnvironment<T>, spot: &Spot) -> Result<()> {
    let PerEnvironment::Each(values) = value else { return Ok(()) };
    let known = environments(manifest);
    if let Some(name) = values.keys().map(Name::as_str).find(|name| !known.contains(name)) {
        let what = format!("there is no environment {name}");
        return Err(Error::usage(what).help(wording::known(name, known)).about(spot.clone().at(name).key()));
    }
    match known.iter().find(|name| !values.keys().any(|key| key.as_str() == **name)) {
        Some(name) => Err(Error::usage(format!("there is no value for the environment {name}"))
            .help(format!("add one: {name}: ..., or write one value for all environments"))
            .about(spot.clone())),
        None => Ok(()),
    }
}
