//! Walks the sample repositories and snapshots what is found in each: adding a folder adds a test.

#![expect(clippy::disallowed_methods, reason = "tests read and write their own folders")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipewright::detect::{Versions, detect};
use pipewright::project::{Kind, Project};
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
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        insta::assert_json_snapshot!(name, project(&folder));
    }
}

const VITE: &str = r#"{"scripts":{"build":"vite build","test":"vitest run"},"devDependencies":{"vite":"^7.0.0","vitest":"^4"}}"#;

/// The kind of the first unit.
fn kind(files: &[(&str, &str)]) -> Option<Kind> {
    of(files).units.first().map(|unit| unit.kind)
}

#[test]
fn decoys_do_not_change_the_answer() {
    let page = [("package.json", VITE), ("index.html", ""), ("package-lock.json", "{}")];
    let decoys: [(&str, &str); 5] = [
        (".devcontainer/Dockerfile", "FROM node:22\nCMD [\"node\"]\n"),
        ("Dockerfile", "FROM node:22 AS build\nRUN npm ci\n"),
        ("turbo.json", "{}"),
        ("examples/api/Dockerfile", "FROM node:22\nCMD [\"node\"]\n"),
        ("tests/template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n"),
    ];
    for decoy in decoys {
        let project = of(&[&page[..], &[decoy]].concat());
        let kinds: Vec<Kind> = project.units.iter().map(|unit| unit.kind).collect();
        assert_eq!(kinds, [Kind::Spa], "{}", decoy.0);
    }
}

#[test]
fn what_decides_is_needed() {
    assert_ne!(kind(&[("package.json", VITE)]), Some(Kind::Spa), "no page");
    assert_ne!(kind(&[("template.yaml", "Resources: {}\n")]), Some(Kind::Sam), "no transform");
    assert_eq!(kind(&[("README.md", "")]), None);
    let laravel = [
        ("package.json", VITE),
        ("index.html", ""),
        ("artisan", ""),
        ("composer.json", r#"{"require":{"laravel/framework":"^12"}}"#),
    ];
    assert_eq!(kind(&laravel), Some(Kind::Server));
}

#[test]
fn a_dockerfile_that_serves_the_pages_is_the_second_reading() {
    let page = [("package.json", VITE), ("index.html", "")];
    let nginx = (
        "Dockerfile",
        "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1\nCOPY --from=build /dist /usr/share/nginx/html\n",
    );
    let project = of(&[&page[..], &[nginx]].concat());
    let unit = &project.units[0];
    assert_eq!((unit.kind, unit.alternatives[0].kind), (Kind::Spa, Kind::Container));
    assert_eq!(unit.alternatives[0].port, Some(80));
    let node = ("Dockerfile", "FROM node:22\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]\n");
    let project = of(&[&page[..], &[node]].concat());
    let unit = &project.units[0];
    assert_eq!((unit.kind, unit.alternatives[0].kind), (Kind::Container, Kind::Spa));
}

/// dependency, configuration file, its text, what that means
const CONFIGURATIONS: &[(&str, &str, &str, Kind)] = &[
    ("next", "next.config.mjs", "export default { output: 'export' }", Kind::Static),
    ("next", "next.config.mjs", "// output: 'export'\nexport default {}", Kind::Ssr),
    ("nuxt", "nuxt.config.ts", "export default { ssr: false }", Kind::Static),
    ("astro", "astro.config.mjs", "export default { output: \"server\" }", Kind::Ssr),
    ("astro", "astro.config.mjs", "export default {}", Kind::Static),
    ("@sveltejs/kit", "svelte.config.js", "import adapter from '@sveltejs/adapter-static'", Kind::Static),
    ("@sveltejs/kit", "svelte.config.js", "import adapter from '@sveltejs/adapter-node'", Kind::Ssr),
    ("@react-router/dev", "react-router.config.ts", "export default { ssr: false }", Kind::Spa),
    ("@react-router/dev", "react-router.config.ts", "export default { ssr: true }", Kind::Ssr),
];

#[test]
fn configuration_decides_between_server_and_files() {
    let package =
        |name: &str| format!(r#"{{"scripts":{{"build":"x build"}},"dependencies":{{"{name}":"^1.0.0"}}}}"#);
    for (dependency, config, text, expected) in CONFIGURATIONS {
        let found = kind(&[("package.json", &package(dependency)), (config, text)]);
        assert_eq!(found, Some(*expected), "{dependency}: {text}");
    }
}

#[test]
fn angular_writes_where_its_builder_says() {
    let package = r#"{"scripts":{"build":"ng build"},"dependencies":{"@angular/core":"^21.0.0"}}"#;
    let table = [
        (":application", "", "dist/shop/browser"),
        (":application", r#""outputPath":"out""#, "out/browser"),
        (":application", r#""outputPath":{"base":"out","browser":""}"#, "out"),
        (":browser", r#""outputPath":"out/shop""#, "out/shop"),
    ];
    for (builder, options, expected) in table {
        let angular = format!(
            r#"{{"projects":{{"shop":{{"architect":{{"build":{{"builder":"@angular/build{builder}","options":{{{options}}}}}}}}}}}}}"#
        );
        let project = of(&[("package.json", package), ("angular.json", &angular)]);
        assert_eq!(project.units[0].output.as_deref(), Some(expected), "{builder} {options}");
    }
}

#[test]
fn broken_files_are_notes_with_their_place() {
    let project = of(&[
        ("package.json", "{\n  \"name\": \"x\",\n  oops\n}"),
        ("template.yaml", "Transform: x\n  bad: [\n"),
        ("pyproject.toml", "[project\n"),
        ("Dockerfile", "FROM alpine\nEXPOSE 80\nCMD [\"x\"]\n"),
    ]);
    assert_eq!(project.units[0].kind, Kind::Container);
    for place in ["package.json:3:", "template.yaml:2:", "pyproject.toml:1:"] {
        assert!(project.notes.iter().any(|note| note.starts_with(place)), "{place} in {:?}", project.notes);
    }
}

#[test]
fn warnings_name_what_will_go_wrong() {
    let warned = |files: &[(&str, &str)], words: &str| {
        let project = of(files);
        let warnings = &project.units[0].warnings;
        assert!(warnings.iter().any(|warning| warning.contains(words)), "{words} in {warnings:?}");
    };
    let package = |test: &str| {
        format!(
            r#"{{"scripts":{{"build":"vite build","test":"{test}"}},"dependencies":{{"vite":"7","pg":"8"}}}}"#
        )
    };
    let page = ("index.html", "");
    warned(&[("package.json", VITE), page], "no lock file");
    warned(&[("package.json", VITE), page, ("yarn.lock", ""), ("package-lock.json", "{}")], "two lock files");
    warned(&[("package.json", &package("jest --watch")), page], "database");
    warned(&[("package.json", &package("cypress run")), page], "browser");
    warned(&[("package.json", &package("nodemon -w src")), page], "never ends");
    let docker = "FROM node:22\nENV PORT=8080\nEXPOSE 3000\nCMD [\"node\", \"a.js\"]\n";
    warned(&[("Dockerfile", docker)], "the port is not certain");
    let stale = r#"{"packages":{"":{"devDependencies":{"vite":"^6.0.0"}}}}"#;
    warned(&[("package.json", VITE), page, ("package-lock.json", stale)], "stale");
}

#[test]
fn the_toolchain_of_a_folder_is_known_whatever_the_folder_is() {
    let package = r#"{"name": "x", "scripts": {"test": "x-test"}}"#;
    let project = of(&[("package.json", package), ("package-lock.json", "{}"), ("infra/main.tf", "")]);
    let found: Vec<_> =
        project.toolchains.iter().map(|unit| (unit.path.as_str(), unit.toolchain.as_deref())).collect();
    assert_eq!(found, [(".", Some("node"))]);
    assert_eq!(project.toolchains[0].commands.test.as_deref(), Some("npm test"));
}

#[test]
fn several_units_are_returned_the_deployable_first() {
    let project = of(&[
        ("web/package.json", VITE),
        ("web/index.html", ""),
        ("api/Dockerfile", "FROM python:3.13\nCMD [\"python\", \"a.py\"]\nEXPOSE 5000\n"),
        ("infra/main.tf", "provider \"aws\" {}\n"),
    ]);
    let found: Vec<_> = project.units.iter().map(|unit| (unit.path.as_str(), unit.kind)).collect();
    assert_eq!(found, [("web", Kind::Spa), ("api", Kind::Container), ("infra", Kind::Terraform)]);
}
