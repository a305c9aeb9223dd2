//! What git knows: the remote, the default branch, whether there are commits. No status call, no network.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};
use serde::Serialize;

use super::{Remote, no_folder};
use crate::error::Result;

/// The git facts that the interview needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Git {
    /// Where it is pushed to: `origin`, otherwise the first remote.
    pub remote: Option<Remote>,
    /// The branch that others merge into, as far as git knows here.
    pub default_branch: Option<String>,
    /// Whether anything was committed yet.
    pub has_commits: bool,
}

/// A repository that was found, reduced to data.
pub(super) struct Found {
    pub(super) work_tree: PathBuf,
    pub(super) git_dir: PathBuf,
    pub(super) git: Git,
}

/// Looks for a repository at `folder` and above it. One that git would refuse to open is a note.
pub(super) fn find(folder: &Path) -> Result<(Option<Found>, Vec<String>)> {
    let repository = match Repository::discover(folder) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok((None, Vec::new())),
        Err(error) => {
            let note = format!("the git repository could not be opened: {}", error.message());
            return Ok((None, vec![note]));
        }
    };
    let Some(work_tree) = repository.workdir().map(Path::to_path_buf) else {
        return Err(no_folder(folder, "a bare repository holds no files"));
    };
    let found = Found { work_tree, git_dir: repository.path().to_path_buf(), git: facts(&repository) };
    Ok((Some(found), Vec::new()))
}

fn facts(repository: &Repository) -> Git {
    let name = remote_name(repository);
    let remote = name
        .as_deref()
        .and_then(|name| repository.find_remote(name).ok())
        .and_then(|remote| Remote::parse(remote.url().ok()?));
    Git {
        remote,
        default_branch: default_branch(repository, name.as_deref()),
        has_commits: repository.head().is_ok(),
    }
}

fn remote_name(repository: &Repository) -> Option<String> {
    let names = repository.remotes().ok()?;
    let names: Vec<&str> = names.iter().filter_map(|name| name.ok().flatten()).collect();
    let origin = names.iter().find(|name| **name == "origin");
    origin.or(names.first()).map(|name| (*name).to_owned())
}

/// The remote's own HEAD, then its main or master, then the branch that is checked out (born or not).
fn default_branch(repository: &Repository, remote: Option<&str>) -> Option<String> {
    let of_remote = remote.and_then(|remote| {
        let prefix = format!("refs/remotes/{remote}/");
        points_to(repository, &format!("{prefix}HEAD"), &prefix).or_else(|| {
            let known = |branch: &&str| repository.find_reference(&format!("{prefix}{branch}")).is_ok();
            ["main", "master"].into_iter().find(known).map(str::to_owned)
        })
    });
    of_remote.or_else(|| points_to(repository, "HEAD", "refs/heads/"))
}

fn points_to(repository: &Repository, name: &str, prefix: &str) -> Option<String> {
    let reference = repository.find_reference(name).ok()?;
    let target = reference.symbolic_target().ok()??;
    target.strip_prefix(prefix).map(str::to_owned)
}
