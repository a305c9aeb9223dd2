//! The only writer of the user's tree: all files or none, inside the root, never through a link.
//!
//! Every change goes through a journal, one file that holds each old and each new text:
//!
//! 1. the journal is written under the name that means *undo*;
//! 2. every new text is written beside its file, under a name of its own;
//! 3. the journal is renamed to the name that means *redo*: the point of no return;
//! 4. every new text is renamed over its file, the lock's last;
//! 5. the journal is removed.
//!
//! Killed at any point, the name of the journal tells the next run which way to go.
#![expect(clippy::disallowed_methods, reason = "this is the one module that writes")]

mod disk;
mod guard;
mod journal;
mod run;

use std::fmt;
use std::path::Path;

pub use disk::{Disk, Mode, Unix};
use journal::{Journal, State};
use run::Run;

use crate::error::{Error, Result};
use crate::reconcile::{Base, Change};

/// A run that was interrupted (or still goes on in another process).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The files it was about to change.
    pub files: Vec<String>,
    /// Whether it will be finished; otherwise it will be undone.
    pub committed: bool,
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fate = if self.committed { "finishes" } else { "undoes" };
        write!(f, "an earlier run was interrupted while it wrote; `pipewright generate` {fate} it first")
    }
}

/// How an interrupted run was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovered {
    /// All files are new.
    Finished,
    /// All files are old.
    Undone,
}

/// Makes the changes and writes the lock; returns the paths that were altered. An error means that nothing was.
pub fn apply(root: &Path, changes: &[Change], base: &Base) -> Result<Vec<String>> {
    apply_on(&Unix, root, changes, base)
}

/// The same on a given disk, so that a test can let it fail or die.
pub fn apply_on(disk: &dyn Disk, root: &Path, changes: &[Change], base: &Base) -> Result<Vec<String>> {
    refuse_pending(root)?;
    let entries = guard::entries(root, changes, base)?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let paths = entries.iter().map(|entry| entry.path.clone()).collect();
    let run = Run { disk, root, journal: Journal::new(root, entries) };
    run.open()?;
    let _held = guard::lock(root)?;
    refuse_pending(root)?;
    run.carry_out()?;
    Ok(paths)
}

/// The interrupted run, if there is one. Every command asks this first and says so.
pub fn pending(root: &Path) -> Result<Option<Pending>> {
    let Some(state) = State::of(root) else {
        return Ok(None);
    };
    let journal = if state == State::Begun { Journal::default() } else { Journal::read(root, state)? };
    let files = journal.entries.into_iter().map(|entry| entry.path).collect();
    Ok(Some(Pending { files, committed: state == State::Redo }))
}

/// Finishes or undoes an interrupted run; the texts on disk must be read again afterwards.
pub fn recover(root: &Path) -> Result<Option<Recovered>> {
    recover_on(&Unix, root)
}

/// The same on a given disk, so that a test can let it fail or die.
pub fn recover_on(disk: &dyn Disk, root: &Path) -> Result<Option<Recovered>> {
    if State::of(root).is_none() {
        return Ok(None);
    }
    guard::check(root, crate::reconcile::lock::LOCK)?;
    let _held = guard::lock(root)?;
    let Some(state) = State::of(root) else {
        return Ok(None);
    };
    let journal = if state == State::Begun { Journal::default() } else { Journal::read(root, state)? };
    Run { disk, root, journal }.recover(state).map(Some)
}

fn refuse_pending(root: &Path) -> Result<()> {
    match pending(root)? {
        None => Ok(()),
        Some(pending) => Err(Error::refused(pending.to_string()).help("run `pipewright generate`")),
    }
}
