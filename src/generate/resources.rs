//! What the CloudFormation role may do, derived from the resource types of the service's own template.

use indexmap::IndexMap;
use serde::Deserialize;

use super::Run;
use super::bootstrap::StatementView;
use super::stack::StackWords;
use crate::error::Result;
use crate::manifest::Service;
use crate::scaffold::{Target, render};

/// `resource-types.yaml` of a target that deploys the user's own template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceTypes {
    /// Groups that every template needs.
    always: Vec<String>,
    /// IAM statements by group, as text at column 0.
    groups: IndexMap<String, String>,
    /// The groups each resource type needs.
    types: IndexMap<String, ResourceType>,
    /// Resource types that cannot be deployed, each with the reason.
    refused: IndexMap<String, String>,
}

/// One resource type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceType {
    groups: Vec<String>,
    /// Where CloudFormation shortens the names it makes; documented in the data file.
    #[serde(default, rename = "name_limit")]
    _name_limit: Option<u32>,
    /// The property that must begin with the stack's name, since CloudFormation's own choice would not.
    #[serde(default)]
    name_property: Option<String>,
    #[serde(default, rename = "comment")]
    _comment: Option<String>,
}

/// The statements for the service's resource types; empty where the target brings its own template.
pub(super) fn statements(run: &Run<'_>, service: &Service, target: &Target) -> Result<String> {
    let Some(types) = read(run, target)? else { return Ok(String::new()) };
    let mut groups: Vec<&str> = types.always.iter().map(String::as_str).collect();
    let mut unknown = String::new();
    for name in &service.resources {
        match types.types.get(name) {
            Some(resource) => groups.extend(resource.groups.iter().map(String::as_str)),
            None => {
                unknown.extend([
                    "# ",
                    name,
                    " is not covered: add what CloudFormation needs for it here.
",
                ]);
            }
        }
    }
    let view = StatementView { service, words: StackWords::of(service) };
    let mut seen: Vec<&str> = Vec::new();
    let mut text = String::new();
    for group in groups {
        if !seen.contains(&group) {
            seen.push(group);
            let statements = types.groups.get(group).map_or("", String::as_str);
            text.push_str(&render(group, statements, &view)?);
        }
    }
    Ok(text + &unknown)
}

/// What a person should know of the resource types, one sentence each.
pub(super) fn warnings(run: &Run<'_>, service: &Service, target: &Target) -> Result<Vec<String>> {
    let Some(types) = read(run, target)? else { return Ok(Vec::new()) };
    Ok(service.resources.iter().filter_map(|name| warning(&types, name)).collect())
}

fn warning(types: &ResourceTypes, name: &str) -> Option<String> {
    if let Some(reason) = types.refused.get(name) {
        return Some(format!("the template has a {name}, which this pipeline cannot deploy: {reason}"));
    }
    let Some(resource) = types.types.get(name) else {
        return Some(format!(
            "the template has a {name}, for which no permissions are known: \
             add them to the CloudFormation role in deploy/bootstrap/environment.yaml"
        ));
    };
    let property = resource.name_property.as_ref()?;
    Some(format!(
        "{name}: its {property} must begin with ${{AWS::StackName}}-, or the pipeline's role may not make it"
    ))
}

fn read(run: &Run<'_>, target: &Target) -> Result<Option<ResourceTypes>> {
    let path = format!("targets/{}/resource-types.yaml", target.name);
    run.scaffolds.find(&path).map(|_| run.scaffolds.parse(&path)).transpose()
}
