//! Adds our entries to a `dependabot.yml` that the user already has, as text, so that comments and order stay.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::tree::Format;

/// The lines of a top-level `updates:` list: where its items begin, where the last one ends, how deep they stand.
struct List<'a> {
    lines: Vec<&'a str>,
    items: Vec<usize>,
    end: usize,
    indent: usize,
}

/// Adds the entries that theirs lacks, known by ecosystem, directory and branch; `None` where it lacks none.
pub(super) fn add_entries(theirs: &str, ours: &str) -> Result<Option<String>, String> {
    let (tree, wanted) = (read(theirs)?, read(ours)?);
    let present: BTreeSet<_> = entries(&tree).iter().flat_map(keys).collect();
    let lacking = |entry: &Value| !keys(entry).iter().any(|key| present.contains(key));
    let wanted: Vec<_> = entries(&wanted).iter().enumerate().filter(|(_, entry)| lacking(entry)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    add(theirs, tree, ours, &wanted)
        .map(Some)
        .ok_or_else(|| "its `updates` list is not written in a form that can be added to".to_owned())
}

/// Adds entries to the text of the list; only what reads as the old tree with these entries is taken.
fn add(theirs: &str, mut tree: Value, ours: &str, wanted: &[(usize, &Value)]) -> Option<String> {
    let (list, source) = (List::find(theirs)?, List::find(ours)?);
    let (before, after) = list.lines.split_at(list.end);
    let added: String = wanted.iter().map(|(index, _)| source.item(*index, list.indent)).collect();
    let text = format!("{}{added}{}", before.concat(), after.concat());
    let updates = tree.get_mut(0)?.get_mut("updates")?.as_sequence_mut()?;
    updates.extend(wanted.iter().map(|(_, entry)| (*entry).clone()));
    (read(&text).ok()? == tree).then_some(text)
}

fn read(text: &str) -> Result<Value, String> {
    Format::Yaml.parse(text).map_err(|error| format!("it cannot be read: {error}"))
}

fn entries(tree: &Value) -> &[Value] {
    tree[0]["updates"].as_sequence().map_or(&[], Vec::as_slice)
}

/// What an entry watches; one entry may name several directories.
fn keys(entry: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let several = entry["directories"].as_sequence().into_iter().flatten();
    let directories = std::iter::once(&entry["directory"]).filter(|one| !one.is_null()).chain(several);
    let key = |directory| [text(&entry["package-ecosystem"]), text(directory), text(&entry["target-branch"])];
    directories.map(key).collect()
}

impl<'a> List<'a> {
    fn find(text: &'a str) -> Option<Self> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let head = lines.iter().position(|line| bare(line) == "updates:")?;
        let content = |line: &str| !bare(line).is_empty();
        let first = (head + 1..lines.len()).find(|&at| content(lines[at]))?;
        let indent = depth(lines[first]);
        let inside = |line: &str| !content(line) || depth(line) > indent || item(line, indent);
        let after = (first..lines.len()).find(|&at| !inside(lines[at])).unwrap_or(lines.len());
        let end = (first..after).rfind(|&at| content(lines[at]))? + 1;
        let items = (first..end).filter(|&at| item(lines[at], indent)).collect();
        Some(Self { lines, items, end, indent })
    }

    /// One item with the comments above it, moved to another depth.
    fn item(&self, index: usize, indent: usize) -> String {
        let comment = |at: usize| self.lines[at].trim_start().starts_with('#');
        let above = |start: usize| (0..start).rev().take_while(|&at| comment(at)).count();
        let start = self.items[index] - above(self.items[index]);
        let end = self.items.get(index + 1).map_or(self.end, |&next| next - above(next));
        let moved = self.lines[start..end].iter().map(|line| {
            let text = &line[self.indent.min(depth(line))..];
            if text.trim().is_empty() { text.to_owned() } else { format!("{}{text}", " ".repeat(indent)) }
        });
        moved.collect()
    }
}

/// A line without its comment and the blanks at its end (good enough: the result's tree is checked).
fn bare(line: &str) -> &str {
    let text = if line.trim_start().starts_with('#') { "" } else { line };
    text.split(" #").next().unwrap_or(text).trim_end()
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn item(line: &str, indent: usize) -> bool {
    depth(line) == indent && (line[indent..].starts_with("- ") || bare(line) == "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "version: 2\nupdates:\n  # Keeps the pinned actions moving.\n  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: weekly\n\n  - package-ecosystem: docker\n    directory: /\n";

    #[test]
    fn entries_are_added_after_the_last_and_comments_stay() {
        let theirs = "version: 2 # ours since 2020\nupdates:\n- package-ecosystem: npm # web\n  directory: /\n  ignore:\n  - dependency-name: x\n# the end\nregistries: {}\n";
        let want = "version: 2 # ours since 2020\nupdates:\n- package-ecosystem: npm # web\n  directory: /\n  ignore:\n  - dependency-name: x\n# Keeps the pinned actions moving.\n- package-ecosystem: github-actions\n  directory: /\n  schedule:\n    interval: weekly\n\n- package-ecosystem: docker\n  directory: /\n# the end\nregistries: {}\n";
        assert_eq!(add_entries(theirs, OURS), Ok(Some(want.to_owned())));
        assert_eq!(add_entries(want, OURS), Ok(None));
    }

    #[test]
    fn entries_that_are_there_are_not_added() {
        let theirs = "version: 2\nupdates:\n    - directories: [/, /web]\n      package-ecosystem: docker\n";
        let merged = add_entries(theirs, OURS).expect("a list").expect("an entry");
        assert_eq!(merged.matches("docker").count(), 1);
        assert!(
            merged.contains("\n    - package-ecosystem: github-actions\n      directory: /\n"),
            "{merged}"
        );
    }

    #[test]
    fn a_list_in_another_form_is_left_alone() {
        for theirs in ["version: 2\nupdates: []\n", "version: 2\n", "- x\n", "a: {", "updates: 3\n"] {
            assert!(add_entries(theirs, OURS).is_err(), "{theirs}");
        }
    }

    #[test]
    fn what_only_looks_like_the_list_is_not_added_to() {
        let theirs = "note: \"\nupdates:\n  - x\"\nupdates:\n- package-ecosystem: npm\n";
        assert!(read(theirs).is_ok());
        assert!(add_entries(theirs, OURS).is_err());
    }
}
