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

/// Values that differ either make a build for each environment, or join the one build where it is deployed.
#[test]
fn a_front_end_with_differing_values_is_built_for_each_environment_or_configured_there() {
    let (mut built, mut at_deployment) = (0, 0);
    for cell in all().iter().filter(|cell| cell.target == "amplify") {
        let service = &cell.manifest.services[0];
        let runtime = service.options.contains_key("configuration");
        for job in &cell.generated.pipeline.jobs {
            let text = format!("{:?}", job.steps);
            let own_values = text.contains("PRICE");
            let configures = text.contains("amplify.sh configure");
            assert_eq!(configures, runtime && job.deployment.is_some(), "{}: {}", cell.name, job.id);
            assert!(!configures || text.contains("LOG_LEVEL"), "{}: {}", cell.name, job.id);
            assert!(configures || !(own_values && runtime), "{}: {} builds values in", cell.name, job.id);
            built += usize::from(own_values && !configures);
            at_deployment += usize::from(configures);
        }
        let said = cell.generated.warnings.iter().any(|warning| warning.contains("a build of its own"));
        let several = cell.manifest.environments.len() > 1 && !service.variables.is_empty();
        assert_eq!(said, several && !runtime, "{}: {:?}", cell.name, cell.generated.warnings);
    }
    assert!(built > 50 && at_deployment == 6, "{built} built, {at_deployment} configured");
}

#[test]
fn a_single_page_app_on_github_with_three_environments_is_eight_files() {
    let three = all().iter().filter(|cell| cell.ci == "github" && cell.target == "amplify");
    for cell in three.filter(|cell| cell.manifest.environments.len() == 3) {
        let files: Vec<&str> = cell.generated.files.iter().map(|(path, _)| path).collect();
        assert!(files.contains(&"pipewright.yml"), "{}: the manifest counts too", cell.name);
        assert!(files.len() <= 8, "{}: {files:?}", cell.name);
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

/// SAM reads only `AWS_DEFAULT_REGION`, the AWS CLI takes `AWS_REGION` first.
#[test]
fn a_login_exports_the_region_under_both_names() {
    let mut seen = 0;
    for cell in all() {
        for (path, file) in cell.generated.files.iter() {
            for line in
                file.text.lines().filter(|line| line.contains("export ") && line.contains(" AWS_REGION=eu"))
            {
                assert!(line.contains(" AWS_DEFAULT_REGION=eu"), "{}: {path}: {line}", cell.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} logins");
}

#[test]
fn a_follow_up_may_be_pasted_again() {
    for cell in all() {
        for step in &cell.generated.follow_ups {
            let (text, at) = (&step.command, format!("{}: {}", cell.name, step.title));
            let deployed = text.matches("aws cloudformation deploy").count();
            assert_eq!(text.matches("--no-fail-on-empty-changeset").count(), deployed, "{at}");
            assert_eq!(text.contains("glab variable set"), text.contains("|| glab variable update"), "{at}");
        }
    }
}

/// A pipeline that starts has a job: what lets a pipeline start on GitLab is among the conditions of its jobs.
#[test]
fn gitlab_starts_no_pipeline_without_a_job() {
    for cell in all().iter().filter(|cell| cell.ci == "gitlab") {
        let text = &cell.generated.files.get(".gitlab-ci.yml").expect("is written").text;
        let file: serde_yaml::Value = serde_yaml::from_str(text).expect("is YAML");
        let rules = file["workflow"]["rules"].as_sequence().expect("has rules");
        let jobs =
            file.as_mapping().expect("is a mapping").iter().filter(|(_, job)| job["script"].is_sequence());
        let conditions: Vec<&str> = jobs.filter_map(|(_, job)| job["rules"][0]["if"].as_str()).collect();
        for rule in rules.iter().map(|rule| rule["if"].as_str().expect("is a text")) {
            assert!(
                conditions.iter().any(|condition| rule.split(" && ").all(|part| condition.contains(part))),
                "{}: {rule}",
                cell.name
            );
        }
    }
}
