//! Pieces of text that several reports share: headlines, columns, wrapped lines.

use std::sync::OnceLock;

use dialoguer::console::{Style, Term, measure_text_width};

/// The widest that a report is, and its width where it is not read on a terminal.
const WIDEST: usize = 80;

/// The width that every report fits in: the terminal's, as long as that is narrower.
#[must_use]
pub fn width() -> usize {
    static WIDTH: OnceLock<usize> = OnceLock::new();
    *WIDTH.get_or_init(|| {
        // A question is put on standard error, and its help has to fit there too.
        let terminals = [Term::stdout(), Term::stderr()];
        let sizes = terminals.iter().filter_map(Term::size_checked);
        sizes.map(|(_, columns)| usize::from(columns)).filter(|columns| *columns > 0).fold(WIDEST, usize::min)
    })
}

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

/// Breaks a text at spaces so that, indented by `indent`, it stays within the [`width`]; the first line is not indented.
#[must_use]
pub fn wrap(text: &str, indent: usize) -> String {
    wrap_to(text, indent, width())
}

fn wrap_to(text: &str, indent: usize, most: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = measure_text_width(word);
        if column > indent && column + 1 + width > most {
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
        for most in [80, 40] {
            assert!(wrap_to(&text, 6, most).lines().all(|line| line.len() <= most));
        }
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("ab", 4), "ab  ");
    }
}
