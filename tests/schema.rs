//! The JSON Schema that `pipewright schema` prints, as an editor would use it.
#![allow(missing_docs, clippy::disallowed_methods)]

use jsonschema::Validator;
use pipewright::manifest;
use serde_json::Value;

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&manifest::schema()).expect("is JSON");
    jsonschema::validator_for(&schema).expect("is a schema")
}

fn tree(text: &str) -> Value {
    serde_yaml::from_str(text).expect("is YAML")
}

#[test]
fn every_example_fits_the_schema() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples");
    let mut seen = 0;
    for example in std::fs::read_dir(root).expect("there are examples").flatten() {
        let text = std::fs::read_to_string(example.path().join("pipewright.yml")).expect("has a manifest");
        let faults: Vec<String> =
            validator().iter_errors(&tree(&text)).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", example.path().display());
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn what_the_schema_refuses_the_reader_refuses_too() {
    let good = "version: 1\nproject: shop\nci: github\nbranch: main\n\
                environments: [{ name: staging, region: eu-west-1 }]\n\
                services: [{ name: web, path: ., kind: spa, target: amplify, options: { folder: dist } }]\n";
    assert!(validator().is_valid(&tree(good)) && manifest::read(good).is_ok());
    for (from, to) in [
        ("name: staging", "nmae: staging"),
        ("region: eu-west-1", "region: Frankfurt"),
        ("project: shop", "project: My Shop"),
        ("kind: spa", "kind: app"),
        ("path: .", "path: /etc"),
        ("branch: main", "branch: -x"),
    ] {
        let bad = good.replace(from, to);
        assert!(!validator().is_valid(&tree(&bad)), "the schema takes {to}");
        let error = manifest::read(&bad).expect_err("the reader refuses it");
        assert!(error.to_string().starts_with("pipewright.yml:"), "{error}");
    }
}

#[test]
fn a_check_that_may_fail_fits_both_and_a_build_never_may() {
    let with = |commands: &str| {
        format!(
            "version: 1\nproject: shop\nci: github\nbranch: main\n\
             environments: [{{ name: staging, region: eu-west-1 }}]\n\
             services: [{{ name: web, path: ., kind: spa, target: amplify, toolchain: {{ name: node, version: \"24\" }}, commands: {{ {commands} }} }}]\n"
        )
    };
    let good = with("lint: npm run lint, test: { run: npm test, may-fail: true }");
    assert!(validator().is_valid(&tree(&good)) && manifest::read(&good).is_ok());
    for commands in ["test: { run: npm test, mayfail: true }", "build: { run: make, may-fail: true }"] {
        let bad = with(commands);
        assert!(!validator().is_valid(&tree(&bad)), "the schema takes {commands}");
        let error = manifest::read(&bad).expect_err("the reader refuses it");
        assert!(error.to_string().starts_with("pipewright.yml:6:"), "{error}");
    }
}

#[test]
fn commands_that_nothing_would_run_are_refused_with_their_place() {
    let text = "version: 1\nproject: shop\nci: github\nbranch: main\n\
                environments: [{ name: staging, region: eu-west-1 }]\nservices:\n\
                \x20 - name: api\n    path: api\n    kind: spa\n    target: amplify\n    options: { folder: dist }\n\
                \x20   toolchain: { name: node, version: \"24\" }\n    commands: { test: npm test }\n\
                \x20 - name: web\n    path: web\n    kind: spa\n    target: amplify\n    options: { folder: dist }\n\
                \x20   commands: { test: npm test }\n";
    let error = manifest::read(text).expect_err("is refused");
    assert_eq!(
        error.to_string(),
        "pipewright.yml:19:5: web has commands but no toolchain, so they would never run"
    );
    assert!(manifest::read(&text.replacen("    toolchain", "    #", 1)).is_err());
    assert!(
        manifest::read(text.strip_suffix("    commands: { test: npm test }\n").expect("ends so")).is_ok()
    );
}
