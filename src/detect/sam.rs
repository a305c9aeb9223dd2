//! Serverless applications: templates with the Serverless transform, their runtimes, resources and addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::Document;
use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use super::{Detector, sam_code};
use crate::project::{Kind, Unit};

const TEMPLATES: &[&str] =
    &["template.yaml", "template.yml", "template.json", "sam.yaml", "sam.yml", "serverless.template"];
const TRANSFORM: &str = "AWS::Serverless-2016-10-31";
const FUNCTION: &str = "AWS::Serverless::Function";

/// SAM templates.
pub(super) struct Sam;

impl Detector for Sam {
    fn name(&self) -> &'static str {
        "sam"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let places: Vec<(&str, &str)> =
            scan.folders().filter_map(|(folder, _)| Some((folder, scan.first(folder, TEMPLATES)?))).collect();
        places.into_iter().filter_map(|(folder, name)| unit(scan, folder, name)).collect()
    }
}

/// Whether a template is SAM's.
pub(super) fn is_sam(template: &Document) -> bool {
    match template.get(&["Transform"]) {
        Some(Value::Array(all)) => all.iter().any(|one| one == TRANSFORM),
        Some(one) => one == TRANSFORM,
        None => false,
    }
}

/// The names of the parameters that a template declares; nothing where it is none that can be read.
#[must_use]
pub fn parameters(file: &str, text: &str) -> Option<Vec<String>> {
    let template = Document::parse(file, text).ok().filter(is_sam)?;
    Some(template.keys(&["Parameters"]).into_iter().map(str::to_owned).collect())
}

fn unit(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Unit> {
    let template = scan.document(&join(folder, name))?;
    if !is_sam(&template) {
        return None;
    }
    let mut unit = Unit::new(folder, Kind::Sam);
    let transform = template.clue(&["Transform"]);
    unit.claim("kind", Some(Found::certain("sam", transform.clone())));
    unit.template = unit.claim("template", Some(Found::certain(name.to_owned(), transform)));
    unit.resources = resources(&template);
    unit.image_functions = images(&template);
    unit.health_path = health_path(&template, &mut unit);
    // An address that no plain GET answers cannot be tested: a failed test would take the deployment back.
    if unit.health_path.is_some() {
        unit.address_output = address(&template, &mut unit);
    }
    let needed = |name: &&str| template.get(&["Parameters", name, "Default"]).is_none();
    unit.variables = template.keys(&["Parameters"]).into_iter().filter(needed).map(str::to_owned).collect();
    unit.variables.sort();
    stacks(scan, &mut unit);
    region(scan, &mut unit);
    runtime(scan, &template, &mut unit);
    Some(unit)
}

/// Resource types, and per function what SAM makes from its events.
fn resources(template: &Document) -> Vec<String> {
    let mut types = BTreeSet::new();
    for name in template.keys(&["Resources"]) {
        let Some(kind) = template.str(&["Resources", name, "Type"]) else {
            continue;
        };
        types.insert(kind.to_owned());
        types.extend(made_by_properties(template, name, kind));
        let events = ["Resources", name, "Properties", "Events"];
        for event in template.keys(&events) {
            let of = template.str(&[&events[..], &[event, "Type"]].concat());
            types.extend(of.map(|of| format!("{kind}.Events.{of}")));
        }
    }
    types.into_iter().collect()
}

/// Properties with which SAM makes more than the function itself, its own or those of all functions.
fn made_by_properties<'t>(
    template: &'t Document,
    name: &'t str,
    kind: &'t str,
) -> impl Iterator<Item = String> + 't {
    let given = move |property: &&str| {
        let own = template.get(&["Resources", name, "Properties", property]);
        own.or_else(|| template.get(&["Globals", "Function", property])).is_some()
    };
    let properties = ["DeploymentPreference", "VpcConfig"].into_iter().filter(given);
    properties.filter(move |_| kind == FUNCTION).map(move |property| format!("{kind}.{property}"))
}

/// The names of the functions.
pub(super) fn functions(template: &Document) -> Vec<&str> {
    let is_function = |name: &&str| template.str(&["Resources", name, "Type"]) == Some(FUNCTION);
    template.keys(&["Resources"]).into_iter().filter(is_function).collect()
}

/// A property of a function, or of all functions.
pub(super) fn property<'t>(template: &'t Document, function: &str, name: &str) -> Option<(&'t str, Clue)> {
    let own = ["Resources", function, "Properties", name];
    let global = ["Globals", "Function", name];
    let path = if template.str(&own).is_some() { &own[..] } else { &global[..] };
    Some((template.str(path)?, template.clue(path)))
}

fn images(template: &Document) -> bool {
    functions(template).into_iter().any(|function| {
        property(template, function, "PackageType").is_some_and(|(value, _)| value == "Image")
    })
}

/// The output whose value is an https address.
fn address(template: &Document, unit: &mut Unit) -> Option<String> {
    let found = template.keys(&["Outputs"]).into_iter().find_map(|name| {
        let value = template.get(&["Outputs", name, "Value"])?;
        let text = value.to_string();
        let url = text.contains("https://") || text.contains("FunctionUrl") || text.contains("DomainName");
        url.then(|| Found::likely(name.to_owned(), template.clue(&["Outputs", name])))
    });
    unit.claim("address_output", found)
}

/// The path of a GET that needs no parameter, from the functions' events; a function's own URL answers at `/`.
fn health_path(template: &Document, unit: &mut Unit) -> Option<String> {
    let found = functions(template).into_iter().find_map(|function| {
        let url = ["Resources", function, "Properties", "FunctionUrlConfig"];
        if template.get(&url).is_some() {
            return Some(Found::likely("/".to_owned(), template.clue(&url)));
        }
        let events = ["Resources", function, "Properties", "Events"];
        template.keys(&events).into_iter().find_map(|event| {
            let property = |name| [&events[..], &[event, "Properties", name]].concat();
            let method = template.str(&property("Method"))?;
            let path = template
                .str(&property("Path"))
                .filter(|path| path.starts_with('/') && !path.contains('{'))?;
            let plain = method.eq_ignore_ascii_case("get") || method.eq_ignore_ascii_case("any");
            plain.then(|| Found::likely(path.to_owned(), template.clue(&property("Path"))))
        })
    });
    unit.claim("health_path", found)
}

/// The stacks of samconfig, by its environments: `[production.deploy.parameters] stack_name`.
fn stacks(scan: &Scan<'_>, unit: &mut Unit) {
    let files = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];
    let Some(name) = scan.first(&unit.path, &files) else {
        return;
    };
    let Some(config) = scan.document(&join(&unit.path, name)) else {
        return;
    };
    for environment in config.keys(&[]) {
        let paths = ["deploy", "global"].map(|command| [environment, command, "parameters", "stack_name"]);
        let Some(path) = paths.iter().find(|path| config.str(&path[..]).is_some()) else { continue };
        let stack = config.str(path).unwrap_or_default().to_owned();
        let shown =
            Found::certain(format!("{stack} ({environment})"), config.clue(&[environment, "stack_name"]));
        unit.claim("stack_name", Some(shown));
        unit.stacks.insert(environment.to_owned(), stack);
    }
}

/// The region that its people deploy to already.
fn region(scan: &Scan<'_>, unit: &mut Unit) {
    let files = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];
    let file = scan.first(&unit.path, &files).map(|name| join(&unit.path, name));
    let Some(config) = file.and_then(|file| scan.document(&file)) else { return };
    let found = ["deploy", "global"].iter().find_map(|command| {
        let region = config.str(&["default", command, "parameters", "region"])?;
        Some(Found::certain(region.to_owned(), config.clue(&["region"])))
    });
    unit.region = unit.claim("region", found);
}

/// The commonest runtime decides the toolchain.
fn runtime(scan: &Scan<'_>, template: &Document, unit: &mut Unit) {
    let runtimes =
        functions(template).into_iter().filter_map(|function| property(template, function, "Runtime"));
    let mut count: BTreeMap<&str, (usize, Clue)> = BTreeMap::new();
    for (runtime, clue) in runtimes {
        count.entry(runtime).or_insert((0, clue)).0 += 1;
    }
    let common = count.iter().max_by_key(|(_, (times, _))| *times);
    let Some((runtime, (_, clue))) = common else {
        return;
    };
    let runtime = Found::certain((*runtime).to_owned(), clue.clone());
    let known = toolchain(&runtime.value);
    let version = known.as_ref().map(|(_, version)| runtime.with(version.clone()));
    unit.claim("runtime", Some(runtime));
    unit.version = unit.claim("version", version);
    if let Some((toolchain, _)) = known {
        unit.toolchain = Some(toolchain.to_owned());
        sam_code::apply(scan, template, unit, toolchain);
    } else {
        unit.warn("no tests were found: no test command is known for this runtime");
    }
}

/// `nodejs22.x`, `python3.13`.
fn toolchain(runtime: &str) -> Option<(&'static str, String)> {
    let (toolchain, version) = match runtime.strip_prefix("nodejs") {
        Some(version) => ("node", version.trim_end_matches(".x")),
        None => ("python", runtime.strip_prefix("python")?),
    };
    Some((toolchain, version.to_owned()))
}
