//! Lowers to CIs whose pipeline is one file of jobs: GitHub Actions, GitLab CI and their like.

mod job;
mod step;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;

use crate::error::Result;
use crate::pipeline::model::{Deployment, Pipeline, Stage, Start};
use crate::scaffold::{Ci, Pin, Scaffolds, render};

/// What `skeleton.yml` of such a CI is given.
#[derive(Debug, Serialize)]
struct FileView<'a> {
    project: &'a str,
    branches: &'a [String],
    stages: BTreeSet<Stage>,
    dispatches: Vec<&'a str>,
    /// Those of them that also take the run that deployed the environment before.
    after_dispatch: Vec<&'a str>,
    jobs: String,
}

/// Renders the pipeline's one file.
///
/// # Errors
/// A verb, value or tool that the CI's scaffolds do not cover: a defect of those.
pub fn lower(pipeline: &Pipeline, ci: &Ci, issuer_host: &str, scaffolds: &Scaffolds) -> Result<String> {
    let writer = Writer { pipeline, ci, scaffolds, issuer_host, uses: pins(&ci.pins) };
    let jobs: Result<Vec<String>> = pipeline.jobs.iter().map(|job| writer.job(job)).collect();
    let named = |filter: fn(&Deployment) -> bool| -> Vec<&str> {
        pipeline.environments.iter().filter(|e| filter(e)).map(|e| e.environment.as_str()).collect()
    };
    let view = FileView {
        project: &pipeline.project,
        branches: &pipeline.branches,
        stages: pipeline.jobs.iter().map(|job| job.stage).collect(),
        dispatches: named(|e| e.start == Start::Dispatch),
        after_dispatch: named(|e| e.after_dispatch),
        jobs: jobs?.join("\n\n"),
    };
    writer.template("skeleton.yml", &view)
}

/// Each pinned action as it stands behind `uses:`.
fn pins(pins: &IndexMap<String, Pin>) -> IndexMap<&str, String> {
    pins.iter().map(|(name, pin)| (name.as_str(), format!("{name}@{} # {}", pin.sha, pin.tag))).collect()
}

/// What the writing of one file looks at.
struct Writer<'a> {
    pipeline: &'a Pipeline,
    ci: &'a Ci,
    scaffolds: &'a Scaffolds,
    issuer_host: &'a str,
    uses: IndexMap<&'a str, String>,
}

impl Writer<'_> {
    fn template<T: Serialize>(&self, file: &str, view: &T) -> Result<String> {
        let path = format!("ci/{}/{file}", self.ci.name);
        render(&path, self.scaffolds.text(&path)?, view)
    }
}
