//! The shapes of `ci.yaml`, `target.yaml` and `toolchain.yaml`: neutral YAML, parsed before anything is filled in.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::fileset::Policy;
use crate::manifest::{Approval, Scalar};
use crate::pipeline::Start;
use crate::project::Kind;

/// Which lowering a CI needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Jobs in one file (GitHub Actions, GitLab CI and their like).
    Workflow,
    /// AWS CodePipeline: stages, actions and CodeBuild projects in a CloudFormation stack.
    Codepipeline,
}

/// `ci/<name>/ci.yaml`: what a CI can do and how it writes values and conditions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ci {
    /// The folder's name.
    pub name: String,
    /// The name a person reads.
    pub title: String,
    /// Which lowering it needs.
    pub shape: Shape,
    /// Where the pipeline lies in the user's repository.
    pub file: String,
    /// Providers of repositories it works with; for the others the reason why not.
    pub hosts: IndexMap<String, HostRule>,
    /// How each kind of approval is really started here.
    pub approvals: IndexMap<String, Start>,
    /// What its people call a proposed change.
    #[serde(default = "pull_request")]
    pub request: String,
    /// What it takes that this CI holds a release for a reviewer; empty where every plan can.
    #[serde(default)]
    pub held_needs: String,
    /// How this CI writes a run's own facts: `commit`, `sequence`, `account` (with `<{ name }>`).
    pub values: IndexMap<String, String>,
    /// How this CI writes conditions: `pull-request`, `push` (with `<{ branch }>`), `dispatch` (`<{ environment }>`), `any`.
    #[serde(default)]
    pub conditions: IndexMap<String, String>,
    /// Texts that this CI would read as its own syntax, and how they are written so that it does not.
    #[serde(default)]
    pub literals: Vec<Replacement>,
    /// How the values of environment variables are quoted.
    pub quoting: Quoting,
    /// Verbs that need no text here, because the CI does them by itself.
    #[serde(default)]
    pub void: Vec<String>,
    /// Container images by the tools they hold; the first that holds all of a job's tools is taken.
    #[serde(default)]
    pub images: Vec<Image>,
    /// Other files of this CI.
    #[serde(default)]
    pub files: Vec<FileSpec>,
    /// Pinned actions and images: name -> what is written in the file.
    #[serde(default)]
    pub pins: IndexMap<String, Pin>,
    /// Beginnings of branch names on which a linter takes every run for a release, which must not trust a cache.
    #[serde(default)]
    pub uncached_branches: Vec<String>,
    /// Container images that run beside a job, by the tool that needs them.
    #[serde(default)]
    pub services: IndexMap<String, String>,
    /// How a person sets a variable of this CI (`<{ name }>`, `<{ value }>`).
    pub set_variable: String,
    /// The host that signs its tokens; empty where none are signed.
    #[serde(default)]
    pub issuer_host: String,
    /// Whether the repository's own host signs them instead (self-managed).
    #[serde(default)]
    pub issuer_is_host: bool,
}

fn pull_request() -> String {
    "pull request".to_owned()
}

/// Whether a CI works with a provider of repositories.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum HostRule {
    /// It does.
    Works(bool),
    /// It does not, for this reason.
    Refused(String),
}

/// A pinned action or image.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The release a person knows it by.
    pub tag: String,
    /// The commit or digest that is used.
    pub sha: String,
}

/// A text and what is written instead.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// What stands in the value.
    pub from: String,
    /// What is written.
    pub to: String,
}

/// How values of environment variables are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quoting {
    /// As YAML scalars.
    Yaml,
    /// As words of a shell.
    Shell,
}

/// A container image and the tools it holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The tools: toolchain names, `aws`, `docker`, `sam`.
    pub tools: BTreeSet<String>,
    /// The image; `<{ version }>` is the toolchain's.
    pub image: String,
    /// Commands that make it fit, run first.
    #[serde(default)]
    pub prepare: Vec<String>,
}

/// Which of the three steps of the advice a target belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// A service with deployment built in.
    BuiltIn,
    /// A tool that scaffolds the pipeline.
    Scaffolded,
    /// A pipeline assembled from parts.
    Assembled,
}

/// `targets/<name>/target.yaml`: when it fits and why, what it asks, its files and its jobs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Target {
    /// The folder's name.
    pub name: String,
    /// The name a person reads.
    pub title: String,
    /// Which step of the advice it is.
    pub tier: Tier,
    /// The kinds it fits, each with its reason.
    pub fits: Vec<Fit>,
    /// What it costs when nobody visits, in one line.
    pub cost: String,
    /// The name a service gets when nobody chose one.
    pub service: String,
    /// Its settings.
    #[serde(default)]
    pub options: Vec<OptionSpec>,
    /// Whether images are pushed to a repository in the build account.
    #[serde(default)]
    pub images: bool,
    /// How the service's variables and secrets reach it.
    pub variables: Delivery,
    /// The setting that names subnets; where it is empty, the service runs in the default VPC.
    #[serde(default)]
    pub subnets_option: Option<String>,
    /// The longest stack name with which the names that CloudFormation makes still begin with it.
    #[serde(default)]
    pub longest_stack: Option<usize>,
    /// Service-linked roles that a new account lacks.
    #[serde(default)]
    pub service_linked_roles: Vec<String>,
    /// Its files beside the pipeline.
    #[serde(default)]
    pub files: Vec<FileSpec>,
    /// Its jobs.
    pub jobs: Vec<JobFragment>,
}

/// How a service's variables and secrets reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Variables are baked into files that anyone can read, so there can be no secrets.
    Baked,
    /// As parameters of the project's own CloudFormation template; a secret as its reference.
    Parameters,
    /// As environment variables of the running container.
    Environment,
}

/// A kind that a target fits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The kind.
    pub kind: Kind,
    /// The reason, as one sentence.
    pub why: String,
    /// The higher, the better among the targets that fit.
    pub rank: u8,
}

/// A setting of a target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OptionSpec {
    /// Its name in the manifest.
    pub name: String,
    /// One line of help.
    pub help: String,
    /// What it may hold.
    pub kind: OptionKind,
    /// The field of the detected unit that it is taken from.
    #[serde(default)]
    pub from: Option<String>,
    /// Another setting whose value it takes where that one was given.
    #[serde(default)]
    pub same_as: Option<String>,
    /// The value when nothing was detected or given; without one it must be given.
    #[serde(default)]
    pub default: Option<Scalar>,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// A path in the service's folder.
    Path,
    /// A path of an address, starting with `/`.
    UrlPath,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Names of letters, digits, dashes, separated by commas; may be empty.
    Word,
}

/// A file of a target or CI: one or more scaffold texts, one after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileSpec {
    /// Paths below `scaffolds/`.
    pub from: Vec<String>,
    /// The path in the user's repository.
    pub to: String,
    /// Whether the text is a template; scripts never are.
    #[serde(default)]
    pub template: bool,
    /// Whether it is a script.
    #[serde(default)]
    pub executable: bool,
    /// How a file that the user already has is treated.
    #[serde(default)]
    pub policy: Policy,
    /// Only when all of these hold.
    #[serde(default)]
    pub when: Vec<Switch>,
}

/// Something that decides whether a file is written or a follow-up is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// The manifest wants Dependabot.
    Dependabot,
    /// The manifest wants the guide.
    Guide,
    /// A target pushes images.
    Images,
    /// A target needs service-linked roles.
    ServiceLinkedRoles,
    /// A service runs in the default VPC.
    DefaultVpc,
    /// The repository has no remote yet.
    NoRemote,
    /// The repository has a remote.
    Remote,
    /// The account is read from a CI variable.
    AccountVariable,
    /// Reviewers hold the environment.
    Held,
    /// A person starts the environment in a run of its own.
    Dispatched,
    /// An environment lies in another account than the first.
    OtherAccounts,
    /// AWS reads the repository through a connection that a person accepts.
    Connection,
    /// The repository lies on a server of the user's own.
    OwnServer,
    /// CloudFormation cannot make the webhook for pull requests there.
    NoWebhook,
    /// More than one branch is deployed.
    SeveralBranches,
}

/// How often a follow-up is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// Once.
    Once,
    /// Once per AWS account.
    Account,
    /// Once per environment.
    Environment,
}

/// A follow-up of `follow-ups.yaml`: what a person does between `init` and the first green deployment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpFragment {
    /// What it is for, one line.
    pub title: String,
    /// How often.
    pub each: Each,
    /// Only when all of these hold.
    #[serde(default)]
    pub when: Vec<Switch>,
    /// The command to paste.
    pub command: String,
}

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

/// `toolchains/<name>/toolchain.yaml`: versions, files and commands of a language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToolchainFile {
    /// The folder's name.
    pub name: String,
    /// The name a person reads.
    pub title: String,
    /// The versions offered, the recommended one first, each with its end of life.
    pub versions: Vec<Version>,
    /// By package manager: what is cached and what decides the cache's key.
    pub package_managers: IndexMap<String, PackageManager>,
    /// The tools in whose container image it is found, beside its own name.
    #[serde(default)]
    pub image: Option<String>,
}

/// A version with its end of life.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// E.g. `"22"`.
    pub version: String,
    /// The day its maintenance ends, `YYYY-MM-DD`.
    pub end: String,
}

/// A package manager of a toolchain.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PackageManager {
    /// The lock file.
    pub lock: String,
    /// The folder that is worth caching, in the repository (GitLab and CodeBuild cache nothing outside).
    pub cache: String,
    /// The environment variable that puts the cache there.
    pub cache_variable: String,
    /// A command that makes the package manager available.
    #[serde(default)]
    pub setup: Option<String>,
}

impl Ci {
    /// Whether one of its files depends on the manifest's wish for Dependabot.
    #[must_use]
    pub fn has_dependabot(&self) -> bool {
        self.files.iter().any(|file| file.when.contains(&Switch::Dependabot))
    }

    /// How an approval is really started on this CI.
    #[must_use]
    pub fn start(&self, approval: Approval) -> Start {
        let key = match approval {
            Approval::None => return Start::Automatic,
            Approval::Manual => "manual",
            Approval::Reviewers => "reviewers",
        };
        self.approvals.get(key).copied().unwrap_or(Start::Play)
    }
}

impl Target {
    /// The reason why it fits a kind, if it does.
    #[must_use]
    pub fn fit(&self, kind: Kind) -> Option<&Fit> {
        self.fits.iter().find(|fit| fit.kind == kind)
    }
}
