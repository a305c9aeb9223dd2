//! Node: version, package manager, scripts, and what will go wrong with them.

use super::manager::Manager;
use super::package::Package;
use super::{needs_database, node_version, scripts};
use crate::detect::scan::Scan;
use crate::project::Unit;

/// Clients of servers that no CI starts by itself.
const DATABASES: &[&str] = &[
    "pg",
    "postgres",
    "mysql",
    "mysql2",
    "mongodb",
    "mongoose",
    "redis",
    "ioredis",
    "prisma",
    "typeorm",
    "knex",
    "sequelize",
];

/// Fills in a unit whose folder holds a package.json.
pub(in crate::detect) fn apply(scan: &Scan<'_>, unit: &mut Unit) -> bool {
    let Some(package) = Package::read(scan, &unit.path) else {
        return false;
    };
    with(scan, &package, unit);
    true
}

/// Fills in a unit from a package.json that was read already.
pub(in crate::detect) fn with(scan: &Scan<'_>, package: &Package, unit: &mut Unit) {
    node_version::apply(scan, package, unit);
    let manager = Manager::find(scan, package, unit);
    unit.commands.install = Some(manager.install());
    scripts::apply(scan, package, &manager, unit);
    if unit.commands.test.is_some()
        && let Some((name, found)) = package.any(DATABASES)
    {
        needs_database(unit, name, &found.clue);
    }
}
