//! The laws of releases that a person brings on by a run of its own.

use pipewright::generate::{Generated, generate_with_manifest};
use pipewright::manifest::{self, Strategy};
use pipewright::pipeline::{Deployment, Start};
use pipewright::scaffold::Scaffolds;

use crate::cells::{Cell, all};

/// The steps of an environment's deployment on GitHub, each as YAML.
fn steps(generated: &Generated, environment: &str) -> Vec<String> {
    let text = &generated.files.get(".github/workflows/pipeline.yml").expect("is written").text;
    let workflow: serde_yaml::Value = serde_yaml::from_str(text).expect("is YAML");
    let job = &workflow["jobs"][format!("deploy-{environment}").as_str()];
    let steps = job["steps"].as_sequence().expect("has steps").iter();
    steps.map(|step| serde_yaml::to_string(step).expect("is YAML")).collect()
}

fn dispatched() -> impl Iterator<Item = (&'static Cell, usize, &'static Deployment)> {
    let cells = all().iter().filter(|cell| cell.ci == "github");
    let each = |cell: &'static Cell| {
        cell.generated.pipeline.environments.iter().enumerate().map(move |(i, d)| (cell, i, d))
    };
    cells.flat_map(each).filter(|(_, _, deployment)| deployment.start == Start::Dispatch)
}

/// A run that a person names is checked before anything of it is used: made by a push to the branch, and the same
/// release that passed the environment before.
#[test]
fn a_named_run_is_proven_before_it_is_deployed() {
    let mut seen = 0;
    for (cell, index, deployment) in dispatched() {
        let steps = steps(&cell.generated, &deployment.environment);
        let place = |what: &str| steps.iter().position(|step| step.contains(what));
        let expected = format!("push {} .github/workflows/pipeline.yml", deployment.branch);
        assert_eq!(place(&expected), Some(0), "{}", cell.name);
        assert!(place("ref: ${{ steps.release.outputs.commit }}") == Some(1), "{}", cell.name);
        // Nothing is fetched by a number that was not checked.
        let unchecked = steps.iter().skip(1).find(|step| step.contains("inputs."));
        assert_eq!(unchecked, None, "{}", cell.name);
        assert!(place("run-id: ${{ steps.release.outputs.run }}").is_some(), "{}", cell.name);
        let promoted = index > 0 && cell.manifest.strategy == Strategy::Promotion;
        let compared = place("cmp release/release.json release/passed/release.json");
        assert_eq!(compared.is_some(), promoted, "{}", cell.name);
        assert!(compared.is_none_or(|at| Some(at) < place("configure-aws-credentials")), "{}", cell.name);
        seen += 1;
    }
    assert!(seen > 10, "only {seen} deployments are started by hand");
}

/// Where a release passed the environment before in a run that a person started, that run is named and checked too:
/// the record lies there. The release itself is still that of the push.
#[test]
fn the_run_of_the_promotion_before_is_named_and_proven() {
    let mut seen = 0;
    for (cell, index, deployment) in dispatched().filter(|(_, _, deployment)| deployment.after_dispatch) {
        let before = &cell.generated.pipeline.environments[index - 1].environment;
        let steps_before = steps(&cell.generated, before).join("");
        for said in [
            "RUN: ${{ steps.release.outputs.run }}",
            "PASSED: ${{ github.run_id }}",
            "-f run=$RUN -f passed=$PASSED",
        ] {
            assert!(steps_before.contains(said), "{}: {said}", cell.name);
        }
        let steps = steps(&cell.generated, &deployment.environment);
        let expected = format!("workflow_dispatch {} .github/workflows/pipeline.yml", deployment.branch);
        assert!(steps[0].contains(&expected), "{}", cell.name);
        let record =
            steps.iter().find(|step| step.contains(&format!("passed-{before}"))).expect("is fetched");
        assert!(record.contains("run-id: ${{ steps.release.outputs.passed }}"), "{}", cell.name);
        seen += 1;
    }
    assert!(seen > 5, "only {seen} deployments follow one that is started by hand");
}

/// The release is skipped on a push where the environment before waits for a person, so reviewers hold the run that a
/// person starts; they are still asked for.
#[test]
fn reviewers_after_a_manual_approval_hold_a_run_of_its_own() {
    let text = "version: 1\nproject: shop\nci: github\nstrategy: promotion\nbranch: main\nenvironments:\n  \
                - { name: dev, region: eu-west-1 }\n  - { name: staging, region: eu-west-1, approval: manual }\n  \
                - { name: production, region: eu-west-1, approval: reviewers }\n\
                services:\n  - { name: web, path: ., kind: spa, target: amplify, options: { folder: dist } }\n";
    let manifest = manifest::read(text).expect("is a manifest");
    let generated = generate_with_manifest(&manifest, &Scaffolds::default()).expect("is generated");
    let production = &generated.pipeline.environments[2];
    assert_eq!((production.start, production.after_dispatch), (Start::Dispatch, true));
    let reviewed: Vec<&str> = generated
        .follow_ups
        .iter()
        .map(|step| step.title.as_str())
        .filter(|title| title.contains("reviewer"))
        .collect();
    assert!(matches!(reviewed[..], [title] if title.contains("production")), "{reviewed:?}");
}
