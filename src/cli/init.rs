//! `pipewright init`: detect, recommend, ask, show, write.

use serde::Serialize;

use super::args::InitArgs;
use super::rendering::Rendering;
use super::session::Session;
use super::{process, report, revise, verify};
use crate::error::{Error, Result};
use crate::generate::FollowUp;
use crate::interview::prompter::Terminal;
use crate::interview::{self, Ask, Catalog, Draft, Facts, Prompter, wording};
use crate::manifest::{self, Manifest};
use crate::pipeline::Pipeline;
use crate::project::Project;
use crate::reconcile::Change;
use crate::ui;

/// What `init --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    project: &'a Project,
    recommendations: Vec<interview::Recommendation>,
    manifest: &'a Manifest,
    pipeline: &'a Pipeline,
    files: &'a [Change],
    follow_ups: &'a [FollowUp],
    written: Vec<String>,
}

/// Runs it.
pub(super) fn run(args: &InitArgs) -> Result<()> {
    let session = if args.dry_run { Session::to_look(&args.path)? } else { Session::to_write(&args.path)? };
    let (project, catalog) = (session.project()?, Catalog::load(&session.scaffolds)?);
    let facts = session.facts(&project, &catalog);
    let existing = session.manifest()?;
    if !args.json {
        report::found(&session, &project)?;
    }
    let asks = !args.yes && !args.json && !args.no_interactive && ui::attended();
    let mut draft = interview::begin(&facts, answers(args, existing.as_ref())?, &args.given()?)?;
    if asks {
        process::catch_ctrl_c();
        confirm_root(&session)?;
        interview::ask_units(&mut draft, &facts, &mut Terminal::new())?;
    }
    if !args.json {
        report::left_out(&draft, &facts)?;
        report::advice(&draft, &catalog)?;
        report::ci(&draft, &facts)?;
    }
    settle(args, asks, &session, &facts, &mut draft)?;
    let text = text(&session, existing.as_ref(), &draft.manifest)?;
    let mut rendering = Rendering::of(&session, &draft.manifest, text)?;
    let first = {
        let git = session.workspace.git();
        interview::remaining(&draft, &facts, git.is_some(), git.is_some_and(|git| git.has_commits))
    };
    rendering.generated.follow_ups.splice(0..0, first);
    if args.json {
        return json(args, &session, &facts, &draft, &rendering);
    }
    show(args, &rendering, &facts.scaffolds.ci(&draft.manifest.ci)?.request)?;
    report::concerns(&session, &draft.manifest, &rendering.generated)?;
    write(args, asks, &session, &rendering)
}

/// Asks what remains, or makes sure that nothing does; then tries the commands out, where that was asked for.
fn settle(
    args: &InitArgs,
    asks: bool,
    session: &Session,
    facts: &Facts<'_>,
    draft: &mut Draft,
) -> Result<()> {
    if asks {
        interview::ask(draft, facts, &mut Terminal::new())?;
    } else {
        interview::without_asking(draft, facts, args.yes)?;
    }
    if args.verify {
        verify::run(session.workspace.root(), draft, asks.then(Terminal::new))?;
    }
    Ok(())
}

/// In a folder below the root the pipeline still belongs at the root: a person is asked whether that is meant.
fn confirm_root(session: &Session) -> Result<()> {
    let Some(folder) = session.workspace.subfolder() else {
        return Ok(());
    };
    let root = session.workspace.root().display().to_string();
    let ask = Ask { prompt: wording::USE_ROOT.to_owned(), help: wording::subfolder(folder, &root) };
    if Terminal::new().confirm(&ask, true)? {
        return Ok(());
    }
    Err(Error::usage(wording::DECLINED).help("CI reads its files at the root of a repository only"))
}

/// The manifest whose answers stand: the one given, otherwise the repository's own.
fn answers(args: &InitArgs, existing: Option<&(String, Manifest)>) -> Result<Option<Manifest>> {
    let Some(path) = &args.answers else {
        return Ok(existing.map(|(_, manifest)| manifest.clone()));
    };
    #[expect(clippy::disallowed_methods, reason = "the file may lie outside the repository")]
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::usage(format!("cannot read {}: {cause}", path.display()))
            .help("give a pipewright.yml: `--answers FILE`")
    })?;
    manifest::read_file(&path.display().to_string(), &text).map(Some)
}

/// What pipewright.yml shall hold.
fn text(session: &Session, existing: Option<&(String, Manifest)>, new: &Manifest) -> Result<String> {
    match existing {
        None => manifest::write(new, &session.scaffolds),
        Some((text, old)) => revise::revise(text, old, new, &session.scaffolds),
    }
}

fn show(args: &InitArgs, rendering: &Rendering, request: &str) -> Result<()> {
    ui::out(&ui::diagram(&rendering.generated.pipeline, request))?;
    ui::out(&ui::changes(&rendering.changes))?;
    if args.diff {
        ui::out(&format!("\n{}", ui::diffs(&rendering.changes)))?;
    }
    Ok(())
}

fn write(args: &InitArgs, asks: bool, session: &Session, rendering: &Rendering) -> Result<()> {
    if args.dry_run {
        ui::out(&format!("\n{}\n", wording::DRY_RUN))?;
        return ui::out(&ui::follow_ups(&rendering.generated.follow_ups));
    }
    if !rendering.is_due() {
        rendering.write(session)?;
        return ui::out(&format!("\n{}\n", wording::UP_TO_DATE));
    }
    if asks && !agreed(rendering)? {
        return ui::out(&format!("\n{}\n", wording::DECLINED));
    }
    let written = rendering.write(session)?;
    report::written(session, &written)?;
    ui::out(&ui::follow_ups(&rendering.generated.follow_ups))?;
    rendering.refuse_conflicts()
}

/// Whether the files shall be written; the differences are shown on request.
fn agreed(rendering: &Rendering) -> Result<bool> {
    let ask = Ask { prompt: wording::WRITE.to_owned(), help: wording::WRITE_HELP.to_owned() };
    let items = [wording::WRITE_YES, wording::WRITE_DIFF, wording::WRITE_NO].map(str::to_owned);
    loop {
        match Terminal::new().select(&ask, &items, 0)? {
            0 => return Ok(true),
            1 => ui::out(&format!("\n{}", ui::diffs(&rendering.changes)))?,
            _ => return Ok(false),
        }
    }
}

fn json(
    args: &InitArgs,
    session: &Session,
    facts: &Facts<'_>,
    draft: &Draft,
    rendering: &Rendering,
) -> Result<()> {
    let written = if args.dry_run { Vec::new() } else { rendering.write(session)? };
    let services = draft.manifest.services.iter();
    ui::json(&Report {
        project: facts.project,
        recommendations: services.map(|service| facts.catalog.recommend(service.kind)).collect(),
        manifest: &draft.manifest,
        pipeline: &rendering.generated.pipeline,
        files: &rendering.changes,
        follow_ups: &rendering.generated.follow_ups,
        written,
    })?;
    rendering.refuse_conflicts()
}
