//! What a person reads: in a narrow terminal, in a monorepo, in a project that is deployed already.

use std::path::Path;
use std::process::Command;

use crate::person::Person;
use crate::repositories::{GITHUB, manifest, repository, spa};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n    \
    Properties:\n      Runtime: python3.13\n      Handler: app.handler\n      CodeUri: src\n";

fn init(root: &Path, flags: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    command.arg("init").args(flags).current_dir(root).env("NO_COLOR", "1").env("AWS_REGION", "ap-south-1");
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text as lines, without what moves the cursor.
fn lines(text: &str) -> Vec<String> {
    let plain = console::strip_ansi_codes(text).into_owned();
    plain.split(['\r', '\n']).map(str::to_owned).collect()
}

#[test]
fn a_narrow_terminal_cuts_nothing_off() {
    for columns in [60, 80] {
        let (_folder, root) = spa();
        let mut person = Person::starts_with(&root, &[], columns);
        let mut shown = person.sees("Environments, in order");
        person.answers("", "").answers("AWS account", "").answers("AWS region", "");
        shown += &person.sees("Shall production wait");
        let choices = person.sees("no: production follows");
        assert!(choices.contains("yes: a reviewer agrees") && !choices.contains('…'), "{choices}");
        person.answers("", "").answers("Change anything?", "");
        shown += &person.sees("Write these files?");
        person.answers("", "");
        let (_, code) = person.ends();
        assert_eq!(code, 0);
        let long: Vec<String> =
            lines(&shown).into_iter().filter(|line| line.chars().count() > usize::from(columns)).collect();
        assert!(long.is_empty(), "wider than {columns}: {long:#?}");
    }
}

#[test]
fn every_file_that_is_written_is_in_the_list() {
    let (_folder, root) = spa();
    let shown = init(&root, &["--yes"]);
    let listed = shown.lines().filter(|line| line.starts_with("  create    ")).count();
    assert!(shown.contains("create    .pipewright/lock.yml"), "{shown}");
    assert!(shown.contains(&format!("\n{listed} files written in ")), "{listed}: {shown}");
    let again = init(&root, &["--yes", "--project", "tea"]);
    assert!(again.contains("update    .pipewright/lock.yml"), "{again}");
    assert!(!init(&root, &["--yes"]).contains("lock.yml"));
}

#[test]
fn which_of_several_is_deployed_is_said_with_the_way_to_another() {
    let package =
        "{ \"scripts\": { \"build\": \"vite build\" }, \"devDependencies\": { \"vite\": \"^7.0.0\" } }\n";
    let files = [
        ("web/package.json", package),
        ("web/index.html", "<!doctype html><script type=module src=/main.js></script>\n"),
        ("api/Dockerfile", "FROM scratch\nEXPOSE 80\n"),
    ];
    let (_folder, root) = repository(&files, GITHUB);
    let shown = init(&root, &["--yes", "--dry-run"]);
    let said = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("deployed: web (single-page app); not this time: api (container)."), "{said}");
    assert!(said.contains("`pipewright init --unit api` takes that one instead"), "{said}");
    let shown = init(&root, &["--yes", "--dry-run", "--unit", "web,api"]);
    assert!(!shown.contains("not this time"), "{shown}");
}

#[test]
fn the_region_of_samconfig_is_proposed_before_ones_own() {
    let config = "version = 0.1\n[default.deploy.parameters]\nregion = \"eu-central-1\"\n";
    let files = [("template.yaml", TEMPLATE), ("src/app.py", "x = 1\n"), ("samconfig.toml", config)];
    let (_folder, root) = repository(&files, GITHUB);
    let shown = init(&root, &["--yes"]);
    assert!(shown.contains("samconfig.toml:3"), "{shown}");
    assert!(manifest(&root).contains("region: \"eu-central-1\""), "{}", manifest(&root));
    // CodePipeline can read a CodeCommit repository in its own region only.
    let codecommit = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/hooks";
    let (_folder, root) = repository(&files, codecommit);
    init(&root, &["--yes"]);
    assert!(manifest(&root).contains("region: \"eu-west-1\""), "{}", manifest(&root));
}
