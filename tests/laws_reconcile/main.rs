//! The laws of re-running: what the user wrote survives, what is new lands, twice is the same as once, and all of it
//! is written or nothing.
#![expect(clippy::disallowed_methods, reason = "tests look at the disk")]

mod conflicts;
mod disks;
mod edits;
mod folders;
mod hostile;
mod interrupting;
mod merging;
mod rerunning;
mod texts;
mod workflow;
