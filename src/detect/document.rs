//! Parsed JSON, YAML and TOML as one tree of values that knows its lines.

use std::collections::HashMap;

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::{Map, Value};

use super::evidence::Clue;

/// A parsed file. CloudFormation's short tags read like their long forms: `!Ref X` is `{"Ref": "X"}`.
pub(super) struct Document {
    file: String,
    text: String,
    value: Value,
    lines: HashMap<String, usize>,
}

impl Document {
    /// Parses by the file's ending; the error is a sentence with line and column.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, String> {
        let (value, lines) = match file.rsplit('.').next() {
            Some("yaml" | "yml") => (yaml(file, text)?, HashMap::new()),
            Some("toml") => (toml(file, text)?, HashMap::new()),
            _ => json(file, text)?,
        };
        let (file, text) = (file.to_owned(), text.to_owned());
        Ok(Self {
            file,
            text,
            value,
            lines,
        })
    }

    /// The value at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Value> {
        path.iter()
            .try_fold(&self.value, |value, key| value.get(key))
    }

    /// The string at a path of keys.
    pub(super) fn str(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// The keys of the object at a path.
    pub(super) fn keys(&self, path: &[&str]) -> Vec<&str> {
        let object = self.get(path).and_then(Value::as_object);
        object.map_or_else(Vec::new, |object| {
            object.keys().map(String::as_str).collect()
        })
    }

    /// Where the value at a path is written.
    pub(super) fn clue(&self, path: &[&str]) -> Clue {
        let line = self
            .lines
            .get(&path.join("\n"))
            .copied()
            .or_else(|| self.find(path));
        let line = line.unwrap_or_default();
        let text = self
            .text
            .lines()
            .nth(line.wrapping_sub(1))
            .unwrap_or_default();
        Clue::new(&self.file, line, text.trim_end().trim_end_matches(','))
    }

    /// The file, relative to the root.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The first line that mentions `name` in quotes or as a key, any case.
    pub(super) fn mention(&self, name: &str) -> Clue {
        let wanted = |line: &str| {
            let line = line
                .trim()
                .trim_start_matches(['"', '\''])
                .to_ascii_lowercase()
                .replace('_', "-");
            line.strip_prefix(name).is_some_and(|rest| {
                !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
            }) || line.contains(&format!("\"{name}"))
        };
        let (index, line) = self
            .text
            .lines()
            .enumerate()
            .find(|(_, line)| wanted(line))
            .unwrap_or_default();
        let line_number = if line.is_empty() { 0 } else { index + 1 };
        Clue::new(
            &self.file,
            line_number,
            line.trim_end().trim_end_matches(','),
        )
    }

    /// Finds a key in block YAML or TOML: the keys of the path in order, each the first at or after the last.
    fn find(&self, path: &[&str]) -> Option<usize> {
        let mut lines = self.text.lines().enumerate();
        let mut found = None;
        for key in path {
            let (index, _) = lines.by_ref().find(|(_, line)| names(line, key))?;
            found = Some(index + 1);
        }
        found
    }
}

/// Whether a line sets `key` or opens it: `key: x`, `"key": x`, `key = x`, `[a.key]`.
fn names(line: &str, key: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    if let Some(table) = line.strip_prefix('[') {
        let table = table
            .trim_start_matches('[')
            .split(']')
            .next()
            .unwrap_or_default();
        return table.split('.').any(|part| part.trim_matches('"') == key);
    }
    let line = line.trim_start_matches(['"', '\'']);
    let Some(rest) = line.strip_prefix(key) else {
        return false;
    };
    rest.trim_start_matches(['"', '\'', ' '])
        .starts_with([':', '='])
}

fn toml(file: &str, text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = &text[..offset.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        format!("{file}:{line}:{column}: {}", error.message())
    })
}

fn yaml(file: &str, text: &str) -> Result<Value, String> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| {
        let place = error
            .location()
            .map_or((1, 1), |at| (at.line(), at.column()));
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
        Yaml::Mapping(map) => map
            .into_iter()
            .map(|(k, v)| (key(&k), from_yaml(v)))
            .collect(),
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let tag = tag.trim_start_matches('!');
            let long = if matches!(tag, "Ref" | "Condition") {
                tag.to_owned()
            } else {
                format!("Fn::{tag}")
            };
            Value::Object(Map::from_iter([(long, from_yaml(tagged.value))]))
        }
    }
}

fn key(key: &serde_yaml::Value) -> String {
    match key {
        serde_yaml::Value::String(key) => key.clone(),
        other => serde_yaml::to_string(other)
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

/// JSON; comments and trailing commas pass, because `tsconfig.json` and `angular.json` may hold them.
fn json(file: &str, text: &str) -> Result<(Value, HashMap<String, usize>), String> {
    let options = ParseOptions {
        allow_missing_commas: false,
        allow_loose_object_property_names: false,
        allow_single_quoted_strings: false,
        ..ParseOptions::default()
    };
    let parsed =
        jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options).map_err(|e| {
            format!(
                "{file}:{}:{}: {}",
                e.line_display(),
                e.column_display(),
                e.kind()
            )
        })?;
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut lines = HashMap::new();
    let value = parsed.value.map_or(Value::Null, |value| {
        from_json(&value, "", &starts, &mut lines)
    });
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
            let items = array
                .elements
                .iter()
                .map(|item| from_json(item, path, starts, lines));
            items.collect()
        }
        ast::Value::Object(object) => {
            let mut map = Map::new();
            for property in &object.properties {
                let name = property.name.as_str();
                let path = if path.is_empty() {
                    name.to_owned()
                } else {
                    format!("{path}\n{name}")
                };
                let line = starts.partition_point(|at| *at < property.range.start) + 1;
                lines.insert(path.clone(), line);
                map.insert(
                    name.to_owned(),
                    from_json(&property.value, &path, starts, lines),
                );
            }
            Value::Object(map)
        }
    }
}
