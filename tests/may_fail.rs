//! A check that may fail: each CI warns and goes on, and only there.
#![expect(clippy::disallowed_methods, reason = "a test that runs bash in a folder of its own")]

use std::process::{Command, Output};

use pipewright::generate::generate;
use pipewright::manifest;
use pipewright::scaffold::Scaffolds;
use serde_yaml::Value;

/// Fails in its first part, in the middle of a pipe and behind a quote: none of it may be lost.
const TEST: &str = "false; echo it''s | true; echo reached # '";

fn rendered(ci: &str, path: &str, folder: &str, test: &str) -> Value {
    let yaml = format!(
        "version: 1\nproject: shop\nci: {ci}\nbranch: main\nenvironments: [{{ name: staging, region: eu-west-1 }}]\n\
         services:\n  - name: web\n    path: {folder}\n    kind: spa\n    target: amplify\n    \
         toolchain: {{ name: node, version: '22' }}\n    options: {{ folder: dist }}\n    \
         commands: {{ lint: echo linted, test: {test} }}\n"
    );
    let manifest = manifest::read(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let generated = generate(&manifest, &Scaffolds::default()).expect("generates");
    serde_yaml::from_str(&generated.files.get(path).expect("is written").text).expect("is YAML")
}

/// The commands that test a change, as GitLab and CodeBuild run them: one shell, until one fails.
fn script(ci: &str, folder: &str, test: &str) -> String {
    let lines = if ci == "gitlab" {
        rendered(ci, ".gitlab-ci.yml", folder, test)["build"]["script"].clone()
    } else {
        let path = "deploy/codepipeline/pull-request.buildspec.yml";
        rendered(ci, path, folder, test)["phases"]["build"]["commands"].clone()
    };
    let lines: Vec<String> = serde_yaml::from_value(lines).expect("a list");
    let checks = lines.into_iter().skip_while(|line| !line.contains("linted")).take(2);
    checks.collect::<Vec<_>>().join("\n")
}

fn run(script: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("apps/web")).expect("a folder");
    let mut bash = Command::new("bash");
    bash.args(["-eo", "pipefail", "-c", script]).current_dir(folder.path()).output().expect("runs")
}

#[test]
fn a_script_warns_and_goes_on_where_the_check_may_fail() {
    let quoted = serde_json::to_string(TEST).expect("JSON");
    for ci in ["gitlab", "codebuild"] {
        for folder in [".", "apps/web"] {
            let may = script(ci, folder, &format!("{{ run: {quoted}, may-fail: true }}"));
            let output = run(&may);
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{ci}: {may}");
            assert!(printed.contains("WARNING: Test failed"), "{ci}: {printed}\n{may}");
            assert!(printed.contains("linted") && !printed.contains("reached"), "{ci}: {printed}\n{may}");
            let strict = script(ci, folder, &quoted);
            assert!(!run(&strict).status.success(), "{ci}: {strict}");
        }
    }
}

#[test]
fn github_marks_the_step_and_goes_on() {
    let file = rendered("github", ".github/workflows/pipeline.yml", ".", "{ run: npm test, may-fail: true }");
    let steps = file["jobs"]["build"]["steps"].as_sequence().expect("has steps");
    let of = |name: &str| steps.iter().find(|step| step["name"] == name).expect("is there");
    assert_eq!(of("Test")["continue-on-error"], Value::Bool(true));
    assert!(of("Lint").get("continue-on-error").is_none());
}
