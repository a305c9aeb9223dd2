//! Which package manager a Node project uses, how it installs, and where its lock files disagree.

use serde_json::{Map, Value};

use super::package::Package;
use super::place;
use crate::detect::evidence::{Clue, Found};
use crate::detect::scan::{Scan, join, parent};
use crate::project::Unit;

/// `(lock file, package manager)`; an order of habit, not of strength: two managers are a conflict.
const LOCKS: &[(&str, &str)] = &[
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
];

/// A package manager with what decides how it is called.
pub(in crate::detect) struct Manager {
    pub(in crate::detect) name: String,
    locked: bool,
    berry: bool,
}

impl Manager {
    /// Finds the package manager of a package: its own field, the lock file (also of a workspace above), npm.
    pub(in crate::detect) fn find(scan: &Scan<'_>, package: &Package, unit: &mut Unit) -> Self {
        let locks = locks(scan, &unit.path);
        let field = field(scan, package, &unit.path);
        let version = field.as_ref().and_then(|found| {
            let (_, version) = found.value.split_once('@')?;
            let version = version.split('+').next()?;
            Some(found.with(version.to_owned()))
        });
        unit.package_manager_version = unit.claim("package_manager_version", version);
        let named =
            field.map(|found| found.with(found.value.split('@').next().unwrap_or_default().to_owned()));
        conflicts(&locks, named.as_ref(), unit);
        let name =
            named.or_else(|| locks.first().cloned()).unwrap_or_else(|| Found::assumed("npm".to_owned()));
        stale(scan, package, &locks, unit);
        let locked = locks.iter().any(|lock| lock.value == name.value);
        let berry =
            name.value == "yarn" && is_berry(scan, &unit.path, unit.package_manager_version.as_deref());
        let name = unit.claim("package_manager", Some(name)).unwrap_or_default();
        unit.package_manager = Some(name.clone());
        Self { name, locked, berry }
    }

    /// Installs what the lock file says, or what package.json says where there is none.
    pub(in crate::detect) fn install(&self) -> String {
        match (self.name.as_str(), self.locked) {
            ("npm", true) => "npm ci".to_owned(),
            ("yarn", true) if self.berry => "yarn install --immutable".to_owned(),
            (name, true) => format!("{name} install --frozen-lockfile"),
            (name, false) => format!("{name} install"),
        }
    }

    /// Runs a script, with arguments for the program behind it.
    pub(in crate::detect) fn run(&self, script: &str, arguments: &str) -> String {
        let call = match (self.name.as_str(), script) {
            ("npm" | "pnpm" | "yarn", "test") => format!("{} test", self.name),
            ("yarn", script) => format!("yarn {script}"),
            (name, script) => format!("{name} run {script}"),
        };
        match (self.name.as_str(), arguments) {
            (_, "") => call,
            ("npm", arguments) => format!("{call} -- {arguments}"),
            (_, arguments) => format!("{call} {arguments}"),
        }
    }
}

/// The lock files of the nearest folder, upwards, that holds any.
fn locks(scan: &Scan<'_>, folder: &str) -> Vec<Found<String>> {
    let mut folder = Some(folder);
    while let Some(current) = folder {
        let here: Vec<_> = LOCKS
            .iter()
            .filter(|(file, _)| scan.has(current, file))
            .map(|(file, name)| Found::likely((*name).to_owned(), Clue::file(&join(current, file))))
            .collect();
        if !here.is_empty() {
            return here;
        }
        folder = parent(current);
    }
    Vec::new()
}

/// The `packageManager` field of the package or of the workspace root.
fn field(scan: &Scan<'_>, package: &Package, folder: &str) -> Option<Found<String>> {
    package.string(&["packageManager"]).or_else(|| {
        let root = (folder != ".").then(|| Package::read(scan, "."))??;
        root.string(&["packageManager"])
    })
}

fn conflicts(locks: &[Found<String>], named: Option<&Found<String>>, unit: &mut Unit) {
    let Some(first) = locks.first() else {
        unit.warn("no lock file: the versions that are installed can differ from one run to the next (commit the lock file)");
        return;
    };
    if let Some(other) = locks.iter().find(|lock| lock.value != first.value) {
        let (one, two) = (place(&first.clue), place(&other.clue));
        unit.warn(format!(
            "two lock files, {one} and {two}: they can disagree; delete the one that is not used"
        ));
    }
    if let Some(named) = named
        && locks.iter().all(|lock| lock.value != named.value)
    {
        let (field, lock) = (place(&named.clue), place(&first.clue));
        unit.warn(format!("{field} names {}, but the lock file is {lock}", named.value));
    }
}

/// npm keeps the ranges of package.json in its lock file: where they differ, `npm ci` fails. Only the lock's own
/// first entry is parsed, because the rest can be large.
fn stale(scan: &Scan<'_>, package: &Package, locks: &[Found<String>], unit: &mut Unit) {
    let own = join(&unit.path, "package-lock.json");
    let Some(lock) = locks.iter().find(|lock| lock.clue.file == own) else {
        return;
    };
    let root = scan.text(&own).and_then(|text| {
        let (_, rest) = text.split_once("\"packages\"")?;
        let (_, rest) = rest.split_once("\"\":")?;
        serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()?.ok()
    });
    for group in ["dependencies", "devDependencies"] {
        let entries =
            |value: Option<&Value>| value.filter(|value| *value != &Value::Object(Map::new())).cloned();
        let (wanted, locked) =
            (package.document().get(&[group]), root.as_ref().and_then(|root| root.get(group)));
        if root.is_some() && entries(wanted) != entries(locked) {
            unit.warn(format!(
                "the lock file is stale: {group} of package.json and {} differ, `npm ci` fails",
                place(&lock.clue)
            ));
            return;
        }
    }
}

fn is_berry(scan: &Scan<'_>, folder: &str, version: Option<&str>) -> bool {
    match version.and_then(|version| version.split('.').next()) {
        Some(major) => major != "1",
        None => scan.has(folder, ".yarnrc.yml") || scan.has(".", ".yarnrc.yml"),
    }
}
