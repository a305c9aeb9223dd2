//! What a person does next: numbered, each a command to paste.

use std::fmt::Write as _;

use super::text::{bold, heading, wrap};
use crate::generate::FollowUp;
use crate::interview::wording;

/// The follow-ups in order.
#[must_use]
pub fn follow_ups(all: &[FollowUp]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = heading(wording::NEXT);
    for (index, follow_up) in all.iter().enumerate() {
        let _ = writeln!(text, "{:>3}. {}", index + 1, bold(&wrap(&follow_up.title, 5)));
        for line in follow_up.command.trim().lines() {
            let _ = writeln!(text, "     {line}");
        }
    }
    text
}
