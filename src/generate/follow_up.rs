//! What a person does between `init` and the first green deployment: commands to paste, in order.

use serde::Serialize;

use super::Run;
use crate::error::Result;
use crate::manifest::Environment;
use crate::pipeline::{Account, Deployment, Start};
use crate::scaffold::{Each, FollowUpFragment, Switch, render, render_scalar};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    /// What it is for, one line.
    pub title: String,
    /// The command to paste; several lines may belong to one command.
    pub command: String,
}

/// What a command may name.
#[derive(Debug, Serialize)]
struct CommandView<'a> {
    project: &'a str,
    branch: &'a str,
    branches: Vec<&'a str>,
    repository: Option<&'a crate::manifest::Repository>,
    environment: &'a str,
    environments: Vec<&'a str>,
    /// The account's id, empty where it is read from a CI variable.
    account: &'a str,
    account_variable: String,
    /// ` --profile <environment>` where the environments lie in several accounts: one set of credentials will not do.
    profile: String,
    region: &'a str,
    first_region: &'a str,
    first_environment: &'a str,
    first_account: &'a str,
    pull_accounts: Vec<&'a str>,
    environment_branch: &'a str,
    services: Vec<&'a str>,
    service_linked_roles: Vec<&'a str>,
    boundary: bool,
    pushes_images: bool,
    /// The service whose images are pushed.
    image_service: &'a str,
    issuer_host: &'a str,
    /// The repository's path on its host; while there is none, a command that asks for it.
    repository_path: String,
    /// The paths to commit.
    files: String,
    #[serde(flatten)]
    stack: StackView<'a>,
}

/// What the commands of a pipeline may name that is a stack in the first environment's account.
#[derive(Debug, Serialize)]
struct StackView<'a> {
    /// `profile` for that account.
    first_profile: String,
    /// Parameters of `environment.yaml` that stand for existing stacks.
    stack_parameters: Vec<super::stack::StackParameter>,
    /// The existing stacks of the environment.
    existing: Vec<ExistingStack<'a>>,
    /// Whether AWS reads the repository through a connection.
    connection: bool,
    /// Whether the repository lies on a server of the user's own.
    own_server: bool,
    /// The accounts that the manifest does not name.
    unknown_accounts: Vec<UnknownAccount>,
}

/// A stack that exists already, with the command that prepares it.
#[derive(Debug, Serialize)]
struct ExistingStack<'a> {
    service: &'a str,
    stack: &'a str,
    command: &'a str,
}

/// An account that the manifest does not name.
#[derive(Debug, Serialize)]
struct UnknownAccount {
    /// Its variable in CamelCase, as a CloudFormation parameter is written.
    parameter: String,
    /// As `profile`, for its environment.
    profile: String,
}

/// The follow-ups of a rendering, in the order in which they are done.
pub(super) fn follow_ups(run: &Run<'_>) -> Result<Vec<FollowUp>> {
    let path = format!("ci/{}/follow-ups.yaml", run.ci.name);
    let fragments: Vec<FollowUpFragment> = run.scaffolds.parse(&path)?;
    let mut all = Vec::new();
    for fragment in &fragments {
        for (environment, deployment) in chosen(run, fragment) {
            if holds(run, fragment, environment, deployment) {
                let view = view(run, environment, deployment);
                all.push(FollowUp {
                    title: render_scalar(&path, &fragment.title, &view)?,
                    command: render(&path, &fragment.command, &view)?.trim().to_owned(),
                });
            }
        }
    }
    Ok(all)
}

/// The environments that a follow-up is needed for: one, one per account, or all.
fn chosen<'a>(run: &'a Run<'_>, fragment: &FollowUpFragment) -> Vec<(&'a Environment, &'a Deployment)> {
    let all = run.manifest.environments.iter().zip(&run.pipeline.environments);
    let mut accounts: Vec<&str> = Vec::new();
    match fragment.each {
        Each::Once => all.take(1).collect(),
        Each::Environment => all.collect(),
        Each::Account => all
            .filter(|(_, deployment)| {
                let account = id(&deployment.account);
                let new = !accounts.contains(&account);
                accounts.push(account);
                new
            })
            .collect(),
    }
}

fn holds(
    run: &Run<'_>,
    fragment: &FollowUpFragment,
    environment: &Environment,
    deployment: &Deployment,
) -> bool {
    fragment.when.iter().all(|switch| match switch {
        Switch::AccountVariable => matches!(deployment.account, Account::Variable(_)),
        Switch::ExistingStack => !existing(run, environment).is_empty(),
        // Reviewers hold a run that a person starts as well, so this looks at what was asked for.
        Switch::Held => run.ci.start(environment.approval) == Start::Held,
        Switch::Dispatched => deployment.start == Start::Dispatch,
        _ => run.switch(*switch),
    })
}

fn view<'a>(run: &'a Run<'_>, environment: &'a Environment, deployment: &'a Deployment) -> CommandView<'a> {
    let manifest = run.manifest;
    let first = &run.pipeline.environments[0];
    let accounts = run.pipeline.environments.iter().map(|e| id(&e.account));
    let mut pull_accounts: Vec<&str> =
        accounts.filter(|a| !a.is_empty() && *a != id(&first.account)).collect();
    pull_accounts.dedup();
    let mut pairs = manifest.services.iter().zip(run.targets);
    let mut roles: Vec<&str> = run
        .targets
        .iter()
        .flat_map(|target| target.service_linked_roles.iter().map(String::as_str))
        .collect();
    roles.sort_unstable();
    roles.dedup();
    CommandView {
        project: manifest.project.as_str(),
        branch: manifest.branch.as_str(),
        branches: run.pipeline.branches.iter().map(String::as_str).collect(),
        repository: manifest.repository.as_ref(),
        environment: environment.name.as_str(),
        environments: manifest.environments.iter().map(|e| e.name.as_str()).collect(),
        account: id(&deployment.account),
        account_variable: match &deployment.account {
            Account::Id(_) => super::account_variable(environment.name.as_str()),
            Account::Variable(name) => name.clone(),
        },
        profile: profile(run, environment.name.as_str()),
        region: environment.region.as_str(),
        first_region: &first.region,
        first_environment: &first.environment,
        first_account: id(&first.account),
        pull_accounts,
        environment_branch: &deployment.branch,
        services: manifest.services.iter().map(|service| service.name.as_str()).collect(),
        service_linked_roles: roles,
        boundary: super::has_boundary(run),
        pushes_images: run.targets.iter().any(|target| target.images),
        image_service: pairs
            .find(|(_, target)| target.images)
            .map_or("", |(service, _)| service.name.as_str()),
        issuer_host: super::issuer_host(run),
        repository_path: manifest.repository.as_ref().map_or_else(
            || "$(git remote get-url origin | sed -E 's#^.*[:/]([^/:]+/.+)$#\\1#; s#\\.git$##')".to_owned(),
            |repository| repository.path.clone(),
        ),
        files: committed(run),
        stack: stack(run, environment),
    }
}

/// The existing stacks that an environment's services go on in.
fn existing<'a>(run: &'a Run<'_>, environment: &Environment) -> Vec<ExistingStack<'a>> {
    let pairs = run.manifest.services.iter().zip(run.targets);
    let adopted = pairs.filter_map(|(service, target)| {
        let stack = service.stacks.get(&environment.name)?;
        let command = target.adopts_by.as_deref()?;
        Some(ExistingStack { service: service.name.as_str(), stack: stack.as_str(), command })
    });
    adopted.collect()
}

fn stack<'a>(run: &'a Run<'_>, environment: &Environment) -> StackView<'a> {
    let environments = &run.pipeline.environments;
    let unknown = environments.iter().filter_map(|e| match &e.account {
        Account::Variable(variable) => Some(UnknownAccount {
            parameter: crate::pipeline::camel_case(variable),
            profile: profile(run, &e.environment),
        }),
        Account::Id(_) => None,
    });
    StackView {
        first_profile: profile(run, &environments[0].environment),
        stack_parameters: super::stack::parameters(run.manifest, environment),
        existing: existing(run, environment),
        connection: run.switch(Switch::Connection),
        own_server: run.switch(Switch::OwnServer),
        unknown_accounts: unknown.collect(),
    }
}

/// ` --profile <environment>` where the environments lie in several accounts: one set of credentials will not do.
pub(super) fn profile(run: &Run<'_>, environment: &str) -> String {
    let environments = &run.pipeline.environments;
    let several = environments.iter().any(|e| id(&e.account) != id(&environments[0].account));
    if several { format!(" --profile {environment}") } else { String::new() }
}

/// What `git add` is given: the folders that hold nothing else, and the single files.
fn committed(run: &Run<'_>) -> String {
    let pipeline = run.ci.file.split('/').next().unwrap_or_default();
    let pipeline = if pipeline == "deploy" { String::new() } else { format!(" {pipeline}") };
    let docs = if run.manifest.guide { " docs/DEPLOYMENT.md" } else { "" };
    format!("{}{pipeline} deploy .pipewright{docs}", crate::manifest::PATH)
}

/// The account's id; accounts that nobody gave yet count as one, since one set of credentials may do for them.
fn id(account: &Account) -> &str {
    match account {
        Account::Id(id) => id,
        Account::Variable(_) => "",
    }
}
