//! A target's own files: its stack, its scripts, and the permissions that its resource types need.

use indexmap::IndexMap;
use serde::Serialize;

use super::Run;
use crate::error::{Error, Result};
use crate::fileset::FileSet;
use crate::manifest::{Manifest, PerEnvironment, Scalar, Service, VariableName};
use crate::pipeline::{build_mode, camel_case, resolve_options};
use crate::scaffold::{Mode, Target};

/// What a target's templates are given.
#[derive(Debug, Serialize)]
struct TargetView<'a> {
    project: &'a str,
    service: &'a Service,
    options: IndexMap<String, Scalar>,
    variables: Vec<Named<Plain<'a>>>,
    secrets: Vec<Named<Referenced<'a>>>,
}

/// A variable or secret with its value in each environment.
#[derive(Debug, Serialize)]
struct Named<T> {
    name: String,
    /// The name in CamelCase: CloudFormation's logical ids and map keys hold letters and digits only.
    key: String,
    values: Vec<T>,
}

/// A plain value in one environment.
#[derive(Debug, Serialize)]
struct Plain<'a> {
    environment: &'a str,
    value: String,
}

/// A secret's reference in one environment.
#[derive(Debug, Serialize)]
struct Referenced<'a> {
    environment: &'a str,
    reference: &'a str,
    /// Where it lies: `ssm` or `secretsmanager`.
    store: &'static str,
    /// What stands behind the account in its ARN, e.g. `parameter/shop/staging/key`.
    resource: String,
}

/// Adds the files of every target.
pub(super) fn files(run: &Run<'_>, files: &mut FileSet) -> Result<()> {
    for (service, target) in run.manifest.services.iter().zip(run.targets) {
        let view = view(run.manifest, service, target)?;
        for spec in target.files.iter().filter(|spec| run.holds(&spec.when)) {
            files.insert(spec.to.clone(), run.file(spec, &view)?);
        }
    }
    Ok(())
}

/// Said plainly: what reaches the last environment is not the very build that was tested in the first.
pub(super) fn warning(manifest: &Manifest, service: &Service, target: &Target) -> Option<String> {
    let option = target.configuration_option.as_ref()?;
    let builds_each = build_mode(service, target) == Mode::BuildPerEnvironment;
    (builds_each && manifest.environments.len() > 1).then(|| {
        format!(
            "{}: its variables differ between environments, so each gets a build of its own; to build once, write \
             {option}: runtime under options in pipewright.yml",
            service.name
        )
    })
}

fn view<'a>(manifest: &'a Manifest, service: &'a Service, target: &Target) -> Result<TargetView<'a>> {
    Ok(TargetView {
        project: manifest.project.as_str(),
        service,
        options: resolve_options(target, service, &manifest.spot(service))?,
        variables: named(manifest, &service.variables, |environment, value: &Scalar| Plain {
            environment,
            value: value.to_string(),
        })?,
        secrets: named(manifest, &service.secrets, |environment, value| {
            let reference = value.as_str();
            Referenced {
                environment,
                reference,
                store: if reference.contains(":secretsmanager:") { "secretsmanager" } else { "ssm" },
                resource: resource_of(reference),
            }
        })?,
    })
}

fn named<'a, V, T>(
    manifest: &'a Manifest,
    entries: &'a IndexMap<VariableName, PerEnvironment<V>>,
    make: impl Fn(&'a str, &'a V) -> T,
) -> Result<Vec<Named<T>>> {
    let mut all: Vec<Named<T>> = Vec::new();
    for (name, per_environment) in entries {
        let key = camel_case(name.as_str());
        if let Some(other) = all.iter().find(|other| other.key == key) {
            return Err(Error::usage(format!(
                "the names {} and {name} are the same to CloudFormation",
                other.name
            ))
            .help("rename one of them in pipewright.yml"));
        }
        let mut values = Vec::new();
        for environment in &manifest.environments {
            let value = per_environment.get(&environment.name).ok_or_else(|| {
                Error::usage(format!("{name} has no value in the environment {}", environment.name))
                    .help("give it one in pipewright.yml")
            })?;
            values.push(make(environment.name.as_str(), value));
        }
        all.push(Named { name: name.to_string(), key, values });
    }
    Ok(all)
}

/// The part of a secret's ARN behind the account; a Secrets Manager reference may go on to a key, which is no part of it.
pub(super) fn resource_of(reference: &str) -> String {
    let fields: Vec<&str> = reference.split(':').collect();
    match (fields.get(2), fields.get(5), fields.get(6)) {
        (Some(&"secretsmanager"), Some(kind), Some(name)) => format!("{kind}:{name}"),
        (_, Some(resource), _) => (*resource).to_owned(),
        _ => format!("parameter/{}", reference.trim_start_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::resource_of;

    #[test]
    fn references_name_the_resource_behind_the_account() {
        let secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/db-AbCdEf:password::";
        assert_eq!(resource_of(secret), "secret:shop/db-AbCdEf");
        assert_eq!(
            resource_of("arn:aws:ssm:eu-west-1:111111111111:parameter/shop/key"),
            "parameter/shop/key"
        );
        assert_eq!(resource_of("/shop/staging/key"), "parameter/shop/staging/key");
    }
}
