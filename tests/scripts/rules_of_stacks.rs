//! What holds for every target's stack: which states a run waits for, mends, or leaves alone.

use serde_json::json;

use crate::rules::hold;
use crate::target::Target;
use crate::world::{STACK, World};

hold!(
    an_account_that_is_not_prepared_is_named,
    refused_credentials_are_not_taken_for_no_stack,
    a_stack_that_cannot_be_read_is_not_taken_for_none,
    a_first_deployment_that_failed_is_made_again,
    a_stack_that_was_never_made_is_deleted,
    a_stack_that_once_worked_is_never_deleted,
    a_stack_that_cannot_go_back_names_the_command,
    a_stack_in_progress_is_awaited,
    a_stack_that_never_ends_is_red,
    a_failed_change_tells_its_reason,
);

const DELETE: &str = "aws cloudformation delete-stack";
const DEPLOY: &str = "aws cloudformation deploy";

fn status(world: &World, status: &str) {
    world.set(&format!("stacks/{STACK}/status"), json!(status));
}

fn an_account_that_is_not_prepared_is_named(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    world.remove_stack("shop-test-bootstrap");
    let before = world.state();
    let advice = "This account is not bootstrapped: run the commands in docs/DEPLOYMENT.md.";
    let outcome = world.deploy().must_be_red(&[advice]);
    assert!(outcome.text.trim_end().ends_with(advice));
    assert_eq!(world.state(), before);
}

fn refused_credentials_are_not_taken_for_no_stack(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    world.set("credentials", json!("refused"));
    let before = world.state();
    world.deploy().must_be_red(&["ExpiredToken", "Cannot read the stack"]).never_says("not bootstrapped");
    assert_eq!(world.state(), before);
}

fn a_stack_that_cannot_be_read_is_not_taken_for_none(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    world.set("denied", json!([format!("describe-stacks {STACK}")]));
    let reason = format!("Cannot read the stack {STACK}.");
    let outcome = world.deploy().must_be_red(&["AccessDenied", &reason]);
    assert_eq!(outcome.count(DEPLOY), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

fn a_first_deployment_that_failed_is_made_again(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    world.set("deployments", json!([{ "reason": "Limit exceeded" }]));
    world.deploy().must_be_red(&["Thing: Limit exceeded"]);
    assert_eq!(world.state()["stacks"][STACK]["status"], "ROLLBACK_COMPLETE");
    assert_eq!(world.recorded(), None);
    let outcome = world.deploy().must_be_green();
    assert!(outcome.count(DELETE) >= 1);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

fn a_stack_that_was_never_made_is_deleted(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    let stack = json!({ "status": "REVIEW_IN_PROGRESS", "outputs": {}, "events": [], "template": "", "parameters": {} });
    world.set(&format!("stacks/{STACK}"), stack);
    let outcome = world.deploy().must_be_green();
    assert!(outcome.count(DELETE) >= 1);
    assert_eq!(world.recorded(), Some(1));
}

fn a_stack_that_once_worked_is_never_deleted(target: Target) {
    let world = World::with_one(target);
    for (sequence, state) in ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE"].into_iter().enumerate() {
        world.release(state, &(sequence + 2).to_string());
        status(&world, state);
        assert_eq!(world.deploy().must_be_green().count(DELETE), 0);
        assert_eq!(world.live(), state);
    }
    for state in ["CREATE_FAILED", "ROLLBACK_FAILED", "UPDATE_FAILED", "DELETE_FAILED"] {
        status(&world, state);
        let reason = format!("The stack {STACK} is {state}. Why:");
        let help =
            format!("aws cloudformation describe-stack-events --stack-name {STACK} --region eu-west-1");
        let outcome = world.deploy().must_be_red(&[&reason, &help]);
        assert_eq!((outcome.count(DELETE), outcome.count(DEPLOY)), (0, 0));
    }
}

fn a_stack_that_cannot_go_back_names_the_command(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    status(&world, "UPDATE_ROLLBACK_FAILED");
    let help = format!(
        "\naws cloudformation continue-update-rollback --role-arn arn:cloudformation --stack-name {STACK} --region eu-west-1\n"
    );
    let outcome = world.deploy().must_be_red(&["could not return to its last good state"]);
    assert!(outcome.text.ends_with(&help), "{}", outcome.text);
    assert_eq!((outcome.count(DELETE), outcome.count(DEPLOY)), (0, 0));
}

fn a_stack_in_progress_is_awaited(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    status(&world, "UPDATE_IN_PROGRESS");
    let then = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"];
    world.set(&format!("stacks/{STACK}/then"), json!(then));
    let outcome = world.deploy().must_be_green();
    assert!(outcome.waited() >= 45);
    assert_eq!(world.live(), "two");
}

fn a_stack_that_never_ends_is_red(target: Target) {
    let world = World::with_one(target);
    status(&world, "UPDATE_IN_PROGRESS");
    let reason = format!("The stack {STACK} is still UPDATE_IN_PROGRESS after half an hour.");
    let outcome = world.deploy().must_be_red(&[&reason]);
    assert_eq!(outcome.waited(), 1800);
    assert_eq!(outcome.count(DEPLOY), 0);
}

fn a_failed_change_tells_its_reason(target: Target) {
    let world = World::with_one(target);
    let event = json!([{
        "Timestamp": "2020-01-01T00:00:00.000Z",
        "ResourceStatus": "UPDATE_FAILED",
        "LogicalResourceId": "Thing",
        "ResourceStatusReason": "Trouble of long ago"
    }]);
    world.set(&format!("stacks/{STACK}/events"), event);
    world.release("two", "2");
    world.set("deployments", json!([{ "reason": "Limit exceeded" }]));
    // Amplify's stack is the same for every site: only another option changes it.
    let outcome = world
        .deploy_with(&[("SINGLE_PAGE_APP", "false")])
        .must_be_red(&["Thing: Limit exceeded"])
        .never_says("Trouble of long ago")
        .never_says("Late2");
    assert_eq!(outcome.count(DELETE), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}
