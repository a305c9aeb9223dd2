//! `pipewright plan`: the pipeline that pipewright.yml describes, and what `generate` would change.

use std::path::Path;

use serde::Serialize;

use super::rendering::Rendering;
use super::report;
use super::session::Session;
use crate::error::Result;
use crate::generate::FollowUp;
use crate::pipeline::Pipeline;
use crate::reconcile::Change;
use crate::ui;

/// What `plan --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    pipeline: &'a Pipeline,
    files: &'a [Change],
    follow_ups: &'a [FollowUp],
}

/// Runs it.
pub(super) fn run(path: &Path, json: bool) -> Result<()> {
    let session = Session::to_look(path)?;
    let (text, manifest) = session.needed_manifest()?;
    let rendering = Rendering::of(&session, &manifest, text)?;
    if json {
        return ui::json(&Report {
            pipeline: &rendering.generated.pipeline,
            files: &rendering.changes,
            follow_ups: &rendering.generated.follow_ups,
        });
    }
    ui::out(&ui::diagram(&rendering.generated.pipeline, &session.scaffolds.ci(&manifest.ci)?.request))?;
    ui::out(&ui::changes(&rendering.changes, rendering.own()))?;
    report::concerns(&session, &manifest, &rendering.generated)?;
    ui::out(&ui::follow_ups(&rendering.generated.follow_ups))
}
