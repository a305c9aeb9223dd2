//! What `init` makes of flags that say more than was found.
#![allow(missing_docs, clippy::disallowed_methods, reason = "a test makes its own repositories")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const PACKAGE: &str =
    r#"{"name": "x", "scripts": {"lint": "x-lint", "test": "x-test", "build": "x-build"}, "private": true}"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("makes a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("writes");
    }
    folder
}

fn init(folder: &Path, flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    command
        .args(["init", "--yes", "--ci", "github", "--region", "eu-west-1", "--project", "shop"])
        .args(flags);
    command.current_dir(folder).env("NO_COLOR", "1").output().expect("runs")
}

/// The pipeline that is written, in which every command of a person must stand.
fn pipeline(files: &[(&str, &str)], flags: &[&str]) -> String {
    let folder = folder(files);
    let output = init(folder.path(), flags);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(folder.path().join(".github/workflows/pipeline.yml")).expect("is written")
}

fn refusal(files: &[(&str, &str)], flags: &[&str]) -> String {
    let output = init(folder(files).path(), flags);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_kind_that_a_person_gives_keeps_the_folders_toolchain() {
    let flags = ["--kind", "spa", "--option", "folder=out", "--command", "install=npm install --no-audit"];
    let text = pipeline(&[("package.json", PACKAGE)], &flags);
    for command in ["npm install --no-audit", "npm run lint", "npm test", "npm run build", "setup-node"] {
        assert!(text.contains(command), "{command} is not in\n{text}");
    }
}

#[test]
fn a_command_that_nothing_can_run_is_refused() {
    let flags = ["--kind", "spa", "--option", "folder=.", "--command", "test=make test"];
    let told = refusal(&[("index.html", ""), ("Makefile", "")], &flags);
    assert!(told.contains("--command make test: nothing in . says which language would run it"), "{told}");
}

#[test]
fn a_fault_in_the_answers_names_their_file() {
    let files = [("index.html", ""), ("mine.yml", "version: 1\nproject: shop\noops: 1\n")];
    let told = refusal(&files, &["--answers", "mine.yml"]);
    assert!(told.contains("mine.yml:3:1") && !told.contains("pipewright.yml:3"), "{told}");
}
