//! `pipewright.yml`, the manifest the user owns: what is deployed, by which CI, to which environments.

mod newtypes;
mod read;
mod schema;
mod write;

pub use newtypes::{
    AccountId, BranchName, Name, ProjectName, Region, RelPath, SecretReference, VariableName,
};
pub use read::{read, read_file};
pub use schema::schema;
pub use write::write;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::project::{Commands, Kind};

/// Where the manifest lies, relative to the repository's root.
pub const PATH: &str = "pipewright.yml";

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The version of this format: 1.
    pub version: u32,
    /// The first part of every stack and role name.
    pub project: ProjectName,
    /// The CI system: `github`, `gitlab` or `codebuild`.
    pub ci: String,
    /// Where the repository lives; absent as long as it has no remote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<Repository>,
    /// How a release reaches the environments.
    #[serde(default)]
    pub strategy: Strategy,
    /// The branch whose pushes are deployed (with `strategy: branches`, each environment names its own).
    pub branch: BranchName,
    /// The environments in the order in which a release reaches them.
    pub environments: Vec<Environment>,
    /// What is deployed.
    pub services: Vec<Service>,
    /// Keep the pinned actions moving with a Dependabot configuration (GitHub only).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub dependabot: bool,
    /// Write docs/DEPLOYMENT.md.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub guide: bool,
}

/// Where the repository lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repository {
    /// `github`, `gitlab`, `bitbucket`, `codecommit`, `github-enterprise` or `gitlab-self-managed`.
    pub provider: String,
    /// The host, e.g. `github.com`.
    pub host: String,
    /// The path on the host, e.g. `acme/shop`.
    pub path: String,
}

/// How a release reaches the environments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// One branch; what passed in the first environment goes on to the next.
    #[default]
    Promotion,
    /// Each environment deploys its own branch.
    Branches,
}

/// What stands between a release and an environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// Nothing: it is deployed at once.
    #[default]
    None,
    /// Someone who may run the pipeline starts it by hand.
    Manual,
    /// The CI itself holds the release until a named reviewer agrees; not every plan can enforce that.
    Reviewers,
}

/// One environment: an account and a region of its own, or shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// Its name, e.g. `production`.
    pub name: Name,
    /// The AWS account; absent, it is read from the CI variable `AWS_ACCOUNT_ID_<NAME>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The AWS region.
    pub region: Region,
    /// The branch it deploys, with `strategy: branches`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchName>,
    /// What stands before it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub approval: Approval,
}

/// One service: a folder, what tests and builds it, and where it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Its name, part of stack and role names.
    pub name: Name,
    /// Its folder.
    pub path: RelPath,
    /// What it is.
    pub kind: Kind,
    /// What tests and builds it; absent where Docker alone does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<Toolchain>,
    /// The commands, as typed in its folder.
    #[serde(default, skip_serializing_if = "is_default")]
    pub commands: Commands,
    /// Where it runs: `amplify`, `ecs-express` or `lambda`.
    pub target: String,
    /// The resource types of the service's own CloudFormation template; they decide what its role may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The target's own settings.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<String, Scalar>,
    /// Plain values that reach the running service (or, for a front end, its build).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<VariableName, PerEnvironment<Scalar>>,
    /// Secrets that reach the running service, by reference; the value itself never stands here.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<VariableName, PerEnvironment<SecretReference>>,
}

/// A language with its version and package manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Toolchain {
    /// `node`, `python` or `go`.
    pub name: String,
    /// Its version, e.g. `"22"`.
    pub version: String,
    /// The package manager, e.g. `npm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// Its lock file, relative to the repository's root; decides the cache's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<RelPath>,
}

/// One value for all environments, or one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerEnvironment<T> {
    /// The same everywhere.
    All(T),
    /// By the environment's name.
    Each(IndexMap<Name, T>),
}

impl<T> PerEnvironment<T> {
    /// The value in an environment.
    #[must_use]
    pub fn get(&self, environment: &Name) -> Option<&T> {
        match self {
            Self::All(value) => Some(value),
            Self::Each(values) => values.get(environment),
        }
    }
}

/// A string, number or truth value of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Any text.
    Text(String),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Manifest {
    /// The branch that an environment deploys.
    #[must_use]
    pub fn branch_of<'a>(&'a self, environment: &'a Environment) -> &'a BranchName {
        match self.strategy {
            Strategy::Promotion => &self.branch,
            Strategy::Branches => environment.branch.as_ref().unwrap_or(&self.branch),
        }
    }

    /// Every branch whose pushes deploy something, in the order of the environments.
    #[must_use]
    pub fn deploy_branches(&self) -> Vec<&BranchName> {
        let mut branches: Vec<&BranchName> = Vec::new();
        for branch in self.environments.iter().map(|environment| self.branch_of(environment)) {
            if !branches.contains(&branch) {
                branches.push(branch);
            }
        }
        branches
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
