//! From a unit that was found to a service of the manifest: its target, its settings, its commands.

use indexmap::IndexMap;

use super::draft::Facts;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Name, RelPath, Scalar, Service, Toolchain};
use crate::project::{Kind, Unit};
use crate::scaffold::Target;

/// The service that deploys a unit, on the recommended target.
///
/// # Errors
/// No target fits, or the unit's path cannot be used.
pub(super) fn from_unit(
    unit: &Unit,
    manifest: &Manifest,
    several: bool,
    facts: &Facts<'_>,
) -> Result<Service> {
    let offered = facts.catalog.recommend(unit.kind).offered;
    let target = offered.first().and_then(|way| facts.catalog.target(&way.target)).ok_or_else(|| {
        Error::usage(format!("{}: a {} has no target yet", unit.path, unit.kind.title()))
            .help("`pipewright detect` says what can be done with it today")
    })?;
    let mut service = Service {
        name: name(unit, target, manifest, several)?,
        path: path(&unit.path)?,
        kind: unit.kind,
        toolchain: toolchain(unit, facts)?,
        commands: unit.commands.clone().into(),
        target: target.name.clone(),
        resources: unit.resources.clone(),
        stacks: IndexMap::new(),
        options: options(unit, target),
        variables: IndexMap::new(),
        secrets: IndexMap::new(),
    };
    if target.adopts_by.is_some() {
        super::stacks::take_same_names(&mut service, unit, &manifest.environments);
    }
    Ok(service)
}

/// The settings of a target that the unit's own facts give; those that equal the default are left out.
#[must_use]
pub(super) fn options(unit: &Unit, target: &Target) -> IndexMap<String, Scalar> {
    let found = target.options.iter().filter_map(|spec| {
        let value = field(unit, spec.from.as_deref()?)?;
        (spec.default.as_ref() != Some(&value)).then(|| (spec.name.clone(), value))
    });
    found.collect()
}

/// A fact of a unit by the name that targets know it by.
fn field(unit: &Unit, name: &str) -> Option<Scalar> {
    let text = |value: &Option<String>| value.clone().map(Scalar::Text);
    match name {
        "output" => text(&unit.output),
        "single-page-app" => Some(Scalar::Flag(unit.kind == Kind::Spa)),
        "dockerfile" => text(&unit.dockerfile),
        "port" => unit.port.map(|port| Scalar::Number(port.into())),
        "health-path" | "answering-path" => text(&unit.health_path),
        "template" => text(&unit.template),
        "address-output" => text(&unit.address_output),
        _ => None,
    }
}

fn toolchain(unit: &Unit, facts: &Facts<'_>) -> Result<Option<Toolchain>> {
    let Some(name) = &unit.toolchain else {
        return Ok(None);
    };
    let file = facts.scaffolds.toolchain(name)?;
    let newest = file.versions.first().map(|version| version.version.clone());
    let managers = &file.package_managers;
    let manager = unit.package_manager.clone().filter(|manager| managers.contains_key(manager));
    let lock = manager.as_ref().and_then(|manager| lock(unit, &managers.get(manager)?.lock, facts.files));
    Ok(unit.version.clone().or(newest).map(|version| Toolchain {
        name: name.clone(),
        version,
        package_manager: manager,
        lock,
    }))
}

/// The lock file in the unit's folder or above it, as in a monorepo.
fn lock(unit: &Unit, name: &str, files: &[String]) -> Option<RelPath> {
    let mut folder = unit.path.as_str();
    loop {
        let candidate = if folder == "." { name.to_owned() } else { format!("{folder}/{name}") };
        if files.contains(&candidate) {
            return candidate.parse().ok();
        }
        if folder == "." {
            return None;
        }
        folder = folder.rsplit_once('/').map_or(".", |(above, _)| above);
    }
}

fn name(unit: &Unit, target: &Target, manifest: &Manifest, several: bool) -> Result<Name> {
    let folder = unit.path.rsplit('/').next().unwrap_or_default();
    let own = if several { slug(folder, 16) } else { String::new() };
    let taken = |name: &Name| {
        manifest.services.iter().any(|service| service.name == *name)
            || manifest.environments.iter().any(|environment| environment.name == *name)
    };
    let numbered = (2..100).map(|number| format!("{}-{number}", target.service));
    let candidates = [own, target.service.clone()].into_iter().chain(numbered);
    let mut free = candidates.filter_map(|name| name.parse().ok()).filter(|name| !taken(name));
    free.next().ok_or_else(|| {
        Error::usage(format!("{}: no name is free for it", unit.path)).help("give one: `--service NAME`")
    })
}

fn path(text: &str) -> Result<RelPath> {
    text.parse().map_err(|fault: String| {
        Error::usage(fault).help("rename the folder: some CI systems and shells cannot use this name")
    })
}

/// A name made of what a person wrote: lower-case letters, digits and dashes, a letter first.
#[must_use]
pub(super) fn slug(text: &str, most: usize) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'a'..='z' => slug.push(c),
            '0'..='9' if !slug.is_empty() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(most);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn any_name_becomes_a_usable_one() {
        assert_eq!(slug("My Shop_2.0", 24), "my-shop-2-0");
        assert_eq!(slug("42--Über.app", 24), "ber-app");
        assert_eq!(slug("a-very-long-name-that-goes-on", 16), "a-very-long-name");
        assert_eq!(slug("日本", 16), "");
    }
}
