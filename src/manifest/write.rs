//! Writes `pipewright.yml`: short, commented, in the order in which a person reads it.

use serde_json::json;

use super::Manifest;
use crate::error::{Error, Result};
use crate::scaffold::{Scaffolds, render};

/// The manifest's text.
///
/// # Errors
/// A scaffold that cannot be rendered.
pub fn write(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<String> {
    let path = "shared/pipewright.yml";
    let bug = |cause| Error::bug(format!("the manifest cannot be handed to its template: {cause}"));
    let mut view = serde_json::to_value(manifest).map_err(bug)?;
    // These are left out of the file where they say nothing, but the template asks for them.
    view["repository"] = json!(manifest.repository);
    view["dependabot"] = json!(manifest.dependabot);
    view["guide"] = json!(manifest.guide);
    render(path, scaffolds.text(path)?, &view)
}
