//! A claim about the repository with the place it was read from and how much it is worth.

use std::fmt;

use serde::Serialize;

/// How much a clue is worth, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// A default that nothing in the repository speaks for.
    Default,
    /// A hint: a file name, a dependency that may be a leftover.
    Hint,
    /// A dependency or a setting that is hardly ever there by accident.
    Likely,
    /// The file that decides (a build's own configuration).
    Certain,
}

/// One clue: `claim` is `field=value`, e.g. `framework=vite`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it says, as `field=value`.
    pub claim: String,
    /// The file it was read from, relative to the root; empty for a default.
    pub file: String,
    /// The 1-based line in that file; 0 where the file's existence is the clue.
    pub line: usize,
    /// The text as it stands there, trimmed; what a person is shown.
    pub text: String,
    /// How much it is worth.
    pub strength: Strength,
}

/// A place in a file and the text that stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clue {
    /// Relative to the root; empty for a default.
    pub file: String,
    /// 1-based; 0 where the file's existence is the clue.
    pub line: usize,
    /// Trimmed, and shortened where it is long.
    pub text: String,
}

impl Clue {
    /// A line of a file; long texts are cut.
    pub(crate) fn new(file: &str, line: usize, text: &str) -> Self {
        let text = text.trim();
        Self { file: file.to_owned(), line, text: text.chars().take(120).collect() }
    }

    /// The existence of a file.
    pub(crate) fn file(file: &str) -> Self {
        Self::new(file, 0, "")
    }
}

/// A value read from the repository, with its clue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub clue: Clue,
    /// How much it is worth.
    pub strength: Strength,
}

impl<T> Found<T> {
    /// A value from a file that decides.
    pub(crate) fn certain(value: T, clue: Clue) -> Self {
        let strength = Strength::Certain;
        Self { value, clue, strength }
    }

    /// A value that is hardly ever there by accident.
    pub(crate) fn likely(value: T, clue: Clue) -> Self {
        let strength = Strength::Likely;
        Self { value, clue, strength }
    }

    /// A value that may be a leftover.
    pub(crate) fn hint(value: T, clue: Clue) -> Self {
        let strength = Strength::Hint;
        Self { value, clue, strength }
    }

    /// A value that nothing in the repository speaks for.
    pub(crate) fn assumed(value: T) -> Self {
        let (clue, strength) = (Clue::default(), Strength::Default);
        Self { value, clue, strength }
    }

    /// Another value read from the same clue.
    pub(crate) fn with<U>(&self, value: U) -> Found<U> {
        let (clue, strength) = (self.clue.clone(), self.strength);
        Found { value, clue, strength }
    }
}

impl Evidence {
    /// The claim `field=value` read at `clue`.
    pub(crate) fn new(field: &str, value: &impl fmt::Display, clue: &Clue, strength: Strength) -> Self {
        Self {
            claim: format!("{field}={value}"),
            file: clue.file.clone(),
            line: clue.line,
            text: clue.text.clone(),
            strength,
        }
    }

    /// The place as a person reads it: `package.json:14`, `package.json`, or `default`.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.file.as_str(), self.line) {
            ("", _) => "default".to_owned(),
            (file, 0) => file.to_owned(),
            (file, line) => format!("{file}:{line}"),
        }
    }
}
