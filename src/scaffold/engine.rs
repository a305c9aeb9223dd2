//! Fills templates in: tera with delimiters that clash with no CI's own syntax, and one quoting filter.

use std::sync::OnceLock;

use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, Tera, Value};

use crate::error::{Error, Result};

/// Renders `text`, the template called `name` in error messages, with `context`, a struct or map.
///
/// # Errors
/// A template that names an undefined value or does not parse: a defect of the scaffold.
pub fn render<T: Serialize + ?Sized>(name: &str, text: &str, context: &T) -> Result<String> {
    if cfg!(debug_assertions) {
        check_conditions(name, text, context)?;
    }
    let context = Context::from_serialize(context).map_err(|cause| template_error(name, &cause))?;
    engine()?.render_str(text, &context, false).map_err(|cause| template_error(name, &cause))
}

/// Renders a scalar of a fragment; most hold no placeholder and are returned as they are.
///
/// # Errors
/// As [`render`].
pub fn render_scalar<T: Serialize + ?Sized>(name: &str, text: &str, context: &T) -> Result<String> {
    if text.contains("<{") || text.contains("<%") { render(name, text, context) } else { Ok(text.to_owned()) }
}

/// Quotes a text as a YAML scalar that YAML 1.1 and 1.2 readers take for the same string: in single quotes where
/// double ones would need escapes, in double quotes otherwise.
#[must_use]
pub fn yaml_quote(text: &str) -> String {
    let plain = |c: char| (' '..='~').contains(&c) && c != '\'';
    if text.contains(['"', '\\']) && text.chars().all(plain) {
        return format!("'{text}'");
    }
    double_quote(text)
}

fn double_quote(text: &str) -> String {
    use std::fmt::Write as _;
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // Line and paragraph separators and the byte order mark would be folded or dropped when bare.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn check_conditions<T: Serialize + ?Sized>(name: &str, text: &str, context: &T) -> Result<()> {
    let value = serde_json::to_value(context).unwrap_or_default();
    let known = value.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    match super::conditions::undefined(text, &known).first() {
        Some(missing) => {
            Err(Error::bug(format!("the scaffold {name} asks for {missing}, which it is not given")))
        }
        None => Ok(()),
    }
}

/// Quotes a text as one word of a POSIX shell.
fn shell_quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn template_error(name: &str, cause: &tera::Error) -> Error {
    Error::bug(format!("the scaffold {name} cannot be rendered: {cause}"))
}

fn engine() -> Result<&'static Tera> {
    static ENGINE: OnceLock<Option<Tera>> = OnceLock::new();
    let built = ENGINE.get_or_init(|| {
        let mut tera = Tera::new();
        tera.set_delimiters(delimiters()).ok()?;
        tera.register_filter("yaml", |value: Value, _: Kwargs, _: &State| yaml_scalar(&value));
        tera.register_filter("flow", |value: Value, _: Kwargs, _: &State| yaml_flow(&value));
        tera.register_filter("sh", |value: Value, _: Kwargs, _: &State| shell_quote(&text_of(&value)));
        Some(tera)
    });
    built.as_ref().ok_or_else(|| Error::bug("the template engine refuses its delimiters"))
}

/// A scalar of YAML: texts quoted, numbers and truth values bare.
fn yaml_scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), yaml_quote)
}

/// A value on one line: a scalar, or a map in braces.
fn yaml_flow(value: &Value) -> String {
    let Some(map) = value.as_map() else {
        return yaml_scalar(value);
    };
    let mut entries: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}: {}", yaml_quote(&key.to_string()), yaml_scalar(value)))
        .collect();
    entries.sort();
    format!("{{ {} }}", entries.join(", "))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn delimiters() -> Delimiters {
    Delimiters {
        block_start: "<%".into(),
        block_end: "%>".into(),
        variable_start: "<{".into(),
        variable_end: "}>".into(),
        comment_start: "<#".into(),
        comment_end: "#>".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_syntax_passes_through_untouched() {
        let text = "a: ${{ github.sha }} $[[ x ]] [[ y ]] !Sub ${Z} ${#w} <{ name | yaml }>";
        let context = serde_json::json!({ "name": "yes" });
        let rendered = render("test", text, &context).expect("renders");
        assert_eq!(rendered, "a: ${{ github.sha }} $[[ x ]] [[ y ]] !Sub ${Z} ${#w} \"yes\"");
    }

    #[test]
    fn an_undefined_name_is_an_error_that_names_the_scaffold() {
        let error = render("ci/x", "<{ missing }>", &serde_json::json!({})).expect_err("undefined");
        assert!(error.to_string().contains("ci/x"), "{error}");
    }

    #[test]
    fn quoting_survives_yaml_and_shell() {
        for text in ["on", "1:20", "a\"b\\c", "x\ny", "\u{2028}\u{feff}\u{7f}", "${{ x }}", "- a: b #c"] {
            let back: String = serde_yaml::from_str(&yaml_quote(text)).expect("parses");
            assert_eq!(back, text);
        }
        assert_eq!(shell_quote("a'b"), r"'a'\''b'");
    }
}
