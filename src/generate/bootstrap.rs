//! The templates that prepare an account by hand, once: per environment, and per repository for images.

use serde::{Deserialize, Serialize};

use super::stack::{self, StackParameter, StackWords};
use super::{Run, plain};
use crate::error::Result;
use crate::fileset::FileSet;
use crate::manifest::Service;
use crate::scaffold::{Target, render};

/// What `environment.yaml` is given: texts of YAML, at column 0.
#[derive(Debug, Serialize)]
struct EnvironmentView {
    trust_parameters: String,
    trust_statement: String,
    deploy_statements: String,
    cloudformation_statements: String,
    boundary_statements: String,
    /// The stacks that the deploy role may change.
    stacks: Vec<String>,
    stack_parameters: Vec<StackParameter>,
}

/// What `repository.yaml` is given.
#[derive(Debug, Serialize)]
struct RepositoryView {
    push_role: bool,
    trust_parameters: String,
    trust_statement: String,
}

/// What a statement of a target is given.
#[derive(Debug, Serialize)]
pub(super) struct StatementView<'a> {
    pub(super) service: &'a Service,
    #[serde(flatten)]
    pub(super) words: StackWords,
}

/// The trust of one CI: who may take a role, and the parameters that say it exactly.
#[derive(Debug, Deserialize)]
struct Trust {
    parameters: String,
    statement: String,
}

/// Adds the bootstrap templates.
pub(super) fn files(run: &Run<'_>, files: &mut FileSet) -> Result<()> {
    let trust = trust(run)?;
    let first = run.manifest.environments.first();
    let view = EnvironmentView {
        trust_parameters: trust.parameters.clone(),
        trust_statement: trust.statement.clone(),
        deploy_statements: statements(run, "deploy")?,
        cloudformation_statements: statements(run, "cloudformation")?,
        boundary_statements: statements(run, "boundary")?,
        stacks: run.manifest.services.iter().map(|service| StackWords::of(service).stack).collect(),
        stack_parameters: first.map(|first| stack::parameters(run.manifest, first)).unwrap_or_default(),
    };
    let path = "shared/bootstrap/environment.yaml";
    let text = render(path, run.scaffolds.text(path)?, &view)?;
    files.insert("deploy/bootstrap/environment.yaml", plain(text));
    if run.targets.iter().any(|target| target.images) {
        let view = RepositoryView {
            push_role: run.ci.shape == crate::scaffold::Shape::Workflow,
            trust_parameters: trust.parameters,
            trust_statement: trust.statement,
        };
        let path = "shared/bootstrap/repository.yaml";
        let text = render(path, run.scaffolds.text(path)?, &view)?;
        files.insert("deploy/bootstrap/repository.yaml", plain(text));
    }
    Ok(())
}

/// Cuts the two blocks of the CI's `trust.yaml` apart, as text, so that intrinsics and comments stay as they are.
fn trust(run: &Run<'_>) -> Result<Trust> {
    let path = format!("ci/{}/trust.yaml", run.ci.name);
    let text = render(
        &path,
        run.scaffolds.text(&path)?,
        &serde_json::json!({ "ci": { "issuer_host": super::issuer_host(run) } }),
    )?;
    let (parameters, statement) = text.split_once("\nstatement:\n").unwrap_or((&text, ""));
    let parameters = parameters.trim_start().trim_start_matches("parameters:\n");
    Ok(Trust { parameters: dedent(parameters), statement: dedent(statement) })
}

fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The statements of every service's target for one role. Texts that are the same for several services stand once;
/// the others are told apart by the service's name, since IAM refuses two statements with one id.
fn statements(run: &Run<'_>, role: &str) -> Result<String> {
    let mut texts: Vec<(&Service, String)> = Vec::new();
    for (service, target) in run.manifest.services.iter().zip(run.targets) {
        let text = service_statements(run, service, target, role)?;
        if !texts.iter().any(|(_, other)| *other == text) {
            texts.push((service, text));
        }
    }
    let several = texts.len() > 1;
    let named = |(service, text): &(&Service, String)| {
        if several {
            with_ids_of(text, &crate::pipeline::camel_case(service.name.as_str()))
        } else {
            text.clone()
        }
    };
    Ok(texts.iter().map(named).collect())
}

fn with_ids_of(text: &str, service: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("- Sid: ") { format!("{line}{service}\n") } else { format!("{line}\n") }
    };
    text.lines().map(line).collect()
}

fn service_statements(run: &Run<'_>, service: &Service, target: &Target, role: &str) -> Result<String> {
    let path = format!("targets/{}/iam/{role}.yaml", target.name);
    let text = run.scaffolds.find(&path).unwrap_or_default();
    let statements = render(&path, text, &StatementView { service, words: StackWords::of(service) })?;
    match role {
        "cloudformation" => Ok(statements + &super::resources::statements(run, service, target)?),
        _ => Ok(statements),
    }
}
