//! A buildspec: the commands of a job, as one shell of CodeBuild runs them.

use serde::{Deserialize, Serialize};

use super::{Lowering, commands, names};
use crate::error::{Error, Result};

use crate::pipeline::model::{Job, Runtime, Step};

/// What `buildspec.yml` is given.
#[derive(Debug, Default, Serialize)]
pub(super) struct BuildspecView {
    /// What it is, for its first line.
    pub(super) title: String,
    /// The runtimes of the image that it needs.
    pub(super) runtimes: Vec<RuntimeLine>,
    /// Its commands, as items of a YAML list.
    pub(super) steps: Vec<String>,
    /// The artifacts it makes.
    pub(super) saves: Vec<SaveLine>,
    /// The folders kept for its next run.
    pub(super) caches: Vec<String>,
}

/// A runtime of the image.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct RuntimeLine {
    runtime: String,
    version: String,
}

/// An artifact.
#[derive(Debug, Serialize)]
pub(super) struct SaveLine {
    name: String,
    path: String,
}

/// `runtimes/<toolchain>.yaml`: CodeBuild's name for a toolchain, and the versions its image holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuntimeFile {
    runtime: String,
    versions: Vec<String>,
}

/// The buildspec of one job.
pub(super) fn job(lowering: &Lowering<'_>, job: &Job) -> Result<String> {
    let saves = job.steps.iter().filter_map(|step| match step {
        Step::Save(keep) => Some(SaveLine { name: names::artifact(&keep.artifact), path: keep.path.clone() }),
        _ => None,
    });
    let view = BuildspecView {
        title: job.title.clone(),
        runtimes: runtimes(lowering, &job.steps)?,
        steps: commands::commands(lowering, &job.steps, false)?,
        saves: saves.collect(),
        caches: caches(&job.steps),
    };
    lowering.template("buildspec.yml", &view)
}

/// The folders that the steps keep for the next run.
pub(super) fn caches(steps: &[Step]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for step in steps {
        if let Step::Cache(cache) = step
            && !paths.contains(&cache.path)
        {
            paths.push(cache.path.clone());
        }
    }
    paths
}

/// The runtimes that the steps need, each once.
///
/// # Errors
/// A version that the image does not hold, or two versions of one runtime.
pub(super) fn runtimes(lowering: &Lowering<'_>, steps: &[Step]) -> Result<Vec<RuntimeLine>> {
    let mut lines: Vec<RuntimeLine> = Vec::new();
    for step in steps {
        let Step::Runtime(needed) = step else { continue };
        let line = runtime(lowering, needed)?;
        match lines.iter().find(|other| other.runtime == line.runtime) {
            Some(other) if *other == line => {}
            Some(other) => return Err(two_versions(other, &line)),
            None => lines.push(line),
        }
    }
    Ok(lines)
}

fn two_versions(one: &RuntimeLine, other: &RuntimeLine) -> Error {
    let RuntimeLine { runtime, version } = one;
    Error::usage(format!(
        "CodeBuild tests a pull request in one build, which cannot hold {runtime} {version} and {}",
        other.version
    ))
    .help("give the services the same version in pipewright.yml")
}

fn runtime(lowering: &Lowering<'_>, needed: &Runtime) -> Result<RuntimeLine> {
    let Runtime { toolchain, version, .. } = needed;
    let path = format!("ci/{}/runtimes/{toolchain}.yaml", lowering.ci.name);
    let held: RuntimeFile = lowering.scaffolds.parse(&path)?;
    let fits = |have: &&String| version == *have || version.starts_with(&format!("{have}."));
    let version = held.versions.iter().find(fits).ok_or_else(|| {
        Error::usage(format!("CodeBuild's image holds no {toolchain} {version}"))
            .help(format!("choose one of {} in pipewright.yml", held.versions.join(", ")))
    })?;
    Ok(RuntimeLine { runtime: held.runtime.clone(), version: version.clone() })
}
