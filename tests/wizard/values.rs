//! Variables and secrets in the terminal: nothing that is secret is typed, and what was mistyped is said.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::person::Person;
use crate::repositories::{GITHUB, manifest, repository};

#[test]
fn a_secret_is_given_by_its_name_and_a_partial_value_is_told() {
    let files = [
        (
            "Dockerfile",
            "FROM public.ecr.aws/docker/library/busybox:1\nEXPOSE 80\nHEALTHCHECK CMD wget -q localhost/\n",
        ),
        (".env.example", "DB_PASSWORD=\nLOG_LEVEL=\n"),
    ];
    let (_folder, root) = repository(&files, GITHUB);
    let down = "\u{1b}[B";
    let flags = ["--environments", "staging,production", "--account", "none", "--region", "eu-west-1"];
    let flags = [&flags[..], &["--approval", "none", "--option", "health-check-path=/"]].concat();
    let mut person = Person::starts_with(&root, &flags, 80);
    person.sees("Your code reads DB_PASSWORD, LOG_LEVEL");
    person
        .answers("Change anything?", down)
        .answers("Where does DB_PASSWORD lie?", "hunter2")
        .answers("is not a reference", "")
        .answers("Change anything?", down)
        .answers("LOG_LEVEL", "staging=debug")
        .answers("no value for production", "staging=debug, production=info")
        .answers("Change anything?", "")
        .answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Store DB_PASSWORD of production"), "{text}");
    let manifest = manifest(&root);
    assert!(manifest.contains("\"production\": \"/shop/production/db-password\""), "{manifest}");
    assert!(manifest.contains("\"production\": \"info\"") && !manifest.contains("hunter2"), "{manifest}");
}

#[test]
fn the_command_that_stores_a_secret_asks_for_it_and_shows_nothing() {
    let (_folder, root) = repository(&[("Dockerfile", "FROM scratch\nEXPOSE 80\n")], GITHUB);
    let flags =
        ["init", "--yes", "--json", "--dry-run", "--environments", "production", "--region", "eu-west-1"];
    let mut init = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    init.args(flags).args(["--secret", "production:DB_PASSWORD=/shop/production/db-password"]);
    let output = init.current_dir(&root).output().expect("runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let all = report["follow_ups"].as_array().expect("a list");
    let store =
        all.iter().find(|next| next["title"].as_str().is_some_and(|title| title.starts_with("Store")));
    let last = all.last().and_then(|last| last["command"].as_str()).expect("a text");
    assert!(
        all.len() > 3 && last.contains("git push") && all[all.len() - 2] == *store.expect("is a follow-up")
    );
    let command = store.expect("is a follow-up")["command"].as_str().expect("a text");

    let aws = root.join("aws");
    std::fs::write(&aws, "#!/bin/sh\nprintf '%s ' \"$@\" > asked\n").expect("writes");
    std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o755)).expect("an executable");
    let path = format!("{}:/usr/bin:/bin", root.display());
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .current_dir(&root)
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut typing = shell.spawn().expect("runs");
    std::io::Write::write_all(&mut typing.stdin.take().expect("is open"), b"it's $ecret\n").expect("types");
    let output = typing.wait_with_output().expect("ends");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let asked = std::fs::read_to_string(root.join("asked")).expect("was asked");
    let expected = "ssm put-parameter --name /shop/production/db-password --region eu-west-1 --type SecureString \
                    --overwrite --value it's $ecret ";
    assert_eq!(asked, expected);
}
