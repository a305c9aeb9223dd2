//! The shape of `toolchains/<name>/toolchain.yaml`: versions and package managers of a language.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

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
