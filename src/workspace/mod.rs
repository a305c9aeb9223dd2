//! A read-only view of the user's repository: files, texts and git facts; the only reader of the tree.

mod git;
mod list;
mod read;
mod remote;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use git::Git;
pub use remote::{Provider, Remote};

use crate::error::{Error, Result};

/// The largest file that is read; anything bigger is not configuration.
pub const MAX_FILE_SIZE: u64 = 1024 * 1024;

/// A folder to look at, with what git knows of it.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    subfolder: Option<String>,
    prefix: String,
    git_dir: Option<PathBuf>,
    git: Option<Git>,
    notes: Vec<String>,
    files: OnceLock<Vec<String>>,
}

impl Workspace {
    /// Opens the repository that holds `path`: the root is the top of its work tree. In no repository, the root
    /// is `path` itself. Where `path` lies below the root, [`subfolder`](Self::subfolder) remembers it.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = read::folder(path)?;
        let (found, notes) = git::find(&folder)?;
        let root = match &found {
            Some(found) => read::folder(&found.work_tree)?,
            None => folder.clone(),
        };
        let below = relative(&root, &folder);
        let subfolder = (!below.is_empty()).then_some(below);
        Ok(Self::new(root, subfolder, String::new(), found, notes))
    }

    /// Opens `path` itself as the root, also where it is a folder inside a repository.
    pub fn open_at_folder(path: &Path) -> Result<Self> {
        let folder = read::folder(path)?;
        let (found, notes) = git::find(&folder)?;
        let prefix = match &found {
            Some(found) => relative(&read::folder(&found.work_tree)?, &folder),
            None => String::new(),
        };
        Ok(Self::new(folder, None, prefix, found, notes))
    }

    fn new(
        root: PathBuf,
        subfolder: Option<String>,
        prefix: String,
        found: Option<git::Found>,
        notes: Vec<String>,
    ) -> Self {
        let (git_dir, git) = found.map(|f| (f.git_dir, f.git)).unzip();
        Self { root, subfolder, prefix, git_dir, git, notes, files: OnceLock::new() }
    }

    /// The absolute root, symbolic links resolved.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder below the root that was opened, with `/` between its parts; `None` at the root.
    #[must_use]
    pub fn subfolder(&self) -> Option<&str> {
        self.subfolder.as_deref()
    }

    /// Where the root lies in the repository's work tree; empty at its top and outside a repository.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What git knows; `None` outside a repository.
    #[must_use]
    pub fn git(&self) -> Option<&Git> {
        self.git.as_ref()
    }

    /// What could not be known about the repository, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The repository's files relative to the root, sorted: the index, and what is new and not ignored.
    #[must_use]
    pub fn files(&self) -> &[String] {
        self.files.get_or_init(|| list::files(&self.root, self.git_dir.as_deref(), &self.prefix))
    }

    /// The text of a file: `None` where there is none, an error where it must not or cannot be read.
    pub fn read(&self, relative: &str) -> Result<Option<String>> {
        read::text(&self.root, relative)
    }
}

/// `folder` below `root` with `/` between its parts; empty when they are the same.
fn relative(root: &Path, folder: &Path) -> String {
    let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The error of a place that is no folder to look at.
fn no_folder(path: &Path, why: &str) -> Error {
    Error::usage(format!("cannot look at {}: {why}", path.display()))
        .help("give the folder of a project: `pipewright init PATH`")
}

#[cfg(test)]
mod tests;
