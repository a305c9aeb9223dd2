//! A fourth CI of the workflow shape and a new target are folders of texts: no Rust is written for them.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::Path;

use pipewright::generate::generate;
use pipewright::manifest;
use pipewright::scaffold::Scaffolds;

fn with_extension() -> Scaffolds {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extension");
    let mut overlay = BTreeMap::new();
    collect(&root, &root, &mut overlay);
    Scaffolds::with_overlay(overlay)
}

fn collect(root: &Path, folder: &Path, overlay: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, overlay);
        } else {
            let name = path.strip_prefix(root).expect("lies below").to_string_lossy().into_owned();
            overlay.insert(name, std::fs::read_to_string(&path).expect("is text"));
        }
    }
}

fn rendered(ci: &str, target: &str, kind: &str) -> BTreeMap<String, String> {
    let text = format!(
        "version: 1\nproject: shop\nci: {ci}\nbranch: main\n\
         repository: {{ provider: gitlab-self-managed, host: git.example.com, path: acme/shop }}\n\
         environments:\n  - {{ name: staging, account: \"111111111111\", region: eu-west-1 }}\n  \
         - {{ name: production, region: eu-west-1 }}\n\
         services:\n  - {{ name: web, path: site, kind: {kind}, target: {target}, options: {{ folder: dist }} }}\n"
    );
    let manifest = manifest::read(&text).expect("is a manifest");
    let generated =
        generate(&manifest, &with_extension()).unwrap_or_else(|error| panic!("{ci} {target}: {error}"));
    generated.files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect()
}

#[test]
fn a_fourth_ci_writes_every_target() {
    let files = rendered("woodpecker", "amplify", "spa");
    let pipeline: serde_yaml::Value = serde_yaml::from_str(&files[".woodpecker.yml"]).expect("is YAML");
    let steps = pipeline["steps"].as_sequence().expect("has steps");
    let names: Vec<&str> = steps.iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(names, ["build", "deploy-staging", "deploy-production"]);
    assert_eq!(steps[2]["depends_on"][1].as_str(), Some("deploy-staging"));
    assert_eq!(
        steps[2]["commands"][0].as_str(),
        Some("login shop-production-deploy ${AWS_ACCOUNT_ID_PRODUCTION}")
    );
}

#[test]
fn a_new_target_is_written_for_every_workflow_ci() {
    for (ci, file) in [
        ("github", ".github/workflows/pipeline.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("woodpecker", ".woodpecker.yml"),
    ] {
        let files = rendered(ci, "files", "static");
        assert!(files[file].contains("bash deploy/files.sh deploy"), "{ci}:\n{}", files[file]);
        assert!(files.contains_key("deploy/files.sh"), "{ci}");
    }
}
