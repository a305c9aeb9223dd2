//! pipewright finds out what a repository is and writes the CI/CD pipeline that deploys it to AWS.
//!
//! ```text
//! argv -> cli -> workspace -> [evidence] -> project -> interview (flags > manifest > detected > asked) -> manifest
//!      -> pipeline (neutral, typed) -> lower (what the CI can do) -> render (how the CI writes it) -> file set
//!      -> reconcile (base, disk) -> [change] -> shown as a plan and a diff -> apply, lock
//! ```
//!
//! Decisions are Rust, text is in `scaffolds/`, facts are data. Only [`workspace`], [`apply`] and [`ui`], the
//! prompter and `aws` touch the world; every other module is a pure pass over data.

pub mod apply;
pub mod cli;
pub mod detect;
pub mod error;
pub mod fileset;
pub mod generate;
pub mod interview;
pub mod manifest;
pub mod nearest;
pub mod pipeline;
pub mod project;
pub mod reconcile;
pub mod scaffold;
pub mod ui;
pub mod workspace;
