//! Hostile names and values come out as themselves, or are refused with a message that says what is wrong.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use pipewright::generate::generate;
use pipewright::manifest;
use pipewright::scaffold::Scaffolds;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text made of what shells, YAML, GitHub and GitLab read as their own.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("$(touch /tmp/pwned)".to_owned()),
        Just("`id`".to_owned()),
        Just("${{ github.token }}".to_owned()),
        Just("${{".to_owned()),
        Just("}}".to_owned()),
        Just("$[[ inputs.x ]]".to_owned()),
        Just("$CI_JOB_TOKEN".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n- x: y".to_owned()),
        Just("-rf".to_owned()),
        Just("../".to_owned()),
        Just("<{ project }>".to_owned()),
        Just(": #".to_owned()),
        Just("yes".to_owned()),
        Just("\u{2028}\u{202e}".to_owned()),
        Just("é漢😀".to_owned()),
        "[ -~]{0,12}",
        Just("long".repeat(200)),
    ];
    proptest::collection::vec(pieces, 1..4).prop_map(|pieces| pieces.concat())
}

fn manifest(ci: &str, change: impl FnOnce(&mut Value)) -> String {
    let (provider, host) = if ci == "gitlab" { ("gitlab", "gitlab.com") } else { ("github", "github.com") };
    let mut value = json!({
        "version": 1, "project": "shop", "ci": ci, "branch": "main",
        "repository": { "provider": provider, "host": host, "path": "acme/shop" },
        "environments": [{ "name": "staging", "account": "111111111111", "region": "eu-west-1" }],
        "services": [{
            "name": "web", "path": ".", "kind": "spa", "target": "amplify",
            "toolchain": { "name": "node", "version": "22", "package-manager": "npm", "lock": "package-lock.json" },
            "commands": { "install": "npm ci", "test": "npm test", "build": "npm run build" },
            "options": { "folder": "dist" },
        }],
    });
    change(&mut value);
    value.to_string()
}

/// Renders; `None` where the manifest is refused, which must come with a reason.
fn rendered(text: &str) -> Option<BTreeMap<String, String>> {
    let outcome = manifest::read(text).and_then(|manifest| generate(&manifest, &Scaffolds::default()));
    match outcome {
        Ok(generated) => {
            Some(generated.files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect())
        }
        Err(error) => {
            assert!(error.to_string().len() > 10, "a refusal without a reason");
            assert_ne!(error.kind(), pipewright::error::Kind::Bug, "{error}");
            None
        }
    }
}

fn tree(text: &str) -> serde_yaml::Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

proptest! {
    #[test]
    fn values_reach_the_build_as_they_are(value in hostile()) {
        let change = |manifest: &mut Value| manifest["services"][0]["variables"] = json!({ "PRICE": value });
        let github = rendered(&manifest("github", change)).expect("any value is a value");
        let steps = tree(&github[".github/workflows/pipeline.yml"])["jobs"]["build"]["steps"].clone();
        let build = steps.as_sequence().and_then(|steps| steps.iter().find(|step| step["name"] == "Build"));
        let written = build.and_then(|step| step["env"]["PRICE"].as_str()).expect("the build has the variable");
        // What GitHub makes of it: the only expression in it is the one that stands for its own opening.
        prop_assert_eq!(written.replace("${{ '${{' }}", "\u{1}").matches("${{").count(), 0);
        prop_assert_eq!(written.replace("${{ '${{' }}", "${{"), value.clone());

        let gitlab = rendered(&manifest("gitlab", change)).expect("any value is a value");
        let pipeline = tree(&gitlab[".gitlab-ci.yml"]);
        let written = pipeline["build"]["variables"]["PRICE"].as_str().expect("the job has the variable");
        prop_assert_eq!(written.replace("$$", "\u{1}").matches('$').count(), 0);
        prop_assert_eq!(written.replace("$$", "$"), value);
    }

    #[test]
    fn commands_reach_the_shell_as_they_are(command in hostile()) {
        let change = |manifest: &mut Value| manifest["services"][0]["commands"]["test"] = json!(command);
        let github = rendered(&manifest("github", change)).expect("any command is a command");
        let steps = tree(&github[".github/workflows/pipeline.yml"])["jobs"]["build"]["steps"].clone();
        let test = steps.as_sequence().and_then(|steps| steps.iter().find(|step| step["name"] == "Test"));
        prop_assert_eq!(test.and_then(|step| step["run"].as_str()), Some(command.as_str()));
    }

    #[test]
    fn names_are_themselves_or_refused(name in hostile(), which in 0..5_usize) {
        let text = manifest("github", |manifest| match which {
            0 => manifest["branch"] = json!(name),
            1 => manifest["services"][0]["path"] = json!(name),
            2 => manifest["services"][0]["name"] = json!(name),
            3 => manifest["environments"][0]["name"] = json!(name),
            _ => manifest["services"][0]["options"]["folder"] = json!(name),
        });
        if let Some(files) = rendered(&text) {
            let pipeline = &files[".github/workflows/pipeline.yml"];
            let parsed = tree(pipeline);
            prop_assert!(parsed["jobs"]["build"].is_mapping());
            prop_assert!(!name.contains("${{") && !name.contains('\n') && !name.starts_with('-'), "{}", name);
            if which == 0 {
                prop_assert_eq!(parsed["on"]["push"]["branches"][0].as_str(), Some(name.as_str()));
            }
        }
    }
}
