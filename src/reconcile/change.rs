//! What is to happen to one file, and why.

use diffy::DiffOptions;
use serde::Serialize;

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is new.
    Create,
    /// The user left it as it was written; the new text replaces it.
    Update,
    /// The user's edits and ours are joined.
    Merge,
    /// They cannot be joined: the user's file stays, ours is proposed beside it.
    Conflict,
    /// The user's file stays, and nothing is missing in it.
    Keep,
    /// It is already as wanted.
    Unchanged,
    /// The user deleted it, and it stays deleted.
    Deleted,
    /// It is no longer written and was never edited: it goes.
    Remove,
    /// It is no longer written but was edited: it stays.
    Orphan,
}

impl Action {
    /// The word shown in a plan.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::Conflict => "conflict",
            Self::Keep => "keep",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Remove => "remove",
            Self::Orphan => "orphan",
        }
    }

    /// Whether it alters the file on disk.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Merge | Self::Remove)
    }
}

/// What is to happen to one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The file, relative to the repository's root.
    pub path: String,
    /// What happens to it.
    pub action: Action,
    /// The text on disk, as it is.
    pub old: Option<String>,
    /// The text it will have; for a conflict the text that is proposed; `None` where it will not exist.
    pub new: Option<String>,
    /// Whether a new file may be executed.
    pub executable: bool,
    /// The reason, a phrase without a full stop.
    pub why: String,
}

impl Change {
    /// The change as a unified diff; empty where the text stays the same.
    #[must_use]
    pub fn diff(&self) -> String {
        if self.old == self.new {
            return String::new();
        }
        let name = |side: &str, text: &Option<String>| match text {
            Some(_) => format!("{side}/{}", self.path),
            None => "/dev/null".to_owned(),
        };
        DiffOptions::new()
            .set_original_filename(name("a", &self.old))
            .set_modified_filename(name("b", &self.new))
            .create_patch(self.old.as_deref().unwrap_or(""), self.new.as_deref().unwrap_or(""))
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(old: Option<&str>, new: Option<&str>) -> Change {
        Change {
            path: "deploy/x.yml".to_owned(),
            action: Action::Update,
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
            executable: false,
            why: String::new(),
        }
    }

    #[test]
    fn a_diff_names_both_sides() {
        let want = "--- a/deploy/x.yml\n+++ b/deploy/x.yml\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n";
        assert_eq!(change(Some("a\nc\n"), Some("b\nc\n")).diff(), want);
        assert_eq!(
            change(None, Some("b\n")).diff(),
            "--- /dev/null\n+++ b/deploy/x.yml\n@@ -0,0 +1 @@\n+b\n"
        );
        assert_eq!(
            change(Some("b\n"), None).diff(),
            "--- a/deploy/x.yml\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n"
        );
    }

    #[test]
    fn no_difference_no_diff() {
        assert_eq!(change(Some("a\n"), Some("a\n")).diff(), "");
    }
}
