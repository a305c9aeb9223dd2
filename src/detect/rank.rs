//! Puts the readings of a repository in order: one unit per folder, most deployable first.

use std::collections::BTreeMap;

use crate::project::{Kind, Unit};

/// `(special, general)`: where both are seen in one folder, the general one says nothing more.
const SUPERSEDES: &[(Kind, Kind)] = &[];

/// Merges the readings of each folder, then sorts the units.
pub(super) fn rank(found: Vec<Unit>) -> Vec<Unit> {
    let mut folders: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
    for unit in found {
        folders.entry(unit.path.clone()).or_default().push(unit);
    }
    let mut units: Vec<Unit> = folders.into_values().filter_map(merge).collect();
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
    readings.sort_by_key(|unit| (!unit.deployable(), unit.kind));
    let mut readings = readings.into_iter();
    let mut first = readings.next()?;
    first.alternatives = readings.collect();
    Some(first)
}
