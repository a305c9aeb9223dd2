//! Lowers to AWS CodePipeline: stages of actions, CodeBuild projects with their buildspecs, and their roles.

use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::pipeline::model::Pipeline;
use crate::scaffold::{Ci, Scaffolds};

/// Renders the pipeline's files: path and text.
///
/// # Errors
/// A verb or value that the CI's scaffolds do not cover: a defect of those.
pub fn lower(_: &Pipeline, _: &Manifest, ci: &Ci, _: &Scaffolds) -> Result<Vec<(String, String)>> {
    Err(Error::bug(format!("{} is not lowered yet", ci.title)))
}
