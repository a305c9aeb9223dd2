//! The shapes of `ci.yaml`, `target.yaml` and `toolchain.yaml`: neutral YAML, parsed before anything is filled in.

mod ci;
mod file;
mod job;
mod target;
mod toolchain;

pub use ci::{Ci, HostRule, Image, Pin, Quoting, Replacement, Shape};
pub use file::{Each, FileSpec, FollowUpFragment, Switch};
pub use job::{JobFragment, Mode, RoleName, RunFragment, Scope, StepFragment, ToolchainPart, ValueFragment};
pub use target::{Delivery, Fit, OptionKind, OptionSpec, Target, Tier};
pub use toolchain::{PackageManager, ToolchainFile, Version};
