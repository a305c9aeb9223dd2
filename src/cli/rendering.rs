//! A rendering held against the disk: what would change, and the change itself.

use std::cell::RefCell;

use super::session::Session;
use super::{parameters, process};
use crate::apply;
use crate::error::{Error, Result};
use crate::fileset::{File, Policy};
use crate::generate::{Generated, generate};
use crate::interview::{hosts, regions, wording};
use crate::manifest::{self, Manifest};
use crate::reconcile::lock::{ATTRIBUTES, LOCK};
use crate::reconcile::{Action, Base, Change, PROPOSAL, reconcile};

/// A rendering and what it would change.
pub(super) struct Rendering {
    pub(super) generated: Generated,
    pub(super) base: Base,
    pub(super) changes: Vec<Change>,
    locked: bool,
}

impl Rendering {
    /// Renders a manifest, whose file shall hold `text`.
    pub(super) fn of(session: &Session, manifest: &Manifest, text: String) -> Result<Self> {
        Self::restoring(session, manifest, text, &[])
    }

    /// The same; these files are written although they were deleted.
    pub(super) fn restoring(
        session: &Session,
        manifest: &Manifest,
        text: String,
        deleted: &[String],
    ) -> Result<Self> {
        let mut generated = render(session, manifest).map_err(|fault| placed(session, fault, &text))?;
        let file = File { text: text.clone(), executable: false, policy: Policy::Seed };
        generated.files.insert(manifest::PATH, file);
        let lock = session.workspace.read(LOCK)?;
        let mut base = Base::parse(lock.as_deref());
        for path in deleted {
            base.forget(restorable(session, &generated, &base, path)?);
        }
        let unreadable = RefCell::new(None);
        let disk = |path: &str| {
            let read = session.workspace.read(path);
            read.unwrap_or_else(|error| {
                unreadable.borrow_mut().get_or_insert(error);
                None
            })
        };
        let mut changes = reconcile(&generated.files, &base, &disk);
        if let Some(error) = unreadable.take() {
            return Err(error.help("move that file away, then run the command again"));
        }
        answer(&mut changes, text);
        Ok(Self { generated, base, changes, locked: lock.is_some() })
    }

    /// Whether anything would be written.
    pub(super) fn is_due(&self) -> bool {
        self.changes.iter().any(|change| change.action.writes() || change.action == Action::Conflict)
    }

    /// What happens to the files that pipewright keeps for itself, where anything is written at all.
    pub(super) fn own(&self) -> &'static [(&'static str, Action)] {
        match (self.is_due(), self.locked) {
            (false, _) => &[],
            (true, true) => &[(LOCK, Action::Update)],
            (true, false) => &[(LOCK, Action::Create), (ATTRIBUTES, Action::Create)],
        }
    }

    /// Writes the files and the lock; returns what was written.
    pub(super) fn write(&self, session: &Session) -> Result<Vec<String>> {
        process::writing_begins();
        let after = self.base.after(&self.generated.files, &self.changes);
        apply::apply(session.workspace.root(), &self.changes, &after)
    }

    /// A conflict leaves the user's file as it is, which the exit code says.
    pub(super) fn refuse_conflicts(&self) -> Result<()> {
        let conflicts = self.changes.iter().filter(|change| change.action == Action::Conflict);
        let paths: Vec<&str> = conflicts.map(|change| change.path.as_str()).collect();
        let Some(first) = paths.first() else {
            return Ok(());
        };
        Err(Error::refused(format!(
            "your edits of {} stay as they are: ours could not be joined",
            paths.join(", ")
        ))
        .help(format!(
            "take over what you need from {first}{PROPOSAL}, delete that file, then run `pipewright generate`"
        )))
    }
}

fn render(session: &Session, manifest: &Manifest) -> Result<Generated> {
    hosts::check(manifest, &session.scaffolds)?;
    regions::check_all(manifest, &session.scaffolds)?;
    let generated = generate(manifest, &session.scaffolds)?;
    parameters::check(session, manifest)?;
    Ok(generated)
}

/// A fault with its place, as long as the text is the one that a person sees in the file.
fn placed(session: &Session, fault: Error, text: &str) -> Error {
    match session.workspace.read(manifest::PATH) {
        Ok(Some(written)) if written == text => fault.within(manifest::PATH, text),
        _ => fault,
    }
}

/// The path of a file that was deleted and would be written again.
fn restorable<'a>(session: &Session, generated: &Generated, base: &Base, path: &'a str) -> Result<&'a str> {
    let path = path.trim_start_matches("./");
    let absent = |path: &str| session.workspace.read(path).map(|text| text.is_none());
    if generated.files.get(path).is_some() {
        return if absent(path)? {
            Ok(path)
        } else {
            Err(Error::usage(format!("{path} is there: nothing is to be restored"))
                .help("delete it first where you want pipewright's own text instead of yours"))
        };
    }
    let wanted = generated.files.iter().map(|(path, _)| path);
    let mut deleted = Vec::new();
    for path in wanted.filter(|path| base.text(path).is_some()) {
        deleted.extend(absent(path)?.then_some(path));
    }
    let known = if deleted.is_empty() { "none was deleted".to_owned() } else { deleted.join(", ") };
    Err(Error::usage(format!("{path} is no file of this pipeline"))
        .help(format!("the files that can be restored, from the repository's root: {known}")))
}

/// The manifest is the user's own file, so it alone is not merged: answers that `init` was given are written into it.
fn answer(changes: &mut [Change], text: String) {
    let manifest = changes.iter_mut().find(|change| change.path == manifest::PATH);
    if let Some(change) = manifest.filter(|change| change.old.as_ref().is_some_and(|old| *old != text)) {
        change.action = Action::Update;
        change.new = Some(text);
        wording::YOUR_ANSWERS.clone_into(&mut change.why);
    }
}
