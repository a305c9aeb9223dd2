//! What only Amplify's script does: one zip, one unfinished job at a time, and an upload address that stays secret.

use std::process::Command;

use serde_json::{Value, json};

use crate::target::Target::Amplify;
use crate::world::World;

fn jobs(world: &World) -> Vec<Value> {
    world.state()["amplify"]["jobs"].as_array().cloned().unwrap_or_default()
}

#[test]
fn the_zip_holds_the_contents_of_the_folder() {
    let world = World::new(Amplify);
    world.write("site/assets/app.js", "let one;");
    world.release("one", "1");
    let outcome = world.deploy().must_be_green();
    let job = jobs(&world).remove(0);
    assert_eq!(job["names"], json!(["assets/app.js", "index.html"]));
    let release: Value = serde_json::from_str(&world.read("release/release.json")).unwrap();
    let digest = format!("sha256:{}", job["zip"].as_str().unwrap());
    assert_eq!(release, json!({ "commit": "commit-one", "sequence": 1, "digest": digest }));
    assert_eq!(outcome.count("aws amplify stop-job"), 0);
}

/// What a package's digest is made of: the same content, written later and in another order, is the same release.
#[test]
fn the_same_files_are_the_same_release() {
    let world = World::new(Amplify);
    let digest = |names: [&str; 3], time: &str| {
        let _ = std::fs::remove_dir_all(world.path("site"));
        for name in names {
            world.write(&format!("site/{name}"), name);
            let touched =
                Command::new("touch").args(["-d", time]).arg(world.path("site").join(name)).status();
            assert!(touched.expect("touch").success());
        }
        let build = [("COMMIT", "c"), ("SEQUENCE", "1")];
        world.run(Amplify.script(), &["package"], &build).must_be_green();
        world.read("release/release.json")
    };
    let first = digest(["index.html", "b/c.js", "a.css"], "1979-01-01");
    assert_eq!(first, digest(["a.css", "b/c.js", "index.html"], "2030-06-01"));
    assert_ne!(first, digest(["a.css", "b/d.js", "index.html"], "2030-06-01"));
    let modes = "import sys, zipfile; print({entry.external_attr >> 16 for entry in zipfile.ZipFile(sys.argv[1]).infolist()})";
    let modes = Command::new("python3").args(["-c", modes]).arg(world.path("release/site.zip")).output();
    let modes = String::from_utf8(modes.expect("python3").stdout).unwrap();
    assert_eq!(modes.trim(), format!("{{{}}}", 0o644), "whoever unpacks it could not read the files");
}

#[test]
fn a_folder_without_a_page_is_no_release() {
    let world = World::new(Amplify);
    world.write("site/home.html", "one");
    let build = [("COMMIT", "c"), ("SEQUENCE", "1")];
    let script = Amplify.script();
    world
        .run(script, &["package"], &build)
        .must_be_red(&["There is no site/index.html", "Set options.folder"]);
}

#[test]
fn a_site_at_the_root_is_published_without_the_pipelines_own_files() {
    let world = World::new(Amplify);
    for file in [
        "index.html",
        "css/site.css",
        "pipewright.yml",
        ".git/config",
        "docs/DEPLOYMENT.md",
        "docs/page.html",
    ] {
        world.write(file, "one");
    }
    let here = [("COMMIT", "c"), ("SEQUENCE", "1"), ("SITE_FOLDER", ".")];
    world.run(Amplify.script(), &["package"], &here).must_be_green();
    let zip =
        Command::new("python3").args(["-m", "zipfile", "-l"]).arg(world.path("release/site.zip")).output();
    let listing = String::from_utf8_lossy(&zip.expect("python3 lists it").stdout).into_owned();
    for (name, inside) in [("index.html", true), ("css/site.css", true), ("docs/page.html", true)]
        .into_iter()
        .chain([("pipewright.yml", false), (".git", false), ("DEPLOYMENT.md", false), ("amplify", false)])
    {
        assert_eq!(listing.contains(name), inside, "{name} in\n{listing}");
    }
}

#[test]
fn a_failed_job_is_red_and_changes_nothing() {
    let world = World::with_one(Amplify);
    world.release("two", "2");
    world.set("amplify/ends", json!([["RUNNING", "FAILED"]]));
    let outcome = world.deploy().must_be_red(&["Amplify could not publish: its job 2 ended as FAILED."]);
    assert_eq!(outcome.count("curl --silent"), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
}

#[test]
fn a_job_without_an_end_is_red_and_stopped() {
    let world = World::with_one(Amplify);
    world.release("two", "2");
    world.set("amplify/ends", json!([["RUNNING"]]));
    let outcome = world.deploy().must_be_red(&["its job 2 ended as RUNNING"]);
    assert_eq!(outcome.waited(), 900);
    assert_eq!(jobs(&world)[1]["status"], "CANCELLED");
    assert_eq!(world.recorded(), Some(1));
    world.deploy().must_be_green();
    assert_eq!((world.live(), world.recorded()), ("two".into(), Some(2)));
}

#[test]
fn jobs_of_a_run_that_died_are_stopped_first() {
    let world = World::with_one(Amplify);
    world.release("two", "2");
    let mut all = jobs(&world);
    for (number, status) in ["CREATED", "CANCELLED", "RUNNING"].iter().enumerate() {
        all.push(json!({ "jobId": (number + 2).to_string(), "status": status, "url": "", "then": [] }));
    }
    world.set("amplify/jobs", json!(all));
    let outcome = world.deploy().must_be_green();
    assert_eq!(outcome.count("aws amplify stop-job"), 2);
    assert_eq!(world.live(), "two");
}

#[test]
fn the_upload_address_is_never_printed() {
    let world = World::new(Amplify);
    world.release("one", "1");
    world.deploy().must_be_green().never_says("SECRET").never_says("upload.example");
    world.release("two", "2");
    world.set("upload", json!("refused"));
    let outcome =
        world.deploy().must_be_red(&["error: 403"]).never_says("SECRET").never_says("upload.example");
    assert_eq!(outcome.count("aws amplify start-deployment"), 0);
    assert_eq!((world.live(), world.recorded()), ("one".into(), Some(1)));
    world.set("upload", json!("taken"));
    world.deploy().must_be_green();
    assert_eq!(world.live(), "two");
}

#[test]
fn the_way_back_is_the_very_file_of_the_previous_release() {
    let world = World::with_one(Amplify);
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    world.deploy().must_be_red(&["The smoke test failed, so the previous release is back."]);
    let all = jobs(&world);
    assert_eq!((&all[2]["zip"], &all[2]["status"]), (&all[0]["zip"], &json!("SUCCEED")));
}

/// The environment's values join the release, which itself stays as it was tested.
fn configure(world: &World, configuration: &str) {
    world.run(Amplify.script(), &["configure"], &[("CONFIGURATION", configuration)]).must_be_green();
}

fn file_of_job(world: &World, job: usize, name: &str) -> String {
    let digest = jobs(world)[job]["zip"].as_str().unwrap().to_owned();
    let zip = world.path(&format!("world/objects/artifacts/web/releases/{digest}.zip"));
    let read =
        "import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())";
    let output = Command::new("python3").args(["-c", read]).arg(zip).arg(name).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_values_of_an_environment_join_the_one_build() {
    let world = World::new(Amplify);
    world.write("site/config.js", "window.config = { for: 'your machine' };");
    world.release("<script src=/config.js>", "1");
    let (tested, zip) =
        (world.read("release/release.json"), std::fs::read(world.path("release/site.zip")).unwrap());
    let hostile = r#"{"API":"it's </script> ${HOME} \\ é\n"}"#;
    configure(&world, hostile);
    assert_eq!(world.read("release/release.json"), tested);
    assert_eq!(std::fs::read(world.path("release/site.zip")).unwrap(), zip);
    let own = world.read("release/configured/release.json");
    configure(&world, hostile);
    assert_eq!(world.read("release/configured/release.json"), own, "the same values make the same digest");
    world.deploy().must_be_green();
    assert_eq!(jobs(&world)[0]["names"], json!(["config.js", "index.html"]));
    assert_eq!(file_of_job(&world, 0, "config.js"), format!("window.config = {hostile};\n"));
    let recorded: Value =
        serde_json::from_str(&world.read("world/objects/artifacts/web/deployed.json")).unwrap();
    let digest = format!("sha256:{}", jobs(&world)[0]["zip"].as_str().unwrap());
    assert_eq!(
        recorded,
        json!({ "commit": "commit-<script src=/config.js>", "sequence": 1, "digest": digest })
    );
}

#[test]
fn the_way_back_brings_the_values_back_too() {
    let world = World::new(Amplify);
    world.release("one", "1");
    configure(&world, r#"{"API":"a"}"#);
    world.deploy().must_be_green();
    // The same site with other values is another release.
    world.release("one", "2");
    configure(&world, r#"{"API":"b"}"#);
    world.set("broken", json!(["one"]));
    world.deploy().must_be_red(&["The smoke test failed, so the previous release is back."]);
    assert_eq!(file_of_job(&world, 1, "config.js"), "window.config = {\"API\":\"b\"};\n");
    assert_eq!(jobs(&world)[2]["zip"], jobs(&world)[0]["zip"]);
    assert_eq!(world.recorded(), Some(1));
}

#[test]
fn a_page_that_does_not_load_the_values_is_named() {
    let world = World::new(Amplify);
    world.release("one", "1");
    let outcome = world.run(Amplify.script(), &["configure"], &[("CONFIGURATION", "{}")]).must_be_green();
    assert!(outcome.text.contains("index.html does not load config.js"), "{}", outcome.text);
}

#[test]
fn a_way_back_that_fails_does_not_claim_to_be_back() {
    let world = World::with_one(Amplify);
    world.release("two", "2");
    world.set("broken", json!(["two"]));
    world.set("amplify/ends", json!([["SUCCEED"], ["FAILED"]]));
    world.deploy().must_be_red(&["its job 3 ended as FAILED"]).never_says("is back");
    assert_eq!((world.live(), world.recorded()), ("two".into(), Some(1)));
}
