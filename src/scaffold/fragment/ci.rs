//! The shape of `ci/<name>/ci.yaml`: what a CI can do and how it writes values and conditions.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{FileSpec, Switch};
use crate::manifest::Approval;
use crate::pipeline::Start;

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
