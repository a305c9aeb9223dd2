//! Containers: a Dockerfile that makes an image which serves, with its port and the tests of the code inside.

use super::compose::Compose;
use super::dockerfile::Dockerfile;
use super::evidence::{Clue, Found};
use super::image::{FILE_SERVERS, STACKS, image, image_version, serves_nothing};
use super::port::Facts;
use super::scan::{Scan, join, parent};
use super::{Detector, port, servers, sources, stack, variables};
use crate::project::{Kind, Unit};

/// Best first; a folder is built from one of them.
const NAMES: &[&str] = &["Dockerfile", "Containerfile", "Dockerfile.prod", "Dockerfile.production"];

/// Folders that hold a Dockerfile for the folder above them.
const HOLDERS: &[&str] = &["docker", ".docker", "deploy", "deployment", "infra", "ops"];

/// Variables that say how the image works, not how the service is configured.
const TECHNICAL: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "PORT",
    "NODE_ENV",
    "VIRTUAL_ENV",
    "DEBIAN_FRONTEND",
    "HOSTNAME",
    "PYTHONPATH",
    "CGO_ENABLED",
    "GOOS",
    "GOARCH",
    "GOPROXY",
    "COREPACK_HOME",
];
const TECHNICAL_STARTS: &[&str] = &[
    "PYTHON",
    "PIP_",
    "UV_",
    "POETRY_",
    "NPM_",
    "PNPM_",
    "YARN_",
    "CARGO_",
    "RUST",
    "JAVA_",
    "GEM_",
    "BUNDLE_",
    "NEXT_TELEMETRY",
];

/// Dockerfiles.
pub(super) struct Container;

impl Detector for Container {
    fn name(&self) -> &'static str {
        "container"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let places = scan.folders().filter_map(|(folder, _)| {
            let name = scan.first(folder, NAMES)?;
            Some(context(scan, folder, name))
        });
        let places: Vec<(String, String)> = places.collect();
        places.into_iter().filter_map(|(folder, name)| unit(scan, &folder, &name)).collect()
    }
}

/// The folder that is built and the Dockerfile's path in it: `docker/Dockerfile` builds what lies above.
fn context(scan: &Scan<'_>, folder: &str, name: &str) -> (String, String) {
    let last = folder.rsplit('/').next().unwrap_or(folder);
    match parent(folder) {
        Some(above) if HOLDERS.contains(&last) && scan.first(above, NAMES).is_none() => {
            (above.to_owned(), format!("{last}/{name}"))
        }
        _ => (folder.to_owned(), name.to_owned()),
    }
}

fn unit(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Unit> {
    let file = join(folder, name);
    let dockerfile = Dockerfile::parse(&scan.text(&file)?);
    let base = dockerfile.base()?;
    if let Some(why) = serves_nothing(&dockerfile) {
        scan.note(format!("{file} was left out: {why}"));
        return None;
    }
    let mut unit = Unit::new(folder, Kind::Container);
    let from = Clue::new(&file, base.line, &format!("FROM {}", base.base));
    unit.claim("kind", Some(Found::certain("container", from.clone())));
    if FILE_SERVERS.contains(&image(&base.base)) {
        unit.claim("serves", Some(Found::certain("files", from.clone())));
    }
    unit.dockerfile = unit.claim("dockerfile", Some(Found::certain(name.to_owned(), from)));
    tests(scan, &file, &dockerfile, &mut unit);
    service(scan, &file, &dockerfile, &mut unit);
    Some(unit)
}

/// What is known of the running service: framework, port, health check, variables, database.
fn service(scan: &Scan<'_>, file: &str, dockerfile: &Dockerfile, unit: &mut Unit) {
    let compose = Compose::read(scan, &unit.path);
    let server = servers::find(scan, &unit.path);
    let usual = server.as_ref().map(|(_, port)| *port);
    unit.framework = unit.claim("framework", server.map(|(framework, _)| framework));
    let facts = Facts { file, dockerfile, compose: compose.as_ref(), usual };
    port::apply(scan, unit, &facts);
    health(scan, file, dockerfile, unit);
    let mut names = configured(file, dockerfile);
    names.extend(compose.iter().flat_map(Compose::variables));
    variables::run_time(scan, unit, names);
    if let Some(database) = compose.and_then(|compose| compose.database())
        && unit.commands.test.is_some()
    {
        stack::needs_database(unit, &database.value, &database.clue);
    }
}

/// The commands of the toolchain that the image is made with; where the images do not tell, of the folder's.
fn tests(scan: &Scan<'_>, file: &str, dockerfile: &Dockerfile, unit: &mut Unit) {
    let made_with = |word: &str| dockerfile.stages().iter().any(|stage| image(&stage.base) == word);
    let known = STACKS.iter().find(|(word, _)| made_with(word));
    let found = match known {
        Some((word, toolchain)) => {
            unit.version = unit.claim("version", image_version(scan, file, dockerfile, word, toolchain));
            stack::apply_named(scan, unit, toolchain)
        }
        None => stack::apply(scan, unit),
    };
    if !found {
        unit.warn("no tests were found: this stack is built by Docker alone");
    }
}

/// The address that HEALTHCHECK asks, otherwise a route whose name says so.
fn health(scan: &Scan<'_>, file: &str, dockerfile: &Dockerfile, unit: &mut Unit) {
    let asked = dockerfile.last("HEALTHCHECK").and_then(|check| {
        let (_, address) = check.arguments.split_once("://")?;
        let end = address.find(|c: char| c.is_whitespace() || "'\")]|;".contains(c));
        let (_, path) = address[..end.unwrap_or(address.len())].split_once('/')?;
        Some(Found::certain(
            format!("/{path}"),
            Clue::new(file, check.line, &format!("HEALTHCHECK {}", check.arguments)),
        ))
    });
    let found = asked.or_else(|| sources::health(scan, &unit.path));
    unit.health_path = unit.claim("health_path", found);
}

fn configured(file: &str, dockerfile: &Dockerfile) -> Vec<Found<String>> {
    let technical = |name: &str| {
        TECHNICAL.contains(&name) || TECHNICAL_STARTS.iter().any(|start| name.starts_with(start))
    };
    let env =
        dockerfile.env().into_iter().filter(|(name, _, _)| variables::is_name(name) && !technical(name));
    env.map(|(name, _, line)| {
        let clue = Clue::new(file, line, &format!("ENV {name}"));
        Found::likely(name, clue)
    })
    .collect()
}
