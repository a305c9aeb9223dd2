//! Pull requests: a project of their own that runs the steps of all jobs that test a change, and can do nothing else.

use serde::Serialize;

use super::Lowering;
use super::builds::{self, RoleView};
use super::buildspec::{self, BuildspecView};
use super::commands;
use crate::error::{Error, Result};
use crate::pipeline::model::{Job, Pipeline, Step};

/// The longest that CodeBuild lets a build run, in minutes.
const LONGEST: u32 = 2160;

/// What `parts/pull-request.yaml` is given.
#[derive(Debug, Serialize)]
struct ProjectView<'a> {
    project: &'a str,
    timeout: u32,
    source: &'a str,
    location: String,
    connection: bool,
    /// The events that start a build; empty where CloudFormation cannot make the webhook for them.
    events: &'a str,
    approvers: &'a [String],
    cached: bool,
    docker: bool,
    image: &'a str,
}

/// The jobs that test a pull request.
fn jobs(pipeline: &Pipeline) -> Vec<&Job> {
    pipeline.jobs.iter().filter(|job| job.when.on_pull_request()).collect()
}

/// The steps of all those jobs, one job after the other, in one build; a runtime or cache that two share stands once.
///
/// # Errors
/// A job that takes an AWS identity or another job's artifact: a pull request must not have either.
fn steps(pipeline: &Pipeline) -> Result<Vec<Step>> {
    let mut merged: Vec<Step> = Vec::new();
    for job in jobs(pipeline) {
        for step in &job.steps {
            match step {
                Step::AwsLogin(_) | Step::Load(_) => {
                    return Err(Error::bug(format!(
                        "{} would give a pull request what it must not have",
                        job.id
                    )));
                }
                Step::Save(_) => {}
                Step::Checkout(_) | Step::Runtime(_) | Step::Cache(_) if merged.contains(step) => {}
                Step::Checkout(_) | Step::Runtime(_) | Step::Cache(_) | Step::Run(_) | Step::Note(_) => {
                    merged.push(step.clone());
                }
            }
        }
    }
    Ok(merged)
}

/// The buildspec that tests a pull request.
pub(super) fn buildspec(lowering: &Lowering<'_>) -> Result<String> {
    let steps = steps(lowering.pipeline)?;
    let view = BuildspecView {
        title: "Test a pull request".to_owned(),
        runtimes: buildspec::runtimes(lowering, &steps)?,
        steps: commands::commands(lowering, &steps, true)?,
        saves: Vec::new(),
        caches: buildspec::caches(&steps),
    };
    lowering.template("buildspec.yml", &view)
}

/// The project that tests pull requests, its log and its role.
pub(super) fn resources(lowering: &Lowering<'_>) -> Result<String> {
    Ok(format!("{}\n\n{}", project(lowering)?, role(lowering)?))
}

fn project(lowering: &Lowering<'_>) -> Result<String> {
    let jobs = jobs(lowering.pipeline);
    let host = &lowering.host;
    let view = ProjectView {
        project: &lowering.pipeline.project,
        timeout: jobs.iter().map(|job| job.timeout_minutes).sum::<u32>().clamp(5, LONGEST),
        source: &host.source,
        location: host.location(),
        connection: host.connection.is_some(),
        events: if host.webhook { &host.events } else { "" },
        approvers: &host.approvers,
        cached: jobs.iter().any(|job| builds::caches(job)),
        docker: jobs.iter().any(|job| job.tools().contains("docker")),
        image: &lowering.image(&jobs)?.image,
    };
    lowering.part("pull-request.yaml", &view)
}

fn role(lowering: &Lowering<'_>) -> Result<String> {
    let source = format!("pull.{}.yaml", lowering.host.kind());
    let view = RoleView {
        id: "PullRequest".to_owned(),
        description: format!("Tests pull requests of {}", lowering.pipeline.project),
        logs: vec!["PullRequest".to_owned()],
        statements: vec![lowering.part(&source, &serde_json::json!({}))?],
        ..RoleView::default()
    };
    lowering.part("role.yaml", &view)
}
