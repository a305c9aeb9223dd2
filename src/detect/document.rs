//! Parsed JSON, YAML and TOML as one tree of values that knows its lines.

use std::collections::HashMap;

use serde_json::Value;

use super::evidence::Clue;
use super::parse::{json, toml, yaml};

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
        Ok(Self { file, text, value, lines })
    }

    /// The whole tree.
    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// The value at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value, |value, key| value.get(key))
    }

    /// The string at a path of keys.
    pub(super) fn str(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// The keys of the object at a path.
    pub(super) fn keys(&self, path: &[&str]) -> Vec<&str> {
        let object = self.get(path).and_then(Value::as_object);
        object.map_or_else(Vec::new, |object| object.keys().map(String::as_str).collect())
    }

    /// Where the value at a path is written.
    pub(super) fn clue(&self, path: &[&str]) -> Clue {
        let line = self.lines.get(&path.join("\n")).copied().or_else(|| self.find(path));
        let line = line.unwrap_or_default();
        let text = self.text.lines().nth(line.wrapping_sub(1)).unwrap_or_default();
        Clue::new(&self.file, line, text.trim_end().trim_end_matches(','))
    }

    /// The first line that mentions `name` in quotes or as a key, any case.
    pub(super) fn mention(&self, name: &str) -> Clue {
        let wanted = |line: &str| {
            let line = line.trim().trim_start_matches(['"', '\'']).to_ascii_lowercase().replace('_', "-");
            line.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
                || line.contains(&format!("\"{name}"))
        };
        let (index, line) = self.text.lines().enumerate().find(|(_, line)| wanted(line)).unwrap_or_default();
        let line_number = if line.is_empty() { 0 } else { index + 1 };
        Clue::new(&self.file, line_number, line.trim_end().trim_end_matches(','))
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
        let table = table.trim_start_matches('[').split(']').next().unwrap_or_default();
        return table.split('.').any(|part| part.trim_matches('"') == key);
    }
    let line = line.trim_start_matches(['"', '\'']);
    let Some(rest) = line.strip_prefix(key) else {
        return false;
    };
    rest.trim_start_matches(['"', '\'', ' ']).starts_with([':', '='])
}
