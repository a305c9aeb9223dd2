//! Which Node version a project asks for, strongest clue first.

use super::package::Package;
use super::{settle, tool_version, version_file};
use crate::detect::evidence::Found;
use crate::detect::scan::Scan;
use crate::project::Unit;

/// Sets the toolchain `node` and its version.
pub(super) fn apply(scan: &Scan<'_>, package: &Package, unit: &mut Unit) {
    let folder = unit.path.clone();
    let wanted = in_folder(scan, &folder)
        .or_else(|| package.string(&["volta", "node"]))
        .or_else(|| in_folder(scan, "."))
        .or_else(|| package.string(&["devEngines", "runtime", "version"]))
        .or_else(|| package.string(&["engines", "node"]));
    settle(scan, unit, "node", wanted);
}

fn in_folder(scan: &Scan<'_>, folder: &str) -> Option<Found<String>> {
    version_file(scan, folder, ".nvmrc")
        .or_else(|| version_file(scan, folder, ".node-version"))
        .or_else(|| tool_version(scan, folder, &["nodejs", "node"]))
}
