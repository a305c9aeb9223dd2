//! Compares what pipewright wants with what lies on disk and with what it wrote last.

mod likeness;
mod list;
pub mod merge;
pub mod shape;
pub mod tree;
mod weave;
