//! `pipewright detect`: what was found, each value with the place it was read from.

use std::path::Path;

use serde::Serialize;

use super::report;
use super::session::Session;
use crate::error::Result;
use crate::interview::wording;
use crate::project::Project;
use crate::ui;
use crate::workspace::Git;

/// What `detect --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    git: Option<&'a Git>,
    #[serde(flatten)]
    project: &'a Project,
}

/// Runs it.
pub(super) fn run(path: &Path, json: bool) -> Result<()> {
    let session = Session::to_look(path)?;
    let project = session.project()?;
    if json {
        return ui::json(&Report { git: session.workspace.git(), project: &project });
    }
    report::found(&session, &project)?;
    let warnings: Vec<String> = project.units.iter().flat_map(|unit| unit.warnings.clone()).collect();
    ui::out(&ui::warnings(wording::WARNINGS, &warnings))?;
    if project.units.is_empty() {
        ui::out(&ui::warnings(wording::FOUND_NOTHING, &[wording::FOUND_NOTHING_WHY.to_owned()]))?;
    }
    Ok(())
}
