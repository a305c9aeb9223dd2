//! Compares what pipewright wants with what lies on disk and with what it wrote last.

pub mod base;
mod block;
mod case;
pub mod change;
mod likeness;
mod list;
pub mod lock;
pub mod merge;
pub mod shape;
mod share;
pub mod tree;
mod weave;

pub use base::Base;
pub use change::{Action, Change};

use crate::fileset::FileSet;
use case::Case;
use shape::Shape;

/// What is appended to a file's name for the text that could not be merged into it.
pub const PROPOSAL: &str = ".pipewright-new";

/// A file's present text on disk, by path; whatever cannot be read as text must not come out as `None`.
pub type Look<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Decides what happens to each file: every wanted one, and every one that was written once. Pure.
#[must_use]
pub fn reconcile(wanted: &FileSet, base: &Base, disk: Look<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, file) in wanted.iter() {
        Case { path, file, base, disk }.decide(&mut changes);
    }
    for path in base.paths().filter(|path| wanted.get(path).is_none()) {
        changes.extend(orphan(path, base, disk));
        changes.extend(settled(path, base, disk));
    }
    changes
}

/// A file that is no longer wanted: gone already, removed where untouched, kept where edited.
fn orphan(path: &str, base: &Base, disk: Look<'_>) -> Option<Change> {
    let old = disk(path)?;
    let untouched = base.text(path) == Some(&Shape::split(&old).1);
    let (action, new, why) = if untouched {
        (Action::Remove, None, "no longer part of the pipeline")
    } else {
        (
            Action::Orphan,
            Some(old.clone()),
            "no longer part of the pipeline, but edited: delete it when you do not need it",
        )
    };
    Some(Change {
        path: path.to_owned(),
        action,
        old: Some(old),
        new,
        executable: false,
        why: why.to_owned(),
    })
}

/// The proposal of a conflict that is over goes, unless it was edited.
fn settled(path: &str, base: &Base, disk: Look<'_>) -> Option<Change> {
    let beside = format!("{path}{PROPOSAL}");
    let old = disk(&beside).filter(|old| base.proposed(path, &Shape::split(old).1))?;
    Some(Change {
        path: beside,
        action: Action::Remove,
        old: Some(old),
        new: None,
        executable: false,
        why: "the conflict is settled".to_owned(),
    })
}
