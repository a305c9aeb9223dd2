//! One job as `job.yml` of a CI is given it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::json;

use super::Writer;
use crate::error::{Error, Result};
use crate::pipeline::lower::values;
use crate::pipeline::model::{Deployment, Job, Stage, Start, Step};
use crate::scaffold::{Image, render_scalar};

/// What `job.yml` is given.
#[derive(Debug, Serialize)]
struct JobView<'a> {
    id: &'a str,
    title: &'a str,
    stage: Stage,
    needs: &'a [String],
    timeout_minutes: u32,
    condition: String,
    /// Whether the condition holds in every run of the pipeline.
    always: bool,
    /// Empty where none is deployed to.
    environment: &'a str,
    /// One queue per environment and service.
    queue: String,
    start: Start,
    logs_in: bool,
    fetches_chosen: bool,
    /// The jobs whose artifacts it reads.
    sources: Vec<&'a str>,
    /// The container image, where the CI runs jobs in one.
    image: String,
    /// Commands that make the image fit.
    prepare: &'a [String],
    /// Images that run beside the job, by the tool that needs them.
    services: IndexMap<&'a str, &'a str>,
    /// The environment variables of all steps together, for CIs that know them per job only.
    env: IndexMap<String, String>,
    blocks: Vec<String>,
    steps: Vec<String>,
}

impl Writer<'_> {
    /// Renders one job.
    pub(super) fn job(&self, job: &Job) -> Result<String> {
        let (steps, blocks) = self.steps(job)?;
        let deployment = job.deployment.as_ref();
        let image = self.image(job)?;
        let view = JobView {
            id: &job.id,
            title: &job.title,
            stage: job.stage,
            needs: &job.needs,
            timeout_minutes: job.timeout_minutes,
            condition: values::condition(self.ci, &job.when)?,
            always: self.always(job),
            environment: deployment.map_or("", |deployment| &deployment.environment),
            queue: deployment.map_or_else(String::new, |deployment| self.queue(job, deployment)),
            start: deployment.map_or(Start::Automatic, |deployment| deployment.start),
            logs_in: job.logs_in(),
            fetches_chosen: job.steps.iter().any(|step| matches!(step, Step::Load(fetch) if fetch.chosen)),
            sources: job.steps.iter().filter_map(source).collect(),
            image: image.map_or(Ok(String::new()), |image| image_name(image, job))?,
            prepare: image.map_or(&[], |image| &image.prepare),
            services: self.services(&job.tools()),
            env: self.env(job)?,
            blocks,
            steps,
        };
        Ok(self.template("job.yml", &view)?.trim_matches('\n').to_owned())
    }

    fn queue(&self, job: &Job, deployment: &Deployment) -> String {
        format!("{}-{}-{}", self.pipeline.project, job.service, deployment.environment)
    }

    /// Whether the job runs in every run: nothing is dispatched, and it takes both requests and pushes.
    fn always(&self, job: &Job) -> bool {
        let dispatched = self.pipeline.environments.iter().any(|e| e.start == Start::Dispatch);
        let pushes = self.pipeline.branches.iter().all(|branch| job.when.on_push_to(branch));
        !dispatched && job.when.on_pull_request() && pushes
    }

    /// The rendered steps, and the blocks that some of them need at the level of the job.
    fn steps(&self, job: &Job) -> Result<(Vec<String>, Vec<String>)> {
        let (mut steps, mut blocks) = (Vec::new(), Vec::new());
        let mut ready = BTreeSet::new();
        for step in &job.steps {
            let context = self.step_context(step)?;
            steps.extend(self.tools(step, &mut ready)?);
            steps.extend(self.partial("step", &context)?);
            blocks.extend(self.partial("job", &context)?);
        }
        Ok((steps, blocks))
    }

    fn env(&self, job: &Job) -> Result<IndexMap<String, String>> {
        let mut env = IndexMap::new();
        for step in &job.steps {
            if let Step::Run(run) = step {
                env.extend(self.written(&run.env)?);
            }
        }
        Ok(env)
    }

    fn services(&self, tools: &BTreeSet<String>) -> IndexMap<&str, &str> {
        let needed = self.ci.services.iter().filter(|(tool, _)| tools.contains(*tool));
        needed.map(|(tool, image)| (tool.as_str(), image.as_str())).collect()
    }

    /// The first image that holds all of the job's tools; none where the CI's machines hold everything.
    fn image(&self, job: &Job) -> Result<Option<&Image>> {
        if self.ci.images.is_empty() {
            return Ok(None);
        }
        let tools = job.tools();
        let found = self.ci.images.iter().find(|image| tools.is_subset(&image.tools));
        found.map(Some).ok_or_else(|| Error::bug(format!("no image of {} holds {tools:?}", self.ci.title)))
    }
}

/// The job that made what a step loads.
fn source(step: &Step) -> Option<&str> {
    match step {
        Step::Load(fetch) => Some(&fetch.producer),
        _ => None,
    }
}

fn image_name(image: &Image, job: &Job) -> Result<String> {
    let version = job.steps.iter().find_map(|step| match step {
        Step::Runtime(runtime) => Some(runtime.version.as_str()),
        _ => None,
    });
    render_scalar("images", &image.image, &json!({ "version": version.unwrap_or_default() }))
}
