//! Walks the sample repositories and snapshots what is found in each: adding a folder adds a test.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read and write their own folders"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipewright::detect::{Versions, detect};
use pipewright::project::Project;
use pipewright::workspace::Workspace;

fn versions() -> Versions {
    let list = |versions: &[&str]| versions.iter().map(|v| (*v).to_owned()).collect();
    Versions {
        offered: BTreeMap::from([
            ("node".to_owned(), list(&["24", "22"])),
            ("python".to_owned(), list(&["3.14", "3.13", "3.12"])),
            ("go".to_owned(), list(&["1.26", "1.25"])),
        ]),
        aliases: BTreeMap::from([(
            "node".to_owned(),
            BTreeMap::from([("lts/jod".to_owned(), "22".to_owned())]),
        )]),
    }
}

fn project(folder: &Path) -> Project {
    let workspace = Workspace::open_at_folder(folder).expect("the folder opens");
    detect(&workspace, &versions())
}

/// A project of a few files in a folder of its own.
fn of(files: &[(&str, &str)]) -> Project {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }
    project(folder.path())
}

#[test]
fn samples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut folders: Vec<_> = fs::read_dir(root)
        .expect("the samples are there")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 16);
    for folder in folders {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        insta::assert_json_snapshot!(name, project(&folder));
    }
}
