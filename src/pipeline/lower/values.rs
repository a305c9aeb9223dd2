//! How one CI writes values and conditions, from the tables in its `ci.yaml`.

use serde_json::json;

use crate::error::{Error, Result};
use crate::pipeline::model::{Account, Condition, Fact, Value};
use crate::scaffold::{Ci, Quoting, render_scalar, yaml_quote};

/// A value of an environment variable as it stands in the CI's file, quoted.
pub(super) fn value(ci: &Ci, value: &Value) -> Result<String> {
    match value {
        Value::Text(text) => Ok(quote(ci, &literal(ci, text))),
        Value::Fact(fact) => {
            let written = table(
                ci,
                match fact {
                    Fact::Commit => "commit",
                    Fact::Sequence => "sequence",
                },
            )?;
            Ok(match ci.quoting {
                Quoting::Yaml => yaml_quote(written),
                Quoting::Shell => format!("\"{written}\""),
            })
        }
    }
}

/// An account id: the digits, or how the CI reads the variable that holds them.
pub(super) fn account(ci: &Ci, account: &Account) -> Result<String> {
    match account {
        Account::Id(id) => Ok(id.clone()),
        Account::Variable(name) => render_scalar("account", table(ci, "account")?, &json!({ "name": name })),
    }
}

/// A condition in the CI's own expression language.
pub(super) fn condition(ci: &Ci, condition: &Condition) -> Result<String> {
    let filled = |key: &str, context: serde_json::Value| {
        let text = ci.conditions.get(key).ok_or_else(|| missing(ci, key))?;
        render_scalar(key, text, &context)
    };
    match condition {
        Condition::PullRequest => filled("pull-request", json!({})),
        Condition::Push(branch) => filled("push", json!({ "branch": branch })),
        Condition::Dispatch(environment) => filled("dispatch", json!({ "environment": environment })),
        Condition::Any(conditions) => {
            let parts: Result<Vec<String>> = conditions.iter().map(|c| self::condition(ci, c)).collect();
            let parts: Vec<String> = parts?.iter().map(|part| grouped(part, conditions.len())).collect();
            Ok(parts.join(&filled("any", json!({}))?))
        }
    }
}

fn grouped(part: &str, parts: usize) -> String {
    if parts > 1 && part.contains("&&") { format!("({part})") } else { part.to_owned() }
}

fn literal(ci: &Ci, text: &str) -> String {
    ci.literals.iter().fold(text.to_owned(), |text, rule| text.replace(&rule.from, &rule.to))
}

fn quote(ci: &Ci, text: &str) -> String {
    match ci.quoting {
        Quoting::Yaml => yaml_quote(text),
        Quoting::Shell => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

fn table<'a>(ci: &'a Ci, key: &str) -> Result<&'a str> {
    ci.values.get(key).map(String::as_str).ok_or_else(|| missing(ci, key))
}

fn missing(ci: &Ci, key: &str) -> Error {
    Error::bug(format!("scaffolds/ci/{}/ci.yaml does not say how {key} is written", ci.name))
}
