//! What the evidence amounts to: the deployable units of the repository and what is known of each.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::detect::{Evidence, Found};

/// What a unit is. The first four can be deployed today; the others are named for what they are.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A single-page app: built to static files, one `index.html` for every address.
    Spa,
    /// A static site: files as they are, or a generator's output.
    Static,
    /// A container with a Dockerfile of its own.
    Container,
    /// A serverless application with a SAM template.
    Sam,
    /// A front end that renders on a server.
    Ssr,
    /// A server without a Dockerfile.
    Server,
    /// An AWS CDK application.
    Cdk,
    /// A Serverless Framework application.
    ServerlessFramework,
    /// Terraform.
    Terraform,
    /// CloudFormation without the Serverless transform.
    Cloudformation,
    /// An AWS Copilot application.
    Copilot,
    /// A library or a command-line tool: published, not deployed.
    #[default]
    Library,
}

impl Kind {
    /// The word used in prompts and output.
    #[must_use]
    pub fn title(self) -> &'static str {
        crate::interview::wording::kind_title(self)
    }
}

/// The commands of a unit as a person would type them in its folder; `None` where none was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// Installs the dependencies, e.g. `npm ci`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// Checks style and types, e.g. `npm run lint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lint: Option<String>,
    /// Runs the tests once, e.g. `npm test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Builds what is deployed, e.g. `npm run build`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
}

/// One deployable (or nameable) part of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// Its folder, relative to the root; `.` for the root.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The framework, e.g. `vite`, and its version where written.
    pub framework: Option<String>,
    /// The toolchain that tests and builds it: `node`, `python`, `go`; `None` where Docker alone does.
    pub toolchain: Option<String>,
    /// The toolchain's version as a major or minor number, e.g. `22`, `3.13`.
    pub version: Option<String>,
    /// The package manager: `npm`, `pnpm`, `yarn`, `bun`, `pip`, `uv`, `poetry`.
    pub package_manager: Option<String>,
    /// The package manager's own version where the project pins it, e.g. `10.4.1`.
    pub package_manager_version: Option<String>,
    /// The commands found.
    pub commands: Commands,
    /// The folder the build writes, relative to `path`.
    pub output: Option<String>,
    /// The port the server listens on.
    pub port: Option<u16>,
    /// The path that answers when the server is well, e.g. `/health`.
    pub health_path: Option<String>,
    /// The Dockerfile, relative to `path`.
    pub dockerfile: Option<String>,
    /// The SAM template, relative to `path`.
    pub template: Option<String>,
    /// The stacks that an existing samconfig.toml names, by its own environments.
    pub stacks: BTreeMap<String, String>,
    /// The region in an existing samconfig.toml.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The resource types of the SAM template, sorted. What SAM makes from a function's event is listed as
    /// `AWS::Serverless::Function.Events.Api`.
    pub resources: Vec<String>,
    /// The SAM template has functions that are container images, which need an image repository.
    pub image_functions: bool,
    /// The template output whose value is the application's address.
    pub address_output: Option<String>,
    /// Variables that are baked in at build time (`VITE_*` and the like), sorted.
    pub build_variables: Vec<String>,
    /// Names of variables the running service reads (`.env.example`, compose, Dockerfile ENV, SAM parameters), sorted.
    pub variables: Vec<String>,
    /// Everything above with the place it was read from.
    pub evidence: Vec<Evidence>,
    /// What will go wrong in the user's own code, one sentence each (no lock file, no tests, ...).
    pub warnings: Vec<String>,
    /// What can be done today about a unit that cannot be deployed; `None` where it can.
    pub advice: Option<String>,
    /// The other readings of the same folder, most deployable first.
    pub alternatives: Vec<Self>,
}

impl Unit {
    /// A unit of which only its folder and kind are known.
    #[must_use]
    pub fn new(path: &str, kind: Kind) -> Self {
        Self { path: path.to_owned(), kind, ..Self::default() }
    }

    /// Whether pipewright can write its pipeline today.
    #[must_use]
    pub fn deployable(&self) -> bool {
        self.advice.is_none()
    }

    /// The path of one of its files (`dockerfile`, `template`) relative to the root.
    #[must_use]
    pub fn rooted(&self, file: &str) -> String {
        match self.path.as_str() {
            "." => file.to_owned(),
            folder => format!("{folder}/{file}"),
        }
    }

    /// Takes the toolchain that was found in its folder, with its evidence, where the unit has none.
    pub(crate) fn adopt_toolchain(&mut self, found: &Self) {
        if self.toolchain.is_some() {
            return;
        }
        self.toolchain.clone_from(&found.toolchain);
        self.version.clone_from(&found.version);
        self.package_manager.clone_from(&found.package_manager);
        self.package_manager_version.clone_from(&found.package_manager_version);
        self.commands.clone_from(&found.commands);
        self.evidence.extend(found.evidence.iter().cloned());
        self.warnings.extend(found.warnings.iter().cloned());
    }

    /// Keeps the evidence of a finding as a claim about `field` and hands its value on.
    pub(crate) fn claim<T: fmt::Display>(&mut self, field: &str, found: Option<Found<T>>) -> Option<T> {
        let found = found?;
        let evidence = Evidence::new(field, &found.value, &found.clue, found.strength);
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
        Some(found.value)
    }

    /// Adds a warning once.
    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The strongest evidence for a field, e.g. `port`; the first of equals.
    #[must_use]
    pub fn evidence_for(&self, field: &str) -> Option<&Evidence> {
        let prefix = format!("{field}=");
        self.evidence.iter().rev().filter(|e| e.claim.starts_with(&prefix)).max_by_key(|e| e.strength)
    }
}

/// The whole repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Project {
    /// The units, most deployable first.
    pub units: Vec<Unit>,
    /// What could not be read or decided, one sentence each.
    pub notes: Vec<String>,
    /// The toolchain of the root and of each unit's folder, for a person who says that the folder is of another kind.
    #[serde(skip)]
    pub toolchains: Vec<Unit>,
}
