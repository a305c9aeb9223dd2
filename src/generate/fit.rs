//! Whether a service and its target go together: what a schema cannot say of them.

use super::target::resource_of;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Service};
use crate::scaffold::{Delivery, Target};

/// Checks every service against its target.
///
/// # Errors
/// The first pair that cannot be deployed, with what can be done.
pub(super) fn check(manifest: &Manifest, targets: &[Target]) -> Result<()> {
    for (service, target) in manifest.services.iter().zip(targets) {
        let about = |key: &'static str| move |fault: Error| fault.about(manifest.spot(service).at(key));
        check_kind(service, target).map_err(about("kind"))?;
        check_delivery(service, target).map_err(about(if service.secrets.is_empty() {
            "variables"
        } else {
            "secrets"
        }))?;
        check_secrets(manifest, service)?;
        check_stacks(service, target).map_err(about("stacks"))?;
        check_length(manifest, service, target).map_err(about("name"))?;
    }
    check_images(manifest, targets)
}

fn check_length(manifest: &Manifest, service: &Service, target: &Target) -> Result<()> {
    let Some(most) = target.longest_stack else { return Ok(()) };
    // The name of an existing stack is given: the roles are limited to what CloudFormation makes of it.
    let own = manifest.environments.iter().filter(|e| !service.stacks.contains_key(&e.name));
    let mut stacks = own.map(|e| manifest.stack_of(service, &e.name));
    match stacks.find(|stack| stack.len() > most) {
        None => Ok(()),
        Some(stack) => Err(Error::usage(format!("the stack {stack} has {} characters, but {} takes {most}", stack.len(), target.title))
            .help("give the project, the service or the environment a shorter name: `pipewright init --project NAME`")),
    }
}

fn check_kind(service: &Service, target: &Target) -> Result<()> {
    if target.fit(service.kind).is_some() {
        return Ok(());
    }
    let kinds: Vec<&str> = target.fits.iter().map(|fit| fit.kind.title()).collect();
    Err(Error::usage(format!(
        "service {}: a {} does not run on {}",
        service.name,
        service.kind.title(),
        target.title
    ))
    .help(format!("{} takes: {}", target.name, kinds.join(", "))))
}

fn check_delivery(service: &Service, target: &Target) -> Result<()> {
    match target.variables {
        Delivery::Environment => Ok(()),
        Delivery::Baked if service.secrets.is_empty() => Ok(()),
        Delivery::Baked => Err(Error::usage(format!("service {} has secrets, but {} serves files", service.name, target.title))
            .help("whatever is built into a site can be read by everyone: keep secrets in the service that the site calls")),
        Delivery::Parameters => {
            let names = service.variables.keys().chain(service.secrets.keys());
            let odd = |name: &&crate::manifest::VariableName| !name.as_str().chars().all(|c| c.is_ascii_alphanumeric());
            match names.into_iter().find(odd) {
                None => Ok(()),
                Some(name) => Err(Error::usage(format!("service {}: {name} cannot be a template's parameter", service.name))
                    .help("name it as under Parameters in your template: letters and digits only, e.g. LogLevel")),
            }
        }
    }
}

fn check_stacks(service: &Service, target: &Target) -> Result<()> {
    match service.stacks.values().next() {
        Some(stack) if target.adopts_by.is_none() => Err(Error::usage(format!(
            "service {}: {} makes a stack of its own and cannot deploy to {stack}",
            service.name, target.title
        ))
        .help("remove stacks from the service in pipewright.yml")),
        _ => Ok(()),
    }
}

/// Refuses references outside the project's and environment's own names: the permissions boundary allows no others.
fn check_secrets(manifest: &Manifest, service: &Service) -> Result<()> {
    for (name, references) in &service.secrets {
        for environment in &manifest.environments {
            let Some(reference) = references.get(&environment.name) else { continue };
            let own = format!("{}/{}/", manifest.project, environment.name);
            let resource = resource_of(reference.as_str());
            let inside = resource.strip_prefix("parameter/").or_else(|| resource.strip_prefix("secret:"));
            if !inside.is_some_and(|rest| rest.starts_with(&own)) {
                let what = format!("the secret {name} of {} is {reference}", environment.name);
                return Err(Error::usage(what).help(format!(
                    "its name must begin with /{own} (or {own} in Secrets Manager): the service may read no other"
                )).about(manifest.spot(service).at("secrets").at(name.as_str()).at(environment.name.as_str())));
            }
        }
    }
    Ok(())
}

/// One image repository is bootstrapped per project today.
fn check_images(manifest: &Manifest, targets: &[Target]) -> Result<()> {
    let pairs = manifest.services.iter().zip(targets);
    let services: Vec<&Service> =
        pairs.filter(|(_, target)| target.images).map(|(service, _)| service).collect();
    match services.as_slice() {
        [] | [_] => Ok(()),
        [first, second, ..] => {
            Err(Error::usage(format!("{} and {} both push images", first.name, second.name))
                .help("this version deploys one container service per pipeline: keep one of them")
                .about(manifest.spot(second).at("target")))
        }
    }
}
