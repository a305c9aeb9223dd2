//! The journal: what a run is about to do, kept on disk until it is done.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::Mode;
use super::guard;
use crate::error::{Error, Result};

/// Our folder in the repository.
pub(super) const FOLDER: &str = ".pipewright";

/// A file's text and permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Side {
    pub(super) text: String,
    pub(super) mode: Mode,
}

/// One file: what it is and what it becomes, `None` where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) old: Option<Side>,
    pub(super) new: Option<Side>,
}

/// All of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) entries: Vec<Entry>,
    /// The folders that it makes, outer before inner.
    pub(super) folders: Vec<String>,
}

/// How far a run came, told by the journal's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The journal itself is unfinished: nothing else was done.
    Begun,
    /// To be undone.
    Undo,
    /// To be finished.
    Redo,
}

impl State {
    /// The state of a repository, `None` where no run is under way.
    pub(super) fn of(root: &Path) -> Option<Self> {
        let states = [Self::Redo, Self::Undo, Self::Begun];
        states.into_iter().find(|state| state.path(root).symlink_metadata().is_ok())
    }

    /// Where the journal lies in this state.
    pub(super) fn path(self, root: &Path) -> PathBuf {
        let name = match self {
            Self::Begun => "journal.tmp",
            Self::Undo => "undo.json",
            Self::Redo => "redo.json",
        };
        root.join(FOLDER).join(name)
    }
}

impl Journal {
    /// A journal for entries that were checked.
    pub(super) fn new(root: &Path, entries: Vec<Entry>) -> Self {
        let made = entries.iter().filter(|entry| entry.new.is_some());
        // Sorted, an outer folder comes before those inside it.
        let folders: BTreeSet<_> = made.flat_map(|entry| guard::missing_folders(root, &entry.path)).collect();
        Self { entries, folders: folders.into_iter().collect() }
    }

    /// Reads a journal and checks its paths again: it may come with a repository that someone else made.
    pub(super) fn read(root: &Path, state: State) -> Result<Self> {
        let path = state.path(root);
        let text = fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))?;
        let journal: Self = serde_json::from_str(&text).map_err(|error| {
            Error::refused(format!(
                "the journal of an interrupted run is damaged ({}): {error}",
                path.display()
            ))
            .help("look at `git status`, then delete that file")
        })?;
        let files = journal.entries.iter().map(|entry| entry.path.clone());
        let folders = journal.folders.iter().map(|folder| format!("{folder}/x"));
        files.chain(folders).try_for_each(|path| guard::check(root, &path).map(|_| ()))?;
        Ok(journal)
    }

    /// The journal as text.
    pub(super) fn render(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::bug(format!("the journal cannot be written: {error}")))
    }
}

impl Entry {
    /// The entry the other way round.
    pub(super) fn reversed(&self) -> Self {
        Self { path: self.path.clone(), old: self.new.clone(), new: self.old.clone() }
    }

    /// Whether the file now has the text of a side.
    pub(super) fn is(&self, root: &Path, side: Option<&Side>) -> Result<bool> {
        let now = guard::bytes(&root.join(&self.path))?;
        Ok(now.as_deref() == side.map(|side| side.text.as_bytes()))
    }

    /// Where the new text waits: in the same folder, so that renaming it is atomic.
    pub(super) fn waiting(&self, root: &Path) -> PathBuf {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        root.join(folder).join(format!(".{name}.pipewright-tmp"))
    }
}
