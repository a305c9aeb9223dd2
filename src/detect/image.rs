//! What the names of images say: which serve files, which are tools, which stack and version they hold.

use super::dockerfile::Dockerfile;
use super::evidence::{Clue, Found};
use super::scan::Scan;

/// Images whose own command is a shell or an interpreter: an image that adds no command serves nothing.
const TOOLS: &[&str] = &[
    "scratch",
    "alpine",
    "debian",
    "ubuntu",
    "node",
    "python",
    "golang",
    "rust",
    "ruby",
    "php",
    "busybox",
    "openjdk",
    "eclipse-temurin",
    "maven",
    "gradle",
];

/// Images that serve files by themselves.
pub(super) const FILE_SERVERS: &[&str] =
    &["nginx", "nginx-unprivileged", "httpd", "caddy", "static-web-server"];

/// `(word in an image's name, toolchain)`: the first that any stage is made from counts. An empty toolchain is
/// none of ours, and its package.json is there for the assets.
pub(super) const STACKS: &[(&str, &str)] = &[
    ("golang", "go"),
    ("python", "python"),
    ("uv", "python"),
    ("ruby", ""),
    ("php", ""),
    ("rust", ""),
    ("dotnet", ""),
    ("aspnet", ""),
    ("openjdk", ""),
    ("eclipse-temurin", ""),
    ("amazoncorretto", ""),
    ("maven", ""),
    ("gradle", ""),
    ("elixir", ""),
    ("hexpm", ""),
    ("node", "node"),
    ("bun", "node"),
];

/// Why an image is none that could run as a service.
pub(super) fn serves_nothing(dockerfile: &Dockerfile) -> Option<&'static str> {
    let base = &dockerfile.base()?.base;
    let silent = ["CMD", "ENTRYPOINT", "EXPOSE"].iter().all(|keyword| dockerfile.last(keyword).is_none());
    if base.contains("/lambda/") {
        Some("it makes an image for Lambda, which belongs to a template")
    } else if silent && TOOLS.contains(&image(base)) {
        Some("it makes an image that starts nothing")
    } else {
        None
    }
}

/// The version in an image's tag: the tests run on what the image runs. `node:22-alpine` is `22`; `lts` is none.
pub(super) fn image_version(
    scan: &Scan<'_>,
    file: &str,
    dockerfile: &Dockerfile,
    word: &str,
    toolchain: &str,
) -> Option<Found<String>> {
    let stage = dockerfile.stages().iter().rev().find(|stage| image(&stage.base) == word)?;
    let (_, tag) = stage.base.rsplit_once(':')?;
    let exact = tag.starts_with(|c: char| c.is_ascii_digit()).then_some(tag)?;
    let version = scan.versions.shorten(toolchain, exact)?;
    let full =
        version.split('.').count() == scan.versions.of(toolchain).first().map_or(1, |v| v.split('.').count());
    let clue = Clue::new(file, stage.line, &format!("FROM {}", stage.base));
    full.then(|| Found::certain(version, clue))
}

/// `registry/owner/name:tag@digest` is `name`.
pub(super) fn image(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    name.split(':').next().unwrap_or_default()
}
