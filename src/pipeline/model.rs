//! The pipeline as neutral data: jobs with their steps, conditions and environments, no CI's own words in it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::scaffold::RoleName;

/// A whole pipeline; jobs stand in an order in which each comes after those it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pipeline {
    /// The project's name.
    pub project: String,
    /// The branches whose pushes are deployed.
    pub branches: Vec<String>,
    /// The environments in order.
    pub environments: Vec<Deployment>,
    /// What jobs hand to each other.
    pub artifacts: Vec<Artifact>,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// The stages in order, the same words in every CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Lint and test.
    Check,
    /// Make the release.
    Build,
    /// Bring it to an environment.
    Deploy,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its id, unique in the pipeline.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// Its stage.
    pub stage: Stage,
    /// The service it works for.
    pub service: String,
    /// Jobs that must have succeeded.
    pub needs: Vec<String>,
    /// When it runs.
    pub when: Condition,
    /// The environment it changes, and how it gets there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
    /// Minutes after which it is stopped.
    pub timeout_minutes: u32,
    /// Its steps; never empty.
    pub steps: Vec<Step>,
}

/// An environment as a job sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deployment {
    /// Its name.
    pub environment: String,
    /// Where its account id comes from.
    pub account: Account,
    /// Its region.
    pub region: String,
    /// The branch it deploys.
    pub branch: String,
    /// How its deployment starts.
    pub start: Start,
    /// Whether a release passes the environment before in a run that a person starts. That run keeps the record of it,
    /// so it is named beside the run that made the release.
    pub after_dispatch: bool,
}

/// An AWS account, known or read from a variable of the CI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// Its id.
    Id(String),
    /// The CI variable that holds its id.
    Variable(String),
}

/// How a deployment starts on the chosen CI; only what the CI really does is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// As soon as what it needs has passed.
    Automatic,
    /// Held by the CI until a reviewer agrees.
    Held,
    /// A person presses the job's button in the waiting pipeline.
    Play,
    /// A person starts a run of its own and names the release.
    Dispatch,
}

/// Something one job makes and another reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// Its id.
    pub id: String,
    /// The folder or file, relative to the repository's root.
    pub path: String,
    /// The job that makes it.
    pub producer: String,
    /// Days it is kept: longer than an approval may take.
    pub retention_days: u32,
}

/// When a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// On a pull or merge request, forks included: such a job has no identity and no secrets.
    PullRequest,
    /// On a push to this branch.
    Push(String),
    /// When a person starts a run for this environment.
    Dispatch(String),
    /// When one of them holds.
    Any(Vec<Self>),
}

/// A fact that only the run knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The full commit id.
    Commit,
    /// A number that grows with every run of the pipeline.
    Sequence,
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A text that must arrive as it stands.
    Text(String),
    /// A fact of the run.
    Fact(Fact),
}

/// A step; a closed set, so that each lowering handles each verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verb")]
pub enum Step {
    /// The repository's files.
    Checkout(Checkout),
    /// A language's runtime.
    Runtime(Runtime),
    /// A cache of downloaded dependencies.
    Cache(Cache),
    /// An AWS identity by OpenID Connect (or the service role, in CodeBuild).
    AwsLogin(Login),
    /// A script of `deploy/` or a command of the project.
    Run(Run),
    /// Keep an artifact.
    Save(Keep),
    /// Fetch an artifact.
    Load(Fetch),
    /// A note for the person who reads the run.
    Note(Note),
}

/// The repository's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkout {
    /// The branch whose push must have made the run that a person names; its commit is checked out. Empty where it is
    /// the commit of this very run.
    pub chosen_branch: String,
    /// [`Deployment::after_dispatch`] of the environment it is for.
    pub after_dispatch: bool,
}

/// A language's runtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runtime {
    /// `node`, `python`, `go`.
    pub toolchain: String,
    /// E.g. `22`.
    pub version: String,
    /// E.g. `npm`; empty where the language has just one.
    pub package_manager: String,
    /// The command that makes the package manager available, if one is needed.
    pub setup: Option<String>,
    /// The lock file that decides the cache's key, relative to the root; empty without one.
    pub lock: String,
    /// The unit's folder.
    pub dir: String,
}

/// A cache of downloaded dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cache {
    /// The file that decides its key.
    pub key_file: String,
    /// The folder, relative to the root.
    pub path: String,
    /// The environment variable that puts the cache there.
    pub variable: String,
    /// The toolchain, for a readable key.
    pub toolchain: String,
}

/// An AWS identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Login {
    /// Which role.
    pub purpose: RoleName,
    /// The role's name.
    pub role: String,
    /// Its account.
    pub account: Account,
    /// The region.
    pub region: String,
    /// What to bootstrap when the role is not there, as words: `staging` or `the image repository`.
    pub subject: String,
    /// Whether reviewers must have agreed by then, which a CI that starts without any has to prove.
    pub held: bool,
}

/// A script or a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// What a person reads.
    pub name: String,
    /// What is run.
    pub command: Command,
    /// The folder it is run in.
    pub dir: String,
    /// Its environment variables.
    pub env: IndexMap<String, Value>,
    /// The tools it needs beside bash.
    pub tools: BTreeSet<String>,
    /// Whether the run warns and goes on where it fails.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_fail: bool,
}

/// What a run step runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// A script of the pipeline, with arguments that need no quoting.
    Script(String),
    /// A command of the project, as its people type it.
    Project(String),
}

/// Keep an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keep {
    /// Its id.
    pub artifact: String,
    /// Its path.
    pub path: String,
    /// Days it is kept.
    pub days: u32,
}

/// Fetch an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetch {
    /// Its id.
    pub artifact: String,
    /// Its path.
    pub path: String,
    /// The job that made it.
    pub producer: String,
    /// Whether it comes from the run that a person named, not from this one.
    pub chosen: bool,
    /// Whether it only proves that the release has passed an environment.
    pub proof: bool,
    /// [`Deployment::after_dispatch`] of the environment it is for.
    pub after_dispatch: bool,
}

/// A note for the person who reads the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// One of the notes that the CI's scaffolds word.
    pub topic: String,
    /// The environment it speaks of.
    pub environment: String,
    /// The branch that environment deploys.
    pub branch: String,
    /// [`Deployment::after_dispatch`] of that environment.
    pub after_dispatch: bool,
}

impl Job {
    /// Whether it takes an AWS identity.
    #[must_use]
    pub fn logs_in(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::AwsLogin(_)))
    }

    /// The tools that all its steps need together; they decide the container image.
    #[must_use]
    pub fn tools(&self) -> BTreeSet<String> {
        let mut tools = BTreeSet::new();
        for step in &self.steps {
            match step {
                Step::Runtime(runtime) => drop(tools.insert(runtime.toolchain.clone())),
                Step::AwsLogin(_) => drop(tools.insert("aws".to_owned())),
                Step::Run(run) => tools.extend(run.tools.iter().cloned()),
                Step::Checkout(_) | Step::Cache(_) | Step::Save(_) | Step::Load(_) | Step::Note(_) => {}
            }
        }
        tools
    }
}

impl Condition {
    /// Whether it can hold on a push.
    #[must_use]
    pub fn on_push(&self) -> bool {
        match self {
            Self::Push(_) => true,
            Self::PullRequest | Self::Dispatch(_) => false,
            Self::Any(conditions) => conditions.iter().any(Self::on_push),
        }
    }

    /// Whether it can hold on a push to this branch.
    #[must_use]
    pub fn on_push_to(&self, name: &str) -> bool {
        match self {
            Self::Push(branch) => branch == name,
            Self::PullRequest | Self::Dispatch(_) => false,
            Self::Any(conditions) => conditions.iter().any(|condition| condition.on_push_to(name)),
        }
    }

    /// Whether it can hold on a pull request.
    #[must_use]
    pub fn on_pull_request(&self) -> bool {
        match self {
            Self::PullRequest => true,
            Self::Push(_) | Self::Dispatch(_) => false,
            Self::Any(conditions) => conditions.iter().any(Self::on_pull_request),
        }
    }
}
