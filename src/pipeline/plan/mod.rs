//! From the manifest to the pipeline: instantiates each target's jobs per service and environment and wires them.

mod needs;
mod steps;

use indexmap::IndexMap;
use serde::Serialize;

use super::model::{Account, Artifact, Condition, Deployment, Job, Pipeline, Stage, Start, Step};
use crate::error::{Error, Result};
use crate::interview::wording;
use crate::manifest::{Environment, Manifest, PerEnvironment, Scalar, Service, Spot, Strategy};
use crate::scaffold::{
    Ci, Delivery, JobFragment, Mode, RoleName, Scaffolds, Scope, StepFragment, Target, render_scalar,
};

/// Days an artifact is kept: longer than the thirty days that GitHub lets an approval wait.
const RETENTION_DAYS: u32 = 35;

/// Plans the pipeline that the manifest describes.
///
/// # Errors
/// An unknown CI, target or toolchain, or an option that the target refuses.
pub fn plan(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<Pipeline> {
    let ci = scaffolds.ci(&manifest.ci).map_err(|fault| fault.about(Spot::of("ci")))?;
    let environments = deployments(manifest, &ci);
    let mut pipeline = Pipeline {
        project: manifest.project.to_string(),
        branches: manifest.deploy_branches().iter().map(ToString::to_string).collect(),
        environments,
        artifacts: Vec::new(),
        jobs: Vec::new(),
    };
    for service in &manifest.services {
        let target = scaffolds.target(&service.target);
        let target = target.map_err(|fault| fault.about(manifest.spot(service).at("target")))?;
        check_toolchain(manifest, scaffolds, service)?;
        let planner = Planner::new(manifest, scaffolds, service, &target, &pipeline)?;
        let jobs = planner.jobs()?;
        pipeline.artifacts.extend(artifacts(&jobs));
        pipeline.jobs.extend(jobs);
    }
    Ok(pipeline)
}

/// Checks the names that a service's toolchain is made of.
fn check_toolchain(manifest: &Manifest, scaffolds: &Scaffolds, service: &Service) -> Result<()> {
    let Some(toolchain) = &service.toolchain else { return Ok(()) };
    let about = |fault: Error, key: &str| fault.about(manifest.spot(service).at("toolchain").at(key));
    let described = scaffolds.toolchain(&toolchain.name).map_err(|fault| about(fault, "name"))?;
    match toolchain.package_manager.as_deref() {
        Some(manager) if !described.package_managers.contains_key(manager) => {
            let what = format!("{} has no package manager {manager:?} here", described.title);
            let known = described.package_managers.keys().map(String::as_str);
            Err(about(Error::usage(what).help(wording::known(manager, known)), "package-manager"))
        }
        _ => Ok(()),
    }
}

/// Whether one build of the service serves all environments.
#[must_use]
pub fn build_mode(service: &Service, target: &Target) -> Mode {
    let differs = service.variables.values().any(|value| matches!(value, PerEnvironment::Each(_)));
    let built_in = target.variables == Delivery::Baked && !super::configures_at_runtime(target, service);
    if built_in && differs { Mode::BuildPerEnvironment } else { Mode::BuildOnce }
}

fn deployments(manifest: &Manifest, ci: &Ci) -> Vec<Deployment> {
    let mut dispatched = false;
    let mut deployments = Vec::new();
    for environment in &manifest.environments {
        let after_dispatch = dispatched;
        let start = ci.start(environment.approval);
        dispatched |= start == Start::Dispatch && manifest.strategy == Strategy::Promotion;
        deployments.push(Deployment {
            environment: environment.name.to_string(),
            account: account(environment),
            region: environment.region.to_string(),
            branch: manifest.branch_of(environment).to_string(),
            // What follows a dispatched environment can only be reached by a run that a person starts; reviewers hold
            // that run too.
            start: if after_dispatch { Start::Dispatch } else { start },
            after_dispatch,
        });
    }
    deployments
}

fn account(environment: &Environment) -> Account {
    match &environment.account {
        Some(id) => Account::Id(id.to_string()),
        None => Account::Variable(account_variable(environment.name.as_str())),
    }
}

/// The CI variable that holds an environment's account id, e.g. `AWS_ACCOUNT_ID_STAGING`.
#[must_use]
pub fn account_variable(environment: &str) -> String {
    format!("AWS_ACCOUNT_ID_{}", environment.to_uppercase().replace('-', "_"))
}

fn artifacts(jobs: &[Job]) -> Vec<Artifact> {
    let kept = jobs.iter().flat_map(|job| job.steps.iter().map(move |step| (job, step)));
    kept.filter_map(|(job, step)| match step {
        Step::Save(keep) => Some(Artifact {
            id: keep.artifact.clone(),
            path: keep.path.clone(),
            producer: job.id.clone(),
            retention_days: keep.days,
        }),
        _ => None,
    })
    .collect()
}

/// What the planning of one service looks at.
struct Planner<'a> {
    manifest: &'a Manifest,
    scaffolds: &'a Scaffolds,
    service: &'a Service,
    target: &'a Target,
    environments: &'a [Deployment],
    mode: Mode,
    facts: Facts<'a>,
}

/// What a placeholder in a fragment may name.
#[derive(Serialize, Clone)]
struct Facts<'a> {
    project: &'a str,
    service: &'a str,
    path: &'a str,
    /// What stands before a path in the service's folder: empty, or `apps/web/`.
    prefix: String,
    environment: &'a str,
    region: &'a str,
    /// The region of the image repository: the first environment's.
    build_region: &'a str,
    stack: String,
    parameters: String,
    /// The same as one JSON object.
    configuration: String,
    options: IndexMap<String, Scalar>,
}

impl<'a> Planner<'a> {
    fn new(
        manifest: &'a Manifest,
        scaffolds: &'a Scaffolds,
        service: &'a Service,
        target: &'a Target,
        pipeline: &'a Pipeline,
    ) -> Result<Self> {
        let facts = Facts {
            project: manifest.project.as_str(),
            service: service.name.as_str(),
            path: service.path.as_str(),
            prefix: Some(service.path.as_str())
                .filter(|path| *path != ".")
                .map_or_else(String::new, |p| format!("{p}/")),
            environment: "",
            region: manifest.environments.first().map_or("", |first| first.region.as_str()),
            build_region: manifest.environments.first().map_or("", |first| first.region.as_str()),
            stack: String::new(),
            parameters: String::new(),
            configuration: String::new(),
            options: super::resolve_options(target, service, &manifest.spot(service))?,
        };
        let mode = build_mode(service, target);
        Ok(Self { manifest, scaffolds, service, target, environments: &pipeline.environments, mode, facts })
    }

    fn jobs(&self) -> Result<Vec<Job>> {
        let mut jobs = Vec::new();
        for fragment in self.target.jobs.iter().filter(|fragment| self.applies(fragment)) {
            match fragment.scope {
                Scope::Environment => {
                    for index in 0..self.environments.len() {
                        jobs.push(self.environment_job(fragment, index)?);
                    }
                }
                Scope::Change | Scope::Proposal | Scope::Release => jobs.push(self.shared_job(fragment)?),
            }
        }
        self.wire(&mut jobs);
        Ok(jobs)
    }

    /// Whether what passed in one environment goes on to the next.
    fn promotes(&self) -> bool {
        self.manifest.strategy == Strategy::Promotion
    }

    fn applies(&self, fragment: &JobFragment) -> bool {
        let has_commands = self.service.toolchain.is_some()
            && (self.service.commands.test.is_some() || self.service.commands.lint.is_some());
        fragment.only.is_none_or(|mode| mode == self.mode) && (!fragment.needs_toolchain || has_commands)
    }

    fn shared_job(&self, fragment: &JobFragment) -> Result<Job> {
        // A pull request's build is given the first environment's values: it is built to be proven, not deployed.
        let facts = self.facts_in(0)?;
        Ok(Job {
            id: self.job_id(&fragment.id),
            title: self.job_title(&render_scalar(&fragment.id, &fragment.title, &facts)?),
            stage: stage(fragment),
            service: self.service.name.to_string(),
            needs: Vec::new(),
            when: self.shared_condition(fragment.scope),
            deployment: None,
            timeout_minutes: fragment.timeout,
            steps: self.steps(fragment, &facts, None)?,
        })
    }

    fn environment_job(&self, fragment: &JobFragment, index: usize) -> Result<Job> {
        let deployment = &self.environments[index];
        let facts = self.facts_in(index)?;
        let deploys = deploys(fragment);
        let dispatched = deploys && deployment.start == Start::Dispatch;
        Ok(Job {
            id: self.job_id(&format!("{}-{}", fragment.id, deployment.environment)),
            title: self.job_title(&render_scalar(&fragment.id, &fragment.title, &facts)?),
            stage: stage(fragment),
            service: self.service.name.to_string(),
            needs: Vec::new(),
            when: if dispatched {
                Condition::Dispatch(deployment.environment.clone())
            } else {
                Condition::Push(deployment.branch.clone())
            },
            deployment: deploys.then(|| deployment.clone()),
            timeout_minutes: fragment.timeout,
            steps: self.steps(fragment, &facts, Some(index))?,
        })
    }

    fn shared_condition(&self, scope: Scope) -> Condition {
        let pushes = self.manifest.deploy_branches().into_iter().map(|b| Condition::Push(b.to_string()));
        match scope {
            Scope::Proposal => Condition::PullRequest,
            Scope::Change => Condition::Any(std::iter::once(Condition::PullRequest).chain(pushes).collect()),
            Scope::Release | Scope::Environment => Condition::Any(pushes.collect()),
        }
    }

    fn facts_in(&self, index: usize) -> Result<Facts<'a>> {
        let environment = &self.manifest.environments[index];
        let mut facts = self.facts.clone();
        facts.environment = environment.name.as_str();
        facts.region = environment.region.as_str();
        facts.stack = self.manifest.stack_of(self.service, &environment.name);
        facts.parameters = self.parameters(environment)?;
        facts.configuration = self.configuration(environment)?;
        Ok(facts)
    }

    /// The service's variables and the references of its secrets in an environment, one `NAME=value` a line.
    fn parameters(&self, environment: &Environment) -> Result<String> {
        let mut lines = Vec::new();
        for (name, value) in &self.service.variables {
            lines.push(format!("{name}={}", steps::variable(name, value, environment)?));
        }
        for (name, reference) in &self.service.secrets {
            lines.push(format!("{name}={}", steps::variable(name, reference, environment)?));
        }
        Ok(lines.join("\n"))
    }

    /// The service's variables in an environment as one JSON object.
    fn configuration(&self, environment: &Environment) -> Result<String> {
        let value = |(name, value)| Ok((format!("{name}"), steps::variable(name, value, environment)?));
        let values: IndexMap<String, String> =
            self.service.variables.iter().map(value).collect::<Result<_>>()?;
        Ok(serde_json::json!(values).to_string())
    }

    fn job_id(&self, id: &str) -> String {
        if self.manifest.services.len() == 1 { id.to_owned() } else { format!("{}-{id}", self.service.name) }
    }

    fn job_title(&self, title: &str) -> String {
        if self.manifest.services.len() == 1 {
            title.to_owned()
        } else {
            format!("{}: {title}", self.service.name)
        }
    }
}

fn deploys(fragment: &JobFragment) -> bool {
    fragment.steps.iter().any(|step| matches!(step, StepFragment::AwsLogin(RoleName::Deploy)))
}

fn stage(fragment: &JobFragment) -> Stage {
    let saves = fragment.steps.iter().any(|step| matches!(step, StepFragment::Save));
    match (deploys(fragment), saves) {
        (true, _) => Stage::Deploy,
        (false, true) => Stage::Build,
        (false, false) => Stage::Check,
    }
}
