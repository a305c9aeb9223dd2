//! Three-way merge of parsed YAML and JSON: the proof that a merged text says what both sides said.

use serde::Deserialize as _;
use serde_yaml::value::TaggedValue;
use serde_yaml::{Mapping, Value};

use super::list;

/// A text that has a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One or several documents, tags included.
    Yaml,
    /// One document.
    Json,
}

impl Format {
    /// The format of a file by its name; `None` for files without a tree (scripts, Markdown).
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "yml" | "yaml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The tree of a text, all documents in one sequence; a duplicate key is an error, as is what does not parse.
    pub fn parse(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Yaml => serde_yaml::Deserializer::from_str(text)
                .map(Value::deserialize)
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Sequence)
                .map_err(|error| error.to_string()),
            // Read as our value type, whose maps refuse duplicates: `serde_json::Value` keeps the last one.
            Self::Json => {
                let mut reader = serde_json::Deserializer::from_str(text);
                let tree = Value::deserialize(&mut reader).map_err(|error| error.to_string())?;
                reader.end().map_err(|error| error.to_string())?;
                Ok(Value::Sequence(vec![tree]))
            }
        }
    }
}

/// Merges three trees; where both sides changed one thing differently, the dotted path of that thing.
pub fn merge(base: &Value, ours: &Value, theirs: &Value) -> Result<Value, String> {
    node(Some(base), Some(ours), Some(theirs)).map(Option::unwrap_or_default).map_err(|Clash(mut path)| {
        path.reverse();
        // The first part numbers the document, which says nothing where there is one.
        path.get(1..).unwrap_or_default().join(".")
    })
}

/// Where two sides disagree, innermost part first.
pub(super) struct Clash(Vec<String>);

impl Clash {
    /// A clash that has no part of its own yet.
    pub(super) fn here() -> Self {
        Self(Vec::new())
    }

    /// The same clash, seen from one level further out.
    pub(super) fn under(mut self, part: impl Into<String>) -> Self {
        self.0.push(part.into());
        self
    }
}

/// Merges one node, `None` where a side does not have it: the side that changed wins, both changed means descend.
pub(super) fn node(
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
) -> Result<Option<Value>, Clash> {
    match (base, ours, theirs) {
        _ if ours == theirs || base == theirs => Ok(ours.cloned()),
        _ if base == ours => Ok(theirs.cloned()),
        (Some(Value::Mapping(b)), Some(Value::Mapping(o)), Some(Value::Mapping(t))) => {
            mapping(b, o, t).map(Value::Mapping).map(Some)
        }
        (Some(Value::Sequence(b)), Some(Value::Sequence(o)), Some(Value::Sequence(t))) => {
            list::merge(b, o, t).map(Value::Sequence).map(Some)
        }
        (Some(Value::Tagged(b)), Some(Value::Tagged(o)), Some(Value::Tagged(t)))
            if b.tag == o.tag && b.tag == t.tag =>
        {
            let value = node(Some(&b.value), Some(&o.value), Some(&t.value))?.unwrap_or_default();
            let tag = b.tag.clone();
            Ok(Some(Value::Tagged(Box::new(TaggedValue { tag, value }))))
        }
        _ => Err(Clash::here()),
    }
}

fn mapping(base: &Mapping, ours: &Mapping, theirs: &Mapping) -> Result<Mapping, Clash> {
    let added = theirs.keys().filter(|key| !ours.contains_key(*key));
    let mut merged = Mapping::new();
    for key in ours.keys().chain(added) {
        let value =
            node(base.get(key), ours.get(key), theirs.get(key)).map_err(|clash| clash.under(label(key)))?;
        if let Some(value) = value {
            merged.insert(key.clone(), value);
        }
    }
    Ok(merged)
}

fn label(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        other => serde_yaml::to_string(other).map_or_else(|_| "?".to_owned(), |t| t.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Value {
        Format::Yaml.parse(text).expect("valid YAML")
    }

    #[test]
    fn duplicate_keys_are_refused_at_every_depth() {
        for text in
            ["a: 1\na: 2\n", "x: [{a: 1, \"a\": 2}]\n", "a: 1\n---\nb: 1\nb: 2\n", "a: !Sub {b: 1, b: 2}\n"]
        {
            let error = Format::Yaml.parse(text).expect_err(text);
            assert!(error.contains("duplicate"), "{error}");
        }
        let error = Format::Json.parse("{\"a\": {\"b\": 1, \"b\": 2}}").expect_err("duplicate");
        assert!(error.contains("duplicate"), "{error}");
    }

    #[test]
    fn cloudformation_tags_and_several_documents_merge() {
        let base = yaml("R:\n  A: !Sub '${X}-a'\n  B: !GetAtt R.Arn\n---\nk: 1\n");
        let ours = yaml("R:\n  A: !Sub '${X}-z'\n  B: !GetAtt R.Arn\n---\nk: 1\n");
        let theirs = yaml("R:\n  A: !Sub '${X}-a'\n  B: !Ref R\n---\nk: 2\n");
        let merged = merge(&base, &ours, &theirs).expect("no clash");
        assert_eq!(merged, yaml("R:\n  A: !Sub '${X}-z'\n  B: !Ref R\n---\nk: 2\n"));
    }

    #[test]
    fn a_tag_is_part_of_the_value() {
        assert_ne!(yaml("a: !Ref X\n"), yaml("a: !GetAtt X\n"));
        assert_ne!(yaml("a: !Ref X\n"), yaml("a: X\n"));
        let clash = merge(&yaml("a: !Ref X\n"), &yaml("a: !Ref Y\n"), &yaml("a: !GetAtt X\n"));
        assert_eq!(clash, Err("a".to_owned()));
    }

    #[test]
    fn a_clash_names_its_place() {
        let base = yaml("jobs: {build: {timeout: 1, steps: [{run: a}, {run: b, if: x}]}}");
        let ours = yaml("jobs: {build: {timeout: 2, steps: [{run: a}, {run: b, if: x}]}}");
        let theirs = yaml("jobs: {build: {timeout: 3, steps: [{run: a}, {run: b, if: x}]}}");
        assert_eq!(merge(&base, &ours, &theirs), Err("jobs.build.timeout".to_owned()));
        let ours = yaml("jobs: {build: {timeout: 1, steps: [{run: a}, {run: b, if: y}]}}");
        let theirs = yaml("jobs: {build: {timeout: 1, steps: [{run: a}, {run: b, if: z}]}}");
        assert_eq!(merge(&base, &ours, &theirs), Err("jobs.build.steps.1.if".to_owned()));
    }

    #[test]
    fn deleting_what_the_other_side_changed_is_a_clash() {
        let clash = merge(&yaml("a: 1\nb: 1\n"), &yaml("b: 1\n"), &yaml("a: 2\nb: 1\n"));
        assert_eq!(clash, Err("a".to_owned()));
    }
}
