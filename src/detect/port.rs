//! The port a container listens on, by the strength of what speaks for it.

use super::container::image;
use super::dockerfile::Dockerfile;
use super::evidence::{Clue, Found};
use super::scan::Scan;
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

/// Sets the port and the evidence for it, and names what disagrees.
pub(super) fn apply(_scan: &Scan<'_>, unit: &mut Unit, file: &str, dockerfile: &Dockerfile) {
    let found = candidates(file, dockerfile);
    if let [first, rest @ ..] = found.as_slice()
        && let Some(other) = rest.iter().find(|other| other.value != first.value)
    {
        unit.warn(format!(
            "the port is not certain: {} says {}, {} says {}",
            place(&first.clue),
            first.value,
            place(&other.clue),
            other.value
        ));
    }
    unit.port = unit.claim("port", found.into_iter().next());
}

fn candidates(file: &str, dockerfile: &Dockerfile) -> Vec<Found<u16>> {
    let base = dockerfile.base().and_then(|stage| {
        let (_, port) = IMAGES.iter().find(|(name, _)| *name == image(&stage.base))?;
        Some(Found::hint(*port, Clue::new(file, stage.line, &format!("FROM {}", stage.base))))
    });
    [exposed(file, dockerfile), env(file, dockerfile), command(file, dockerfile), base]
        .into_iter()
        .flatten()
        .collect()
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
