//! Writes one text as a YAML scalar that reads back byte for byte: a block literal where YAML allows it.

use std::fmt::Write as _;

/// Appends `key: text` at the given indentation, the text as a block literal so that git merges it by lines.
pub(super) fn write(out: &mut String, indent: usize, key: &str, text: &str) {
    let pad = " ".repeat(indent);
    if text.is_empty() || !text.chars().all(|c| printable(c) || c == '\n' || c == '\t') {
        let _ = writeln!(out, "{pad}{key}: {}", quote(text));
        return;
    }
    let _ = writeln!(out, "{pad}{key}: |{}{}", indicator(text), chomping(text));
    for line in text.split_terminator('\n') {
        if !line.is_empty() {
            let _ = write!(out, "{pad}  {line}");
        }
        out.push('\n');
    }
}

/// The explicit indentation, needed where the first line is blank or begins with one.
fn indicator(text: &str) -> &'static str {
    if text.starts_with(char::is_whitespace) { "2" } else { "" }
}

/// Which newlines at the end belong to the text: one, all, or none.
fn chomping(text: &str) -> &'static str {
    match text.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
        Some(_) => "",
    }
}

/// The text in double quotes; what YAML does not take as it is becomes an escape.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if printable(c) => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// Printable in YAML 1.1 and 1.2, and no line break in either.
fn printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(text: &str) -> String {
        let mut yaml = String::from("outer:\n");
        write(&mut yaml, 2, "text", text);
        yaml.push_str("  next: 1\n");
        let tree: serde_yaml::Value = serde_yaml::from_str(&yaml).expect("the scalar parses");
        assert_eq!(tree["outer"]["next"], 1, "{yaml}");
        tree["outer"]["text"].as_str().expect("a string").to_owned()
    }

    #[test]
    fn awkward_texts_read_back() {
        for text in [
            "",
            "\n",
            "\n\n",
            "a",
            "a\n",
            "a\n\n",
            "  a\n",
            "\ta\n",
            "\n  a\n",
            "a\n \n",
            "   ",
            " \n\n",
            "a\r\nb\n",
            "\u{85}",
            "\u{2028}x\n",
            "\u{feff}a\n",
            "# no comment\n",
            "--- \n...\n",
            "\u{7f}\u{1b}\n",
        ] {
            assert_eq!(read_back(text), text, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in "([ \t\n\r:#|>'\"a-c-]|\\PC|\\p{any}){0,40}") {
            prop_assert_eq!(read_back(&text), text);
        }
    }
}
