//! Lowers to CIs whose pipeline is one file of jobs: GitHub Actions, GitLab CI and their like.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::json;

use super::values;
use crate::error::{Error, Result};
use crate::pipeline::model::{Command, Job, Pipeline, Stage, Start, Step};
use crate::scaffold::{Ci, Image, Pin, Scaffolds, render, render_scalar};

/// What `skeleton.yml` of such a CI is given.
#[derive(Debug, Serialize)]
struct FileView<'a> {
    project: &'a str,
    branches: &'a [String],
    stages: Vec<Stage>,
    dispatches: Vec<&'a str>,
    uses: IndexMap<&'a str, String>,
    jobs: String,
}

/// What `job.yml` is given.
#[derive(Debug, Serialize)]
struct JobView<'a> {
    #[serde(flatten)]
    job: &'a Job,
    condition: String,
    /// Whether the condition holds in every run of the pipeline.
    always: bool,
    environment: &'a str,
    /// One queue per environment and service.
    queue: String,
    start: Start,
    logs_in: bool,
    fetches_chosen: bool,
    on_pull_request: bool,
    /// The jobs whose artifacts it reads.
    sources: Vec<&'a str>,
    image: String,
    docker: bool,
    prepare: Vec<String>,
    env: IndexMap<String, String>,
    blocks: Vec<String>,
    steps: Vec<String>,
    uses: &'a IndexMap<&'a str, String>,
    /// Pinned container images, by name.
    services: IndexMap<&'a str, &'a str>,
}

/// Renders the pipeline's one file.
///
/// # Errors
/// A verb, value or tool that the CI's scaffolds do not cover: a defect of those.
pub fn lower(pipeline: &Pipeline, ci: &Ci, issuer_host: &str, scaffolds: &Scaffolds) -> Result<String> {
    let writer = Writer { pipeline, ci, scaffolds, issuer_host, uses: pins(&ci.pins) };
    let jobs: Result<Vec<String>> = pipeline.jobs.iter().map(|job| writer.job(job)).collect();
    let stages: BTreeSet<Stage> = pipeline.jobs.iter().map(|job| job.stage).collect();
    let dispatched = pipeline.environments.iter().filter(|e| e.start == Start::Dispatch);
    let view = FileView {
        project: &pipeline.project,
        branches: &pipeline.branches,
        stages: stages.into_iter().collect(),
        dispatches: dispatched.map(|e| e.environment.as_str()).collect(),
        uses: pins(&ci.pins),
        jobs: jobs?.join("\n\n"),
    };
    writer.template("skeleton.yml", &view)
}

/// Each pinned action as it stands behind `uses:`.
fn pins(pins: &IndexMap<String, Pin>) -> IndexMap<&str, String> {
    pins.iter().map(|(name, pin)| (name.as_str(), format!("{name}@{} # {}", pin.sha, pin.tag))).collect()
}

/// The job that made what a step loads.
fn source(step: &Step) -> Option<&str> {
    match step {
        Step::Load(fetch) => Some(&fetch.producer),
        _ => None,
    }
}

struct Writer<'a> {
    pipeline: &'a Pipeline,
    ci: &'a Ci,
    scaffolds: &'a Scaffolds,
    issuer_host: &'a str,
    uses: IndexMap<&'a str, String>,
}

impl Writer<'_> {
    fn job(&self, job: &Job) -> Result<String> {
        let mut steps = Vec::new();
        let mut blocks = Vec::new();
        let mut ready = BTreeSet::new();
        for step in &job.steps {
            let context = self.step_context(step)?;
            steps.extend(self.tools(step, &mut ready)?);
            let verb = context["verb"].as_str().unwrap_or_default().to_owned();
            steps.extend(self.partial(&verb, "step", &context)?);
            blocks.extend(self.partial(&verb, "job", &context)?);
        }
        let image = self.image(job)?;
        let view = JobView {
            job,
            condition: values::condition(self.ci, &job.when)?,
            always: self.always(job),
            environment: job.deployment.as_ref().map_or("", |d| d.environment.as_str()),
            queue: job.deployment.as_ref().map_or_else(String::new, |d| {
                format!("{}-{}-{}", self.pipeline.project, job.service, d.environment)
            }),
            start: job.deployment.as_ref().map_or(Start::Automatic, |d| d.start),
            logs_in: job.logs_in(),
            fetches_chosen: job.steps.iter().any(|step| matches!(step, Step::Load(fetch) if fetch.chosen)),
            on_pull_request: job.when.on_pull_request(),
            sources: job.steps.iter().filter_map(source).collect(),
            docker: job.tools().contains("docker"),
            prepare: image.map(|image| image.prepare.clone()).unwrap_or_default(),
            image: image.map_or(Ok(String::new()), |image| self.image_name(image, job))?,
            env: self.env(job)?,
            blocks,
            steps,
            uses: &self.uses,
            services: self.ci.services.iter().map(|(name, image)| (name.as_str(), image.as_str())).collect(),
        };
        Ok(self.template("job.yml", &view)?.trim_matches('\n').to_owned())
    }

    /// Whether the job runs in every run: nothing is dispatched, and it takes both requests and pushes.
    fn always(&self, job: &Job) -> bool {
        let dispatched = self.pipeline.environments.iter().any(|e| e.start == Start::Dispatch);
        let pushes = self.pipeline.branches.iter().all(|branch| job.when.on_push_to(branch));
        !dispatched && job.when.on_pull_request() && pushes
    }

    /// Whether a branch is deployed on which this CI should not trust a cache.
    fn uncached(&self) -> bool {
        let refused =
            |branch: &String| self.ci.uncached_branches.iter().any(|start| branch.starts_with(start));
        self.pipeline.branches.iter().any(refused)
    }

    /// The step's own fields, with its values written as this CI writes them.
    fn step_context(&self, step: &Step) -> Result<serde_json::Value> {
        let bug =
            |cause: serde_json::Error| Error::bug(format!("a step cannot be handed to a template: {cause}"));
        let mut context = serde_json::to_value(step).map_err(bug)?;
        match step {
            Step::Run(run) => {
                context["env"] = json!(self.written(&run.env)?);
                let (Command::Script(command) | Command::Project(command)) = &run.command;
                context["command"] = json!(command);
            }
            Step::AwsLogin(login) => {
                context["account_id"] = json!(values::account(self.ci, &login.account)?);
                context["account_variable"] = json!(match &login.account {
                    crate::pipeline::Account::Variable(name) => name.as_str(),
                    crate::pipeline::Account::Id(_) => "",
                });
            }
            Step::Runtime(_) if self.uncached() => context["lock"] = json!(""),
            _ => {}
        }
        context["uses"] = json!(self.uses);
        context["issuer_host"] = json!(self.issuer_host);
        Ok(context)
    }

    fn written(&self, env: &IndexMap<String, crate::pipeline::Value>) -> Result<IndexMap<String, String>> {
        env.iter().map(|(name, value)| Ok((name.clone(), values::value(self.ci, value)?))).collect()
    }

    /// All environment variables of a job's steps together, for CIs that know them per job only.
    fn env(&self, job: &Job) -> Result<IndexMap<String, String>> {
        let mut env = IndexMap::new();
        for step in &job.steps {
            if let Step::Run(run) = step {
                env.extend(self.written(&run.env)?);
            }
        }
        Ok(env)
    }

    /// Steps that bring the tools of a step which this CI's machines lack, each once per job.
    fn tools(&self, step: &Step, ready: &mut BTreeSet<String>) -> Result<Vec<String>> {
        let Step::Run(run) = step else {
            return Ok(Vec::new());
        };
        let mut steps = Vec::new();
        for tool in run.tools.iter().filter(|tool| ready.insert((*tool).clone())) {
            let path = format!("ci/{}/tools/{tool}.step.yml", self.ci.name);
            if let Some(text) = self.scaffolds.find(&path) {
                steps.push(render(&path, text, &json!({ "uses": self.uses }))?.trim_end().to_owned());
            }
        }
        Ok(steps)
    }

    /// Renders `verbs/<verb>.<place>.yml`; a verb that is void on this CI renders to nothing.
    fn partial(&self, verb: &str, place: &str, context: &serde_json::Value) -> Result<Option<String>> {
        let verb = match (verb, place) {
            ("runtime", "step") => format!("runtimes/{}", context["toolchain"].as_str().unwrap_or_default()),
            _ => format!("verbs/{verb}"),
        };
        let path = format!("ci/{}/{verb}.{place}.yml", self.ci.name);
        match self.scaffolds.find(&path) {
            Some(text) => Ok(Some(render(&path, text, context)?.trim().to_owned()).filter(|t| !t.is_empty())),
            None => self.void(&verb, place, &path),
        }
    }

    /// A missing partial is a defect unless the CI's `ci.yaml` lists the verb as void there.
    fn void(&self, verb: &str, place: &str, path: &str) -> Result<Option<String>> {
        let name = verb.split('/').next_back().unwrap_or(verb);
        let listed = |entry: &String| *entry == name || entry == verb || *entry == format!("{name}.{place}");
        if place == "job" || self.ci.void.iter().any(listed) || verb.starts_with("runtimes/") {
            return Ok(None);
        }
        Err(Error::bug(format!(
            "{} does not say how the verb {name} is written: there is no {path}",
            self.ci.title
        )))
    }

    fn image(&self, job: &Job) -> Result<Option<&Image>> {
        if self.ci.images.is_empty() {
            return Ok(None);
        }
        let tools = job.tools();
        let found = self.ci.images.iter().find(|image| tools.is_subset(&image.tools));
        found.map(Some).ok_or_else(|| Error::bug(format!("no image of {} holds {tools:?}", self.ci.title)))
    }

    fn image_name(&self, image: &Image, job: &Job) -> Result<String> {
        let version = job.steps.iter().find_map(|step| match step {
            Step::Runtime(runtime) => Some(runtime.version.clone()),
            _ => None,
        });
        render_scalar("images", &image.image, &json!({ "version": version.unwrap_or_default() }))
    }

    fn template<T: Serialize>(&self, file: &str, view: &T) -> Result<String> {
        let path = format!("ci/{}/{file}", self.ci.name);
        render(&path, self.scaffolds.text(&path)?, view)
    }
}
