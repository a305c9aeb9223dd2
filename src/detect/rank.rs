//! Puts the readings of a repository in order: one unit per folder, most deployable first.

use std::collections::BTreeMap;

use super::Evidence;
use crate::project::{Kind, Unit};

/// `(special, general)`: where both are seen in one folder, the general one says nothing more.
const SUPERSEDES: &[(Kind, Kind)] = &[
    (Kind::Sam, Kind::Cloudformation),
    (Kind::Sam, Kind::Server),
    (Kind::Sam, Kind::Library),
    (Kind::Container, Kind::Server),
    (Kind::Container, Kind::Library),
    (Kind::Spa, Kind::Library),
    (Kind::Static, Kind::Library),
    (Kind::Ssr, Kind::Server),
    (Kind::Ssr, Kind::Library),
    (Kind::Server, Kind::Library),
    (Kind::Cdk, Kind::Server),
    (Kind::Cdk, Kind::Library),
    (Kind::ServerlessFramework, Kind::Server),
    (Kind::ServerlessFramework, Kind::Library),
    (Kind::Terraform, Kind::Library),
    (Kind::Copilot, Kind::Server),
    (Kind::Copilot, Kind::Library),
];

/// Kinds whose functions and constructs lie in folders of their own that are no units.
const OWNERS: &[Kind] = &[Kind::Sam, Kind::Cdk, Kind::ServerlessFramework];

/// Kinds that are code without a way to be deployed.
const OWNED: &[Kind] = &[Kind::Server, Kind::Library];

/// Merges the readings of each folder, then sorts the units.
pub(super) fn rank(found: Vec<Unit>) -> Vec<Unit> {
    let mut folders: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
    for unit in found {
        folders.entry(unit.path.clone()).or_default().push(unit);
    }
    let mut units: Vec<Unit> = folders.into_values().filter_map(merge).collect();
    let owners: Vec<String> =
        units.iter().filter(|unit| OWNERS.contains(&unit.kind)).map(|unit| unit.path.clone()).collect();
    units.retain(|unit| {
        !OWNED.contains(&unit.kind) || !owners.iter().any(|owner| lies_below(&unit.path, owner))
    });
    units.sort_by_cached_key(|unit| {
        let depth = unit.path.split('/').filter(|part| *part != ".").count();
        (!unit.deployable(), depth, unit.kind, unit.path.clone())
    });
    units
}

/// The best reading of one folder, with the others as its alternatives.
fn merge(mut readings: Vec<Unit>) -> Option<Unit> {
    let kinds: Vec<Kind> = readings.iter().map(|unit| unit.kind).collect();
    let implied =
        |kind| SUPERSEDES.iter().any(|(special, general)| *general == kind && kinds.contains(special));
    readings.retain(|unit| !implied(unit.kind));
    readings.sort_by_key(order);
    let mut readings = readings.into_iter();
    let mut first = readings.next()?;
    first.alternatives = readings.collect();
    if matches!(first.kind, Kind::Spa | Kind::Static) {
        also_serves(&mut first);
    }
    Some(first)
}

/// A Dockerfile that starts a program says more than the pages beside it; one that only serves files says less.
fn order(unit: &Unit) -> (bool, bool, Kind) {
    let program = unit.kind == Kind::Container && unit.evidence_for("serves").is_none();
    (!unit.deployable(), !(program || unit.kind == Kind::Sam), unit.kind)
}

fn also_serves(unit: &mut Unit) {
    let server = unit.alternatives.iter().find(|other| other.kind == Kind::Server);
    let place = server.and_then(|server| server.evidence_for("framework")).map(Evidence::place);
    if let Some(place) = place {
        unit.warn(format!("there is a server beside the pages ({place}): only the pages are deployed"));
    }
}

fn lies_below(path: &str, owner: &str) -> bool {
    path != owner && (owner == "." || path.strip_prefix(owner).is_some_and(|rest| rest.starts_with('/')))
}
