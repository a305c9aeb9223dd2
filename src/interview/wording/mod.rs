//! All words that a person is shown, in one place so that another language can be added.

mod labels;
mod questions;
mod report;

pub use labels::{flag, label};
pub use questions::{
    ALL_UNITS, CHANGE, DONE, NO, UNSET, WRITE, WRITE_HELP, YES, ask, change_help, long_default,
};
pub use report::*;

use crate::manifest::Approval;
use crate::nearest::nearest;
use crate::pipeline::Start;
use crate::project::Kind;
use crate::scaffold::{Ci, Tier};

/// Said when no unit can be deployed today.
pub const NOTHING_DEPLOYABLE: &str =
    "nothing was found that can be deployed today: no page that is built, no Dockerfile, no SAM template";

/// The names that are known, the one that was most likely meant before all.
#[must_use]
pub fn known<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let all = names.join(", ");
    match nearest(typed, names) {
        Some(meant) => format!("did you mean {meant}? Known: {all}"),
        None => format!("known: {all}"),
    }
}

/// A name that is no environment's.
#[must_use]
pub fn no_environment(typed: &str, names: &[&str]) -> String {
    format!("there is no environment {typed:?}: {}", known(typed, names.iter().copied()))
}

/// An environment that was left without a value; `pattern` is how all are given one.
#[must_use]
pub fn no_value_for(environment: &str, pattern: &str) -> String {
    format!("there is no value for {environment}: type one for all, or {pattern}")
}

/// A reference to a secret that an environment may not read.
#[must_use]
pub fn foreign_secret(environment: &str, proposed: &str) -> String {
    format!(
        "{environment} may only read secrets of its own: type {environment}={proposed}, or a name like it"
    )
}

/// A plain value that carries a password.
#[must_use]
pub fn carries_password(name: &str) -> String {
    format!(
        "the value of {name} carries a password, and pipewright.yml is committed: keep it in AWS and give its name \
         instead (`--secret {name}=/PROJECT/ENVIRONMENT/NAME`, or secrets in pipewright.yml)"
    )
}

/// A region that there cannot be.
#[must_use]
pub fn no_region(typed: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("{typed:?} is not an AWS region: did you mean {nearest}?"),
        None => format!("{typed:?} is not an AWS region, e.g. eu-west-1"),
    }
}

/// A region that is not known, but may be new.
#[must_use]
pub fn new_region(typed: &str, nearest: Option<&str>) -> String {
    let meant = nearest.map_or_else(String::new, |nearest| format!(", or {nearest} was meant"));
    format!(
        "this pipewright does not know the region {typed}: either it is new, which works all the same{meant}"
    )
}

/// What a kind of unit is called in prompts and output.
#[must_use]
pub fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Spa => "single-page app",
        Kind::Static => "static site",
        Kind::Container => "container",
        Kind::Sam => "serverless application (SAM)",
        Kind::Ssr => "server-rendered front end",
        Kind::Server => "server without a Dockerfile",
        Kind::Cdk => "AWS CDK application",
        Kind::ServerlessFramework => "Serverless Framework application",
        Kind::Terraform => "Terraform",
        Kind::Cloudformation => "CloudFormation template",
        Kind::Copilot => "AWS Copilot application",
        Kind::Library => "library or command-line tool",
    }
}

/// What can be done today about a kind that cannot be deployed as it is.
#[must_use]
pub fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Ssr => {
            "it renders on a server: add a Dockerfile and it runs on ECS, or switch to a static export"
        }
        Kind::Server => "add a Dockerfile and it runs on ECS",
        Kind::Cdk => "its own `cdk deploy` is the deployment: no pipeline is written for it yet",
        Kind::ServerlessFramework => {
            "its own `serverless deploy` is the deployment: no pipeline is written for it yet"
        }
        Kind::Terraform => "`terraform apply` is the deployment: no pipeline is written for it yet",
        Kind::Cloudformation => "no pipeline is written for plain CloudFormation templates yet",
        Kind::Copilot => "AWS Copilot has reached its end of support: its Dockerfile runs on ECS without it",
        Kind::Library => "it is published to a registry, not deployed",
        Kind::Static => "this generator cannot be built yet: commit its output, or use another one",
        Kind::Spa | Kind::Container | Kind::Sam => "it can be deployed",
    }
}

/// What a step of the advice is called.
#[must_use]
pub fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::BuiltIn => "deployment built in",
        Tier::Scaffolded => "a scaffolded pipeline",
        Tier::Assembled => "parts to assemble",
    }
}

/// Who hosts a repository.
#[must_use]
pub fn provider(name: &str) -> &'static str {
    match name {
        "github" => "GitHub (github.com)",
        "gitlab" => "GitLab (gitlab.com)",
        "gitlab-self-managed" => "GitLab on a server of your own",
        "github-enterprise" => "GitHub Enterprise Server",
        "bitbucket" => "Bitbucket Cloud",
        "codecommit" => "AWS CodeCommit",
        _ => "another host",
    }
}

/// The word for an approval in the manifest and in flags.
#[must_use]
pub fn approval(approval: Approval) -> &'static str {
    match approval {
        Approval::None => "none",
        Approval::Manual => "manual",
        Approval::Reviewers => "reviewers",
    }
}

/// What stands before an environment on this CI, as an answer to choose; nothing is promised that the CI does not do.
#[must_use]
pub fn start(start: Start, environment: &str, ci: &Ci) -> String {
    match start {
        Start::Automatic => format!("no: {environment} follows when all before it is green"),
        Start::Dispatch => format!("yes: someone starts it by hand in {}", ci.title),
        Start::Play => format!("yes: someone presses a button in {}", ci.title),
        Start::Held if ci.held_needs.is_empty() => format!("yes: someone agrees in {}", ci.title),
        Start::Held => format!("yes: a reviewer agrees in {}", ci.title),
    }
}

/// Why a person may be asked, and what it takes on this CI that a reviewer is.
#[must_use]
pub fn start_help(ci: &Ci) -> String {
    if ci.held_needs.is_empty() {
        return "It is tested by then; only a person knows whether now is a good time.".to_owned();
    }
    format!("A reviewer needs: {}. By hand works always.", ci.held_needs)
}
