//! A deleted file stays deleted, is named, and comes back when a person says so.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test makes its own repository")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const SCRIPT: &str = "deploy/amplify.sh";
const GUIDE: &str = "docs/DEPLOYMENT.md";

/// Runs pipewright; returns the exit code, standard output and standard error.
fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    let output = command.args(arguments).current_dir(root).env("NO_COLOR", "1").output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A page with its pipeline, of which two files were deleted and one was edited.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("index.html"), "<!doctype html>\n").expect("writes");
    let (code, _, errors) = run(folder.path(), &["init", "--yes"]);
    assert_eq!(code, 0, "{errors}");
    for path in [SCRIPT, GUIDE] {
        fs::remove_file(folder.path().join(path)).expect("deletes");
    }
    let common = folder.path().join("deploy/common.sh");
    let edited = fs::read_to_string(&common).expect("reads") + "# ours\n";
    fs::write(common, edited).expect("writes");
    folder
}

#[test]
fn a_deleted_file_is_named_with_the_command_that_restores_it() {
    let folder = repository();
    let (code, shown, _) = run(folder.path(), &["generate"]);
    assert_eq!(code, 0);
    for path in [SCRIPT, GUIDE] {
        let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&format!("`pipewright generate --restore {path}`")), "{shown}");
        assert!(!folder.path().join(path).exists());
    }
}

#[test]
fn only_what_is_named_comes_back_and_stays() {
    let folder = repository();
    let (code, shown, errors) = run(folder.path(), &["generate", "--restore", SCRIPT]);
    assert_eq!(code, 0, "{errors}");
    assert!(shown.contains(&format!("create    {SCRIPT}")), "{shown}");
    let mode = fs::metadata(folder.path().join(SCRIPT)).expect("is back").permissions().mode();
    assert_eq!(mode & 0o111, 0o111, "{mode:o}");
    assert!(!folder.path().join(GUIDE).exists());
    let common = fs::read_to_string(folder.path().join("deploy/common.sh")).expect("reads");
    assert!(common.ends_with("# ours\n"), "an edit was lost");
    // Once it is back, it is like any other file: deleted again, it stays away again.
    fs::remove_file(folder.path().join(SCRIPT)).expect("deletes");
    run(folder.path(), &["generate"]);
    assert!(!folder.path().join(SCRIPT).exists());
    let (code, _, _) = run(folder.path(), &["generate", ".", "--restore", GUIDE, &format!("./{SCRIPT}")]);
    assert!(code == 0 && folder.path().join(GUIDE).exists() && folder.path().join(SCRIPT).exists());
    let (_, shown, _) = run(folder.path(), &["generate", "--check"]);
    assert!(shown.contains("up to date"), "{shown}");
}

#[test]
fn what_cannot_be_restored_is_said_and_nothing_is_written() {
    let folder = repository();
    for (path, what) in [
        ("deploy/amplfy.sh", "the files that can be restored"),
        ("deploy/common.sh", "nothing is to be restored"),
        ("../escape", "is no file of this pipeline"),
    ] {
        let (code, _, errors) = run(folder.path(), &["generate", "--restore", GUIDE, path]);
        assert!(code == 2 && errors.contains(what), "{path}: {errors}");
        assert!(!folder.path().join(GUIDE).exists());
    }
}
