//! Where the repository lives, and how AWS reads it there.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::scaffold::{Ci, Scaffolds};

/// A host of repositories, as `hosts.yaml` describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Host {
    /// The connection's provider; none where AWS reads the repository by itself.
    #[serde(default)]
    pub(super) connection: Option<String>,
    /// CodeBuild's name for it.
    pub(super) source: String,
    /// Whether it is a server of the user's own.
    #[serde(default)]
    pub(super) self_hosted: bool,
    /// Whether CloudFormation can make the webhook for pull requests.
    #[serde(default = "yes")]
    pub(super) webhook: bool,
    /// The roles there that may let a fork be built.
    #[serde(default)]
    pub(super) approvers: Vec<String>,
    /// The events of a pull request that start a build.
    #[serde(default)]
    pub(super) events: String,
    /// The repository's path there, empty as long as it has none.
    #[serde(skip)]
    pub(super) repository: String,
    /// The host's name.
    #[serde(skip)]
    name: String,
}

/// The manifest's host; while the repository has none, GitHub, where the follow-ups make it.
pub(super) fn find(manifest: &Manifest, ci: &Ci, scaffolds: &Scaffolds) -> Result<Host> {
    let mut known: IndexMap<String, Host> = scaffolds.parse(&format!("ci/{}/hosts.yaml", ci.name))?;
    let provider = manifest.repository.as_ref().map_or("github", |repository| &repository.provider);
    let mut host = known.swap_remove(provider).ok_or_else(|| {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        Error::usage(format!("{} cannot read a repository on {provider:?}", ci.title))
            .help(format!("it knows: {}", names.join(", ")))
    })?;
    let name = manifest.repository.as_ref().map_or("github.com", |repository| &repository.host);
    name.clone_into(&mut host.name);
    host.repository = manifest.repository.as_ref().map_or_else(String::new, |r| host.path(&r.path));
    Ok(host)
}

impl Host {
    /// Which of the scaffolds' variants it needs.
    pub(super) fn kind(&self) -> &'static str {
        if self.connection.is_some() { "connection" } else { "codecommit" }
    }

    /// Where a pull request is cloned from, as CloudFormation writes it.
    pub(super) fn location(&self) -> String {
        match self.connection {
            Some(_) => format!("!Sub https://{}/${{Repository}}.git", self.name),
            None => "!Sub https://git-codecommit.${AWS::Region}.${AWS::URLSuffix}/v1/repos/${Repository}"
                .to_owned(),
        }
    }

    /// CodeCommit knows names alone, whatever stands before them in the address.
    fn path(&self, path: &str) -> String {
        match self.connection {
            Some(_) => path.to_owned(),
            None => path.rsplit('/').next().unwrap_or(path).to_owned(),
        }
    }
}

fn yes() -> bool {
    true
}
