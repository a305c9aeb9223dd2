//! Lists files: what git tracks, and what is new and not ignored, without walking more than is needed.

use std::collections::BTreeSet;
use std::path::Path;

use git2::Index;
use ignore::{DirEntry, WalkBuilder};

/// Files whose presence in the index means that the project is already known to git.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "Containerfile",
    "Dockerfile",
    "Gemfile",
    "angular.json",
    "build.gradle",
    "build.gradle.kts",
    "cdk.json",
    "composer.json",
    "go.mod",
    "index.html",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "serverless.yml",
    "template.json",
    "template.yaml",
    "template.yml",
];

/// Folders that hold others' code or built files, ignored or not.
const PRUNED: &[&str] =
    &[".aws-sam", ".git", ".venv", "__pycache__", "bower_components", "node_modules", "target", "venv"];

/// A submodule's mode in the index: an entry without a file.
const SUBMODULE: u32 = 0o160_000;

/// All files below `root`, sorted; `prefix` is where the root lies in the work tree of `git_dir`.
pub(super) fn files(root: &Path, git_dir: Option<&Path>, prefix: &str) -> Vec<String> {
    let tracked = git_dir.and_then(|git_dir| tracked(git_dir, prefix));
    let mut files = tracked.unwrap_or_default();
    let holders: Vec<_> = manifest_folders(&files).into_iter().map(|folder| root.join(folder)).collect();
    let Some((first, others)) = holders.split_first() else {
        files.retain(|file| exists(root, file));
        files.extend(walk(root, &mut WalkBuilder::new(root)));
        return files.into_iter().collect();
    };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    let mut seen: BTreeSet<String> = walk(root, builder.max_depth(Some(2))).collect();
    if first != root {
        seen.extend(walk(root, WalkBuilder::new(root).max_depth(Some(1))));
    }
    let beside = |file: &str| holders.iter().any(|folder| root.join(file).parent() == Some(folder));
    files.retain(|file| seen.contains(file) || !beside(file) || exists(root, file));
    files.extend(seen);
    files.into_iter().collect()
}

/// What is tracked may have been deleted; where the walk passes anyway, that is noticed.
fn exists(root: &Path, file: &str) -> bool {
    root.join(file).symlink_metadata().is_ok()
}

/// The paths of the index below `prefix`; `None` where libgit2 cannot read it.
fn tracked(git_dir: &Path, prefix: &str) -> Option<BTreeSet<String>> {
    let index = Index::open(&git_dir.join("index")).ok()?;
    let below = |path: String| match prefix {
        "" => Some(path),
        _ => Some(path.strip_prefix(prefix)?.strip_prefix('/')?.to_owned()),
    };
    let paths = index.iter().filter(|entry| entry.mode != SUBMODULE);
    Some(
        paths
            .filter_map(|entry| below(String::from_utf8(entry.path).ok()?))
            .filter(|path| !path.split('/').any(|part| PRUNED.contains(&part)))
            .collect(),
    )
}

/// The folders that hold a tracked manifest, `""` for the root.
fn manifest_folders(files: &BTreeSet<String>) -> BTreeSet<&str> {
    files
        .iter()
        .map(|path| path.rsplit_once('/').unwrap_or(("", path)))
        .filter(|(_, name)| MANIFESTS.contains(name))
        .map(|(folder, _)| folder)
        .collect()
}

fn walk<'r>(root: &'r Path, builder: &mut WalkBuilder) -> impl Iterator<Item = String> + use<'r> {
    let pruned = |entry: &DirEntry| entry.depth() > 0 && PRUNED.iter().any(|name| entry.file_name() == *name);
    let walk = builder
        .hidden(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(move |entry| !pruned(entry))
        .build();
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()))
        .filter_map(move |entry| {
            let path = entry.path().strip_prefix(root).ok()?.to_str()?;
            Some(path.replace(std::path::MAIN_SEPARATOR, "/"))
        })
}
