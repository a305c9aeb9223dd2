//! What a compose file says about the service that is built from a folder.

use super::document::Document;
use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use super::variables::is_name;

const FILES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Images of servers that tests may talk to.
const DATABASES: &[&str] = &[
    "postgres",
    "postgis",
    "mysql",
    "mariadb",
    "mongo",
    "redis",
    "valkey",
    "elasticsearch",
    "opensearch",
    "rabbitmq",
    "kafka",
];

/// The compose file beside a folder or at the root, and the name of the service built from the folder.
pub(super) struct Compose {
    document: Document,
    service: Option<String>,
}

impl Compose {
    /// Reads the compose file that concerns a folder.
    pub(super) fn read(scan: &Scan<'_>, folder: &str) -> Option<Self> {
        let place = [folder, "."].into_iter().find(|place| scan.first(place, FILES).is_some())?;
        let document = scan.document(&join(place, scan.first(place, FILES)?))?;
        let wanted = if place == folder { "." } else { folder };
        let builds = |name: &&str| {
            let build = ["services", name, "build"];
            let context = document.str(&build).or_else(|| document.str(&[&build[..], &["context"]].concat()));
            context.is_some_and(|context| super::spa::clean(context) == super::spa::clean(wanted))
        };
        let service = document.keys(&["services"]).into_iter().find(builds).map(str::to_owned);
        Some(Self { document, service })
    }

    /// The container's side of the first published port.
    pub(super) fn port(&self) -> Option<Found<u16>> {
        let path = ["services", self.service.as_deref()?, "ports"];
        let first = self.document.get(&path)?.get(0)?;
        let text =
            first.as_str().map_or_else(|| first.get("target").unwrap_or(first).to_string(), str::to_owned);
        let inner = text.rsplit(':').next()?.split('/').next()?.parse().ok()?;
        Some(Found::likely(inner, Clue { text, ..self.document.clue(&path) }))
    }

    /// The names of the service's environment.
    pub(super) fn variables(&self) -> Vec<Found<String>> {
        let Some(service) = self.service.as_deref() else {
            return Vec::new();
        };
        let path = ["services", service, "environment"];
        let listed = self.document.get(&path).and_then(|value| value.as_array());
        let listed = listed.into_iter().flatten().filter_map(|item| item.as_str()?.split('=').next());
        let names = self.document.keys(&path).into_iter().chain(listed).filter(|name| is_name(name));
        names
            .map(|name| {
                let clue = Clue { text: name.to_owned(), ..self.document.clue(&path) };
                Found::likely(name.to_owned(), clue)
            })
            .collect()
    }

    /// A database among the services.
    pub(super) fn database(&self) -> Option<Found<String>> {
        self.document.keys(&["services"]).into_iter().find_map(|name| {
            let path = ["services", name, "image"];
            let image = super::image::image(self.document.str(&path)?);
            DATABASES.contains(&image).then(|| Found::likely(image.to_owned(), self.document.clue(&path)))
        })
    }
}
