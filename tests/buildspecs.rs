//! Runs the commands of generated buildspecs as CodeBuild does: one bash, one command after the other, until one fails.
#![expect(
    clippy::disallowed_methods,
    reason = "a test that runs bash in a folder of its own, with stubs in the place of every tool"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use pipewright::generate::generate;
use pipewright::manifest;
use pipewright::scaffold::Scaffolds;
use tempfile::TempDir;

const HOSTILE: &str = "it's $(touch pwned) \"`x`\" ${HOME}\n- two: lines # é";

fn manifest() -> String {
    format!(
        "version: 1\nproject: shop\nci: codebuild\nbranch: main\nenvironments:
  - {{ name: staging, region: eu-west-1 }}
services:
  - name: web
    path: apps/web
    kind: spa
    target: amplify
    toolchain: {{ name: node, version: '22', package-manager: npm, lock: apps/web/package-lock.json }}
    commands: {{ install: npm ci, lint: 'npm run lint; npm run style', test: npm test, build: npm run build }}
    options: {{ folder: dist }}
    variables: {{ API: {} }}\n",
        serde_json::to_string(HOSTILE).expect("JSON")
    )
}

/// A finished build: whether it is green, what the tools were asked, and what it printed.
struct Build {
    green: bool,
    asked: Vec<String>,
    printed: String,
}

/// Runs a buildspec; `fails` is the call at which a stub fails.
fn build(name: &str, fails: &str, env: &[(&str, &str)]) -> Build {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path();
    for stub in ["bin/npm", "bin/aws"] {
        write(
            root,
            stub,
            "echo \"${0##*/} $*\" >> \"$ROOT/asked\"; printf %s \"${API-}\" > \"$ROOT/api\"; [ \"${0##*/} $*\" != \"$FAILS\" ]",
        );
    }
    write(
        root,
        "work/deploy/amplify.sh",
        "echo \"amplify.sh $* $COMMIT $SEQUENCE\" >> \"$ROOT/asked\"; mkdir -p release",
    );
    fs::create_dir_all(root.join("work/apps/web")).expect("a folder");
    write(root, "input/release.json", "");
    for (index, command) in commands(name).iter().enumerate() {
        write(root, &format!("commands/{index:02}"), command);
    }
    let run =
        "cd \"$ROOT/work\"; for c in \"$ROOT\"/commands/*; do . \"$c\"; s=$?; [ $s = 0 ] || exit $s; done";
    let output = Command::new("bash")
        .args(["-c", run])
        .env_clear()
        .envs([("ROOT", root), ("HOME", root)])
        .env("PATH", format!("{}:/usr/bin:/bin", root.join("bin").display()))
        .env("FAILS", fails)
        .env("CODEBUILD_SRC_DIR", root.join("work"))
        .env("CODEBUILD_SRC_DIR_release", root.join("input"))
        .envs([("CODEBUILD_RESOLVED_SOURCE_VERSION", "abc"), ("CODEBUILD_START_TIME", "1764000000000")])
        .env("CODEBUILD_BUILD_ID", "shop-deploy:0f")
        .envs(env.iter().copied())
        .output()
        .expect("bash");
    if name.starts_with("deploy") && output.status.success() {
        assert!(root.join("work/release/release.json").exists(), "the release was not fetched");
    }
    if name == "build" && output.status.success() {
        let api = fs::read_to_string(root.join("api")).expect("the last call of npm");
        assert_eq!(api, HOSTILE);
        assert!(!root.join("work/apps/web/pwned").exists());
    }
    let asked = fs::read_to_string(root.join("asked")).unwrap_or_default();
    Build {
        green: output.status.success(),
        asked: asked.lines().map(str::to_owned).collect(),
        printed: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, format!("#!/bin/bash\n{text}\n")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable");
}

fn commands(name: &str) -> Vec<String> {
    let manifest = manifest::read(&manifest()).expect("a manifest");
    // The scripts are stubs here, whatever they hold.
    let stubs = ["targets/amplify/deploy.sh", "shared/scripts/common.sh"];
    let scaffolds = Scaffolds::with_overlay(stubs.map(|path| (path.to_owned(), String::new())).into());
    let generated = generate(&manifest, &scaffolds).expect("generates");
    let path = format!("deploy/codepipeline/{name}.buildspec.yml");
    let (_, file) = generated.files.iter().find(|(found, _)| **found == path).expect("the buildspec");
    let buildspec: serde_yaml::Value = serde_yaml::from_str(&file.text).expect("YAML");
    serde_yaml::from_value(buildspec["phases"]["build"]["commands"].clone()).expect("a list of commands")
}

#[test]
fn a_build_runs_its_steps_in_order_and_hands_values_on_untouched() {
    let build = build("build", "", &[]);
    assert!(build.green, "{}", build.printed);
    let expected = [
        "npm ci",
        "npm run lint",
        "npm run style",
        "npm test",
        "npm run build",
        "amplify.sh package abc 1764000000000",
    ];
    assert_eq!(build.asked, expected);
}

#[test]
fn the_first_failure_ends_it_also_within_a_line() {
    for (fails, last) in
        [("npm ci", "npm ci"), ("npm run lint", "npm run lint"), ("npm run build", "npm run build")]
    {
        for name in ["build", "pull-request"] {
            let build = build(name, fails, &[]);
            assert!(!build.green);
            assert_eq!(build.asked.last().map(String::as_str), Some(last), "{name}: {:?}", build.asked);
        }
    }
}

#[test]
fn a_deployment_takes_the_role_of_the_account_it_is_given() {
    let build = build("deploy-staging", "", &[("AWS_ACCOUNT_ID_STAGING", "111111111111")]);
    assert!(build.green, "{}", build.printed);
    let role = "aws configure set profile.deploy.role_arn arn:aws:iam::111111111111:role/shop-staging-deploy";
    assert!(build.asked.iter().any(|call| call == role), "{:?}", build.asked);
    assert!(build.asked.iter().any(|call| call.starts_with("amplify.sh deploy")), "{:?}", build.asked);
}

#[test]
fn a_deployment_that_cannot_log_in_says_what_to_do() {
    let unknown = build("deploy-staging", "", &[("AWS_ACCOUNT_ID_STAGING", "")]);
    assert!(!unknown.green && unknown.asked.is_empty(), "{:?}", unknown.asked);
    assert!(unknown.printed.contains("AwsAccountIdStaging=111111111111"), "{}", unknown.printed);
    let account = [("AWS_ACCOUNT_ID_STAGING", "111111111111")];
    let refused = build("deploy-staging", "aws sts get-caller-identity", &account);
    assert!(!refused.green);
    assert!(refused.printed.contains("staging is not bootstrapped"), "{}", refused.printed);
    assert!(!refused.asked.iter().any(|call| call.starts_with("amplify.sh")), "{:?}", refused.asked);
}
