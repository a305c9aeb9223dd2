//! Laws of the guard: nothing is written outside the root, through a link, or over what was not read.

use std::fs;
use std::os::unix::fs::symlink;

use pipewright::apply;
use pipewright::reconcile::{Action, Base, Change};
use proptest::prelude::*;

use crate::disks::picture;
use crate::folders::folder;

fn create(path: &str, old: Option<&str>, text: &str) -> Change {
    Change {
        path: path.to_owned(),
        action: Action::Create,
        old: old.map(str::to_owned),
        new: Some(text.to_owned()),
        executable: false,
        why: String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_path_leads_outside(path in "(\\.\\.|\\.|/|\\.git|\\.GIT|a|link|[a-z]{1,2}|\\.pipewright|file){1,6}", text in "[a-z]{0,9}") {
        let outside = folder();
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("a")).expect("a folder");
        fs::write(root.join("file"), "x").expect("a file");
        symlink(outside.path(), root.join("link")).expect("a link");
        symlink("../../target", root.join("a/link")).expect("a link");
        let before = picture(outside.path());
        let inside = |path: &str| path.starts_with("root/");
        if apply::apply(&root, &[create(&path, None, &text)], &Base::default()).is_ok() {
            let now = picture(outside.path());
            prop_assert!(now.iter().filter(|(path, _)| !inside(path)).eq(before.iter().filter(|(path, _)| !inside(path))));
            let target = now.get(&format!("root/{path}")).cloned().flatten();
            prop_assert_eq!(target.map(|(bytes, _)| bytes), Some(text.into_bytes()));
        } else {
            prop_assert_eq!(picture(outside.path()), before);
        }
    }
}

#[test]
fn hostile_paths_are_refused_by_name() {
    let root = folder();
    for path in [
        "../x",
        "/tmp/x",
        "a/../../x",
        "a/./b",
        "a//b",
        "",
        ".",
        ".git/hooks/pre-commit",
        "a/.GIT/config",
        ".pipewright/redo.json",
        "a/",
    ] {
        let error = apply::apply(
            root.path(),
            &[create("fine.yml", None, "x"), create(path, None, "x")],
            &Base::default(),
        );
        let error = error.expect_err(path);
        assert_eq!(error.kind().exit_code(), 3);
        assert!(error.to_string().contains(&format!("`{path}`")), "{error}");
    }
    assert!(picture(root.path()).is_empty());
}

#[test]
fn links_are_refused_by_name() {
    let (root, outside) = (folder(), folder());
    symlink(outside.path(), root.path().join("deploy")).expect("a link");
    symlink(outside.path().join("x"), root.path().join("x.yml")).expect("a link");
    for path in ["deploy/a.sh", "x.yml"] {
        let error = apply::apply(root.path(), &[create(path, None, "x")], &Base::default()).expect_err(path);
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
    }
    fs::remove_file(root.path().join("deploy")).expect("a link");
    symlink(outside.path(), root.path().join(".pipewright")).expect("a link");
    assert!(apply::apply(root.path(), &[create("a", None, "x")], &Base::default()).is_err());
    assert!(picture(outside.path()).is_empty());
}

#[test]
fn what_is_in_the_way_is_named() {
    let root = folder();
    fs::create_dir_all(root.path().join("deploy/a.sh")).expect("a folder");
    fs::write(root.path().join("docs"), "x").expect("a file");
    for (path, why) in
        [("deploy/a.sh", "`deploy/a.sh` is not a file"), ("docs/DEPLOYMENT.md", "`docs` is not a folder")]
    {
        let changes = [create("fine.yml", None, "x"), create(path, None, "x")];
        let error = apply::apply(root.path(), &changes, &Base::default()).expect_err(path);
        assert!(error.to_string().contains(why), "{error}");
    }
    assert!(!root.path().join("fine.yml").exists());
}

#[test]
fn a_journal_made_by_someone_else_leads_nowhere() {
    let (root, outside) = (folder(), folder());
    fs::create_dir(root.path().join(".pipewright")).expect("a folder");
    let target = outside.path().join("x");
    for path in [target.to_str().expect("text"), "../x", ".git/config"] {
        let side = serde_json::json!({"text": "x", "mode": {"New": 420}});
        let journal =
            serde_json::json!({"entries": [{"path": path, "old": null, "new": side}], "folders": []});
        fs::write(root.path().join(".pipewright/redo.json"), journal.to_string()).expect("a journal");
        assert!(apply::recover(root.path()).is_err());
    }
    fs::write(root.path().join(".pipewright/redo.json"), "{").expect("a journal");
    assert!(apply::recover(root.path()).expect_err("damaged").to_string().contains("damaged"));
    assert!(picture(outside.path()).is_empty());
}

#[test]
fn what_was_edited_after_it_was_read_is_not_overwritten() {
    let root = folder();
    fs::write(root.path().join("a.yml"), "mine").expect("a file");
    fs::write(root.path().join("b.yml"), [0xff, 0xfe]).expect("a file");
    for change in [
        create("a.yml", None, "x"),
        create("a.yml", Some("other"), "x"),
        create("b.yml", Some("\u{fffd}\u{fffd}"), "x"),
    ] {
        let error = apply::apply(root.path(), &[change], &Base::default()).expect_err("a fresh edit");
        assert!(error.to_string().contains("was changed since it was read"), "{error}");
    }
    assert_eq!(picture(root.path()).len(), 2);
}
