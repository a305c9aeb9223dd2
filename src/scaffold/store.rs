//! Finds scaffold texts by path: the embedded folder, or another one (tests, later the users' own).

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use include_dir::{Dir, File, include_dir};
use serde::de::DeserializeOwned;

use super::fragment::{Ci, Target, ToolchainFile};
use crate::error::{Error, Result};
use crate::interview::wording;

static EMBEDDED: Dir<'_> = include_dir!("$OUT_DIR/scaffolds");

/// The embedded files by path: a folder of `include_dir` is searched from its start each time. Their texts are looked
/// at only when they are asked for, so that a run touches no page it does not need.
static FILES: LazyLock<HashMap<&Path, &File<'_>>> = LazyLock::new(|| {
    let mut files = HashMap::new();
    let mut folders = vec![&EMBEDDED];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files().map(|file| (file.path(), file)));
    }
    files
});

/// The embedded descriptions as JSON by path, sorted; the build script makes them from the YAML.
static DESCRIPTIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/descriptions.rs"));

/// The scaffold texts: the embedded ones, with extra ones laid over them.
#[derive(Debug, Default)]
pub struct Scaffolds {
    overlay: BTreeMap<String, String>,
    cis: Described<Ci>,
    targets: Described<Target>,
    toolchains: Described<ToolchainFile>,
}

/// Descriptions that were parsed already: most are asked for several times in a run.
type Described<T> = Mutex<BTreeMap<String, T>>;

impl Scaffolds {
    /// The embedded scaffolds with `overlay` (path below `scaffolds/` -> text) laid over them.
    #[must_use]
    pub fn with_overlay(overlay: BTreeMap<String, String>) -> Self {
        Self { overlay, ..Self::default() }
    }

    /// The text at a path, if there is one.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&str> {
        self.overlay
            .get(path)
            .map(String::as_str)
            .or_else(|| FILES.get(Path::new(path)).and_then(|file| file.contents_utf8()))
    }

    /// The text at a path.
    ///
    /// # Errors
    /// No such scaffold: a defect of the scaffold that names it.
    pub fn text(&self, path: &str) -> Result<&str> {
        self.find(path).ok_or_else(|| Error::bug(format!("there is no scaffold {path}")))
    }

    /// The description of a CI.
    ///
    /// # Errors
    /// An unknown name, with the names there are.
    pub fn ci(&self, name: &str) -> Result<Ci> {
        self.described(&self.cis, "ci", name, "ci.yaml")
    }

    /// The description of a target.
    ///
    /// # Errors
    /// An unknown name, with the names there are.
    pub fn target(&self, name: &str) -> Result<Target> {
        self.described(&self.targets, "targets", name, "target.yaml")
    }

    /// The description of a toolchain.
    ///
    /// # Errors
    /// An unknown name, with the names there are.
    pub fn toolchain(&self, name: &str) -> Result<ToolchainFile> {
        self.described(&self.toolchains, "toolchains", name, "toolchain.yaml")
    }

    /// The names of the folders below `family` (`ci`, `targets`, `toolchains`), sorted.
    #[must_use]
    pub fn names(&self, family: &str) -> Vec<String> {
        let embedded = EMBEDDED.get_dir(family).into_iter().flat_map(Dir::dirs);
        let mut names: Vec<String> = embedded
            .filter_map(|dir| dir.path().file_name()?.to_str().map(str::to_owned))
            .chain(self.overlay.keys().filter_map(|path| {
                let (name, _) = path.strip_prefix(family)?.strip_prefix('/')?.split_once('/')?;
                Some(name.to_owned())
            }))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Parses a YAML scaffold.
    ///
    /// # Errors
    /// A text that does not parse, with file, line and column.
    pub fn parse<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        if let Some(parsed) = self.prepared(path).and_then(|json| serde_json::from_str(json).ok()) {
            return Ok(parsed);
        }
        let text = self.text(path)?;
        let parsed =
            serde_yaml::with::singleton_map_recursive::deserialize(serde_yaml::Deserializer::from_str(text));
        parsed.map_err(|cause: serde_yaml::Error| {
            let (line, column) = cause.location().map_or((1, 1), |at| (at.line(), at.column()));
            Error::bug(cause.to_string()).at(&format!("scaffolds/{path}"), text, line, column)
        })
    }

    /// The embedded description as JSON, unless another text is laid over it.
    fn prepared(&self, path: &str) -> Option<&'static str> {
        if self.overlay.contains_key(path) {
            return None;
        }
        let found = DESCRIPTIONS.binary_search_by_key(&path, |(name, _)| name).ok()?;
        Some(DESCRIPTIONS[found].1)
    }

    fn described<T>(&self, known: &Described<T>, family: &str, name: &str, file: &str) -> Result<T>
    where
        T: DeserializeOwned + Clone,
    {
        if let Some(found) = known.lock().ok().and_then(|known| known.get(name).cloned()) {
            return Ok(found);
        }
        let path = format!("{family}/{name}/{file}");
        if self.find(&path).is_none() {
            let names = self.names(family);
            let described =
                names.iter().filter(|name| self.find(&format!("{family}/{name}/{file}")).is_some());
            return Err(Error::usage(format!("there is no {name:?} among the {family}"))
                .help(wording::known(name, described.map(String::as_str))));
        }
        let parsed: T = self.parse(&path)?;
        if let Ok(mut known) = known.lock() {
            known.insert(name.to_owned(), parsed.clone());
        }
        Ok(parsed)
    }
}
