//! A repository as a map of texts, and one run over it.

use std::collections::BTreeMap;

use pipewright::fileset::{File, FileSet, Policy};
use pipewright::reconcile::{Action, Base, Change, reconcile};
use proptest::prelude::*;

/// A disk of texts.
pub(crate) type Texts = BTreeMap<String, String>;

pub(crate) const PATH: &str = ".github/workflows/pipeline.yml";

pub(crate) fn file(text: &str, policy: Policy) -> File {
    File { text: text.to_owned(), executable: false, policy }
}

pub(crate) fn wanting(text: &str, policy: Policy) -> FileSet {
    let mut wanted = FileSet::default();
    wanted.insert(PATH, file(text, policy));
    wanted
}

pub(crate) fn look(disk: &Texts, wanted: &FileSet, base: &Base) -> Vec<Change> {
    reconcile(wanted, base, &|path| disk.get(path).cloned())
}

/// Carries the changes out on a disk of texts and through the lock's own text, as a fresh clone would see it.
pub(crate) fn step(disk: &mut Texts, wanted: &FileSet, base: &Base) -> (Vec<Change>, Base) {
    let changes = look(disk, wanted, base);
    for change in changes.iter().filter(|change| change.action.writes()) {
        match &change.new {
            Some(text) => disk.insert(change.path.clone(), text.clone()),
            None => disk.remove(&change.path),
        };
    }
    let lock = base.after(wanted, &changes).render();
    (changes, Base::parse(Some(&lock)))
}

/// A disk and a lock on which `text` was just written.
pub(crate) fn written(text: &str, policy: Policy) -> (Texts, Base) {
    let mut disk = Texts::new();
    let (_, base) = step(&mut disk, &wanting(text, policy), &Base::default());
    (disk, base)
}

pub(crate) fn action(changes: &[Change], path: &str) -> Option<Action> {
    changes.iter().find(|change| change.path == path).map(|change| change.action)
}

pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(Policy::Merge), Just(Policy::Seed), Just(Policy::Share)]
}

/// What a person may do to a file without changing what it says.
pub(crate) fn dressed(text: &str, crlf: bool, mark: bool) -> String {
    let text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
    if mark { format!("\u{feff}{text}") } else { text }
}
