//! Files and follow-ups of a CI or target, with the switches that decide whether they are needed.

use serde::Deserialize;

use crate::fileset::Policy;

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
    /// A service goes on in a stack that exists already.
    ExistingStack,
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
