//! Reads the words of an answer: a scalar, yes or no, an approval, nothing.

use std::str::FromStr;

use super::wording;
use crate::manifest::{Approval, Scalar};

/// Whether an answer leaves a value out: nothing, or a dash where there is a default.
pub(super) fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-")
}

/// A text as the manifest would read it: a number or truth value where it looks like one.
pub(super) fn scalar(text: &str) -> Scalar {
    match (text, text.parse::<i64>()) {
        ("true" | "yes", _) => Scalar::Flag(true),
        ("false" | "no", _) => Scalar::Flag(false),
        // A leading zero or plus would be lost.
        (_, Ok(number)) if number.to_string() == text => Scalar::Number(number),
        _ => Scalar::Text(text.to_owned()),
    }
}

/// Reads a yes or no.
pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(true),
        "no" | "n" | "false" => Ok(false),
        _ => Err(format!("{text:?} is neither yes nor no")),
    }
}

/// Reads an approval's word.
pub(super) fn approval(text: &str) -> Result<Approval, String> {
    match text {
        "none" => Ok(Approval::None),
        "manual" => Ok(Approval::Manual),
        "reviewers" => Ok(Approval::Reviewers),
        _ => {
            let known = wording::known(text, ["none", "manual", "reviewers"]);
            Err(format!("{text:?} is not an approval: {known}"))
        }
    }
}

/// Parses into a field.
pub(super) fn set<T: FromStr<Err = String>>(field: &mut T, text: &str) -> Result<(), String> {
    *field = text.parse()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_what_a_number_would_lose() {
        assert_eq!(scalar("8080"), Scalar::Number(8080));
        assert_eq!(scalar("007"), Scalar::Text("007".into()));
        assert_eq!(scalar("1.0"), Scalar::Text("1.0".into()));
    }
}
