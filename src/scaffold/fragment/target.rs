//! The shape of `targets/<name>/target.yaml`: when a target fits and why, its settings, files and jobs.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{FileSpec, JobFragment};
use crate::manifest::Scalar;
use crate::project::Kind;

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
    /// The setting that says where variables go that differ between environments: `build` or `runtime`.
    #[serde(default)]
    pub configuration_option: Option<String>,
    /// The longest stack name with which the names that CloudFormation makes still begin with it.
    #[serde(default)]
    pub longest_stack: Option<usize>,
    /// The command that prepares an existing stack before the pipeline deploys to it; without one it takes none.
    #[serde(default)]
    pub adopts_by: Option<String>,
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
    /// The only values it may have, each with what it means; empty where any of the kind will do.
    #[serde(default)]
    pub choices: IndexMap<String, String>,
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

impl Target {
    /// The reason why it fits a kind, if it does.
    #[must_use]
    pub fn fit(&self, kind: Kind) -> Option<&Fit> {
        self.fits.iter().find(|fit| fit.kind == kind)
    }
}
