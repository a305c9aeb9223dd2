//! The jobs of a target: neutral steps, instantiated per service and environment.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// How often a job is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// For every pull request and every push to a deploy branch.
    Change,
    /// For pull requests alone.
    Proposal,
    /// Once per push to a deploy branch.
    Release,
    /// Once per push and environment.
    Environment,
}

/// Whether one build serves all environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One build, promoted.
    BuildOnce,
    /// A build for each environment.
    BuildPerEnvironment,
}

/// A job of a target, for one service (and one environment).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JobFragment {
    /// Its id, e.g. `deploy`.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// How often it is made.
    pub scope: Scope,
    /// Only in this mode.
    #[serde(default)]
    pub only: Option<Mode>,
    /// Left out where the service has no toolchain with commands.
    #[serde(default)]
    pub needs_toolchain: bool,
    /// Minutes after which it is stopped.
    pub timeout: u32,
    /// Its steps.
    pub steps: Vec<StepFragment>,
}

/// A step of a fragment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepFragment {
    /// The repository's files.
    Checkout,
    /// The toolchain's own steps.
    Toolchain(ToolchainPart),
    /// An AWS identity.
    AwsLogin(RoleName),
    /// A script.
    Run(RunFragment),
    /// A script that adds an environment's variables to the one build, where they are not built in.
    Configure(RunFragment),
    /// Keep the release for later jobs.
    Save,
    /// Fetch the release that an earlier job kept.
    Load,
}

/// Which of a toolchain's steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolchainPart {
    /// The runtime, its cache and the dependencies.
    Prepare,
    /// Lint and test.
    Check,
    /// The build.
    Build,
}

/// Which role a job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleName {
    /// The environment's deploy role.
    Deploy,
    /// The build account's push role.
    Push,
}

/// A script with its values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFragment {
    /// What a person reads.
    pub name: String,
    /// The script in the user's repository.
    pub script: String,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Its environment variables; `<{ }>` may stand in the values.
    #[serde(default)]
    pub env: IndexMap<String, ValueFragment>,
    /// The tools it needs beside bash: `aws`, `docker`, `sam`, `python`.
    #[serde(default)]
    pub tools: BTreeSet<String>,
}

/// The value of a script's environment variable.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ValueFragment {
    /// A fact of the run.
    Fact {
        /// Which.
        of: crate::pipeline::Fact,
    },
    /// A text; `<{ }>` is filled in.
    Text(String),
}
