//! Joins two edits of one text line by line, neighbours included: laxer than diff3, for texts whose tree is proof.

use diffy::{DiffOptions, Line};

/// Lines of the base that one side replaced.
#[derive(PartialEq, Eq)]
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// Applies both edits; `None` where they touch the same lines or insert at the same place.
pub(super) fn weave(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let mut edits = edits(base, ours);
    edits.extend(self::edits(base, theirs));
    edits.sort_by_key(|edit| (edit.start, edit.end));
    edits.dedup();
    let lines: Vec<&str> = base.split_inclusive('\n').collect();
    let (mut out, mut at, mut last) = (String::new(), 0, None);
    for edit in edits {
        let insertion = edit.start == edit.end;
        if edit.start < at || (insertion && last == Some(edit.start)) {
            return None;
        }
        out.extend(lines[at..edit.start].iter().copied());
        out.push_str(&edit.text);
        at = edit.end;
        last = insertion.then_some(edit.start);
    }
    out.extend(lines[at..].iter().copied());
    Some(out)
}

fn edits(base: &str, side: &str) -> Vec<Edit> {
    let patch = DiffOptions::new().set_context_len(0).create_patch(base, side);
    let edits = patch.hunks().iter().map(|hunk| {
        let range = hunk.old_range();
        // A unified diff counts lines from 1, but names the line before an insertion.
        let start = range.start() - usize::from(!range.is_empty());
        let inserted = hunk.lines().iter().filter_map(|line| match line {
            Line::Insert(text) => Some(*text),
            Line::Context(_) | Line::Delete(_) => None,
        });
        Edit { start, end: start + range.len(), text: inserted.collect() }
    });
    edits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_lines_are_joined() {
        assert_eq!(weave("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n").as_deref(), Some("A\nB\nc\n"));
        assert_eq!(weave("a\nb\n", "a\nx\nb\n", "a\nB\n").as_deref(), Some("a\nx\nB\n"));
        assert_eq!(weave("a\nb\n", "a\nb\nx\n", "y\na\n").as_deref(), Some("y\na\nx\n"));
    }

    #[test]
    fn the_same_lines_are_not() {
        assert_eq!(weave("a\n", "b\n", "c\n"), None);
        assert_eq!(weave("a\n", "a\nx\n", "a\ny\n"), None);
        assert_eq!(weave("", "x\n", "y\n"), None);
    }

    #[test]
    fn the_same_edit_counts_once() {
        assert_eq!(weave("a\nb\n", "a\nx\nb\n", "a\nx\nb\n").as_deref(), Some("a\nx\nb\n"));
    }
}
