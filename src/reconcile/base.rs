//! What pipewright wrote last: the base of every merge.

use std::collections::BTreeMap;

use super::change::{Action, Change};
use super::lock::{self, hash};
use crate::fileset::FileSet;

/// The texts last written, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    pub(super) files: BTreeMap<String, Entry>,
    pub(super) notes: Vec<String>,
}

/// What is remembered of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The text last written; unknown where a conflict came before the first writing.
    pub(super) text: Option<String>,
    /// The hash of the text proposed beside the user's file.
    pub(super) proposal: Option<String>,
}

impl Base {
    /// Reads the lock's text. Missing means that nothing is known; so does damaged, with a note that says it.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        text.map(lock::parse).unwrap_or_default()
    }

    /// What is wrong with the lock, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The text last written to a path, where known.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// Whether this very text was proposed for a path when a conflict was found.
    #[must_use]
    pub fn proposed(&self, path: &str, text: &str) -> bool {
        let proposal = self.files.get(path).and_then(|entry| entry.proposal.as_ref());
        proposal.is_some_and(|proposal| *proposal == hash(text))
    }

    /// Forgets a path, so that a file which was deleted counts as one that was never written.
    pub fn forget(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// Every remembered path, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What is to be remembered once the changes are made.
    #[must_use]
    pub fn after(&self, wanted: &FileSet, changes: &[Change]) -> Self {
        let mut files = BTreeMap::new();
        for Change { path, action, .. } in changes {
            let known = self.files.get(path).cloned();
            let entry = match (action, wanted.get(path)) {
                (Action::Deleted | Action::Orphan, _) => known,
                (Action::Conflict, Some(file)) => {
                    Some(Entry { proposal: Some(hash(&file.text)), ..known.unwrap_or_default() })
                }
                (_, Some(file)) => Some(Entry { text: Some(file.text.clone()), proposal: None }),
                (_, None) => None,
            };
            files.extend(entry.map(|entry| (path.clone(), entry)));
        }
        Self { files, notes: Vec::new() }
    }

    /// The lock's text: stable order, each base a block literal, so that git merges it by lines.
    #[must_use]
    pub fn render(&self) -> String {
        lock::render(self)
    }
}
