//! Zero findings in every linter the field uses.

use std::path::PathBuf;

use crate::cells::{distinct, distinct_of, scripts};
use crate::tools::{run, run_in};

fn is_workflow(path: &str) -> bool {
    path.starts_with(".github/workflows/")
}

fn is_template(path: &str) -> bool {
    path.starts_with("deploy/") && path.ends_with(".yaml")
}

fn clean(tool: &str, arguments: &[&str], files: &[PathBuf]) {
    assert!(!files.is_empty(), "nothing was given to {tool}");
    let verdict = run(tool, arguments, files);
    assert!(verdict.success, "{tool} {arguments:?} over {} files:\n{}", files.len(), verdict.text);
}

/// actionlint 1.7.12 does not know `queue` (rhysd/actionlint#657), the one finding that is passed over; that each
/// `queue` says `max`, and stands beside `cancel-in-progress: false`, is checked here instead.
#[test]
fn actionlint_with_shellcheck_finds_nothing() {
    let files = distinct("actionlint", is_workflow);
    let known = r#"unexpected key "queue" for "concurrency" section"#;
    clean("actionlint", &["-ignore", known], &files);
    for file in &files {
        let text = std::fs::read_to_string(file).expect("was written");
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.trim().starts_with("queue:")) {
            assert!(line.trim().starts_with("queue: max "), "{line}");
            assert_eq!(lines[index - 1].trim(), "cancel-in-progress: false");
        }
    }
}

#[test]
fn zizmor_finds_nothing_as_an_auditor() {
    let files = distinct("zizmor", |path| is_workflow(path) || path == ".github/dependabot.yml");
    clean("zizmor", &["--offline", "--persona", "auditor", "--quiet", "--no-progress"], &files);
}

#[test]
fn files_fit_the_vendored_schemas() {
    let workflows = distinct("schema-github", is_workflow);
    clean("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"], &workflows);
    clean("check-jsonschema", &["--builtin-schema", "custom.github-workflows-require-timeout"], &workflows);
    let dependabot = distinct("schema-dependabot", |path| path == ".github/dependabot.yml");
    clean("check-jsonschema", &["--builtin-schema", "vendor.dependabot"], &dependabot);
    let gitlab = distinct("schema-gitlab", |path| path == ".gitlab-ci.yml");
    clean(
        "check-jsonschema",
        &["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
        &gitlab,
    );
}

#[test]
fn shellcheck_finds_nothing_in_the_scripts() {
    clean("shellcheck", &["--external-sources"], &scripts());
}

#[test]
fn cfn_lint_finds_nothing_in_the_templates() {
    let files = distinct("cfn-lint", is_template);
    clean("cfn-lint", &["--include-checks", "I", "--"], &files);
}

#[test]
fn checkov_finds_nothing_in_the_templates() {
    let files = distinct("checkov", is_template);
    let arguments: Vec<&str> =
        files.iter().flat_map(|file| ["-f", file.to_str().expect("a path of ours")]).collect();
    let mut all = vec!["--framework", "cloudformation", "--quiet", "--compact", "--skip-download"];
    all.extend(arguments);
    let verdict = run("checkov", &all, &[]);
    assert!(verdict.success, "{}", verdict.text);
}

#[test]
fn checkov_finds_nothing_in_the_pipelines() {
    let files = distinct("checkov-ci", |path| is_workflow(path) || path == ".gitlab-ci.yml");
    let arguments: Vec<&str> =
        files.iter().flat_map(|file| ["-f", file.to_str().expect("a path of ours")]).collect();
    let mut all =
        vec!["--framework", "github_actions", "gitlab_ci", "--quiet", "--compact", "--skip-download"];
    all.extend(arguments);
    let verdict = run("checkov", &all, &[]);
    assert!(verdict.success, "{}", verdict.text);
}

/// gitlab-ci-local reads a pipeline as GitLab does: needs, rules. It takes seconds a file, so it is given every shape
/// of three environments, which holds those of one and two.
#[test]
fn gitlab_ci_local_reads_every_pipeline() {
    let shape = |cell: &crate::cells::Cell| cell.name.contains("-3-") && !cell.name.contains("several");
    for file in distinct_of("gitlab-ci-local", shape, |path| path == ".gitlab-ci.yml") {
        let folder = file.parent().expect("has a folder");
        git(folder, &["init", "--quiet", "--initial-branch=main"]);
        git(folder, &["remote", "add", "origin", "git@gitlab.com:acme/shop.git"]);
        let verdict = run_in(folder, "gitlab-ci-local", &["--list-all"], &[]);
        assert!(verdict.success && verdict.text.contains("deploy-"), "{}:\n{}", file.display(), verdict.text);
    }
}

fn git(folder: &std::path::Path, arguments: &[&str]) {
    let status = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).status();
    assert!(status.is_ok_and(|status| status.success()), "git {arguments:?}");
}
