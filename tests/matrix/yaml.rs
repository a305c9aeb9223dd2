//! Every YAML file is the same tree to YAML 1.1 readers (`PyYAML`, Psych) and to YAML 1.2 readers.

use serde_json::{Map, Value, json};

use crate::cells::distinct;
use crate::tools::run;

#[test]
fn yaml_1_1_readers_see_the_intended_tree() {
    let files = distinct("yaml11", |path| path.ends_with(".yml") || path.ends_with(".yaml"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix/yaml11.py");
    let verdict = run("python-yaml11", &[script], &files);
    assert!(verdict.success, "{}", verdict.text);
    let trees: Vec<Value> = serde_json::from_str(&verdict.text).expect("the script prints JSON");
    assert_eq!(trees.len(), files.len());
    for (file, old) in files.iter().zip(trees) {
        let text = std::fs::read_to_string(file).expect("was written");
        let new: serde_yaml::Value = serde_yaml::from_str(&text).expect("is YAML");
        assert_eq!(plain(&new), old, "{}", file.display());
    }
}

/// The same tree as JSON, a tag as a map of one key.
fn plain(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(flag) => json!(flag),
        serde_yaml::Value::Number(number) => json!(number),
        serde_yaml::Value::String(text) => json!(text),
        serde_yaml::Value::Sequence(items) => items.iter().map(plain).collect(),
        serde_yaml::Value::Mapping(map) => {
            Value::Object(map.iter().map(|(k, v)| (key(k), plain(v))).collect())
        }
        serde_yaml::Value::Tagged(tagged) => {
            Value::Object(Map::from_iter([(tagged.tag.to_string(), plain(&tagged.value))]))
        }
    }
}

fn key(value: &serde_yaml::Value) -> String {
    value.as_str().map_or_else(|| plain(value).to_string(), str::to_owned)
}
