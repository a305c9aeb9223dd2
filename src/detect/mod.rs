//! Finds out what a repository is: a registry of detectors, each of which returns units with their evidence.

mod evidence;

pub use evidence::{Evidence, Strength};
