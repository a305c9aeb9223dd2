//! What the evidence amounts to: the deployable units of the repository and what is known of each.

use serde::{Deserialize, Serialize};

use crate::detect::Evidence;

/// What a unit is. The first four can be deployed today; the others are named for what they are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The commands found.
    pub commands: Commands,
    /// The folder the build writes, relative to `path`.
    pub output: Option<String>,
    /// The port the server listens on.
    pub port: Option<u16>,
    /// The Dockerfile, relative to `path`.
    pub dockerfile: Option<String>,
    /// The SAM template, relative to `path`.
    pub template: Option<String>,
    /// The stack name in an existing samconfig.toml.
    pub stack_name: Option<String>,
    /// The resource types of the SAM template, sorted.
    pub resources: Vec<String>,
    /// The template output whose value is the application's address.
    pub address_output: Option<String>,
    /// Variables that are baked in at build time (`VITE_*` and the like), sorted.
    pub build_variables: Vec<String>,
    /// Names of variables the running service reads (`.env.example`, compose, Dockerfile ENV), sorted.
    pub variables: Vec<String>,
    /// Everything above with the place it was read from.
    pub evidence: Vec<Evidence>,
    /// What will go wrong in the user's own code, one sentence each (no lock file, no tests, ...).
    pub warnings: Vec<String>,
}

impl Unit {
    /// The strongest evidence for a field, e.g. `port`.
    #[must_use]
    pub fn evidence_for(&self, field: &str) -> Option<&Evidence> {
        let prefix = format!("{field}=");
        self.evidence.iter().filter(|e| e.claim.starts_with(&prefix)).max_by_key(|e| e.strength)
    }
}

/// The whole repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Project {
    /// The units, most deployable first.
    pub units: Vec<Unit>,
    /// What could not be read or decided, one sentence each.
    pub notes: Vec<String>,
}
