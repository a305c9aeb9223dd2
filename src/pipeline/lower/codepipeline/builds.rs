//! A CodeBuild project with its log for each job of a pipeline, and the roles they work as.

use serde::Serialize;
use serde_json::json;

use super::{Lowering, names};
use crate::error::Result;
use crate::pipeline::model::{Account, Job, Login, Step};
use crate::scaffold::RoleName;

/// What `parts/role.yaml` is given.
#[derive(Debug, Default, Serialize)]
pub(super) struct RoleView<'a> {
    /// Its logical id, before `Role`.
    pub(super) id: String,
    /// Its name where another account must know it.
    pub(super) name: String,
    /// The environment it deploys.
    pub(super) environment: &'a str,
    /// What it is for.
    pub(super) description: String,
    /// The logical ids of the logs it writes, before `Log`.
    pub(super) logs: Vec<String>,
    /// Whether it reads artifacts of the pipeline.
    pub(super) artifacts: bool,
    /// Whether it makes artifacts.
    pub(super) saves: bool,
    /// The folders of the cache that it writes.
    pub(super) caches: Vec<&'a str>,
    /// Its other statements.
    pub(super) statements: Vec<String>,
}

/// What `parts/build.yaml` is given.
#[derive(Debug, Serialize)]
struct ProjectView<'a> {
    id: String,
    project: &'a str,
    job: &'a str,
    title: &'a str,
    role: String,
    timeout: u32,
    deploys: bool,
    cached: bool,
    docker: bool,
    image: &'a str,
    account_variable: &'a str,
    account_parameter: String,
}

/// The projects that the pipelines start.
pub(super) fn projects(lowering: &Lowering<'_>) -> Result<String> {
    let all: Result<Vec<String>> = lowering.pushed().map(|job| project(lowering, job)).collect();
    Ok(all?.join("\n\n"))
}

fn project(lowering: &Lowering<'_>, job: &Job) -> Result<String> {
    let variable = unknown_account(job).unwrap_or_default();
    let view = ProjectView {
        id: names::logical_id(&job.id),
        project: &lowering.pipeline.project,
        job: &job.id,
        title: &job.title,
        role: role_id(job),
        timeout: job.timeout_minutes,
        deploys: job.deployment.is_some(),
        cached: caches(job),
        docker: job.tools().contains("docker"),
        image: &lowering.image(&[job])?.image,
        account_variable: variable,
        account_parameter: names::logical_id(variable),
    };
    lowering.part("build.yaml", &view)
}

/// The roles of those projects: one for each environment's deployments, and one for each other job.
pub(super) fn roles(lowering: &Lowering<'_>) -> Result<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    for job in lowering.pushed() {
        let id = role_id(job);
        if !seen.contains(&id) {
            texts.push(lowering.part("role.yaml", &role(lowering, job, id.clone())?)?);
            seen.push(id);
        }
    }
    Ok(texts.join("\n\n"))
}

fn role<'a>(lowering: &Lowering<'_>, job: &'a Job, id: String) -> Result<RoleView<'a>> {
    let project = &lowering.pipeline.project;
    let environment = job.deployment.as_ref().map_or("", |d| d.environment.as_str());
    let name =
        if environment.is_empty() { String::new() } else { format!("{project}-{environment}-codebuild") };
    let description = if environment.is_empty() {
        format!("Runs {} of {project}", job.id)
    } else {
        format!("Deploys {project} to {environment}")
    };
    let sharing = lowering.pushed().filter(|other| role_id(other) == id);
    Ok(RoleView {
        logs: sharing.map(|other| names::logical_id(&other.id)).collect(),
        id,
        name,
        environment,
        description,
        artifacts: true,
        saves: job.steps.iter().any(|step| matches!(step, Step::Save(_))),
        caches: caches(job).then_some(job.id.as_str()).into_iter().collect(),
        statements: statements(lowering, job)?,
    })
}

/// What the job's logins allow: to push images, or to take the environment's deploy role.
fn statements(lowering: &Lowering<'_>, job: &Job) -> Result<Vec<String>> {
    let logins = job.steps.iter().filter_map(|step| match step {
        Step::AwsLogin(login) => Some(login),
        _ => None,
    });
    logins.map(|login| statement(lowering, job, login)).collect()
}

fn statement(lowering: &Lowering<'_>, job: &Job, login: &Login) -> Result<String> {
    let (account, variable) = match &login.account {
        Account::Id(id) => (id.as_str(), ""),
        Account::Variable(name) => ("", name.as_str()),
    };
    match login.purpose {
        RoleName::Push => {
            let view = json!({ "project": lowering.pipeline.project, "service": job.service });
            lowering.part("push.yaml", &view)
        }
        RoleName::Deploy => {
            let parameter = names::logical_id(variable);
            let view = json!({ "role": login.role, "account": account, "account_parameter": parameter });
            lowering.part("assume.yaml", &view)
        }
    }
}

/// All deployments of an environment work as one role, because its deploy role trusts one by name.
fn role_id(job: &Job) -> String {
    match &job.deployment {
        Some(deployment) => format!("{}Deploy", names::logical_id(&deployment.environment)),
        None => names::logical_id(&job.id),
    }
}

/// The variable that holds the account the job deploys to, where the manifest does not name it.
fn unknown_account(job: &Job) -> Option<&str> {
    match &job.deployment.as_ref()?.account {
        Account::Variable(name) => Some(name),
        Account::Id(_) => None,
    }
}

/// Whether a job keeps downloaded dependencies for its next run.
pub(super) fn caches(job: &Job) -> bool {
    job.steps.iter().any(|step| matches!(step, Step::Cache(_)))
}
