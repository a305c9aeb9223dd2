//! The laws of re-running: what the user wrote survives, what is new lands, twice is the same as once, and all of it
//! is written or nothing.

mod conflicts;
mod edits;
mod merging;
mod rerunning;
mod texts;
mod workflow;
