//! The trees in docs/examples are what pipewright writes today. `PIPEWRIGHT_BLESS=1 cargo test --test golden` refreshes them.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pipewright::generate::generate_with_manifest;
use pipewright::manifest;
use pipewright::scaffold::Scaffolds;

fn check(example: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(example);
    let text = std::fs::read_to_string(folder.join("pipewright.yml")).expect("each example has its manifest");
    let manifest = manifest::read(&text).unwrap_or_else(|error| panic!("{error}"));
    let generated =
        generate_with_manifest(&manifest, &Scaffolds::default()).unwrap_or_else(|error| panic!("{error}"));
    let wanted: BTreeMap<String, String> =
        generated.files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect();
    if std::env::var_os("PIPEWRIGHT_BLESS").is_some() {
        bless(&folder, &wanted);
    }
    let there: Vec<String> = files(&folder).iter().map(|path| relative(&folder, path)).collect();
    assert_eq!(there, wanted.keys().cloned().collect::<Vec<_>>(), "{example} holds other files");
    for (path, text) in &wanted {
        let found = std::fs::read_to_string(folder.join(path)).expect("was listed");
        assert!(found == *text, "{example}/{path} is stale:\n{}", diffy::create_patch(&found, text));
    }
}

fn bless(folder: &Path, wanted: &BTreeMap<String, String>) {
    std::fs::remove_dir_all(folder).expect("the example is there");
    for (path, text) in wanted {
        let place = folder.join(path);
        std::fs::create_dir_all(place.parent().expect("has a folder")).expect("can make a folder");
        std::fs::write(place, text).expect("can write");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).expect("lies below").to_string_lossy().into_owned()
}

#[test]
fn a_single_page_app_on_amplify_by_github() {
    check("spa-amplify-github");
}

#[test]
fn a_container_on_ecs_express_by_gitlab() {
    check("container-ecs-express-gitlab");
}

#[test]
fn a_serverless_application_on_lambda_by_codepipeline() {
    check("sam-lambda-codebuild");
}
