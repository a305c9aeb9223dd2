//! From the neutral pipeline to what one CI can do, as data that its templates fill in.

pub mod codepipeline;
mod values;
pub mod workflow;
