//! The flags of `init`: one for every question, each the text that could be typed at the prompt.

use std::path::PathBuf;

use clap::Args;

use crate::error::{Error, Result};
use crate::interview::{Given, Topic};

/// What `init` is given.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct InitArgs {
    /// A folder of the repository
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Take what was detected and recommended, ask nothing
    #[arg(long, short)]
    pub yes: bool,
    /// Show everything, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show the differences of every file
    #[arg(long)]
    pub diff: bool,
    /// Print JSON, ask nothing
    #[arg(long)]
    pub json: bool,
    /// Ask nothing; what remains open is an error that names the flags
    #[arg(long)]
    pub no_interactive: bool,
    /// Run the commands that were found before they are promised to CI
    #[arg(long)]
    pub verify: bool,
    /// Take the answers from another pipewright.yml
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    #[command(flatten)]
    pub where_to: WhereArgs,
    #[command(flatten)]
    pub what: WhatArgs,
}

/// Where a release goes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Where it is deployed")]
pub(super) struct WhereArgs {
    /// The CI: github, gitlab or codebuild
    #[arg(long, value_name = "CI")]
    ci: Option<String>,
    /// Who hosts the repository, where its host name does not tell
    #[arg(long, value_name = "HOST")]
    provider: Option<String>,
    /// The environments, in order: staging,production
    #[arg(long, value_name = "NAMES")]
    environments: Option<String>,
    /// An AWS account: 111111111111, production=222222222222, or none
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// An AWS region: eu-west-1, or production=us-east-1
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// The branch: main, or production=main for one branch per environment
    #[arg(long, value_name = "BRANCH")]
    branch: Vec<String>,
    /// What stands before an environment: production=manual, reviewers or none
    #[arg(long, value_name = "APPROVAL")]
    approval: Vec<String>,
    /// The project's name, the first part of every stack and role
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Write no .github/dependabot.yml
    #[arg(long)]
    no_dependabot: bool,
    /// Write no docs/DEPLOYMENT.md
    #[arg(long)]
    no_guide: bool,
}

/// What is deployed.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is deployed")]
pub(super) struct WhatArgs {
    /// The folder of what is deployed, where there are several; all takes each
    #[arg(long, value_name = "FOLDER")]
    unit: Vec<String>,
    /// What it is: spa, static, container or sam
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Where it runs: amplify, ecs-express or lambda
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// The service's name
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// An existing stack to go on in: production=STACK, or none
    #[arg(long, value_name = "ENV=STACK")]
    stack: Vec<String>,
    /// The version of its language
    #[arg(long, value_name = "VERSION")]
    runtime: Option<String>,
    /// A command: test="npm run test:ci"; test=- leaves it out
    #[arg(long, value_name = "NAME=COMMAND")]
    command: Vec<String>,
    /// A check that may fail, lint or test: the pipeline warns and goes on
    #[arg(long, value_name = "NAME")]
    may_fail: Vec<String>,
    /// A setting of the target: port=8080
    #[arg(long, value_name = "NAME=VALUE")]
    option: Vec<String>,
    /// A variable of the service: `LOG_LEVEL=info`, or `production:LOG_LEVEL=warn`
    #[arg(long, value_name = "[ENV:]NAME=VALUE")]
    variable: Vec<String>,
    /// A secret, by reference: [ENV:]DB_PASSWORD=/shop/db-password
    #[arg(long, value_name = "[ENV:]NAME=REF")]
    secret: Vec<String>,
}

impl InitArgs {
    /// The answers that were typed, in the order in which they build on each other.
    ///
    /// # Errors
    /// A pair without its `=`.
    pub(super) fn given(&self) -> Result<Vec<Given>> {
        let mut given = self.what.units();
        given.extend(self.where_to.given());
        given.extend(self.what.service()?);
        Ok(given)
    }
}

impl WhereArgs {
    fn given(&self) -> Vec<Given> {
        let one = |flag, topic: Topic, value: &Option<String>| {
            value.as_ref().map(|text| Given::new(flag, topic, text))
        };
        let mut given: Vec<Given> = one("--provider", Topic::Provider, &self.provider).into_iter().collect();
        given.extend(one("--ci", Topic::Ci, &self.ci));
        given.extend(one("--project", Topic::Project, &self.project));
        given.extend(one("--environments", Topic::Environments, &self.environments));
        given.extend(self.account.iter().map(|text| Given::new("--account", Topic::Accounts, text)));
        given.extend(self.region.iter().map(|text| Given::new("--region", Topic::Regions, text)));
        given.extend(self.branch.iter().map(|text| Given::new("--branch", Topic::Branch, text)));
        for text in self.approval.iter().flat_map(|text| text.split(',')) {
            let (name, approval) = text.split_once('=').unwrap_or(("", text));
            given.push(Given::new("--approval", Topic::Approval(name.trim().to_owned()), approval.trim()));
        }
        given.extend(self.no_dependabot.then(|| Given::new("--no-dependabot", Topic::Dependabot, "no")));
        given.extend(self.no_guide.then(|| Given::new("--no-guide", Topic::Guide, "no")));
        given
    }
}

impl WhatArgs {
    fn units(&self) -> Vec<Given> {
        let units = (!self.unit.is_empty()).then(|| Given::new("--unit", Topic::Units, self.unit.join(",")));
        let kind = self.kind.iter().map(|text| Given::new("--kind", Topic::Kind, text));
        units.into_iter().chain(kind).collect()
    }

    fn service(&self) -> Result<Vec<Given>> {
        let target = self.target.iter().map(|text| Given::new("--target", Topic::Target, text));
        let name = self.service.iter().map(|text| Given::new("--service", Topic::Name, text));
        let runtime = self.runtime.iter().map(|text| Given::new("--runtime", Topic::Runtime, text));
        let mut given: Vec<Given> = target.chain(name).chain(runtime).collect();
        given.extend(self.stack.iter().map(|text| Given::new("--stack", Topic::Stacks, text)));
        for text in &self.command {
            let (name, value) = pair("--command", text)?;
            given.push(Given::new("--command", Topic::Command(name), value));
        }
        given.extend(self.may_fail.iter().map(|name| {
            let name = name.trim().to_owned();
            Given::new("--may-fail", Topic::MayFail(name), "yes")
        }));
        for text in &self.option {
            let (name, value) = pair("--option", text)?;
            given.push(Given::new("--option", Topic::Option(name), value));
        }
        for text in &self.variable {
            let (name, value) = in_environment("--variable", text)?;
            given.push(Given::new("--variable", Topic::Variable(name), value));
        }
        for text in &self.secret {
            let (name, value) = in_environment("--secret", text)?;
            given.push(Given::new("--secret", Topic::Secret(name), value));
        }
        Ok(given)
    }
}

fn pair(flag: &str, text: &str) -> Result<(String, String)> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Error::usage(format!("{flag} {text}: there is no `=` in it")).help(format!("write {flag} NAME=VALUE"))
    })?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `staging:NAME=value` as it is typed at the prompt of `NAME`: `staging=value`.
fn in_environment(flag: &str, text: &str) -> Result<(String, String)> {
    let (name, value) = pair(flag, text)?;
    Ok(match name.split_once(':') {
        Some((environment, name)) => (name.to_owned(), format!("{environment}={value}")),
        None => (name, value),
    })
}
