//! The recommendation with its reason, the other ways with theirs, and what will go wrong in the user's own code.

use std::fmt::Write as _;

use super::text::{bold, dim, heading, marked, warning, wrap};
use crate::interview::recommend::{Recommendation, Way};
use crate::interview::wording;

/// The chosen target, why, and the alternatives in the order of the three steps.
#[must_use]
pub fn recommendation(ways: &Recommendation, chosen: &str) -> String {
    let mut text = String::new();
    let Some(way) = ways.offered.iter().find(|way| way.target == chosen) else {
        return text;
    };
    let _ = writeln!(text, "\n{}: {}", bold(wording::RECOMMENDED), bold(&way.title));
    let _ = writeln!(text, "  {}", wrap(&way.why, 2));
    let _ = writeln!(text, "  {}", dim(&wrap(&format!("Cost: {}.", way.cost), 2)));
    let mut others: Vec<&Way> = ways.offered.iter().filter(|way| way.target != chosen).collect();
    others.extend(&ways.others);
    others.sort_by_key(|way| way.tier);
    if !others.is_empty() {
        text.push_str(&heading(wording::OTHERWISE));
    }
    for way in others {
        let tier = wording::tier(way.tier);
        text.push_str(&marked("-", &format!("{} ({tier}): {}", way.title, way.why)));
    }
    text
}

/// What will go wrong in the user's own code, one sentence each.
#[must_use]
pub fn warnings(headline: &str, sentences: &[String]) -> String {
    if sentences.is_empty() {
        return String::new();
    }
    let mut text = heading(headline);
    for sentence in sentences {
        text.push_str(&warning(sentence));
    }
    text
}
