//! The texts of the generated files: one folder per CI, target and toolchain, embedded in the binary.

mod conditions;
mod engine;
mod fragment;
mod store;

pub use engine::{render, render_scalar, yaml_quote};
pub use fragment::{
    Ci, Delivery, Each, FileSpec, Fit, FollowUpFragment, HostRule, Image, JobFragment, Mode, OptionKind,
    OptionSpec, PackageManager, Pin, Quoting, Replacement, RoleName, RunFragment, Scope, Shape, StepFragment,
    Switch, Target, Tier, ToolchainFile, ToolchainPart, ValueFragment, Version,
};
pub use store::Scaffolds;
