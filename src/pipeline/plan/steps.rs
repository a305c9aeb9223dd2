//! The steps of one job: a fragment's steps with the toolchain's own put in their place.

use indexmap::IndexMap;

use super::{Facts, Planner, RETENTION_DAYS};
use crate::error::{Error, Result};
use crate::manifest::{Check, Environment, PerEnvironment, Toolchain, VariableName};
use crate::pipeline::configures_at_runtime;
use crate::pipeline::model::{
    Account, Cache, Checkout, Command, Deployment, Fetch, Keep, Login, Note, Run, Runtime, Start, Step, Value,
};
use crate::scaffold::{
    Delivery, JobFragment, Mode, PackageManager, RoleName, RunFragment, StepFragment, ToolchainPart,
    ValueFragment, render_scalar,
};

impl Planner<'_> {
    /// The steps of `fragment`; `environment` is the index of the environment it is made for.
    pub(super) fn steps(
        &self,
        fragment: &JobFragment,
        facts: &Facts<'_>,
        environment: Option<usize>,
    ) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for step in &fragment.steps {
            match step {
                StepFragment::Checkout => steps.push(self.checkout(fragment, environment)),
                StepFragment::Toolchain(part) => steps.extend(self.toolchain_steps(*part, environment)?),
                StepFragment::AwsLogin(role) => steps.push(self.login(*role, environment)),
                StepFragment::Run(run) => steps.push(script(run, facts)?),
                StepFragment::Configure(run) if configures_at_runtime(self.target, self.service) => {
                    steps.push(script(run, facts)?);
                }
                StepFragment::Configure(_) => {}
                StepFragment::Save => steps.push(Step::Save(self.keep(environment))),
                StepFragment::Load => steps.extend(self.fetches(environment)),
            }
        }
        if super::deploys(fragment) {
            steps.extend(environment.into_iter().flat_map(|index| self.proof_of_passing(index)));
        }
        Ok(steps)
    }

    /// A deployment that a person starts for a release takes scripts and templates from the release's own commit.
    fn checkout(&self, fragment: &JobFragment, environment: Option<usize>) -> Step {
        let deployment = environment.map(|index| &self.environments[index]);
        let dispatched = deployment.filter(|d| super::deploys(fragment) && d.start == Start::Dispatch);
        Step::Checkout(Checkout {
            chosen_branch: dispatched.map_or_else(String::new, |d| d.branch.clone()),
            after_dispatch: dispatched.is_some_and(|d| d.after_dispatch),
        })
    }

    fn toolchain_steps(&self, part: ToolchainPart, environment: Option<usize>) -> Result<Vec<Step>> {
        let Some(toolchain) = &self.service.toolchain else {
            return Ok(Vec::new());
        };
        let commands = &self.service.commands;
        Ok(match part {
            ToolchainPart::Prepare => {
                let mut steps = self.runtime(toolchain)?;
                steps.extend(self.command(
                    "Install dependencies",
                    commands.install.as_ref(),
                    IndexMap::new(),
                ));
                steps
            }
            ToolchainPart::Check => [("Lint", &commands.lint), ("Test", &commands.test)]
                .into_iter()
                .filter_map(|(name, check)| Some(self.check(name, check.as_ref()?)))
                .collect(),
            ToolchainPart::Build => {
                let env = self.baked_variables(environment)?;
                self.command("Build", commands.build.as_ref(), env).into_iter().collect()
            }
        })
    }

    fn runtime(&self, toolchain: &Toolchain) -> Result<Vec<Step>> {
        let described = self.scaffolds.toolchain(&toolchain.name)?;
        let manager = toolchain.package_manager.as_deref().unwrap_or_default();
        let data = described.package_managers.get(manager).cloned().unwrap_or_default();
        let lock = toolchain.lock.as_ref().map(ToString::to_string).unwrap_or_default();
        let runtime = Step::Runtime(Runtime {
            toolchain: toolchain.name.clone(),
            version: toolchain.version.clone(),
            package_manager: manager.to_owned(),
            setup: data.setup.clone(),
            lock: lock.clone(),
            dir: self.service.path.to_string(),
        });
        let cache = (!lock.is_empty()).then(|| self.cache(&data, lock, toolchain));
        Ok(std::iter::once(runtime).chain(cache).collect())
    }

    fn cache(&self, manager: &PackageManager, key_file: String, toolchain: &Toolchain) -> Step {
        Step::Cache(Cache {
            key_file,
            path: self.in_service(&manager.cache),
            variable: manager.cache_variable.clone(),
            toolchain: toolchain.name.clone(),
        })
    }

    fn command(&self, name: &str, line: Option<&String>, env: IndexMap<String, Value>) -> Option<Step> {
        Some(Step::Run(Run { env, ..self.project_run(name, line?) }))
    }

    fn check(&self, name: &str, check: &Check) -> Step {
        Step::Run(Run { may_fail: check.may_fail, ..self.project_run(name, &check.run) })
    }

    fn project_run(&self, name: &str, line: &str) -> Run {
        Run {
            name: name.to_owned(),
            command: Command::Project(line.to_owned()),
            dir: self.service.path.to_string(),
            env: IndexMap::new(),
            tools: std::iter::empty().collect(),
            may_fail: false,
        }
    }

    fn baked_variables(&self, environment: Option<usize>) -> Result<IndexMap<String, Value>> {
        if self.target.variables != Delivery::Baked || configures_at_runtime(self.target, self.service) {
            return Ok(IndexMap::new());
        }
        let environment = &self.manifest.environments[environment.unwrap_or(0)];
        let value = |(name, value)| Ok((format!("{name}"), Value::Text(variable(name, value, environment)?)));
        self.service.variables.iter().map(value).collect()
    }

    fn login(&self, purpose: RoleName, environment: Option<usize>) -> Step {
        // The build account is the first environment's: its image repository serves all of them.
        let Deployment { environment, account, region, start, .. } =
            &self.environments[environment.unwrap_or(0)];
        let project = &self.manifest.project;
        let (role, subject) = match purpose {
            RoleName::Deploy => (format!("{project}-{environment}-deploy"), environment.clone()),
            RoleName::Push => (format!("{project}-push"), "the image repository".to_owned()),
        };
        Step::AwsLogin(Login {
            purpose,
            role,
            account: Account::clone(account),
            region: region.clone(),
            subject,
            held: purpose == RoleName::Deploy && *start == Start::Held,
        })
    }

    fn keep(&self, environment: Option<usize>) -> Keep {
        Keep { artifact: self.release_id(environment), path: "release".to_owned(), days: RETENTION_DAYS }
    }

    fn fetches(&self, environment: Option<usize>) -> Vec<Step> {
        let Some(index) = environment else {
            return Vec::new();
        };
        let mut fetches = vec![self.fetch_release(index)];
        let Deployment { start, after_dispatch, .. } = self.environments[index];
        if start == Start::Dispatch && index > 0 && self.promotes() {
            let artifact = self.passed_id(index - 1);
            let path = "release/passed".to_owned();
            let (producer, chosen, proof) = (String::new(), true, true);
            fetches.push(Step::Load(Fetch { artifact, path, producer, chosen, proof, after_dispatch }));
        }
        fetches
    }

    fn fetch_release(&self, index: usize) -> Step {
        let environment = (self.mode == Mode::BuildPerEnvironment).then_some(index);
        Step::Load(Fetch {
            artifact: self.release_id(environment),
            path: "release".to_owned(),
            producer: String::new(),
            chosen: self.environments[index].start == Start::Dispatch,
            proof: false,
            after_dispatch: self.environments[index].after_dispatch,
        })
    }

    /// A run that a person starts later must find out which releases have passed the environment before.
    fn proof_of_passing(&self, index: usize) -> Vec<Step> {
        let next =
            self.environments.get(index + 1).filter(|next| next.start == Start::Dispatch && self.promotes());
        let Some(next) = next else { return Vec::new() };
        let keep = Keep {
            artifact: self.passed_id(index),
            path: "release/release.json".to_owned(),
            days: RETENTION_DAYS,
        };
        let note = Note {
            topic: "promote".to_owned(),
            environment: next.environment.clone(),
            branch: next.branch.clone(),
            after_dispatch: next.after_dispatch,
        };
        vec![Step::Save(keep), Step::Note(note)]
    }

    fn release_id(&self, environment: Option<usize>) -> String {
        match environment {
            Some(index) => self.job_id(&format!("release-{}", self.environments[index].environment)),
            None => self.job_id("release"),
        }
    }

    fn passed_id(&self, index: usize) -> String {
        self.job_id(&format!("passed-{}", self.environments[index].environment))
    }

    fn in_service(&self, path: &str) -> String {
        match self.service.path.as_str() {
            "." => path.to_owned(),
            folder => format!("{folder}/{path}"),
        }
    }
}

/// The value of a variable in an environment.
pub(super) fn variable<T: ToString>(
    name: &VariableName,
    value: &PerEnvironment<T>,
    environment: &Environment,
) -> Result<String> {
    value.get(&environment.name).map(ToString::to_string).ok_or_else(|| {
        Error::usage(format!("the variable {name} has no value in the environment {}", environment.name))
            .help("give it one in pipewright.yml, under variables")
    })
}

fn script(run: &RunFragment, facts: &Facts<'_>) -> Result<Step> {
    let mut command = format!("bash {}", run.script);
    for argument in &run.args {
        command.push(' ');
        command.push_str(argument);
    }
    let value = |(name, value): (&String, &ValueFragment)| {
        let value = match value {
            ValueFragment::Fact { of } => Value::Fact(*of),
            ValueFragment::Text(text) => Value::Text(render_scalar(name, text, facts)?),
        };
        Ok((name.clone(), value))
    };
    Ok(Step::Run(Run {
        name: render_scalar(&run.name, &run.name, facts)?,
        command: Command::Script(command),
        dir: ".".to_owned(),
        env: run.env.iter().map(value).collect::<Result<_>>()?,
        tools: run.tools.clone(),
        may_fail: false,
    }))
}
