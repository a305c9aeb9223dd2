//! One pipeline per deployed branch: its stages in order, and in each stage one action after the other.

use serde::Serialize;

use super::{Lowering, names};
use crate::error::Result;
use crate::pipeline::model::{Job, Pipeline, Stage, Start, Step};

/// A pipeline: what one branch's pushes go through.
pub(super) struct Chain<'a> {
    /// Its logical id.
    pub(super) id: String,
    /// Its name.
    name: String,
    /// The branch.
    pub(super) branch: &'a str,
    stages: Vec<StagePlan<'a>>,
}

/// A stage with its jobs in an order in which each comes after those it needs.
#[derive(Debug)]
struct StagePlan<'a> {
    name: String,
    environment: &'a str,
    approval: bool,
    jobs: Vec<&'a Job>,
}

/// What `parts/chain.yaml` is given.
#[derive(Debug, Serialize)]
struct ChainView<'a> {
    id: &'a str,
    name: &'a str,
    branch: &'a str,
    connection: bool,
    source: String,
    stages: Vec<String>,
}

/// What `parts/stage.yaml` is given.
#[derive(Debug, Serialize)]
struct StageView<'a> {
    name: &'a str,
    environment: &'a str,
    approval: bool,
    actions: Vec<String>,
}

/// What `parts/action.yaml` is given.
#[derive(Debug, Serialize)]
struct ActionView<'a> {
    name: &'a str,
    id: String,
    order: usize,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

/// The pipelines, one for each branch whose pushes are deployed.
pub(super) fn chains(pipeline: &Pipeline) -> Vec<Chain<'_>> {
    let only = pipeline.branches.len() == 1;
    let chain = |branch: &'_ String| {
        let first = pipeline.environments.iter().find(|e| e.branch == *branch);
        let environment = first.map_or("", |e| e.environment.as_str());
        let suffix = if only { String::new() } else { format!("-{environment}") };
        let id = if only { String::new() } else { names::logical_id(environment) };
        (format!("{id}Pipeline"), format!("{}{suffix}", pipeline.project))
    };
    let branches = pipeline.branches.iter();
    branches
        .map(|branch| {
            let (id, name) = chain(branch);
            Chain { id, name, branch, stages: stages(pipeline, branch) }
        })
        .collect()
}

/// The stages that a push to the branch goes through; the source's own comes before them.
fn stages<'a>(pipeline: &'a Pipeline, branch: &str) -> Vec<StagePlan<'a>> {
    let jobs: Vec<&Job> = pipeline.jobs.iter().filter(|job| job.when.on_push_to(branch)).collect();
    let shared = [(Stage::Check, "Check"), (Stage::Build, "Build")].map(|(stage, name)| StagePlan {
        name: name.to_owned(),
        environment: "",
        approval: false,
        jobs: jobs.iter().copied().filter(|job| job.stage == stage).collect(),
    });
    let deployed = pipeline.environments.iter().filter(|e| e.branch == branch).map(|e| StagePlan {
        name: format!("Deploy-{}", e.environment),
        environment: &e.environment,
        approval: e.start != Start::Automatic,
        jobs: jobs.iter().copied().filter(|job| changes(job, &e.environment)).collect(),
    });
    shared.into_iter().chain(deployed).filter(|stage| !stage.jobs.is_empty()).collect()
}

fn changes(job: &Job, environment: &str) -> bool {
    job.deployment.as_ref().is_some_and(|d| d.environment == environment)
}

/// Renders the pipelines, and what starts them where no connection does.
pub(super) fn resources(lowering: &Lowering<'_>, chains: &[Chain<'_>]) -> Result<String> {
    let mut parts: Vec<String> =
        chains.iter().map(|chain| resource(lowering, chain)).collect::<Result<_>>()?;
    if lowering.host.connection.is_none() {
        let started: Vec<serde_json::Value> = chains
            .iter()
            .map(|chain| serde_json::json!({ "id": chain.id, "branch": chain.branch }))
            .collect();
        let view = serde_json::json!({ "project": lowering.pipeline.project, "pipelines": started });
        parts.push(lowering.part("rules.codecommit.yaml", &view)?);
    }
    Ok(parts.join("\n\n"))
}

fn resource(lowering: &Lowering<'_>, chain: &Chain<'_>) -> Result<String> {
    let source = format!("source.{}.yaml", lowering.host.kind());
    let view = ChainView {
        id: &chain.id,
        name: &chain.name,
        branch: chain.branch,
        connection: lowering.host.connection.is_some(),
        source: lowering.part(&source, &serde_json::json!({ "branch": chain.branch }))?,
        stages: chain.stages.iter().map(|stage| stage_text(lowering, stage)).collect::<Result<_>>()?,
    };
    lowering.part("chain.yaml", &view)
}

fn stage_text(lowering: &Lowering<'_>, stage: &StagePlan<'_>) -> Result<String> {
    let actions = stage.orders().map(|(order, job)| {
        let view = ActionView {
            name: &job.id,
            id: names::logical_id(&job.id),
            order,
            inputs: job.steps.iter().filter_map(loaded).collect(),
            outputs: job.steps.iter().filter_map(saved).collect(),
        };
        lowering.part("action.yaml", &view)
    });
    let view = StageView {
        name: &stage.name,
        environment: stage.environment,
        approval: stage.approval,
        actions: actions.collect::<Result<_>>()?,
    };
    lowering.part("stage.yaml", &view)
}

impl<'a> StagePlan<'a> {
    /// Each job with its run order, behind the approval. No two share one: a new AWS account may run a single build
    /// at a time, and a second one at once would fail.
    fn orders(&self) -> impl Iterator<Item = (usize, &'a Job)> {
        let first = if self.approval { 2 } else { 1 };
        self.jobs.iter().copied().enumerate().map(move |(index, job)| (index + first, job))
    }
}

fn loaded(step: &Step) -> Option<String> {
    match step {
        Step::Load(fetch) => Some(names::artifact(&fetch.artifact)),
        _ => None,
    }
}

fn saved(step: &Step) -> Option<String> {
    match step {
        Step::Save(keep) => Some(names::artifact(&keep.artifact)),
        _ => None,
    }
}
