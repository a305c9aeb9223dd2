//! Parsers of JSON, YAML and TOML into one tree of values; an error is a sentence with its line and column.

use std::collections::HashMap;

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::{Map, Value};

pub(super) fn toml(file: &str, text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = &text[..offset.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        format!("{file}:{line}:{column}: {}", error.message())
    })
}

pub(super) fn yaml(file: &str, text: &str) -> Result<Value, String> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| {
        let place = error.location().map_or((1, 1), |at| (at.line(), at.column()));
        format!("{file}:{}:{}: {error}", place.0, place.1)
    })?;
    Ok(from_yaml(value))
}

fn from_yaml(value: serde_yaml::Value) -> Value {
    use serde_yaml::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(bool) => Value::Bool(bool),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or_default(),
        Yaml::String(string) => Value::String(string),
        Yaml::Sequence(items) => items.into_iter().map(from_yaml).collect(),
        Yaml::Mapping(map) => map.into_iter().map(|(k, v)| (key(&k), from_yaml(v))).collect(),
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let tag = tag.trim_start_matches('!');
            let long = if matches!(tag, "Ref" | "Condition") { tag.to_owned() } else { format!("Fn::{tag}") };
            Value::Object(Map::from_iter([(long, from_yaml(tagged.value))]))
        }
    }
}

fn key(key: &serde_yaml::Value) -> String {
    match key {
        serde_yaml::Value::String(key) => key.clone(),
        other => serde_yaml::to_string(other).unwrap_or_default().trim().to_owned(),
    }
}

/// JSON; comments and trailing commas pass, because `tsconfig.json` and `angular.json` may hold them.
pub(super) fn json(file: &str, text: &str) -> Result<(Value, HashMap<String, usize>), String> {
    let options = ParseOptions {
        allow_missing_commas: false,
        allow_loose_object_property_names: false,
        allow_single_quoted_strings: false,
        ..ParseOptions::default()
    };
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options)
        .map_err(|e| format!("{file}:{}:{}: {}", e.line_display(), e.column_display(), e.kind()))?;
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut lines = HashMap::new();
    let value = parsed.value.map_or(Value::Null, |value| from_json(&value, "", &starts, &mut lines));
    Ok((value, lines))
}

fn from_json(
    node: &ast::Value<'_>,
    path: &str,
    starts: &[usize],
    lines: &mut HashMap<String, usize>,
) -> Value {
    match node {
        ast::Value::StringLit(string) => Value::String(string.value.to_string()),
        ast::Value::NumberLit(number) => number.value.parse().map_or(Value::Null, Value::Number),
        ast::Value::BooleanLit(bool) => Value::Bool(bool.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => {
            let items = array.elements.iter().map(|item| from_json(item, path, starts, lines));
            items.collect()
        }
        ast::Value::Object(object) => {
            let mut map = Map::new();
            for property in &object.properties {
                let name = property.name.as_str();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}\n{name}") };
                let line = starts.partition_point(|at| *at < property.range.start) + 1;
                lines.insert(path.clone(), line);
                map.insert(name.to_owned(), from_json(&property.value, &path, starts, lines));
            }
            Value::Object(map)
        }
    }
}
