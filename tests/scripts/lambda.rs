//! What only the SAM script does: one tar file, parameters byte for byte, and the way back to a whole template.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::{Value, json};

use crate::target::{SAM, Target::Lambda};
use crate::world::{STACK, World};

fn stack(world: &World) -> Value {
    world.state()["stacks"][STACK].clone()
}

#[test]
fn the_tar_holds_the_build_and_what_it_refers_to() {
    let world = World::new(Lambda);
    let machine = "\
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: ../../machine.asl.json
Outputs:";
    world.write("app/template.yaml", &SAM.replace("Outputs:", machine));
    world.write("machine.asl.json", "{}");
    world.write("app/Api/tool", "#!/bin/sh");
    fs::set_permissions(world.path("app/Api/tool"), fs::Permissions::from_mode(0o755)).unwrap();
    world.release("one", "1");
    let list = Command::new("tar").arg("-tvzf").arg(world.path("release/build.tar.gz")).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    for name in [" .aws-sam/build/template.yaml", " .aws-sam/build/Api/main.py", " machine.asl.json"] {
        assert!(list.contains(name), "no {name} in\n{list}");
    }
    let tool = list.lines().find(|line| line.ends_with("Api/tool")).unwrap();
    assert!(tool.starts_with("-rwxr-xr-x"), "{tool}");
    // The deploy job has the tar file and nothing of the build.
    fs::remove_dir_all(world.path(".aws-sam")).unwrap();
    fs::remove_file(world.path("machine.asl.json")).unwrap();
    world.deploy().must_be_green();
    assert_eq!(world.live(), "one\n{}");
}

#[test]
fn the_same_build_is_the_same_release() {
    let world = World::new(Lambda);
    world.release("one", "1");
    let first = world.read("release/release.json");
    let touched =
        Command::new("touch").args(["-d", "2030-06-01"]).arg(world.path("app/Api/main.py")).status();
    assert!(touched.unwrap().success());
    world.release("one", "1");
    assert_eq!(world.read("release/release.json"), first);
    // SAM zips what was unpacked, and a zip knows no time before 1980.
    let list = Command::new("tar")
        .args(["-tvzf"])
        .arg(world.path("release/build.tar.gz"))
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.lines().all(|line| line.contains("2000-01-01 00:00")), "{list}");
}

#[test]
fn a_build_that_fails_is_no_release() {
    let world = World::new(Lambda);
    let outcome =
        world.run(Lambda.script(), &["package"], &[("SAM_TEMPLATE", ""), ("COMMIT", "c"), ("SEQUENCE", "1")]);
    outcome.must_be_red(&["sam: cannot build"]);
    assert!(!world.path("release/release.json").exists());
}

#[test]
fn hostile_parameters_arrive_byte_for_byte() {
    let world = World::new(Lambda);
    world.release("one", "1");
    let greeting = "  it's \"two\"  $HOME $(id) `id` \\n \\ * ~ a=b, {\"c\": [1]} é 漢\t; end ";
    let password = "file:///etc/passwd";
    let parameters = format!("Greeting={greeting}\nPassword={password}");
    world.deploy_with(&[("PARAMETERS", &parameters)]).must_be_green();
    assert_eq!(stack(&world)["parameters"], json!({ "Greeting": greeting, "Password": password }));
    world.deploy_with(&[("PARAMETERS", "Password=\n")]).must_be_green();
    assert_eq!(stack(&world)["parameters"], json!({ "Greeting": greeting, "Password": "" }));
}

#[test]
fn without_an_address_it_says_that_nothing_was_tested() {
    let world = World::new(Lambda);
    world.release("one", "1");
    let outcome = world.deploy_with(&[("SMOKE_OUTPUT", "")]).must_be_green();
    assert!(
        outcome.text.contains("No smoke test: no output of the template holds a URL"),
        "{}",
        outcome.text
    );
    assert_eq!((outcome.count("curl"), world.recorded()), (0, Some(1)));
}

#[test]
fn an_output_that_does_not_exist_is_red() {
    let world = World::new(Lambda);
    world.release("one", "1");
    world.deploy_with(&[("SMOKE_OUTPUT", "Nowhere")]).must_be_red(&["has no output Nowhere."]);
    assert_eq!(world.recorded(), None);
}

#[test]
fn the_way_back_is_the_previous_template_with_its_parameters() {
    let world = World::new(Lambda);
    world.release("one", "1");
    world.deploy_with(&[("PARAMETERS", "Greeting=the \"first\" = one\nPassword=swordfish")]).must_be_green();
    world.set(&format!("stacks/{STACK}/secret"), json!(["Password"]));
    let before = stack(&world);
    world.write(
        "app/template.yaml",
        &SAM.replace("    Default: hello\n", "").replace("main.handler", "main.other"),
    );
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    let outcome = world.deploy_with(&[("PARAMETERS", "Greeting=second")]);
    let outcome = outcome.must_be_red(&["The smoke test failed, so the previous version is back."]);
    assert_eq!(outcome.count("aws cloudformation deploy"), 2);
    assert_eq!(stack(&world)["parameters"], before["parameters"]);
    assert_eq!(
        stack(&world)["template"].as_str().unwrap().trim(),
        before["template"].as_str().unwrap().trim()
    );
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

#[test]
fn nothing_is_changed_where_the_way_back_cannot_be_kept() {
    let world = World::with_one(Lambda);
    world.release("two", "2");
    world.set("denied", json!(["cloudformation get-template"]));
    let outcome = world.deploy().must_be_red(&["AccessDenied"]);
    assert_eq!(outcome.count("aws cloudformation deploy"), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

#[test]
fn a_way_back_that_fails_does_not_claim_to_be_back() {
    let world = World::with_one(Lambda);
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    world.set("deployments", json!([{}, { "reason": "Throttled" }]));
    world.deploy().must_be_red(&["Thing: Throttled"]).never_says("is back");
    assert_eq!(world.recorded(), Some(1));
}
