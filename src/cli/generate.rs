//! `pipewright generate`: renders again from pipewright.yml alone; with `--check` only says whether that is due.

use std::path::PathBuf;

use clap::Args;

use super::rendering::Rendering;
use super::report;
use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::interview::wording;
use crate::reconcile::{Action, Change};
use crate::ui;

/// What `generate` is given.
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// A folder of the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write nothing; print the differences and exit with 1 where files are stale
    #[arg(long)]
    check: bool,
    /// Show the differences of every file
    #[arg(long)]
    diff: bool,
    /// Write these files again, which you deleted; as they are named, from the repository's root
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "check")]
    restore: Vec<String>,
}

/// Runs it.
pub(super) fn run(args: &GenerateArgs) -> Result<()> {
    let session = if args.check { Session::to_look(&args.path)? } else { Session::to_write(&args.path)? };
    let (text, manifest) = session.needed_manifest()?;
    let rendering = Rendering::restoring(&session, &manifest, text, &args.restore)?;
    for note in rendering.base.notes() {
        ui::note(&ui::warning(note));
    }
    report::concerns(&session, &manifest, &rendering.generated)?;
    if args.check {
        return check(&rendering);
    }
    if !rendering.is_due() {
        rendering.write(&session)?;
        ui::out(&left_out(&rendering))?;
        return ui::out(&format!("{}\n", wording::UP_TO_DATE));
    }
    ui::out(&ui::changes(&rendering.changes, rendering.own()))?;
    if args.diff {
        ui::out(&format!("\n{}", ui::diffs(&rendering.changes)))?;
    }
    let written = rendering.write(&session)?;
    report::written(&session, &written)?;
    rendering.refuse_conflicts()
}

/// The files that were deleted and therefore stay away, so that nobody takes them for up to date.
fn left_out(rendering: &Rendering) -> String {
    let gone = rendering.changes.iter().filter(|change| change.action == Action::Deleted);
    let paths: Vec<String> = gone.map(|change| wording::stays_away(&change.path)).collect();
    ui::warnings(wording::LEFT_OUT, &paths)
}

fn check(rendering: &Rendering) -> Result<()> {
    if !rendering.is_due() {
        ui::out(&left_out(rendering))?;
        return ui::out(&format!("{}\n", wording::UP_TO_DATE));
    }
    ui::out(&ui::diffs(&rendering.changes))?;
    let due = |change: &&Change| change.action.writes() || change.action == Action::Conflict;
    let stale: Vec<&str> = rendering.changes.iter().filter(due).map(|change| change.path.as_str()).collect();
    let what = format!("stale or in conflict: {}", stale.join(", "));
    Err(Error::new(Kind::Findings, what)
        .help("run `pipewright generate`, look at the changes and commit them"))
}
