//! What only the container script does: it asks ECS how the rollout ended and which image runs.

use serde_json::{Value, json};

use crate::target::Target::EcsExpress;
use crate::world::{STACK, World};

/// A rollout that ECS undoes by itself.
fn undone() -> Value {
    json!({
        "statuses": ["IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"],
        "reason": "tasks failed to start",
        "stopped": ["Essential container in task exited"],
    })
}

/// Release one runs, release two waits, and its rollout goes like this.
fn with_rollout(rollout: &Value) -> World {
    let world = World::with_one(EcsExpress);
    world.release("two", "2");
    world.set("rollouts", json!([rollout]));
    world
}

fn still_one(world: &World) {
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
    let image = &world.state()["tags"]["commit-one"];
    let stack = world.state()["stacks"][STACK]["parameters"]["Image"].clone();
    assert!(stack.as_str().unwrap().ends_with(image.as_str().unwrap()), "the stack drifted: {stack}");
}

#[test]
fn a_rollback_is_red_although_cloudformation_is_green() {
    let world = with_rollout(&undone());
    let outcome = world.deploy().must_be_red(&[
        "The rollout ended as ROLLBACK_SUCCESSFUL: tasks failed to start",
        "Essential container in task exited",
        "aws logs tail /shop/test/web --region eu-west-1",
        "runs again.",
    ]);
    assert_eq!(outcome.count("curl"), 0);
    still_one(&world);
}

#[test]
fn a_rollback_on_a_first_deployment_has_nothing_to_return_to() {
    let world = World::new(EcsExpress);
    world.release("one", "1");
    world.set("rollouts", json!([undone()]));
    world
        .deploy()
        .must_be_red(&["Essential container in task exited", "there is no other release to return to."]);
    assert_eq!((world.live(), world.recorded()), (String::new(), None));
    // The same again changes nothing, so no rollout starts and the last one's end says nothing new.
    world.deploy().must_be_red(&["No task of shop-web-test is running."]);
    world.release("two", "2");
    world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("two".into(), Some(2)));
}

#[test]
fn both_red_tells_both_reasons() {
    let world = with_rollout(&undone());
    world.set("deployments", json!([{ "reason": "did not stabilize", "reaches ECS": true }]));
    world.deploy().must_be_red(&[
        "Thing: did not stabilize",
        "The rollout ended as ROLLBACK_SUCCESSFUL",
        "Essential container in task exited",
        "CloudFormation could not make the change and put the stack back",
    ]);
    still_one(&world);
}

#[test]
fn a_service_that_runs_another_image_is_red() {
    for lie in [json!({ "switches": false }), json!({ "drains": false })] {
        let world = with_rollout(&lie);
        let outcome =
            world.deploy().must_be_red(&["The service does not run ", "but the image it had before."]);
        assert_eq!((outcome.count("curl"), world.recorded()), (0, Some(1)));
    }
}

#[test]
fn every_end_but_success_is_red() {
    for end in ["STOPPED", "ROLLBACK_FAILED"] {
        let world = with_rollout(&json!({ "statuses": ["IN_PROGRESS", end] }));
        world.deploy().must_be_red(&[&format!("The rollout ended as {end}")]);
        still_one(&world);
    }
}

#[test]
fn a_rollout_without_an_end_is_red() {
    let world = with_rollout(&json!({ "statuses": ["IN_PROGRESS"] }));
    let outcome = world.deploy().must_be_red(&["The rollout ended as IN_PROGRESS", "runs again."]);
    assert_eq!(outcome.waited(), 2 * 80 * 15);
    still_one(&world);
}

#[test]
fn an_older_rollout_that_failed_does_not_matter_to_a_rerun() {
    let world = with_rollout(&undone());
    world.deploy().must_be_red(&["runs again."]);
    world.release("one", "1");
    let outcome = world.deploy().must_be_green();
    assert_eq!((outcome.count("docker"), outcome.count("curl")), (0, 1));
    still_one(&world);
}

#[test]
fn a_return_that_fails_does_not_claim_to_be_back() {
    let world = with_rollout(&undone());
    world.set("deployments", json!([{}, { "reason": "Throttled" }]));
    world
        .deploy()
        .must_be_red(&["Thing: Throttled", "The new version failed, and so did the return to"])
        .never_says("runs again");
    assert_eq!(world.recorded(), Some(1));
}

#[test]
fn what_runs_is_marked_for_keeping() {
    let world = World::with_one(EcsExpress);
    let tags = world.state()["tags"].clone();
    assert_eq!(tags["deployed-test"], tags["commit-one"]);
    world.release("two", "2");
    world.set("denied", json!(["ecr put-image"]));
    let outcome = world.deploy().must_be_green();
    assert!(
        outcome.text.contains("AccessDenied") && outcome.text.contains("has no tag deployed-test"),
        "{}",
        outcome.text
    );
    assert_eq!(world.recorded(), Some(2));
}
