//! Prepares the scaffolds: notices new ones, and turns descriptions (YAML) into JSON, which a run reads ten times faster.
//! What is embedded is a copy of the folder, in which a description is an empty file: its JSON is all that is read.
#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=scaffolds");
    let root = Path::new("scaffolds");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    let embedded = out.join("scaffolds");
    let _ = std::fs::remove_dir_all(&embedded); // what another build left there
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    let mut table = String::from("&[\n");
    for path in &paths {
        let name = path.strip_prefix(root).expect("lies below");
        let json = description(path);
        embed(path, &embedded.join(name), json.is_some());
        if let Some(json) = json {
            writeln!(table, "    ({:?}, {json:?}),", name.display().to_string())
                .expect("a string takes everything");
        }
    }
    table.push(']');
    std::fs::write(out.join("descriptions.rs"), table).expect("the output folder can be written");
}

fn embed(from: &Path, to: &Path, described: bool) {
    let text = if described { Vec::new() } else { std::fs::read(from).expect("the file is there") };
    std::fs::create_dir_all(to.parent().expect("lies in a folder"))
        .expect("the output folder can be written");
    std::fs::write(to, text).expect("the output folder can be written");
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// A description as JSON; `None` for templates of CloudFormation and the like, which are only text to us.
fn description(path: &Path) -> Option<String> {
    path.extension().filter(|extension| *extension == "yaml")?;
    let text = std::fs::read_to_string(path).ok()?;
    let value: serde_yaml::Value = serde_yaml::from_str(&text).ok()?;
    serde_json::to_string(&plain(value)?).ok()
}

/// The same tree in JSON's terms; `None` where a tag says that it is a template.
fn plain(value: serde_yaml::Value) -> Option<serde_json::Value> {
    use serde_yaml::Value;
    Some(match value {
        Value::Tagged(_) => return None,
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => serde_json::to_value(number).ok()?,
        Value::String(text) => text.into(),
        Value::Sequence(items) => items.into_iter().map(plain).collect::<Option<Vec<_>>>()?.into(),
        Value::Mapping(map) => {
            let entries = map.into_iter().map(|(key, value)| Some((key.as_str()?.to_owned(), plain(value)?)));
            serde_json::Value::Object(entries.collect::<Option<_>>()?)
        }
    })
}
