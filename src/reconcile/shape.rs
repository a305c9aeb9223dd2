//! The outer form of a text file, which a merge leaves alone: byte order mark, line ending, last newline.

use std::borrow::Cow;

const MARK: char = '\u{feff}';

/// How a user's file is dressed; its content is compared and merged without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    mark: bool,
    crlf: bool,
    open: bool,
}

impl Shape {
    /// Takes a text apart: its shape, and its content with LF, without mark, ending in a newline.
    #[must_use]
    pub fn split(text: &str) -> (Self, String) {
        let bare = text.strip_prefix(MARK).unwrap_or(text);
        let crlf = bare.matches("\r\n").count();
        let shape = Self {
            mark: bare.len() != text.len(),
            crlf: crlf * 2 > bare.matches('\n').count(),
            open: !bare.is_empty() && !bare.ends_with('\n'),
        };
        let mut content = bare.replace("\r\n", "\n");
        if shape.open {
            content.push('\n');
        }
        (shape, content)
    }

    /// Puts content (LF, no mark) into this shape.
    #[must_use]
    pub fn dress(self, content: &str) -> String {
        let content = match content.strip_suffix('\n') {
            Some(open) if self.open => open,
            _ => content,
        };
        let content =
            if self.crlf { Cow::Owned(content.replace('\n', "\r\n")) } else { Cow::Borrowed(content) };
        if self.mark { format!("{MARK}{content}") } else { content.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_the_same_whatever_the_shape() {
        for text in ["a\nb\n", "a\r\nb\r\n", "\u{feff}a\r\nb", "a\nb"] {
            let (shape, content) = Shape::split(text);
            assert_eq!(content, "a\nb\n");
            assert_eq!(shape.dress(&content), text);
        }
    }

    #[test]
    fn an_empty_file_stays_empty() {
        let (shape, content) = Shape::split("");
        assert_eq!((shape.dress(&content).as_str(), content.as_str()), ("", ""));
    }

    #[test]
    fn mixed_endings_become_the_commoner_one() {
        let (shape, content) = Shape::split("a\r\nb\r\nc\n");
        assert_eq!(shape.dress(&content), "a\r\nb\r\nc\r\n");
    }
}
