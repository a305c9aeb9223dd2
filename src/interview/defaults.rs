//! What stands in a draft before anything is answered: the region, the project's name, the words of the data.

use super::draft::Facts;
use super::service;
use crate::error::{Error, Result};
use crate::manifest::{ProjectName, Region};
use crate::workspace::Remote;

/// The region of the repository itself (CodeCommit, whose pipeline must run there), the one that the project is
/// deployed to already, that of the person's own AWS settings, otherwise the data's.
pub(super) fn default_region(facts: &Facts<'_>) -> Result<Region> {
    let repository = facts.remote.and_then(|remote| remote.region.as_deref());
    let project = facts.first_unit().and_then(|unit| unit.region.as_deref());
    let all = [repository, project, facts.region];
    let own = all.into_iter().flatten().find_map(|region| region.parse().ok());
    own.map_or_else(|| valid(&facts.catalog.defaults.region), Ok)
}

/// The project's name: the remote's, otherwise the folder's, made valid.
pub(super) fn project_name(facts: &Facts<'_>) -> Result<ProjectName> {
    let written = facts.remote.map_or(facts.folder, Remote::name);
    let candidates = [service::slug(written, 24), service::slug(facts.folder, 24)];
    let first = candidates.iter().find_map(|name| name.parse().ok());
    first.map_or_else(|| valid("project"), Ok)
}

/// Parses a default of the data.
pub(super) fn valid<T: std::str::FromStr<Err = String>>(text: &str) -> Result<T> {
    text.parse().map_err(|fault| Error::bug(format!("recommendations.yaml: {fault}")))
}
