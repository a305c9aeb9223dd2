//! What pipewright wants the repository to hold: relative path -> text, mode and policy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a file that the user already has is treated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Ours, but the user's edits are kept: merged three ways against the text last written.
    #[default]
    Merge,
    /// Written once, then the user's alone (the manifest).
    Seed,
    /// A file that others own too (`dependabot.yml`): our entries are added to theirs.
    Share,
}

/// One file to be written. Text uses LF and ends with a newline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// The whole text.
    pub text: String,
    /// Whether the file may be executed (shell scripts).
    pub executable: bool,
    /// How an existing file is treated.
    pub policy: Policy,
}

/// All files of one rendering, by path relative to the repository's root with `/` between parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FileSet(BTreeMap<String, File>);

impl FileSet {
    /// Adds a file; the later text wins where two have one path.
    pub fn insert(&mut self, path: impl Into<String>, file: File) {
        self.0.insert(path.into(), file);
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The file at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
