//! What holds of an approval on GitHub, which starts a job at once where its environment has no reviewers.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use pipewright::pipeline::Start;
use serde_yaml::Value;

use crate::cells::all;

/// The deploy jobs of all GitHub workflows, each with how its environment starts.
fn jobs() -> Vec<(String, Start, Value)> {
    let mut jobs = Vec::new();
    for cell in all().iter().filter(|cell| cell.ci == "github") {
        let text = &cell.generated.files.get(".github/workflows/pipeline.yml").expect("is written").text;
        let workflow: Value = serde_yaml::from_str(text).expect("is YAML");
        for deployment in &cell.generated.pipeline.environments {
            let job = &workflow["jobs"][format!("deploy-{}", deployment.environment).as_str()];
            jobs.push((deployment.environment.clone(), deployment.start, job.clone()));
        }
    }
    jobs
}

/// The place and the text of the first step that says this.
fn step<'a>(job: &'a Value, what: &str) -> Option<(usize, &'a Value)> {
    let steps = job["steps"].as_sequence().expect("has steps");
    let says = |step: &Value| serde_yaml::to_string(step).is_ok_and(|text| text.contains(what));
    steps.iter().enumerate().find(|(_, step)| says(step))
}

#[test]
fn reviewers_are_proven_before_the_job_logs_in_and_only_there() {
    let mut held = 0;
    for (environment, start, job) in jobs() {
        let check = step(&job, "required_reviewers");
        assert_eq!(check.is_some(), start == Start::Held, "{environment}: {start:?}");
        let may_read = job["permissions"]["actions"].as_str() == Some("read");
        assert_eq!(may_read, matches!(start, Start::Held | Start::Dispatch), "{environment}: {start:?}");
        let Some((place, _)) = check else { continue };
        assert!(step(&job, "configure-aws-credentials").is_some_and(|(login, _)| place < login));
        held += 1;
    }
    assert!(held > 10, "only {held} deployments are held");
}

/// Runs the check with a `gh` that answers this, as GitHub runs it.
fn check(answer: &str, code: u8) -> (bool, String) {
    let (_, _, job) = jobs().into_iter().find(|(_, start, _)| *start == Start::Held).expect("one is held");
    let script =
        step(&job, "required_reviewers").expect("is there").1["run"].as_str().expect("a script").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let gh = folder.path().join("gh");
    let stub = format!(
        "#!/bin/sh\n[ \"$1 $2\" = 'api repos/acme/shop/environments/production' ] || exit 9\n\
        [ {code} = 0 ] || exit {code}\nprintf '%s' '{answer}' | jq --raw-output \"$4\"\n"
    );
    std::fs::write(&gh, stub).expect("can write");
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).expect("can change");
    let output = Command::new("bash")
        .args(["-e", "-c", &script])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .envs([("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_RUN_ID", "7")])
        .output()
        .expect("bash");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn an_approval_that_does_not_exist_is_red_with_the_next_command() {
    let held = r#"{"protection_rules": [{"type": "branch_policy"}, {"type": "required_reviewers"}]}"#;
    assert_eq!(check(held, 0), (true, String::new()));
    for free in [r#"{"protection_rules": [{"type": "branch_policy"}]}"#, r#"{"name": "production"}"#] {
        let (green, text) = check(free, 0);
        assert!(!green && text.starts_with("::error::Nobody had to agree"), "{text}");
        assert!(text.trim_end().ends_with("gh run rerun 7 --failed"), "{text}");
    }
    assert!(!check("{}", 1).0, "what cannot be read is not passed over");
}
