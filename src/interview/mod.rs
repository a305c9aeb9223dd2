//! Turns what was detected, given by flags and asked into a manifest.

pub mod wording;
