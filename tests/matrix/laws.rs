//! What holds in every rendering, whatever a linter thinks.

use std::collections::BTreeSet;

use pipewright::pipeline::{Start, Step};

use crate::cells::all;

#[test]
fn the_offer_is_the_nine_cells() {
    let offered: BTreeSet<(&str, &str)> = all().iter().map(|cell| (cell.ci, cell.target)).collect();
    assert_eq!(offered.len(), 9, "{offered:?}");
}

#[test]
fn every_action_is_pinned_to_a_commit_with_its_version_beside_it() {
    let mut found = 0;
    for cell in all() {
        for (path, file) in cell.generated.files.iter() {
            for line in file.text.lines().filter(|line| line.trim_start().starts_with("uses: ")) {
                let (_, pin) = line.split_once('@').unwrap_or_else(|| panic!("{path}: {line}"));
                let (sha, version) = pin.split_once(" # v").unwrap_or_else(|| panic!("{path}: {line}"));
                assert!(sha.len() == 40 && sha.bytes().all(|b| b.is_ascii_hexdigit()), "{path}: {line}");
                assert!(!version.is_empty(), "{path}: {line}");
                found += 1;
            }
        }
    }
    assert!(found > 100, "only {found} actions were seen");
}

#[test]
fn only_jobs_that_deploy_or_push_log_in_and_never_on_a_pull_request() {
    for job in all().iter().flat_map(|cell| &cell.generated.pipeline.jobs) {
        assert!(!(job.logs_in() && job.when.on_pull_request()), "{} logs in on a pull request", job.id);
        assert_eq!(job.deployment.is_some(), job.id.starts_with("deploy-"), "{}", job.id);
    }
}

#[test]
fn a_deployment_loads_what_a_job_before_it_saved() {
    for cell in all() {
        for job in cell.generated.pipeline.jobs.iter().filter(|job| job.deployment.is_some()) {
            let loads = job.steps.iter().filter(|step| matches!(step, Step::Load(_))).count();
            assert!(loads >= 1, "{}: {}", cell.name, job.id);
        }
    }
}

#[test]
fn an_approval_is_never_lost_on_the_way_to_a_ci() {
    for cell in all() {
        for (asked, planned) in cell.manifest.environments.iter().zip(&cell.generated.pipeline.environments) {
            let wanted = asked.approval != pipewright::manifest::Approval::None;
            assert!(!wanted || planned.start != Start::Automatic, "{}: {}", cell.name, planned.environment);
        }
    }
}

#[test]
fn no_rendering_holds_a_key_a_wildcard_trust_or_an_empty_account() {
    for cell in all() {
        for (path, file) in cell.generated.files.iter() {
            for bad in ["AWS_SECRET_ACCESS_KEY:", "ForAllValues", "arn:aws:iam:::", "<{", "}>", "<%", "%>"] {
                assert!(!file.text.contains(bad), "{}: {path} holds {bad}", cell.name);
            }
        }
    }
}

#[test]
fn a_single_page_app_on_github_with_three_environments_is_eight_files() {
    let three = all().iter().filter(|cell| cell.ci == "github" && cell.target == "amplify");
    for cell in three.filter(|cell| cell.manifest.environments.len() == 3) {
        let files = cell.generated.files.iter().filter(|(path, _)| *path != "pipewright.yml");
        assert!(
            files.count() <= 8,
            "{}: {:?}",
            cell.name,
            cell.generated.files.iter().map(|f| f.0).collect::<Vec<_>>()
        );
    }
}

#[test]
fn every_script_is_readable_on_one_screen() {
    for cell in all() {
        for (path, file) in cell.generated.files.iter().filter(|(path, _)| path.ends_with(".sh")) {
            let lines = file.text.lines().count();
            assert!(lines <= 100, "{path} has {lines} lines");
        }
    }
}

#[test]
fn the_manifest_written_is_the_manifest_read() {
    for cell in all() {
        let text = &cell.generated.files.get("pipewright.yml").expect("is written").text;
        let again =
            pipewright::manifest::read(text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", cell.name));
        assert_eq!(again, cell.manifest, "{}\n{text}", cell.name);
    }
}

/// IAM refuses a role whose inline policies are longer than 10,240 characters together, blanks not counted.
#[test]
fn no_role_outgrows_what_iam_takes() {
    for cell in all() {
        let text = &cell.generated.files.get("deploy/bootstrap/environment.yaml").expect("is written").text;
        let template: serde_yaml::Value = serde_yaml::from_str(text).expect("is YAML");
        for role in ["DeployRole", "CloudFormationRole"] {
            let policies = serde_yaml::to_string(&template["Resources"][role]["Properties"]["Policies"])
                .expect("is there");
            let length = policies.chars().filter(|c| !c.is_whitespace()).count();
            assert!(length > 500 && length < 9_500, "{}: {role} has {length} characters", cell.name);
        }
    }
}
