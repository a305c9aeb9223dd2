//! Finds out what a repository is: a registry of detectors, each of which returns units with their evidence.

mod angular;
mod compose;
mod container;
mod dockerfile;
mod document;
mod evidence;
mod frontend;
mod frontend_rules;
mod gradual;
mod image;
mod others;
mod parse;
mod port;
mod rank;
mod sam;
mod sam_code;
mod scan;
mod servers;
mod sources;
mod spa;
mod stack;
mod static_site;
mod variables;
mod versions;

pub use evidence::{Clue, Evidence, Found, Strength};
pub use gradual::gradual;
pub use sam::parameters as template_parameters;
pub use versions::Versions;

use std::collections::BTreeSet;

use crate::interview::wording;
use crate::project::{Kind, Project, Unit};
use crate::workspace::Workspace;
use scan::Scan;

/// Recognises one kind of thing wherever it lies in the repository.
trait Detector: Sync {
    /// Its name in the registry.
    fn name(&self) -> &'static str;

    /// The units it sees; another detector may see more in the same folder.
    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit>;
}

/// All detectors. Their order says nothing: [`rank`] decides which reading of a folder comes first.
const REGISTRY: &[&dyn Detector] = &[
    &sam::Sam,
    &container::Container,
    &spa::Spa,
    &angular::Angular,
    &frontend::Frontend,
    &static_site::Html,
    &servers::Servers,
    &others::Others,
];

/// The names of the detectors, for the documentation.
#[must_use]
pub fn detectors() -> Vec<&'static str> {
    REGISTRY.iter().map(|detector| detector.name()).collect()
}

/// Finds the units of a repository, most deployable first; `versions` are the toolchain versions on offer.
#[must_use]
pub fn detect(workspace: &Workspace, versions: &Versions) -> Project {
    let scan = Scan::new(workspace, versions);
    let found = REGISTRY.iter().flat_map(|detector| detector.detect(&scan)).collect();
    let units = rank::rank(found);
    let toolchains = toolchains(&scan, &units);
    let mut notes = workspace.notes().to_vec();
    notes.extend(scan.into_notes());
    if !units.iter().any(Unit::deployable) {
        notes.push(wording::NOTHING_DEPLOYABLE.to_owned());
    }
    Project { units, notes, toolchains }
}

/// The toolchain of the root and of each unit's folder, whatever the folder is read as.
fn toolchains(scan: &Scan<'_>, units: &[Unit]) -> Vec<Unit> {
    let folders: BTreeSet<&str> = units.iter().map(|unit| unit.path.as_str()).chain(["."]).collect();
    let found = folders.into_iter().filter_map(|folder| {
        let mut unit = Unit::new(folder, Kind::Library);
        stack::apply(scan, &mut unit).then_some(unit)
    });
    found.collect()
}
