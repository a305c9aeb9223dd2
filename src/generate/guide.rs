//! `docs/DEPLOYMENT.md` in the user's repository: a diagram, the first steps, and what to do when a step is red.

use serde::Serialize;

use super::{FollowUp, Run, plain};
use crate::error::Result;
use crate::fileset::FileSet;
use crate::pipeline::{Condition, Job, Start, configures_at_runtime};
use crate::scaffold::render;

/// What `DEPLOYMENT.md` is given.
#[derive(Debug, Serialize)]
struct GuideView<'a> {
    ci: &'a str,
    ci_name: &'a str,
    pipeline_file: &'a str,
    manifest: &'a crate::manifest::Manifest,
    branches: &'a [String],
    environments: &'a [crate::pipeline::Deployment],
    targets: Vec<TargetLine<'a>>,
    removals: Vec<Removal>,
    edges: Vec<Edge>,
    dispatched: bool,
    /// Whether a reviewer's answer is waited for, wherever the release starts.
    held: bool,
    follow_ups: &'a [FollowUp],
    red: String,
    /// The chapters that targets add.
    more: String,
}

#[derive(Debug, Serialize)]
struct TargetLine<'a> {
    service: &'a str,
    name: &'a str,
    title: &'a str,
    cost: &'a str,
}

/// A stack that is removed when everything is.
#[derive(Debug, Serialize)]
struct Removal {
    profile: String,
    region: String,
    stack: String,
    bootstrap: String,
}

/// An arrow of the diagram.
#[derive(Debug, Serialize)]
struct Edge {
    from: String,
    to: String,
    label: &'static str,
}

/// Adds the guide, unless the manifest declines it.
pub(super) fn files(run: &Run<'_>, follow_ups: &[FollowUp], files: &mut FileSet) -> Result<()> {
    if !run.manifest.guide {
        return Ok(());
    }
    let path = "shared/docs/DEPLOYMENT.md";
    let view = GuideView {
        ci: &run.ci.title,
        ci_name: &run.ci.name,
        pipeline_file: &run.ci.file,
        manifest: run.manifest,
        branches: &run.pipeline.branches,
        environments: &run.pipeline.environments,
        targets: target_lines(run),
        removals: removals(run),
        edges: edges(&run.pipeline.jobs),
        dispatched: run.pipeline.environments.iter().any(|e| e.start == Start::Dispatch),
        held: run.manifest.environments.iter().any(|e| run.ci.start(e.approval) == Start::Held),
        follow_ups,
        red: red(run)?,
        more: more(run)?,
    };
    files.insert("docs/DEPLOYMENT.md", plain(render(path, run.scaffolds.text(path)?, &view)?));
    Ok(())
}

/// What each target says about its own red steps, once per target.
fn red(run: &Run<'_>) -> Result<String> {
    let mut texts: Vec<String> = Vec::new();
    for target in run.targets {
        let path = format!("targets/{}/red.md", target.name);
        let text = render(&path, run.scaffolds.find(&path).unwrap_or_default(), run.manifest)?;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts.concat())
}

/// What a target says of each of its services beside the common text.
fn more(run: &Run<'_>) -> Result<String> {
    let mut chapters: Vec<String> = Vec::new();
    for (service, target) in run.manifest.services.iter().zip(run.targets) {
        let path = format!("targets/{}/guide.md", target.name);
        let configuration = if configures_at_runtime(target, service) { "runtime" } else { "build" };
        let view = serde_json::json!({
            "service": service, "resources": service.resources, "configuration": configuration
        });
        let text = render(&path, run.scaffolds.find(&path).unwrap_or_default(), &view)?;
        chapters.extend(Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
    }
    Ok(chapters.join("\n\n"))
}

fn removals(run: &Run<'_>) -> Vec<Removal> {
    let manifest = run.manifest;
    let in_environment = |environment: &'_ crate::manifest::Environment| {
        let removal = |service| Removal {
            profile: super::follow_up::profile(run, environment.name.as_str()),
            region: environment.region.to_string(),
            stack: manifest.stack_of(service, &environment.name),
            bootstrap: format!("{}-{}-bootstrap", manifest.project, environment.name),
        };
        manifest.services.iter().map(removal).collect::<Vec<_>>()
    };
    manifest.environments.iter().flat_map(in_environment).collect()
}

fn target_lines<'a>(run: &'a Run<'_>) -> Vec<TargetLine<'a>> {
    let pairs = run.manifest.services.iter().zip(run.targets);
    let line = |(service, target): (&'a crate::manifest::Service, &'a crate::scaffold::Target)| TargetLine {
        service: service.name.as_str(),
        name: &target.name,
        title: &target.title,
        cost: &target.cost,
    };
    pairs.map(line).collect()
}

fn edges(jobs: &[Job]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for job in jobs {
        if job.needs.is_empty() {
            edges.extend(origins(&job.when).into_iter().map(|from| edge(from, job, "")));
        }
        let start = job.deployment.as_ref().map_or(Start::Automatic, |deployment| deployment.start);
        edges.extend(direct_needs(job, jobs).map(|need| edge(need, job, label(start))));
    }
    edges
}

fn edge(from: &str, to: &Job, label: &'static str) -> Edge {
    Edge { from: from.to_owned(), to: to.id.clone(), label }
}

/// The needs of a job that no other of its needs implies.
fn direct_needs<'a>(job: &'a Job, jobs: &'a [Job]) -> impl Iterator<Item = &'a str> {
    let implied: Vec<&String> =
        jobs.iter().filter(|other| job.needs.contains(&other.id)).flat_map(|other| &other.needs).collect();
    job.needs.iter().filter(move |need| !implied.contains(need)).map(String::as_str)
}

fn origins(condition: &Condition) -> Vec<&'static str> {
    let candidates = [
        ("request", condition.on_pull_request()),
        ("push", condition.on_push()),
        ("person", matches!(condition, Condition::Dispatch(_))),
    ];
    candidates.into_iter().filter(|(_, holds)| *holds).map(|(origin, _)| origin).collect()
}

fn label(start: Start) -> &'static str {
    match start {
        Start::Automatic | Start::Dispatch => "",
        Start::Held => "a reviewer agrees",
        Start::Play => "a person lets it go on",
    }
}
