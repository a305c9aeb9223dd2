//! Answers about what is deployed: which units, read as what, on which target.

use super::draft::{Draft, Facts};
use super::{service, wording};
use crate::project::{Kind, Unit};

/// The kinds that can be deployed, as the manifest writes them.
const KINDS: [&str; 4] = ["spa", "static", "container", "sam"];

/// Takes units by their folders, separated by commas; `all` takes every one that can be deployed.
pub(super) fn choose(draft: &mut Draft, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    let units: Vec<Unit> = match text {
        "all" => facts.deployable().cloned().collect(),
        _ => text.split(',').map(|path| find(facts, path.trim())).collect::<Result<_, _>>()?,
    };
    draft.set_units(units, facts).map_err(|error| error.to_string())
}

fn find(facts: &Facts<'_>, path: &str) -> Result<Unit, String> {
    let path = match path.trim_end_matches('/').trim_start_matches("./") {
        "" => ".",
        path => path,
    };
    match facts.project.units.iter().find(|unit| unit.path == path) {
        Some(unit) if unit.deployable() => Ok(unit.clone()),
        Some(unit) => Err(format!(
            "{path} is a {}: {}",
            unit.kind.title(),
            unit.advice.as_deref().unwrap_or("it cannot be deployed yet")
        )),
        None => {
            let known = wording::known(path, facts.deployable().map(|unit| unit.path.as_str()));
            Err(format!("nothing deployable was found in {path:?}: {known}"))
        }
    }
}

/// Reads a unit as another kind: the reading that was found, or the same folder taken as what the person says.
pub(super) fn read_as(draft: &mut Draft, facts: &Facts<'_>, index: usize, text: &str) -> Result<(), String> {
    let kind: Kind = serde_yaml::from_str(text).map_err(|_| {
        format!("{text:?} is not a kind that can be deployed: {}", wording::known(text, KINDS))
    })?;
    if facts.catalog.recommend(kind).offered.is_empty() {
        return Err(format!("a {} cannot be deployed yet", kind.title()));
    }
    let first = || facts.project.units.first().cloned().unwrap_or_else(|| Unit::new(".", kind));
    let current = draft.units.get(index).cloned().unwrap_or_else(first);
    let mut units = draft.units.clone();
    let mut unit = reading(&current, kind);
    // The container's Dockerfile does its own work; of any other kind the folder's commands are wanted.
    if kind != Kind::Container {
        let found = facts.project.toolchains.iter().find(|found| found.path == unit.path);
        if let Some(found) = found {
            unit.adopt_toolchain(found);
        }
    }
    if kind == Kind::Container && unit.dockerfile.is_none() {
        return Err(format!(
            "there is no Dockerfile in {}: add one, then run `pipewright init` again",
            unit.path
        ));
    }
    match units.get_mut(index) {
        Some(place) => *place = unit,
        None => units.push(unit),
    }
    draft.set_units(units, facts).map_err(|error| error.to_string())
}

fn reading(unit: &Unit, kind: Kind) -> Unit {
    if unit.kind == kind {
        return unit.clone();
    }
    let mut others = unit.clone();
    let mut all = std::mem::take(&mut others.alternatives);
    let found = all.iter().position(|other| other.kind == kind).map(|at| all.remove(at));
    let mut unit = found.unwrap_or_else(|| Unit { kind, advice: None, ..others.clone() });
    unit.alternatives = all;
    if others.advice.is_none() && others.kind != kind {
        unit.alternatives.push(others);
    }
    unit
}

/// Takes a target, if it fits what the unit is.
pub(super) fn target(draft: &mut Draft, facts: &Facts<'_>, index: usize, text: &str) -> Result<(), String> {
    let (unit, service) = (&draft.units[index], &mut draft.manifest.services[index]);
    let offered = facts.catalog.recommend(unit.kind).offered;
    let known: Vec<&str> = offered.iter().map(|way| way.target.as_str()).collect();
    let fits = known.contains(&text);
    let target = facts.catalog.target(text).filter(|_| fits).ok_or_else(|| {
        format!("{text:?} is no target for a {}: {}", unit.kind.title(), wording::known(text, known))
    })?;
    if service.target != target.name {
        service.target.clone_from(&target.name);
        service.options = service::options(unit, target);
    }
    Ok(())
}
