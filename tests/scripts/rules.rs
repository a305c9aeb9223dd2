//! What holds for every target: which release may go live, and what is live when one does not answer.

use serde_json::json;

use crate::target::Target;
use crate::world::World;

/// One test per rule and target.
macro_rules! hold {
    ($($rule:ident),* $(,)?) => {
        mod amplify { $(#[test] fn $rule() { super::$rule($crate::target::Target::Amplify); })* }
        mod ecs_express { $(#[test] fn $rule() { super::$rule($crate::target::Target::EcsExpress); })* }
        mod lambda { $(#[test] fn $rule() { super::$rule($crate::target::Target::Lambda); })* }
    };
}
pub(crate) use hold;

hold!(
    a_first_deployment_starts_from_nothing,
    a_second_deployment_replaces_the_first,
    a_rerun_changes_nothing,
    an_older_release_is_refused,
    an_older_release_is_allowed_on_purpose,
    a_record_that_cannot_be_read_is_not_taken_for_none,
    a_service_may_take_a_while_to_answer,
    a_failed_smoke_test_brings_the_previous_release_back,
    a_failed_smoke_test_on_a_first_deployment_says_so,
    a_rerun_that_does_not_answer_has_nothing_else_to_go_back_to,
    an_unknown_command_is_refused,
);

fn a_first_deployment_starts_from_nothing(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    let outcome = world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
    assert_eq!(outcome.count("aws cloudformation delete-stack"), 0);
}

fn a_second_deployment_replaces_the_first(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("two".into(), Some(2)));
}

fn a_rerun_changes_nothing(target: Target) {
    let world = World::with_one(target);
    let before = world.state();
    world.deploy().must_be_green().never_says("may delete it");
    let after = world.state();
    for part in ["stacks", "ecs", "tags", "live"] {
        assert_eq!(after[part], before[part]);
    }
    assert_eq!(world.recorded(), Some(1));
}

fn an_older_release_is_refused(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    world.deploy().must_be_green();
    world.release("one", "1");
    let before = world.state();
    world
        .deploy()
        .must_be_red(&["Release 1 is older than 2, which runs in test.", "revert the commit and push"]);
    assert_eq!((world.state(), world.recorded()), (before, Some(2)));
}

fn an_older_release_is_allowed_on_purpose(target: Target) {
    let world = World::with_one(target);
    world.release("nine", "9");
    world.deploy().must_be_green();
    world.release("ten", "10"); // a number, not a word: 10 is newer than 9
    world.deploy().must_be_green();
    world.release("one", "1");
    world.deploy_with(&[("ALLOW_OLDER_RELEASE", "true")]).must_be_green();
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

fn a_record_that_cannot_be_read_is_not_taken_for_none(target: Target) {
    let world = World::with_one(target);
    world.set("denied", json!(["s3 cp"]));
    let before = world.state();
    world.deploy().must_be_red(&["AccessDenied", "Cannot read what runs in test."]);
    assert_eq!(world.state(), before);
}

fn a_service_may_take_a_while_to_answer(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    world.set("warming", json!(20));
    let outcome = world.deploy().must_be_green();
    assert_eq!(outcome.count("curl --silent"), 21);
}

fn a_failed_smoke_test_brings_the_previous_release_back(target: Target) {
    let world = World::with_one(target);
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    let outcome = world.deploy().must_be_red(&["/health answers 500, not 200."]);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
    assert!(outcome.waited() < 600, "{} seconds", outcome.waited());
    let end = outcome.text.trim_end();
    assert!(end.ends_with("is back.") || end.ends_with("runs again."), "{end}");
    world.release("three", "3");
    world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("three".into(), Some(3)));
}

fn a_failed_smoke_test_on_a_first_deployment_says_so(target: Target) {
    let world = World::new(target);
    world.release("one", "1");
    world.set("broken", json!(["one"]));
    let outcome = world.deploy().must_be_red(&["/health answers 500, not 200."]);
    let end = outcome.text.trim_end();
    assert!(end.contains("no other release to") || end.ends_with("there is nothing to go back to."), "{end}");
    assert_eq!(world.recorded(), None);
    world.set("broken", json!([]));
    world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

fn a_rerun_that_does_not_answer_has_nothing_else_to_go_back_to(target: Target) {
    let world = World::with_one(target);
    world.set("broken", json!(["one"]));
    let outcome = world.deploy().must_be_red(&["/health answers 500, not 200."]);
    let outcome = outcome.never_says("release is back").never_says("runs again");
    assert!(outcome.count("aws amplify create-deployment") <= 1); // not the same file once more
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

fn an_unknown_command_is_refused(target: Target) {
    let world = World::new(target);
    for arguments in [&["destroy"][..], &[]] {
        let outcome = world.run(target.script(), arguments, &[]).must_be_red(&["usage: deploy/"]);
        assert!(outcome.calls.is_empty());
    }
}
