//! The list of files with what happens to each, and the differences on request.

use std::fmt::Write as _;

use dialoguer::console::Style;

use super::text::{dim, fit, heading, wrap};
use crate::interview::wording;
use crate::reconcile::{Action, Change};

/// Every file with what happens to it; `own` are those that pipewright keeps for itself.
#[must_use]
pub fn changes(changes: &[Change], own: &[(&str, Action)]) -> String {
    let mut text = heading(wording::FILES);
    for change in changes {
        let plain = matches!(change.action, Action::Create | Action::Update | Action::Unchanged);
        line(&mut text, change.action, &change.path, if plain { "" } else { &change.why });
    }
    for (index, (path, action)) in own.iter().enumerate() {
        line(&mut text, *action, path, if index == 0 { wording::OWN_FILES } else { "" });
    }
    text
}

fn line(text: &mut String, action: Action, path: &str, why: &str) {
    let word = style(action).apply_to(fit(action.word(), 9));
    let _ = writeln!(text, "  {word} {path}");
    if !why.is_empty() {
        let _ = writeln!(text, "            {}", dim(&wrap(why, 12)));
    }
}

/// The differences of all files that are written.
#[must_use]
pub fn diffs(changes: &[Change]) -> String {
    let due = changes.iter().filter(|change| change.action.writes() || change.action == Action::Conflict);
    due.map(|change| coloured(&change.diff())).collect()
}

/// A change that is only proposed: what it is good for, then the difference.
#[must_use]
pub fn proposal(path: &str, why: &str, old: &str, new: &str) -> String {
    let mut options = diffy::DiffOptions::new();
    options.set_original_filename(format!("a/{path}")).set_modified_filename(format!("b/{path}"));
    let diff = coloured(&options.create_patch(old, new).to_string());
    format!("{}  {}\n\n{diff}", heading(wording::PROPOSED), wrap(why, 2))
}

fn coloured(diff: &str) -> String {
    let mut text = String::with_capacity(diff.len());
    for line in diff.lines() {
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => Style::new().bold(),
            [b'+', ..] => Style::new().green(),
            [b'-', ..] => Style::new().red(),
            [b'@', ..] => Style::new().cyan(),
            _ => Style::new(),
        };
        let _ = writeln!(text, "{}", style.apply_to(line));
    }
    text
}

fn style(action: Action) -> Style {
    match action {
        Action::Create => Style::new().green(),
        Action::Update | Action::Merge => Style::new().yellow(),
        Action::Conflict | Action::Remove => Style::new().red(),
        Action::Keep | Action::Unchanged | Action::Deleted | Action::Orphan => Style::new().dim(),
    }
}
