//! What `init --yes` makes of each sample repository: the manifest and the pipeline, or the reason why there is none.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A copy of the sample that lies in no repository, so that the answer depends on nothing around it.
fn copy(sample: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("can make a folder");
    for entry in std::fs::read_dir(sample).expect("the sample is there").flatten() {
        let (from, place) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &place);
        } else {
            std::fs::copy(&from, &place).expect("can copy");
        }
    }
}

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut samples: Vec<PathBuf> =
        std::fs::read_dir(root).expect("there are samples").flatten().map(|entry| entry.path()).collect();
    samples.sort();
    samples
}

fn answer(sample: &Path) -> Value {
    let folder = tempfile::tempdir().expect("can make a folder");
    let name = sample.file_name().expect("has a name");
    let place = folder.path().join(name);
    copy(sample, &place);
    let output = Command::new(env!("CARGO_BIN_EXE_pipewright"))
        .args(["init", "--yes", "--dry-run", "--json", "--region", "eu-west-1", "--ci", "github"])
        .arg(&place)
        .env("NO_COLOR", "1")
        .output()
        .expect("runs");
    if output.status.success() {
        let mut report: Value = serde_json::from_slice(&output.stdout).expect("prints JSON");
        serde_json::json!({ "manifest": report["manifest"].take(), "pipeline": report["pipeline"].take() })
    } else {
        let reason = String::from_utf8_lossy(&output.stderr).replace(&*place.to_string_lossy(), "[sample]");
        serde_json::json!({ "exit": output.status.code(), "reason": reason })
    }
}

#[test]
fn each_sample_becomes_the_manifest_and_pipeline_it_should() {
    let samples = samples();
    assert!(samples.len() > 10, "only {} samples", samples.len());
    for sample in samples {
        let name = sample.file_name().expect("has a name").to_string_lossy().into_owned();
        insta::assert_json_snapshot!(name, answer(&sample));
    }
}
