//! A claim about the repository with the place it was read from and how much it is worth.

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

impl Evidence {
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
