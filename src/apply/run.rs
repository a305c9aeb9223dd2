//! One run of the journal's entries over a disk: forwards, or back.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::Recovered;
use super::disk::{Disk, Mode};
use super::journal::{Entry, FOLDER, Journal, State};
use crate::error::{Error, Result};

/// A journal and where it is carried out.
pub(super) struct Run<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) root: &'a Path,
    pub(super) journal: Journal,
}

impl Run<'_> {
    /// Makes our own folder, which holds the journal.
    pub(super) fn open(&self) -> Result<()> {
        self.folder(&self.root.join(FOLDER))
    }

    /// Alters all files, or none and says why.
    pub(super) fn carry_out(&self) -> Result<()> {
        let outcome = self.forwards();
        if outcome.is_err() {
            // Where even this fails the journal stays, and the next run undoes.
            let _ = self.back();
        }
        outcome
    }

    fn forwards(&self) -> Result<()> {
        let begun = State::Begun.path(self.root);
        self.create(&begun, &self.journal.render()?, Mode::New(0o600))?;
        self.rename(&begun, &State::Undo.path(self.root))?;
        self.folders()?;
        self.stage(&self.journal.entries)?;
        self.rename(&State::Undo.path(self.root), &State::Redo.path(self.root))?;
        self.sync(&self.root.join(FOLDER))?;
        self.swap(&self.journal.entries)?;
        self.remove(&State::Redo.path(self.root))
    }

    /// Finishes or undoes what an earlier process left.
    pub(super) fn recover(&self, state: State) -> Result<Recovered> {
        if state != State::Redo || self.edited()? {
            self.back()?;
            return Ok(Recovered::Undone);
        }
        let todo = self.todo(|entry| Ok(!entry.is(self.root, entry.new.as_ref())?))?;
        self.folders()?;
        self.stage(&todo)?;
        self.swap(&todo)?;
        self.remove(&State::Redo.path(self.root))?;
        Ok(Recovered::Finished)
    }

    /// Whether a file was edited since the interruption: finishing would lose that, undoing leaves it alone.
    fn edited(&self) -> Result<bool> {
        let strange = |entry: &Entry| {
            Ok(!entry.is(self.root, entry.old.as_ref())? && !entry.is(self.root, entry.new.as_ref())?)
        };
        self.todo(strange).map(|entries| !entries.is_empty())
    }

    /// Restores every file that has its new text; one that the user edited meanwhile stays as it is.
    fn back(&self) -> Result<()> {
        let (undo, redo) = (State::Undo.path(self.root), State::Redo.path(self.root));
        tolerate(self.disk.rename(&redo, &undo)).map_err(|error| Error::io("rename", &redo, &error))?;
        for entry in &self.journal.entries {
            self.remove(&entry.waiting(self.root))?;
        }
        let todo = self.todo(|entry| entry.is(self.root, entry.new.as_ref()))?;
        let todo: Vec<_> = todo.iter().map(Entry::reversed).collect();
        self.stage(&todo)?;
        self.swap(&todo)?;
        self.remove(&State::Begun.path(self.root))?;
        self.close(&undo)
    }

    /// Removes the folders that were made, as far as nothing else is in them, and the journal last.
    fn close(&self, undo: &Path) -> Result<()> {
        let own = self.root.join(FOLDER);
        let made = self.journal.folders.iter().map(|folder| self.root.join(folder));
        let (own, others): (Vec<_>, Vec<_>) = made.rev().partition(|folder| *folder == own);
        for folder in others {
            let _ = self.disk.remove_folder(&folder);
        }
        self.remove(undo)?;
        for folder in own {
            let _ = self.disk.remove_folder(&folder);
        }
        Ok(())
    }

    fn todo(&self, due: impl Fn(&Entry) -> Result<bool>) -> Result<Vec<Entry>> {
        let due = |entry: &Entry| due(entry).map(|due| due.then(|| entry.clone())).transpose();
        self.journal.entries.iter().filter_map(due).collect()
    }

    fn folders(&self) -> Result<()> {
        self.journal.folders.iter().try_for_each(|folder| self.folder(&self.root.join(folder)))
    }

    /// Puts every new text beside its file.
    fn stage(&self, entries: &[Entry]) -> Result<()> {
        for entry in entries {
            if let Some(side) = &entry.new {
                self.create(&entry.waiting(self.root), &side.text, side.mode)?;
            }
        }
        Ok(())
    }

    /// Puts every new text in its file's place.
    fn swap(&self, entries: &[Entry]) -> Result<()> {
        let mut folders = BTreeSet::new();
        for entry in entries {
            let target = self.root.join(&entry.path);
            match &entry.new {
                Some(_) => self.rename(&entry.waiting(self.root), &target)?,
                None => self.remove(&target)?,
            }
            folders.extend(target.parent().map(Path::to_owned));
        }
        folders.iter().try_for_each(|folder| self.sync(folder))
    }

    fn create(&self, path: &Path, text: &str, mode: Mode) -> Result<()> {
        // An interrupted run may have left half a file of this name.
        self.remove(path)?;
        self.disk.create(path, text, mode).map_err(|error| Error::io("write", path, &error))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.disk.rename(from, to).map_err(|error| Error::io("write", to, &error))
    }

    fn remove(&self, path: &Path) -> Result<()> {
        tolerate(self.disk.remove(path)).map_err(|error| Error::io("remove", path, &error))
    }

    fn sync(&self, folder: &Path) -> Result<()> {
        self.disk.sync_folder(folder).map_err(|error| Error::io("write", folder, &error))
    }

    fn folder(&self, path: &Path) -> Result<()> {
        match self.disk.make_folder(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::io("make", path, &error)),
            _ => Ok(()),
        }
    }
}

/// What is not there need not be renamed or removed.
fn tolerate(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
