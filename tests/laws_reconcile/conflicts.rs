//! The life of a conflict, and of files that come and go.

use pipewright::fileset::{FileSet, Policy};
use pipewright::reconcile::{Action, Base, PROPOSAL};

use crate::texts::{PATH, Texts, action, dressed, step, wanting, written};

const BASE: &str = "name: a\n\nenv:\n  A: 1\n";
const MINE: &str = "name: mine\n\nenv:\n  A: 1\n";
const OURS: &str = "name: ours\n\nenv:\n  A: 2\n";

fn beside() -> String {
    format!("{PATH}{PROPOSAL}")
}

/// A disk and a lock after a run that met a conflict.
fn conflict() -> (Texts, Base) {
    let (mut disk, lock) = written(BASE, Policy::Merge);
    disk.insert(PATH.to_owned(), dressed(MINE, true, false));
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Conflict));
    assert_eq!(action(&changes, &beside()), Some(Action::Create));
    assert_eq!(disk[PATH], dressed(MINE, true, false));
    assert_eq!(disk[&beside()], dressed(OURS, true, false));
    (disk, lock)
}

#[test]
fn it_stays_open_while_the_proposal_lies_there() {
    let (mut disk, lock) = conflict();
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Conflict));
    let newer = OURS.replace("A: 2", "A: 3");
    let (changes, _) = step(&mut disk, &wanting(&newer, Policy::Merge), &lock);
    assert_eq!(action(&changes, &beside()), Some(Action::Update));
    assert_eq!(disk[&beside()], dressed(&newer, true, false));
}

#[test]
fn taking_what_is_new_settles_it_and_the_proposal_goes() {
    let (mut disk, lock) = conflict();
    disk.insert(PATH.to_owned(), dressed(OURS, true, false));
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Unchanged));
    assert_eq!(action(&changes, &beside()), Some(Action::Remove));
    assert_eq!((disk.len(), lock.text(PATH)), (1, Some(OURS)));
}

#[test]
fn deleting_the_proposal_settles_it_for_good() {
    let (mut disk, lock) = conflict();
    disk.remove(&beside());
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Keep));
    // What comes later is merged against what was seen.
    let later = OURS.replace("A: 2", "A: 3");
    let (changes, _) = step(&mut disk, &wanting(&later, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Conflict), "A: 1 was kept against A: 2");
    let (mut disk, lock) = conflict();
    disk.remove(&beside());
    disk.insert(PATH.to_owned(), OURS.replace("ours", "mine"));
    let (_, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    let (changes, _) = step(&mut disk, &wanting(&later, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Merge));
    assert_eq!(disk[PATH], later.replace("ours", "mine"));
}

#[test]
fn an_edited_proposal_is_the_users() {
    let (mut disk, lock) = conflict();
    disk.insert(beside(), "edited".to_owned());
    let newer = OURS.replace("A: 2", "A: 3");
    let (changes, lock) = step(&mut disk, &wanting(&newer, Policy::Merge), &lock);
    assert_eq!(action(&changes, &beside()), Some(Action::Keep));
    disk.insert(PATH.to_owned(), newer.clone());
    let (changes, _) = step(&mut disk, &wanting(&newer, Policy::Merge), &lock);
    assert_eq!(action(&changes, &beside()), None);
    assert_eq!(disk[&beside()], "edited");
}

#[test]
fn a_file_that_was_there_first_is_proposed_to_and_learnt() {
    let mut disk = Texts::from([(PATH.to_owned(), MINE.to_owned())]);
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &Base::default());
    assert_eq!(action(&changes, PATH), Some(Action::Conflict));
    disk.remove(&beside());
    let (changes, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Keep));
    assert_eq!((disk[PATH].as_str(), lock.text(PATH)), (MINE, Some(OURS)));
}

#[test]
fn a_deleted_file_that_comes_back_is_known() {
    let (mut disk, lock) = written(BASE, Policy::Merge);
    disk.clear();
    let (_, lock) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    disk.insert(PATH.to_owned(), BASE.to_owned());
    let (changes, _) = step(&mut disk, &wanting(OURS, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Update));
}

#[test]
fn an_orphan_is_named_until_it_goes_and_merged_when_wanted_again() {
    let (mut disk, lock) = written(BASE, Policy::Merge);
    disk.insert(PATH.to_owned(), MINE.to_owned());
    let (_, lock) = step(&mut disk, &FileSet::default(), &lock);
    let (changes, lock) = step(&mut disk, &FileSet::default(), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Orphan));
    let again = BASE.replace("A: 1", "A: 2");
    let (changes, _) = step(&mut disk.clone(), &wanting(&again, Policy::Merge), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Merge));
    disk.clear();
    let (changes, lock) = step(&mut disk, &FileSet::default(), &lock);
    assert_eq!((changes.len(), lock.paths().count()), (0, 0));
}

#[test]
fn a_shared_file_gets_our_entries_once() {
    let theirs = "version: 2\r\nupdates:\r\n  # Mine.\r\n  - package-ecosystem: npm\r\n    directory: /\r\n";
    let ours = "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n";
    let mut disk = Texts::from([(PATH.to_owned(), theirs.to_owned())]);
    let (changes, lock) = step(&mut disk, &wanting(ours, Policy::Share), &Base::default());
    assert_eq!(action(&changes, PATH), Some(Action::Merge));
    let added = "  - package-ecosystem: github-actions\r\n    directory: /\r\n";
    assert_eq!(disk[PATH], format!("{theirs}{added}"));
    let (changes, lock) = step(&mut disk, &wanting(ours, Policy::Share), &lock);
    assert_eq!(action(&changes, PATH), Some(Action::Keep));
    // The user takes it out again.
    disk.insert(PATH.to_owned(), theirs.to_owned());
    step(&mut disk, &wanting(ours, Policy::Share), &lock);
    assert_eq!(disk[PATH], theirs);
}
