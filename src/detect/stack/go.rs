//! Go: version from go.mod, vet, and tests.

use super::{line, settle};
use crate::detect::evidence::{Clue, Found};
use crate::detect::scan::{Scan, join};
use crate::project::Unit;

/// Fills in a unit whose folder holds a go.mod.
pub(in crate::detect) fn apply(scan: &Scan<'_>, unit: &mut Unit) -> bool {
    let folder = unit.path.clone();
    if !scan.has(&folder, "go.mod") {
        return false;
    }
    settle(scan, unit, "go", version(scan, &folder));
    unit.commands.install = Some("go mod download".to_owned());
    let module = Clue::file(&join(&folder, "go.mod"));
    unit.commands.lint = unit.claim("lint", Some(Found::likely("go vet ./...".to_owned(), module)));
    let tests = scan.below(&folder, 20_000).find(|file| file.ends_with("_test.go"));
    if tests.is_none() {
        unit.warn("no tests were found: no file ends in _test.go");
    }
    let test = tests.map(|file| Found::certain("go test ./...".to_owned(), Clue::file(file)));
    unit.commands.test = unit.claim("test", test);
    true
}

/// `toolchain go1.25.1`, otherwise `go 1.24`, which is a minimum.
fn version(scan: &Scan<'_>, folder: &str) -> Option<Found<String>> {
    let exact = line(scan, folder, "go.mod", |line| line.starts_with("toolchain go"));
    let exact = exact.map(|clue| Found::certain(clue.text.replace("toolchain go", ""), clue));
    exact.or_else(|| {
        let clue = line(scan, folder, "go.mod", |line| line.starts_with("go "))?;
        let least = clue.text.trim_start_matches("go ").trim().to_owned();
        let written = scan.versions.pick("go", &least).is_some();
        let wanted = if written { least } else { format!(">={least}") };
        Some(Found::certain(wanted, clue))
    })
}
