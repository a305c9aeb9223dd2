//! Laws of what is written, read back from the files themselves.

use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::manifest::{self, Manifest};
use crate::pipeline::{check, plan};
use crate::scaffold::Scaffolds;

const WEB: &str = "
  - name: web
    path: apps/web
    kind: spa
    target: amplify
    toolchain: { name: node, version: '22', package-manager: npm, lock: apps/web/package-lock.json }
    commands: { install: npm ci, test: 'npm test; true', build: npm run build }
    options: { folder: dist }
    variables: { API: { staging: 'https://s', production: \"https://it's\" } }
";
const API: &str = "
  - name: api
    path: .
    kind: container
    target: ecs-express
    toolchain: { name: node, version: '22', package-manager: npm, lock: package-lock.json }
    commands: { install: npm ci, test: npm test }
    options: { port: 8080 }
";

fn read(repository: &str, strategy: &str, services: &str) -> Manifest {
    let branch = |name| if strategy == "branches" { format!(", branch: {name}") } else { String::new() };
    let (first, second) = (branch("main"), branch("production"));
    let text = format!(
        "version: 1\nproject: shop\nci: codebuild\n{repository}\nstrategy: {strategy}\nbranch: main\nenvironments:
  - {{ name: staging, account: '111111111111', region: eu-west-1{first} }}
  - {{ name: production, region: eu-west-1, approval: manual{second} }}\nservices:{services}"
    );
    manifest::read(&text).expect("a manifest")
}

fn lower(manifest: &Manifest) -> crate::error::Result<Vec<(String, String)>> {
    let scaffolds = Scaffolds::default();
    let pipeline = plan(manifest, &scaffolds)?;
    check(&pipeline)?;
    super::lower(&pipeline, manifest, &scaffolds.ci("codebuild")?, &scaffolds)
}

fn files(manifest: &Manifest) -> Vec<(String, Value)> {
    let files = lower(manifest).expect("lowers");
    files.into_iter().map(|(path, text)| (path, serde_yaml::from_str(&text).expect("YAML"))).collect()
}

fn file(manifest: &Manifest, name: &str) -> Value {
    let found = files(manifest).into_iter().find(|(path, _)| path.ends_with(name));
    found.unwrap_or_else(|| panic!("{name} is not written")).1
}

fn pipelines(stack: &Value) -> Vec<&Value> {
    let resources = stack["Resources"].as_mapping().expect("resources");
    resources.values().filter(|r| r["Type"] == "AWS::CodePipeline::Pipeline").collect()
}

fn items(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn named(list: &Value) -> impl Iterator<Item = &str> {
    items(list).iter().filter_map(|item| item["Name"].as_str())
}

#[test]
fn actions_run_one_at_a_time_and_read_what_an_earlier_one_made() {
    for strategy in ["promotion", "branches"] {
        let stack = file(&read("", strategy, &format!("{WEB}{API}")), "pipeline.yaml");
        for pipeline in pipelines(&stack) {
            let mut made: BTreeSet<&str> = BTreeSet::new();
            for stage in items(&pipeline["Properties"]["Stages"]) {
                for (index, action) in items(&stage["Actions"]).iter().enumerate() {
                    let order = action["RunOrder"].as_u64().unwrap_or(1);
                    assert_eq!(order, index as u64 + 1, "{stage:?}");
                    assert!(named(&action["InputArtifacts"]).all(|name| made.contains(name)), "{action:?}");
                    assert!(named(&action["OutputArtifacts"]).all(|name| made.insert(name)), "{action:?}");
                }
            }
        }
    }
}

#[test]
fn each_branch_has_a_pipeline_and_an_approval_stands_where_it_was_asked_for() {
    let one = file(&read("", "promotion", API), "pipeline.yaml");
    assert_eq!(pipelines(&one).len(), 1);
    let stages = &pipelines(&one)[0]["Properties"]["Stages"];
    let names: Vec<&str> = named(stages).collect();
    assert_eq!(names, ["Source", "Check", "Build", "Deploy-staging", "Deploy-production"]);
    let approves = |stage: &Value| stage["Actions"][0]["Name"] == "Approve";
    let waiting: Vec<bool> = items(stages).iter().map(approves).collect();
    assert_eq!(waiting, [false, false, false, false, true]);
    let two = file(&read("", "branches", API), "pipeline.yaml");
    assert_eq!(pipelines(&two).len(), 2);
}

#[test]
fn a_pull_request_runs_every_test_and_can_reach_nothing() {
    let manifest = read("", "promotion", &format!("{WEB}{API}"));
    let buildspec = file(&manifest, "pull-request.buildspec.yml");
    assert!(buildspec["artifacts"].is_null());
    let runtimes = buildspec["phases"]["install"]["runtime-versions"].as_mapping();
    assert!(runtimes.is_some_and(|runtimes| runtimes.len() == 1), "{runtimes:?}");
    let commands: Vec<&str> =
        items(&buildspec["phases"]["build"]["commands"]).iter().filter_map(Value::as_str).collect();
    assert!(commands.contains(&"(cd 'apps/web' && bash -ec 'npm test; true')"), "{commands:?}");
    assert!(commands.contains(&"npm test"), "{commands:?}");
    assert!(commands.contains(&"bash deploy/build-image.sh check"), "{commands:?}");
    assert!(!commands.iter().any(|command| command.contains("aws")), "{commands:?}");
    let stack = file(&manifest, "pipeline.yaml");
    let role = &stack["Resources"]["PullRequestRole"]["Properties"]["Policies"];
    let text = serde_yaml::to_string(role).expect("text");
    assert!(![" s3:", " sts:", " ecr:"].iter().any(|service| text.contains(service)), "{text}");
}

#[test]
fn an_unknown_account_is_a_parameter_and_its_absence_stops_the_job() {
    let manifest = read("", "promotion", API);
    let stack = file(&manifest, "pipeline.yaml");
    assert_eq!(stack["Parameters"]["AwsAccountIdProduction"]["Default"], "");
    assert!(stack["Parameters"]["AwsAccountIdStaging"].is_null());
    let buildspec = file(&manifest, "deploy-production.buildspec.yml");
    let commands = &buildspec["phases"]["build"]["commands"];
    let check = items(commands).iter().filter_map(Value::as_str).find(|c| c.contains("is not known"));
    assert!(check.is_some_and(|c| c.contains("AwsAccountIdProduction=111111111111")), "{commands:?}");
}

#[test]
fn values_arrive_as_they_stand() {
    let buildspec = file(&read("", "promotion", WEB), "build-production.buildspec.yml");
    let commands = &buildspec["phases"]["build"]["commands"];
    assert!(items(commands).iter().any(|c| c == "export API='https://it'\\''s'"), "{commands:?}");
}

#[test]
fn every_host_is_read_its_own_way() {
    let hosts = [
        ("github", "github.com", "a/b", "GITHUB"),
        ("github-enterprise", "git.example.com", "a/b", "GITHUB_ENTERPRISE"),
        ("gitlab", "gitlab.com", "a/g/b", "GITLAB"),
        ("gitlab-self-managed", "git.example.com", "a/b", "GITLAB_SELF_MANAGED"),
        ("bitbucket", "bitbucket.org", "a/b", "BITBUCKET"),
        ("codecommit", "git-codecommit.eu-west-1.amazonaws.com", "v1/repos/b", "CODECOMMIT"),
    ];
    for (provider, host, path, source) in hosts {
        let manifest = read(
            &format!("repository: {{ provider: {provider}, host: {host}, path: {path} }}"),
            "promotion",
            API,
        );
        let written = files(&manifest);
        let connection = written.iter().any(|(path, _)| path.ends_with("connection.yaml"));
        assert_eq!(connection, provider != "codecommit");
        let stack = file(&manifest, "pipeline.yaml");
        assert_eq!(stack["Resources"]["PullRequestProject"]["Properties"]["Source"]["Type"], source);
        assert_eq!(stack["Resources"]["PipelineRule"].is_null(), connection);
        assert_eq!(
            stack["Parameters"]["Repository"]["Default"],
            path.rsplit("repos/").next().unwrap_or(path)
        );
    }
}

#[test]
fn versions_that_the_image_cannot_hold_are_refused() {
    let old = API.replace("'22'", "'18'");
    let error = lower(&read("", "promotion", &old)).expect_err("no Node.js 18");
    assert!(error.to_string().contains("no node 18"), "{error}");
    let mixed = format!("{}{API}", WEB.replace("'22'", "'24'"));
    let error = lower(&read("", "promotion", &mixed)).expect_err("two versions");
    assert!(error.to_string().contains("one build"), "{error}");
}
