//! Finds names in a template's conditions that its context does not have: tera takes such a name for false.

use std::collections::BTreeSet;

/// Words of the template language that may stand in a condition.
const WORDS: [&str; 10] = ["not", "and", "or", "in", "is", "defined", "true", "false", "loop", "none"];

/// The names in `if` and `elif` that neither the context nor a loop of the template defines.
///
/// Checked in debug builds only, where the tests render every scaffold: a person's run need not pay for it.
pub(super) fn undefined<'a>(text: &'a str, known: &BTreeSet<&str>) -> Vec<&'a str> {
    let blocks: Vec<&str> = text.split("<%").skip(1).filter_map(|rest| rest.split("%>").next()).collect();
    let blocks: Vec<&str> = blocks.into_iter().map(|block| block.trim_matches(['-', ' ', '\n'])).collect();
    let loops: BTreeSet<&str> = blocks
        .iter()
        .filter_map(|block| block.strip_prefix("for ")?.split(" in ").next())
        .flat_map(|names| names.split(',').map(str::trim))
        .collect();
    let conditions =
        blocks.iter().filter_map(|block| block.strip_prefix("if ").or(block.strip_prefix("elif ")));
    conditions
        .flat_map(names)
        .filter(|name| !WORDS.contains(name) && !known.contains(name) && !loops.contains(name))
        .collect()
}

/// The names in an expression: texts in quotes, filters, and what stands behind a dot are none.
fn names(expression: &str) -> Vec<&str> {
    let outside = expression.split('"').step_by(2);
    let values = outside.flat_map(|part| {
        let mut piped = part.split('|');
        let first = piped.next().unwrap_or_default();
        std::iter::once(first)
            .chain(piped.filter_map(|filtered| Some(filtered.trim_start().split_once(' ')?.1)))
    });
    let words =
        values.flat_map(|part| part.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))));
    words
        .filter_map(|word| word.split('.').next())
        .filter(|name| name.starts_with(|c: char| c.is_alphabetic()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_in_a_condition_is_found() {
        let text = "<%- if not servce.name == \"x\" and loop.first %><% for a, b in c %><% if a.b | length > 1 or d %>";
        let known = BTreeSet::from(["service", "d"]);
        assert_eq!(undefined(text, &known), ["servce"]);
    }
}
