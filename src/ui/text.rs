//! Pieces of text that several reports share: headlines, columns, wrapped lines.

use dialoguer::console::{Style, measure_text_width};

/// The width that every report fits in.
pub(super) const WIDTH: usize = 80;

/// A headline with an empty line above it.
#[must_use]
pub fn heading(text: &str) -> String {
    format!("\n{}\n", bold(text))
}

/// A warning: one sentence, wrapped, behind a mark.
#[must_use]
pub fn warning(text: &str) -> String {
    marked(&Style::new().yellow().apply_to("!").to_string(), text)
}

/// A sentence, wrapped, behind a mark of one column.
pub(super) fn marked(mark: &str, text: &str) -> String {
    format!("  {mark} {}\n", wrap(text, 4))
}

pub(super) fn bold(text: &str) -> String {
    Style::new().bold().apply_to(text).to_string()
}

pub(super) fn dim(text: &str) -> String {
    Style::new().dim().apply_to(text).to_string()
}

/// Breaks a text at spaces so that, indented by `indent`, it stays within [`WIDTH`]; the first line is not indented.
#[must_use]
pub fn wrap(text: &str, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = measure_text_width(word);
        if column > indent && column + 1 + width > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += width;
    }
    wrapped
}

/// Fills a text up with spaces; one that is longer is cut, which its last character then says.
#[must_use]
pub fn fit(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length > width {
        let cut: String = text.chars().take(width.saturating_sub(1)).collect();
        return format!("{cut}…");
    }
    format!("{text}{}", " ".repeat(width - length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_stay_within_the_width() {
        let text = "word ".repeat(60);
        assert!(wrap(&text, 6).lines().all(|line| line.len() <= WIDTH));
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("ab", 4), "ab  ");
    }
}
