//! The workspace over real repositories in temporary folders.

#![expect(clippy::disallowed_methods, reason = "tests write their own folders")]

use std::fs;
use std::path::Path;

use git2::Repository;
use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }
    folder
}

fn track(repository: &Repository, files: &[&str]) {
    let mut index = repository.index().expect("the index opens");
    for file in files {
        index.add_path(Path::new(file)).expect("the file is added");
    }
    index.write().expect("the index is written");
}

#[test]
fn without_a_repository_it_walks_and_leaves_out_what_is_ignored() {
    let folder = folder(&[
        ("a.txt", ""),
        ("b/c.txt", ""),
        (".gitignore", "*.log"),
        ("x.log", ""),
        ("node_modules/p/i.js", ""),
    ]);
    let workspace = Workspace::open(folder.path()).expect("it opens");
    assert_eq!(workspace.files(), [".gitignore", "a.txt", "b/c.txt"]);
    assert_eq!((workspace.git(), workspace.subfolder()), (None, None));
}

#[test]
fn a_subfolder_is_remembered_or_taken_as_the_root() {
    let folder = folder(&[("package.json", "{}"), ("api/deep/main.go", ""), ("api/go.mod", "")]);
    Repository::init(folder.path()).expect("a repository");
    let api = folder.path().join("api");
    let workspace = Workspace::open(&api).expect("it opens");
    assert_eq!(workspace.subfolder(), Some("api"));
    assert_eq!(workspace.files(), ["api/deep/main.go", "api/go.mod", "package.json"]);
    let workspace = Workspace::open_at_folder(&api).expect("it opens");
    assert_eq!((workspace.subfolder(), workspace.prefix()), (None, "api"));
    assert_eq!(workspace.files(), ["deep/main.go", "go.mod"]);
}

#[test]
fn with_a_tracked_manifest_new_files_count_near_it_only() {
    let folder = folder(&[
        ("package.json", "{}"),
        ("src/a.js", ""),
        ("new.yml", ""),
        ("src/b.js", ""),
        ("far/away/c.js", ""),
    ]);
    let repository = Repository::init(folder.path()).expect("a repository");
    track(&repository, &["package.json", "src/a.js"]);
    let workspace = Workspace::open(folder.path()).expect("it opens");
    assert_eq!(workspace.files(), ["new.yml", "package.json", "src/a.js", "src/b.js"]);
}

#[test]
fn git_facts_without_a_commit() {
    let folder = folder(&[]);
    let repository = Repository::init(folder.path()).expect("a repository");
    repository.set_head("refs/heads/trunk").expect("an unborn branch");
    repository.remote("origin", "https://me:secret@github.com/acme/shop.git").expect("a remote");
    let workspace = Workspace::open(folder.path()).expect("it opens");
    let git = workspace.git().expect("git facts");
    assert_eq!(git.default_branch.as_deref(), Some("trunk"));
    assert!(!git.has_commits);
    assert_eq!(git.remote.as_ref().map(|remote| remote.path.as_str()), Some("acme/shop"));
    let target = "refs/remotes/origin/develop";
    repository.reference_symbolic("refs/remotes/origin/HEAD", target, true, "").expect("the remote's HEAD");
    let workspace = Workspace::open(folder.path()).expect("it opens");
    let branch = workspace.git().and_then(|git| git.default_branch.as_deref());
    assert_eq!(branch, Some("develop"));
}

#[test]
fn reading_stays_inside_and_small() {
    let outside = folder(&[("secret", "x")]);
    let inside = folder(&[("a.txt", "\u{feff}text"), ("big", &"x".repeat(1024 * 1024 + 1))]);
    fs::write(inside.path().join("binary"), [0xff, 0xfe]).expect("a file is written");
    let workspace = Workspace::open(inside.path()).expect("it opens");
    assert_eq!(workspace.read("a.txt").expect("it is read").as_deref(), Some("text"));
    assert_eq!(workspace.read("absent").expect("no failure"), None);
    assert_eq!(workspace.read("a.txt/below").expect("no failure"), None);
    for refused in ["big", "binary", "../secret", "/etc/passwd"] {
        assert!(workspace.read(refused).is_err(), "{refused} should be refused");
    }
    #[cfg(unix)]
    {
        let link = inside.path().join("link");
        std::os::unix::fs::symlink(outside.path().join("secret"), link).expect("a link");
        assert!(workspace.read("link").is_err());
    }
}
