//! The file that holds the base: `.pipewright/lock.yml`, committed, merged by git as text, never read by CI.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::base::{Base, Entry};
use super::block;
use super::shape::Shape;

/// Where the lock lies in the repository.
pub const LOCK: &str = ".pipewright/lock.yml";
/// Where its attributes lie.
pub const ATTRIBUTES: &str = ".pipewright/.gitattributes";
/// The attributes: folded away in reviews, never with CRLF.
pub const ATTRIBUTES_TEXT: &str = "lock.yml linguist-generated text eol=lf\n";

const FORMAT: u32 = 1;
const HEAD: &str = "\
# Written by pipewright: each file as it was last generated, so that your edits can be merged. Commit it.
# CI never reads it. After a merge conflict in here take either side and run `pipewright generate`.
";

#[derive(Deserialize)]
struct Lock {
    version: u32,
    #[serde(default)]
    files: BTreeMap<String, LockEntry>,
}

#[derive(Deserialize)]
struct LockEntry {
    sha256: Option<String>,
    proposal: Option<String>,
    base: Option<String>,
}

/// Reads the lock; what cannot be read is unknown, with a note that says so.
pub(super) fn parse(text: &str) -> Base {
    match serde_yaml::from_str::<Lock>(&Shape::split(text).1) {
        Ok(lock) if lock.version == FORMAT => known(lock),
        Ok(lock) => unknown(&format!("has format {}, written by another version", lock.version)),
        Err(error) => unknown(&format!("is damaged: {error}")),
    }
}

fn unknown(why: &str) -> Base {
    let note = format!("{LOCK} {why}; what was generated last is unknown");
    Base { files: BTreeMap::new(), notes: vec![note] }
}

fn known(lock: Lock) -> Base {
    let mut base = Base::default();
    for (path, entry) in lock.files {
        let text = entry.base.filter(|text| entry.sha256.as_ref() == Some(&hash(text)));
        if text.is_none() && (entry.sha256.is_some() || entry.proposal.is_none()) {
            let note = format!("{LOCK} was edited at `{path}`; what was generated there last is unknown");
            base.notes.push(note);
        }
        base.files.insert(path, Entry { text, proposal: entry.proposal });
    }
    base
}

/// Writes the lock: stable order, hashes and texts on lines of their own.
pub(super) fn render(base: &Base) -> String {
    let tool = block::quote(env!("CARGO_PKG_VERSION"));
    let files = if base.files.is_empty() { " {}" } else { "" };
    let mut out = format!("{HEAD}version: {FORMAT}\ntool: {tool}\nfiles:{files}\n");
    for (path, entry) in &base.files {
        let _ = writeln!(out, "  {}:", block::quote(path));
        if let Some(proposal) = &entry.proposal {
            let _ = writeln!(out, "    proposal: {}", block::quote(proposal));
        }
        if let Some(text) = &entry.text {
            let _ = writeln!(out, "    sha256: {}", block::quote(&hash(text)));
            block::write(&mut out, 4, "base", text);
        }
    }
    out
}

/// The hash of a text, as hexadecimal digits.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base(files: &[(&str, &str)]) -> Base {
        let entry = |text: &str| Entry { text: Some(text.to_owned()), proposal: None };
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), entry(text)));
        Base { files: files.collect(), notes: Vec::new() }
    }

    #[test]
    fn a_damaged_lock_is_unknown_and_says_so() {
        let intact = base(&[("a.yml", "on: push\n")]).render();
        for text in ["", "{", "version: 2\n", "files: 3\n", &format!("<<<<<<< HEAD\n{intact}"), &intact[..80]]
        {
            let damaged = Base::parse(Some(text));
            assert_eq!(damaged.paths().count(), 0);
            assert_eq!(damaged.notes().len(), 1, "{text}");
        }
        assert!(Base::parse(None).notes().is_empty());
    }

    #[test]
    fn a_text_that_does_not_fit_its_hash_is_unknown() {
        let text =
            base(&[("a.yml", "on: push\n"), ("b.yml", "x: 1\n")]).render().replace("on: push", "on: pull");
        let edited = Base::parse(Some(&text));
        assert_eq!((edited.text("a.yml"), edited.text("b.yml")), (None, Some("x: 1\n")));
        assert!(edited.notes()[0].contains("`a.yml`"));
    }

    #[test]
    fn git_merges_two_branches_that_regenerated_different_files() {
        let lock = |a: &str, b: &str| base(&[("a.yml", a), ("b.yml", b)]).render();
        let (a, b) = ("x: 1\ny: 1\n", "z: 1\n");
        let merged = diffy::merge(&lock(a, b), &lock("x: 2\ny: 1\n", b), &lock(a, "z: 1\n\n  w: 2\n"));
        let merged = Base::parse(Some(&merged.expect("a clean merge")));
        assert_eq!(
            (merged.text("a.yml"), merged.text("b.yml")),
            (Some("x: 2\ny: 1\n"), Some("z: 1\n\n  w: 2\n"))
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(files in prop::collection::btree_map("\\PC{1,8}", "(\\PC|[ \t\r\n]){0,30}", 0..4)) {
            let files: Vec<_> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
            let base = base(&files);
            let text = base.render();
            prop_assert_eq!(&Base::parse(Some(&text)), &base);
            prop_assert_eq!(Base::parse(Some(&text.replace('\n', "\r\n"))), base);
        }
    }
}
