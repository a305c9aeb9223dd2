//! What the sources of a service give away: the port they listen on and the path that answers when all is well.

use super::evidence::{Clue, Found};
use super::scan::{Scan, ending};

/// How many source files are searched.
const MOST_FILES: usize = 200;

const ENDINGS: &[&str] = &["js", "mjs", "cjs", "ts", "py", "go", "rb", "rs", "java", "kt", "cs", "php"];

/// What stands before a port that is a default or fixed, strongest first.
const PORTS: &[&str] = &[
    "env.PORT",
    "environ.get(\"PORT\"",
    "environ.get('PORT'",
    "getenv(\"PORT\"",
    "getenv('PORT'",
    "ListenAndServe(",
    ".listen(",
    "uvicorn.run(",
    "app.run(",
];

/// Paths that are there to be asked whether the service is well.
const HEALTH: &[&str] = &[
    "/health",
    "/healthz",
    "/api/health",
    "/api/healthz",
    "/healthcheck",
    "/livez",
    "/readyz",
    "/up",
    "/actuator/health",
    "/ping",
    "/status",
];

/// The port of `listen(8080)` or of the default behind `PORT`.
pub(super) fn port(scan: &Scan<'_>, folder: &str) -> Option<Found<u16>> {
    PORTS.iter().find_map(|mark| {
        search(scan, folder, |line| {
            let (_, rest) = line.split_once(mark)?;
            number(rest)
        })
        .map(|(port, clue)| Found::hint(port, clue))
    })
}

/// A route whose name says that it is the health check.
pub(super) fn health(scan: &Scan<'_>, folder: &str) -> Option<Found<String>> {
    let found = search(scan, folder, |line| {
        let quoted = |path: &&&str| {
            ['"', '\'', '`']
                .iter()
                .any(|q| line.contains(&format!("{q}{path}{q}")) || line.contains(&format!("GET {path}{q}")))
        };
        HEALTH.iter().find(quoted).map(|path| (*path).to_owned())
    });
    found.map(|(path, clue)| Found::likely(path, clue))
}

fn search<T>(scan: &Scan<'_>, folder: &str, read: impl Fn(&str) -> Option<T>) -> Option<(T, Clue)> {
    let files: Vec<&str> =
        scan.below(folder, 20_000).filter(|file| is_source(file)).take(MOST_FILES).collect();
    files.into_iter().find_map(|file| {
        let text = scan.text(file)?;
        let mut lines = text.lines().enumerate();
        lines.find_map(|(index, line)| Some((read(line)?, Clue::new(file, index + 1, line))))
    })
}

/// Sources of the service itself: no tests, no tools, nothing built.
fn is_source(file: &str) -> bool {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let aside = [
        "test",
        "tests",
        "__tests__",
        "e2e",
        "scripts",
        "node_modules",
        "vendor",
        "dist",
        "build",
        "public",
        "static",
    ];
    ENDINGS.contains(&ending(name))
        && !folders.split('/').any(|part| aside.contains(&part))
        && !["test_", ".test.", ".spec.", "_test.", ".config."].iter().any(|mark| name.contains(mark))
}

/// The first port-like number of a text.
fn number(text: &str) -> Option<u16> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| (2..=5).contains(&part.len()));
    numbers.filter_map(|part| part.parse().ok()).find(|port| *port >= 80)
}
