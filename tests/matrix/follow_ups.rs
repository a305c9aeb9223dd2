//! What holds of the commands that a person pastes before the first deployment.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::cells::{Cell, all};

#[test]
fn every_follow_up_has_a_title_of_its_own_and_begins_with_a_command() {
    for cell in all() {
        let mut titles = BTreeSet::new();
        for step in &cell.generated.follow_ups {
            assert!(titles.insert(&step.title), "{}: twice: {}", cell.name, step.title);
            assert_eq!(step.command, step.command.trim(), "{}: {}", cell.name, step.title);
            assert!(!step.command.contains("\n\n"), "{}: {}\n{}", cell.name, step.title, step.command);
        }
    }
}

/// The commands that make the identity provider, by CI.
fn providers(ci: &str) -> BTreeSet<&'static str> {
    let of_ci = all().iter().filter(|cell: &&Cell| cell.ci == ci);
    let steps = of_ci.flat_map(|cell| &cell.generated.follow_ups);
    let made = steps.map(|step| step.command.as_str()).filter(|text| text.contains("open-id-connect"));
    made.collect()
}

/// Runs a command in an account with these providers; what AWS was asked to make.
fn made(command: &str, there: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let aws = folder.path().join("aws");
    let stub = "#!/bin/sh\ncase $2 in list-*) printf '%b' \"$THERE\" ;; *) echo \"$*\" >> \"${0%/*}/made\" ;; esac\n";
    std::fs::write(&aws, stub).expect("can write");
    std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o755)).expect("can change");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let output = Command::new("bash").args(["-c", command]).env("PATH", path).env("THERE", there).output();
    assert!(output.is_ok_and(|output| output.status.success()), "{command}");
    std::fs::read_to_string(Path::new(folder.path()).join("made")).unwrap_or_default()
}

#[test]
fn the_identity_provider_is_made_once_per_account_with_the_audience_that_the_roles_ask_for() {
    for (ci, host, audience) in [
        ("github", "token.actions.githubusercontent.com", "sts.amazonaws.com"),
        ("gitlab", "gitlab.com", "https://gitlab.com"),
    ] {
        let commands = providers(ci);
        assert!(commands.len() > 1, "{ci}: with and without profiles: {commands:?}");
        let trust = all().iter().find(|cell| cell.ci == ci).expect("a cell");
        let template = &trust.generated.files.get("deploy/bootstrap/environment.yaml").expect("there").text;
        assert!(template.contains(&format!("{host}:aud\": ")) && template.contains(audience), "{ci}");
        for command in commands {
            let arn = "OPENIDCONNECTPROVIDERLIST\\tarn:aws:iam::111111111111:oidc-provider/";
            assert_eq!(made(command, &format!("{arn}{host}\\n")), "", "{ci}: it is there already");
            // A provider of an enterprise's own stands below the same host.
            let call = made(command, &format!("{arn}{host}/octo\\n{arn}other.example\\n"));
            let wanted = format!("--url https://{host} --client-id-list {audience}\n");
            assert!(
                call.starts_with("iam create-open-id-connect-provider") && call.ends_with(&wanted),
                "{call}"
            );
        }
    }
    assert!(providers("codebuild").is_empty());
}
