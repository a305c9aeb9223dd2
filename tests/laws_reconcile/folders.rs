//! A repository on a memory file system, and one run over it.

use std::fs;
use std::path::Path;

use pipewright::apply::{Disk, Unix, apply_on};
use pipewright::fileset::{File, FileSet, Policy};
use pipewright::reconcile::lock::LOCK;
use pipewright::reconcile::{Base, reconcile};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::disks::{Picture, picture};

/// Files by name, some in folders.
pub(crate) type Files = Vec<(&'static str, String)>;

pub(crate) const NAMES: [&str; 6] = [
    "pipewright.yml",
    ".github/workflows/a.yml",
    ".github/dependabot.yml",
    "deploy/a.sh",
    "deploy/infra/b.yaml",
    "c.md",
];

pub(crate) fn files() -> impl Strategy<Value = Files> {
    let names = prop::sample::subsequence(NAMES.to_vec(), 1..=NAMES.len());
    (names, prop::collection::vec("[a-c]: [0-9]\n", NAMES.len()))
        .prop_map(|(names, texts)| names.into_iter().zip(texts).collect())
}

pub(crate) fn wanted(files: &Files) -> FileSet {
    let mut wanted = FileSet::default();
    for (path, text) in files {
        let executable = Path::new(path).extension().is_some_and(|end| end == "sh");
        wanted.insert(*path, File { text: text.clone(), executable, policy: Policy::Merge });
    }
    wanted
}

pub(crate) fn folder() -> TempDir {
    // A memory file system, where there is one.
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a temporary folder")
}

/// One whole run, as `generate` does it.
pub(crate) fn run(disk: &dyn Disk, root: &Path, wanted: &FileSet) -> pipewright::error::Result<Vec<String>> {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let base = Base::parse(read(LOCK).as_deref());
    let changes = reconcile(wanted, &base, &read);
    apply_on(disk, root, &changes, &base.after(wanted, &changes))
}

/// A folder in which the old files were written; a user's own file lies among them.
pub(crate) fn before(old: &Files) -> TempDir {
    let root = folder();
    fs::write(root.path().join("own.txt"), "mine").expect("a file");
    run(&Unix, root.path(), &wanted(old)).expect("a first run");
    root
}

pub(crate) fn after(old: &Files, new: &Files) -> Picture {
    let root = before(old);
    run(&Unix, root.path(), &wanted(new)).expect("a second run");
    picture(root.path())
}
