//! The port a container listens on, by the strength of what speaks for it.

use super::compose::Compose;
use super::dockerfile::Dockerfile;
use super::evidence::{Clue, Found, Strength};
use super::image::image;
use super::scan::Scan;
use super::sources;
use super::stack::place;
use crate::project::Unit;

/// Ports of debuggers, which images expose beside their own.
const DEBUG: &[u16] = &[9229, 9230, 5005, 5678, 2345];

/// What well-known server images listen on.
const IMAGES: &[(&str, u16)] = &[
    ("nginx", 80),
    ("httpd", 80),
    ("caddy", 80),
    ("nginx-unprivileged", 8080),
    ("tomcat", 8080),
    ("jetty", 8080),
    ("wordpress", 80),
];

/// What is known of a container before its port.
pub(super) struct Facts<'f> {
    pub(super) file: &'f str,
    pub(super) dockerfile: &'f Dockerfile,
    pub(super) compose: Option<&'f Compose>,
    pub(super) usual: Option<u16>,
}

/// Sets the port, keeps everything that speaks for it, and names what disagrees.
pub(super) fn apply(scan: &Scan<'_>, unit: &mut Unit, facts: &Facts<'_>) {
    let mut found = candidates(scan, unit, facts).into_iter();
    let Some(first) = found.next() else {
        unit.warn("no port was found: neither EXPOSE nor PORT nor a default");
        return;
    };
    let others: Vec<_> = found.collect();
    let spoken = others.iter().filter(|other| other.strength > Strength::Default);
    for other in spoken.filter(|other| other.value != first.value).take(1) {
        let (one, two) = (place(&first.clue), place(&other.clue));
        unit.warn(format!("the port is not certain: {one} says {}, {two} says {}", first.value, other.value));
    }
    unit.port = unit.claim("port", Some(first));
    for other in others {
        unit.claim("port", Some(other));
    }
}

/// Strongest first; defaults only where nothing else speaks.
fn candidates(scan: &Scan<'_>, unit: &Unit, facts: &Facts<'_>) -> Vec<Found<u16>> {
    let (file, dockerfile) = (facts.file, facts.dockerfile);
    let spoken = [
        exposed(file, dockerfile),
        env(file, dockerfile),
        facts.compose.and_then(Compose::port),
        command(file, dockerfile),
        image_port(file, dockerfile),
    ];
    let mut found: Vec<_> = spoken.into_iter().flatten().collect();
    let serves_files = unit.evidence_for("serves").is_some();
    found.extend((!serves_files).then(|| sources::port(scan, &unit.path)).flatten());
    if found.is_empty() {
        found.extend(facts.usual.map(Found::assumed));
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.strength));
    found
}

fn image_port(file: &str, dockerfile: &Dockerfile) -> Option<Found<u16>> {
    let base = dockerfile.base()?;
    let (_, port) = IMAGES.iter().find(|(name, _)| *name == image(&base.base))?;
    let clue = Clue::new(file, base.line, &format!("FROM {}", base.base));
    Some(Found { value: *port, clue, strength: Strength::Default })
}

/// A single EXPOSE; several say nothing.
fn exposed(file: &str, dockerfile: &Dockerfile) -> Option<Found<u16>> {
    let mut ports = dockerfile
        .all("EXPOSE")
        .into_iter()
        .flat_map(|i| {
            let numbers =
                i.arguments.split_whitespace().filter_map(|word| word.split('/').next()?.parse().ok());
            numbers.map(|port: u16| (port, i)).collect::<Vec<_>>()
        })
        .filter(|(port, _)| !DEBUG.contains(port));
    let (port, instruction) = ports.next()?;
    let several = ports.any(|(other, _)| other != port);
    let clue = Clue::new(file, instruction.line, &format!("EXPOSE {}", instruction.arguments));
    Some(if several { Found::hint(port, clue) } else { Found::certain(port, clue) })
}

fn env(file: &str, dockerfile: &Dockerfile) -> Option<Found<u16>> {
    dockerfile.env().into_iter().find_map(|(name, value, line)| {
        let port = value.parse().ok().filter(|_| {
            matches!(name.as_str(), "PORT" | "SERVER_PORT" | "HTTP_PORT" | "ASPNETCORE_HTTP_PORTS")
        })?;
        Some(Found::certain(port, Clue::new(file, line, &format!("ENV {name}={value}"))))
    })
}

/// `--port 80`, `-p 80`, `--bind 0.0.0.0:80` of the start command.
fn command(file: &str, dockerfile: &Dockerfile) -> Option<Found<u16>> {
    let start = dockerfile.last("CMD").or_else(|| dockerfile.last("ENTRYPOINT"))?;
    let words: Vec<&str> =
        start.arguments.split(['"', '\'', ',', '[', ']', ' ', '=']).filter(|word| !word.is_empty()).collect();
    let flags = ["--port", "-p", "--bind", "-b", "--listen", "-l", "--http"];
    let (_, value) = words.iter().zip(words.iter().skip(1)).find(|(flag, _)| flags.contains(flag))?;
    let port = value.rsplit(':').next()?.parse().ok()?;
    Some(Found::likely(port, Clue::new(file, start.line, &format!("{} {}", start.keyword, start.arguments))))
}
