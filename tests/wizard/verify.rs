//! `init --verify`: what passes, what fails and what is missing, in a real repository.

use std::path::Path;
use std::process::{Command, Output};

use crate::person::Person;
use crate::repositories::{manifest, spa};

/// A lint that fails after more lines than are shown, a program that nobody has, and two commands that pass.
const COMMANDS: [&str; 8] = [
    "--command",
    "install=touch installed",
    "--command",
    "lint=for i in $(seq 30); do echo out $i; echo err $i >&2; done; exit 3",
    "--command",
    "test=no-such-program --watch=false",
    "--command",
    "build=test \"$CI\" = true && test -f installed",
];

fn init(root: &Path, flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    command.arg("init").args(["--yes", "--verify"]).args(flags).current_dir(root).env("NO_COLOR", "1");
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_fails_is_reported_with_its_last_lines_and_stays() {
    let (_folder, root) = spa();
    let output = init(&root, &COMMANDS);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}{}", text(&output.stderr));
    for line in ["ok: touch installed", "ok: test \"$CI\" = true", "program is not found", "--may-fail test"]
    {
        assert!(shown.contains(line), "{line} is missing in {shown}");
    }
    assert!(shown.contains("    out 30\n    err 30\n") && !shown.contains("out 20\n"), "{shown}");
    let manifest = manifest(&root);
    assert!(
        manifest.contains("lint: \"for i in") && manifest.contains("test: \"no-such-program"),
        "{manifest}"
    );
    assert!(!manifest.contains("may-fail"), "{manifest}");
}

#[test]
fn nothing_is_tried_after_an_install_that_fails() {
    let (_folder, root) = spa();
    let output = init(&root, &["--command", "install=exit 1", "--command", "test=touch tested"]);
    let shown = text(&output.stdout);
    assert!(output.status.success() && shown.contains("the other commands were not tried"), "{shown}");
    assert!(!root.join("tested").exists());
}

#[test]
fn a_check_may_fail_by_flag_and_the_pipeline_goes_on_there() {
    let (_folder, root) = spa();
    let output = init(&root, &[&COMMANDS[..], &["--may-fail", "lint", "--command", "test=-"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let manifest = manifest(&root);
    assert!(
        manifest.contains("lint: { \"may-fail\": true, \"run\": ") && !manifest.contains("test:"),
        "{manifest}"
    );
    let workflow = std::fs::read_to_string(root.join(".github/workflows/pipeline.yml")).expect("written");
    assert_eq!(workflow.matches("continue-on-error: true").count(), 1, "{workflow}");
    let refused = init(&root, &["--may-fail", "build"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stdout));
    assert!(text(&refused.stderr).contains("only lint and test may fail"), "{}", text(&refused.stderr));
}

#[test]
fn json_stays_json() {
    let (_folder, root) = spa();
    let output = init(&root, &[&["--json"], &COMMANDS[..]].concat());
    let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
    assert!(parsed.is_ok(), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("err 30"), "{}", text(&output.stderr));
}

#[test]
fn a_person_keeps_lets_fail_or_leaves_out_what_fails() {
    let (_folder, root) = spa();
    let down = "\u{1b}[B";
    let flags = [
        &["--verify", "--environments", "production", "--account", "none", "--region", "eu-west-1"],
        &["--approval", "none"][..],
        &COMMANDS[..6],
        &["--command", "build=exit 1"],
    ]
    .concat();
    let mut person = Person::starts_with(&root, &flags, 80);
    person
        .answers("Change anything?", "")
        .answers("What shall the pipeline do with `for i in", down)
        .answers("What shall the pipeline do with `no-such-program", &down.repeat(2))
        .answers("What shall the pipeline do with `exit 1`?", "")
        .answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    let manifest = manifest(&root);
    assert!(manifest.contains("lint: { \"may-fail\": true") && !manifest.contains("test:"), "{manifest}");
    assert!(manifest.contains("build: \"exit 1\""), "{manifest}");
}
