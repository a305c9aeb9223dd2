//! One image per commit: built once, named by its digest, and never built where nothing may be pushed.

use serde_json::{Value, json};

use crate::target::Target::EcsExpress;
use crate::world::{Outcome, World};

const SCRIPT: &str = "deploy/build-image.sh";
const IMAGE: &str = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web";

fn world(dockerfile: &str) -> World {
    let world = World::new(EcsExpress);
    world.write("Dockerfile", dockerfile);
    world
}

fn push(world: &World, sequence: &str) -> Outcome {
    world.run(SCRIPT, &["push"], &[("COMMIT", "c0ffee"), ("SEQUENCE", sequence)])
}

fn release(world: &World) -> Value {
    serde_json::from_str(&world.read("release/release.json")).unwrap()
}

#[test]
fn a_push_names_the_digest_in_the_registry() {
    let world = world("FROM scratch");
    push(&world, "7").must_be_green().never_says("PASSWORD");
    let digest = world.state()["tags"]["c0ffee"].as_str().unwrap().to_owned();
    let image = format!("{IMAGE}@{digest}");
    assert_eq!(
        release(&world),
        json!({ "commit": "c0ffee", "sequence": 7, "digest": digest, "image": image })
    );
}

#[test]
fn a_rerun_of_a_commit_goes_on_with_its_digest() {
    let world = world("FROM scratch");
    push(&world, "7").must_be_green();
    let first = release(&world);
    world.write("Dockerfile", "FROM scratch # whose base has moved since");
    let outcome = push(&world, "8").must_be_green();
    assert_eq!(outcome.count("docker"), 0);
    let again = release(&world);
    assert_eq!((&again["digest"], &again["sequence"]), (&first["digest"], &json!(8)));
}

#[test]
fn a_refused_push_is_red() {
    let world = world("FROM scratch");
    world.set("push", json!("refused"));
    push(&world, "7")
        .must_be_red(&["denied: requested access to the resource is denied"])
        .never_says("The image was pushed");
    assert!(!world.path("release").exists());
}

#[test]
fn an_image_that_does_not_build_is_not_pushed() {
    let world = world("broken");
    let outcome = push(&world, "7").must_be_red(&["which step of Dockerfile failed"]);
    assert_eq!(outcome.count("docker push"), 0);
    assert!(!world.path("release").exists());
}

#[test]
fn a_registry_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let absent = world("FROM scratch");
    absent.set("repository", json!("absent"));
    let outcome = push(&absent, "7")
        .must_be_red(&["Cannot look into", "Was deploy/bootstrap/repository.yaml deployed?"]);
    assert_eq!(outcome.count("docker"), 0);
    let refused = world("FROM scratch");
    refused.set("denied", json!(["ecr describe-images"]));
    let outcome = push(&refused, "7").must_be_red(&["AccessDenied", "Cannot look into"]);
    assert_eq!(outcome.count("docker"), 0);
    refused.set("credentials", json!("refused"));
    assert_eq!(push(&refused, "7").must_be_red(&["ExpiredToken"]).count("docker"), 0);
}

#[test]
fn a_repository_of_another_account_is_named_in_full() {
    let world = world("FROM scratch");
    let environment =
        [("COMMIT", "c0ffee"), ("SEQUENCE", "7"), ("IMAGE_REPOSITORY", IMAGE), ("AWS_REGION", "us-east-1")];
    let outcome = world.run(SCRIPT, &["push"], &environment).must_be_green();
    assert_eq!(outcome.count("aws sts"), 0);
}

#[test]
fn a_check_builds_and_needs_no_aws() {
    let good = world("FROM scratch");
    good.set("credentials", json!("refused"));
    let outcome = good.run(SCRIPT, &["check"], &[]).must_be_green();
    assert_eq!((outcome.count("docker build"), outcome.calls.len()), (1, 1));
    assert!(!good.path("release").exists());
    world("broken").run(SCRIPT, &["check"], &[]).must_be_red(&["which step of Dockerfile failed"]);
    good.run(SCRIPT, &["publish"], &[]).must_be_red(&["usage: deploy/build-image.sh push | check"]);
}
