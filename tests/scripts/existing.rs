//! A stack that existed before the pipeline: its roles get the boundary once and never lose it again.

use serde_json::json;

use crate::target::{SAM, Target::Lambda};
use crate::world::{Outcome, STACK, World};

const BOUNDARY: &str = "PermissionsBoundary: arn:boundary";

/// A stack that a person made with SAM: it works, and no role in it has a boundary.
fn existing() -> World {
    let world = World::with_one(Lambda);
    let bare = template(&world).replace(&format!("      {BOUNDARY}\n"), "");
    world.set(&format!("stacks/{STACK}/template"), json!(bare));
    std::fs::remove_file(world.path("world/objects/artifacts/web/deployed.json")).unwrap();
    world
}

fn template(world: &World) -> String {
    world.state()["stacks"][STACK]["template"].as_str().unwrap().to_owned()
}

fn adopt(world: &World) -> Outcome {
    world.set("person", json!(true));
    let outcome = world.run(Lambda.script(), &["adopt"], &[]);
    world.set("person", json!(false));
    outcome
}

#[test]
fn a_person_gives_its_roles_the_boundary_and_changes_nothing_else() {
    let world = existing();
    let (before, parameters) = (template(&world), world.state()["stacks"][STACK]["parameters"].clone());
    adopt(&world).must_be_green();
    let after = template(&world);
    assert_eq!(after.matches(BOUNDARY).count(), 1, "{after}");
    assert_eq!(after.replace(&format!("      {BOUNDARY}\n"), "").trim(), before.trim());
    assert_eq!(world.state()["stacks"][STACK]["parameters"], parameters);
    assert_eq!((world.live(), world.recorded()), ("one".into(), None));
    // Once more does no harm.
    adopt(&world).must_be_green();
    assert_eq!(template(&world).trim(), after.trim());
}

#[test]
fn the_way_back_keeps_the_boundary() {
    let world = existing();
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    world.deploy().must_be_red(&["The smoke test failed, so the previous version is back."]);
    assert_eq!(world.live(), "one");
    assert!(template(&world).contains(BOUNDARY), "{}", template(&world));
}

#[test]
fn a_template_that_is_not_yaml_is_not_taken_over() {
    let world = existing();
    world.set(&format!("stacks/{STACK}/template"), json!("{\"Resources\": {}}"));
    let outcome = adopt(&world).must_be_red(&["is not YAML as SAM writes it", "`sam deploy`"]);
    assert_eq!(outcome.count("aws cloudformation deploy"), 0);
}

#[test]
fn a_value_that_the_template_does_not_declare_is_red_before_anything_changes() {
    let world = World::with_one(Lambda);
    world.write(
        "app/template.yaml",
        &SAM.replace("Resources:\n", "Resources:\n  # Level: below another key\n"),
    );
    world.release("two", "2");
    let outcome = world.deploy_with(&[("PARAMETERS", "Greeting=a=b\nLevel=info")]);
    let outcome = outcome.must_be_red(&["The template declares no parameter Level", "pipewright generate"]);
    assert_eq!(outcome.count("aws cloudformation deploy"), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
    world.deploy_with(&[("PARAMETERS", "Greeting=a=b")]).must_be_green();
}

/// CloudFormation waits for `CodeDeploy` and goes back with it; the job must not take that for a success.
#[test]
fn a_gradual_deployment_that_was_rolled_back_is_red() {
    let world = World::with_one(Lambda);
    world.release("two", "2");
    world.set("deployments", json!([{ "reason": "CodeDeploy Deployment d-1 failed: an alarm went off" }]));
    let outcome = world.deploy().must_be_red(&["Thing: CodeDeploy Deployment d-1 failed: an alarm went off"]);
    assert_eq!(outcome.count("curl"), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}
