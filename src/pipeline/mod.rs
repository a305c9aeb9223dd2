//! From the manifest to the jobs: planned as neutral data, checked, lowered to what a CI can do, rendered.

mod check;
pub mod lower;
mod model;
mod names;
mod options;
mod plan;

pub use check::check;
pub use model::{
    Account, Artifact, Cache, Checkout, Command, Condition, Deployment, Fact, Fetch, Job, Keep, Login, Note,
    Pipeline, Run, Runtime, Stage, Start, Step, Value,
};
pub use names::camel_case;
pub use options::{check_option, configures_at_runtime, resolve_options};
pub use plan::{account_variable, build_mode, plan};
