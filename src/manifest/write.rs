//! Writes `pipewright.yml`: short, commented, in the order in which a person reads it.

use super::Manifest;
use crate::error::Result;
use crate::scaffold::{Scaffolds, render};

/// The manifest's text.
///
/// # Errors
/// A scaffold that cannot be rendered.
pub fn write(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<String> {
    let path = "shared/pipewright.yml";
    render(path, scaffolds.text(path)?, manifest)
}
