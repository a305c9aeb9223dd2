//! Lowers to AWS CodePipeline: stages of actions, CodeBuild projects with their buildspecs, and their roles.

mod builds;
mod buildspec;
mod chain;
mod commands;
mod host;
mod names;
mod pull_request;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::host::Host;
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::pipeline::model::{Account, Job, Pipeline};
use crate::scaffold::{Ci, Image, Scaffolds, render};

/// What `pipeline.yaml` is given.
#[derive(Debug, Serialize)]
struct StackView<'a> {
    project: &'a str,
    connection: bool,
    repository: String,
    /// The accounts that only the stack's parameters know.
    accounts: Vec<AccountParameter<'a>>,
    /// Logical ids of the projects that the pipeline starts.
    projects: Vec<String>,
    source_statements: String,
    roles: String,
    builds: String,
    pull_request: String,
    pipelines: String,
    pipeline_ids: Vec<String>,
}

/// A parameter of the stack for an account that the manifest does not name.
#[derive(Debug, Serialize)]
struct AccountParameter<'a> {
    parameter: String,
    environment: &'a str,
}

/// What `connection.yaml` is given.
#[derive(Debug, Serialize)]
struct ConnectionView<'a> {
    project: &'a str,
    self_hosted: bool,
    provider: &'a str,
}

/// What the parts of one lowering look at.
struct Lowering<'a> {
    pipeline: &'a Pipeline,
    ci: &'a Ci,
    scaffolds: &'a Scaffolds,
    host: Host,
}

/// Renders the pipeline's files: path and text.
///
/// # Errors
/// A host, runtime version or combination that CodeBuild does not have, or a defect of the CI's scaffolds.
pub fn lower(
    pipeline: &Pipeline,
    manifest: &Manifest,
    ci: &Ci,
    scaffolds: &Scaffolds,
) -> Result<Vec<(String, String)>> {
    let host = host::find(manifest, ci, scaffolds)?;
    let lowering = Lowering { pipeline, ci, scaffolds, host };
    let mut files = vec![(ci.file.clone(), lowering.stack()?)];
    if let Some(provider) = &lowering.host.connection {
        let view = ConnectionView {
            project: &pipeline.project,
            self_hosted: lowering.host.self_hosted,
            provider: provider.as_str(),
        };
        files.push((lowering.path("connection.yaml"), lowering.template("connection.yaml", &view)?));
    }
    for job in lowering.pushed() {
        let text = buildspec::job(&lowering, job).map_err(|fault| about_version(fault, manifest, job))?;
        files.push((lowering.path(&format!("{}.buildspec.yml", job.id)), text));
    }
    files.push((lowering.path("pull-request.buildspec.yml"), pull_request::buildspec(&lowering)?));
    Ok(files)
}

/// What a job's buildspec cannot hold is the version of its service's language.
fn about_version(fault: Error, manifest: &Manifest, job: &Job) -> Error {
    match manifest.services.iter().find(|service| service.name.as_str() == job.service) {
        Some(service) => fault.about(manifest.spot(service).at("toolchain").at("version")),
        None => fault,
    }
}

impl Lowering<'_> {
    fn stack(&self) -> Result<String> {
        let chains = chain::chains(self.pipeline);
        let view = StackView {
            project: &self.pipeline.project,
            connection: self.host.connection.is_some(),
            repository: self.host.repository.clone(),
            accounts: self.accounts(),
            projects: self.pushed().map(|job| names::logical_id(&job.id)).collect(),
            source_statements: self
                .part(&format!("statements.{}.yaml", self.host.kind()), &serde_json::json!({}))?,
            roles: builds::roles(self)?,
            builds: builds::projects(self)?,
            pull_request: pull_request::resources(self)?,
            pipelines: chain::resources(self, &chains)?,
            pipeline_ids: chains.iter().map(|chain| chain.id.clone()).collect(),
        };
        self.template("pipeline.yaml", &view)
    }

    fn accounts(&self) -> Vec<AccountParameter<'_>> {
        let unknown = |e: &'_ crate::pipeline::Deployment| match &e.account {
            Account::Variable(name) => Some(names::logical_id(name)),
            Account::Id(_) => None,
        };
        let all = self.pipeline.environments.iter();
        all.filter_map(|e| Some(AccountParameter { parameter: unknown(e)?, environment: &e.environment }))
            .collect()
    }

    /// The jobs that a pipeline runs; the others concern pull requests alone.
    fn pushed(&self) -> impl Iterator<Item = &Job> {
        self.pipeline.jobs.iter().filter(|job| job.when.on_push())
    }

    /// The image that holds all the tools.
    fn image(&self, jobs: &[&Job]) -> Result<&Image> {
        let tools: std::collections::BTreeSet<String> = jobs.iter().flat_map(|job| job.tools()).collect();
        let found = self.ci.images.iter().find(|image| tools.is_subset(&image.tools));
        found.ok_or_else(|| Error::bug(format!("no image of {} holds {tools:?}", self.ci.title)))
    }

    /// A path beside the pipeline's own file.
    fn path(&self, name: &str) -> String {
        let folder = self.ci.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{name}")
    }

    /// A part of the stack, without the line breaks around it.
    fn part<T: Serialize + ?Sized>(&self, file: &str, view: &T) -> Result<String> {
        Ok(self.template(&format!("parts/{file}"), view)?.trim_matches('\n').to_owned())
    }

    fn template<T: Serialize + ?Sized>(&self, file: &str, view: &T) -> Result<String> {
        let path = format!("ci/{}/{file}", self.ci.name);
        render(&path, self.scaffolds.text(&path)?, view)
    }
}
