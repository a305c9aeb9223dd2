//! What the detectors share during one run: the files by folder, texts that are read at most once, and notes.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Versions;
use super::document::Document;
use crate::workspace::Workspace;

/// Folders whose content is an aid, a copy or a sample and never a unit of its own.
const NO_UNITS: &[&str] = &[
    ".devcontainer",
    ".git",
    ".github",
    ".gitlab",
    ".storybook",
    "__fixtures__",
    "__mocks__",
    "__tests__",
    "bower_components",
    "build",
    "coverage",
    "demo",
    "demos",
    "dist",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "node_modules",
    "sample",
    "samples",
    "spec",
    "template",
    "templates",
    "test",
    "testdata",
    "tests",
    "third_party",
    "vendor",
];

/// One run over a workspace.
pub(super) struct Scan<'a> {
    workspace: &'a Workspace,
    /// The toolchain versions on offer.
    pub(super) versions: &'a Versions,
    folders: BTreeMap<&'a str, Vec<&'a str>>,
    texts: RefCell<HashMap<String, Option<Rc<str>>>>,
    notes: RefCell<Vec<String>>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(workspace: &'a Workspace, versions: &'a Versions) -> Self {
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in workspace.files() {
            let (folder, name) = file.rsplit_once('/').unwrap_or((".", file));
            folders.entry(folder).or_default().push(name);
        }
        Self { workspace, versions, folders, texts: RefCell::default(), notes: RefCell::default() }
    }

    /// The folders that may be units, with the names of their files.
    pub(super) fn folders(&self) -> impl Iterator<Item = (&'a str, &[&'a str])> {
        let may = |folder: &str| !folder.split('/').any(|part| NO_UNITS.contains(&part));
        self.folders
            .iter()
            .filter(move |(folder, _)| may(folder))
            .map(|(folder, names)| (*folder, names.as_slice()))
    }

    /// The folders that hold a file of this name.
    pub(super) fn folders_with(&self, name: &str) -> Vec<&'a str> {
        let holds = |(folder, names): (&'a str, &[&str])| names.contains(&name).then_some(folder);
        self.folders().filter_map(holds).collect()
    }

    /// The names of the files that lie directly in a folder.
    pub(super) fn names(&self, folder: &str) -> &[&'a str] {
        self.folders.get(folder).map_or(&[], Vec::as_slice)
    }

    /// Whether `name` (which may hold slashes) is a file below `folder`.
    pub(super) fn has(&self, folder: &str, name: &str) -> bool {
        let path = join(folder, name);
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", &path));
        self.names(folder).contains(&name)
    }

    /// The first of several names that is a file below `folder`.
    pub(super) fn first<'n>(&self, folder: &str, names: &[&'n str]) -> Option<&'n str> {
        names.iter().copied().find(|name| self.has(folder, name))
    }

    /// The files anywhere below a folder, at most `limit`, relative to the root.
    pub(super) fn below(&self, folder: &str, limit: usize) -> impl Iterator<Item = &'a str> {
        let prefix = match folder {
            "." => String::new(),
            _ => format!("{folder}/"),
        };
        let files = self.workspace.files();
        let start = files.partition_point(|file| file.as_str() < prefix.as_str());
        files[start..]
            .iter()
            .map(String::as_str)
            .take_while(move |file| file.starts_with(&prefix))
            .take(limit)
    }

    /// The text of a file, read once; what cannot be read becomes a note.
    pub(super) fn text(&self, path: &str) -> Option<Rc<str>> {
        if let Some(known) = self.texts.borrow().get(path) {
            return known.clone();
        }
        let text = self.workspace.read(path).unwrap_or_else(|error| {
            self.note(error.to_string());
            None
        });
        let text: Option<Rc<str>> = text.map(Into::into);
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    /// A JSON, YAML or TOML file; what does not parse becomes a note with its line and column.
    pub(super) fn document(&self, path: &str) -> Option<Document> {
        let text = self.text(path)?;
        Document::parse(path, &text).inspect_err(|note| self.note(note.clone())).ok()
    }

    /// Keeps something that could not be read or decided.
    pub(super) fn note(&self, note: impl Into<String>) {
        let note = note.into();
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    pub(super) fn into_notes(self) -> Vec<String> {
        self.notes.into_inner()
    }
}

/// `name` in `folder`, where `.` is the root.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder {
        "." | "" => name.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// The folder above; `None` at the root.
pub(super) fn parent(folder: &str) -> Option<&str> {
    match folder {
        "." => None,
        _ => Some(folder.rsplit_once('/').map_or(".", |(above, _)| above)),
    }
}

/// What follows the last dot of a file's name.
pub(super) fn ending(file: &str) -> &str {
    file.rsplit('.').next().unwrap_or_default()
}
