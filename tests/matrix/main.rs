//! Renders every cell that is offered, in every shape of environments, and holds all of it to the field's linters.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::case_sensitive_file_extension_comparisons
)]

mod approvals;
mod cells;
mod existing;
mod follow_ups;
mod laws;
mod linters;
mod promotion;
mod tools;
mod yaml;
