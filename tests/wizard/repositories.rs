//! Repositories as newcomers have them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository of its own with these files and a remote.
pub(crate) fn repository(files: &[(&str, &str)], remote: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("makes a folder");
    let root = folder.path().join("shop");
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("has a parent")).expect("makes a folder");
        fs::write(path, text).expect("writes");
    }
    let git = |args: &[&str]| {
        let done = Command::new("git").args(args).current_dir(&root).output().expect("git runs");
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["remote", "add", "origin", remote]);
    (folder, root)
}

pub(crate) const GITHUB: &str = "git@github.com:acme/shop.git";

pub(crate) fn spa() -> (tempfile::TempDir, PathBuf) {
    let package = "{\n  \"scripts\": { \"build\": \"vite build\", \"test\": \"vitest run\" },\n  \
        \"devDependencies\": { \"vite\": \"^7.0.0\", \"vitest\": \"^4.0.0\" }\n}\n";
    let files = [
        ("package.json", package),
        ("package-lock.json", "{ \"lockfileVersion\": 3 }\n"),
        ("index.html", "<!doctype html><script type=module src=/src/main.js></script>\n"),
        ("src/main.js", "document.title = \"shop\";\n"),
    ];
    repository(&files, GITHUB)
}

pub(crate) fn manifest(root: &Path) -> String {
    fs::read_to_string(root.join("pipewright.yml")).expect("was written")
}
