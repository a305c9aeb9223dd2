//! What `init` and `detect` tell about the repository before anything is asked.

use super::session::Session;
use super::today::today;
use crate::error::Result;
use crate::generate::{self, Generated};
use crate::interview::{Catalog, Draft, Facts, hosts, regions, stacks, wording};
use crate::manifest::Manifest;
use crate::project::{Project, Unit};
use crate::ui;

/// How many files were written, and where; nothing where none was.
pub(super) fn written(session: &Session, paths: &[String]) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let root = session.workspace.root().display().to_string();
    ui::out(&format!("\n{}\n", wording::written(paths.len(), &root)))
}

/// The table of what was found, then what could not be known.
pub(super) fn found(session: &Session, project: &Project) -> Result<()> {
    let root = session.workspace.root().display().to_string();
    if let Some(folder) = session.workspace.subfolder() {
        ui::out(&ui::warning(&wording::subfolder(folder, &root)))?;
    }
    ui::out(&ui::found(project, &about(session)))?;
    ui::out(&ui::warnings(wording::UNKNOWN, &unknown(session, project)))
}

/// Rows on the repository itself.
fn about(session: &Session) -> Vec<(String, String, String)> {
    let row = |label: &str, value: &str, place: &str| (label.to_owned(), value.to_owned(), place.to_owned());
    let mut rows = Vec::new();
    if let Some(git) = session.workspace.git() {
        if let Some(remote) = &git.remote {
            rows.push(row("repository", &format!("{}/{}", remote.host, remote.path), "git remote"));
        }
        if let Some(branch) = &git.default_branch {
            rows.push(row("branch", branch, "git"));
        }
    }
    rows
}

fn unknown(session: &Session, project: &Project) -> Vec<String> {
    let mut unknown = Vec::new();
    match session.workspace.git() {
        None => unknown.push(wording::NO_REPOSITORY.to_owned()),
        Some(git) if git.remote.is_none() => unknown.push(wording::NO_REMOTE.to_owned()),
        Some(_) => {}
    }
    unknown.extend(project.notes.iter().cloned());
    unknown
}

/// Units by their folders, with what they are.
fn names(units: &mut dyn Iterator<Item = &Unit>) -> String {
    units.map(|unit| format!("{} ({})", unit.path, unit.kind.title())).collect::<Vec<_>>().join(", ")
}

/// Which units are deployed and which are not, where there are several: nothing is decided in silence.
pub(super) fn left_out(draft: &Draft, facts: &Facts<'_>) -> Result<()> {
    let taken = |path: &str| draft.units.iter().any(|unit| unit.path == path);
    let rest: Vec<&Unit> = facts.deployable().filter(|unit| !taken(&unit.path)).collect();
    let Some(first) = rest.first() else { return Ok(()) };
    let said =
        wording::left_out(&names(&mut draft.units.iter()), &names(&mut rest.iter().copied()), &first.path);
    ui::out(&format!("\n{}", ui::warning(&said)))
}

/// The recommendation for each service, and what will go wrong in its code.
pub(super) fn advice(draft: &Draft, catalog: &Catalog) -> Result<()> {
    for (service, unit) in draft.manifest.services.iter().zip(&draft.units) {
        ui::out(&ui::recommendation(&catalog.recommend(service.kind), &service.target))?;
        ui::out(&ui::warnings(wording::WARNINGS, &unit.warnings))?;
    }
    Ok(())
}

/// The existing stacks that no environment goes on in.
pub(super) fn stacks(draft: &Draft) -> Vec<String> {
    let environment = stacks::likely(draft).map_or("production", |name| name.as_str());
    let note = |(config, stack): (String, String)| wording::stack_left_alone(&stack, &config, environment);
    stacks::left_alone(draft).into_iter().map(note).collect()
}

/// The change to a service's own template with which it deploys gradually, where it does not yet.
pub(super) fn gradual(session: &Session, draft: &Draft) -> Result<()> {
    for (service, unit) in draft.manifest.services.iter().zip(&draft.units) {
        let lines = session.scaffolds.find(&format!("targets/{}/gradual.txt", service.target));
        let (Some(lines), Some(template)) = (lines, &unit.template) else { continue };
        let path = unit.rooted(template);
        let text = session.workspace.read(&path).ok().flatten().unwrap_or_default();
        if let Some(proposed) = crate::detect::gradual(&path, &text, lines) {
            ui::out(&ui::proposal(&path, wording::GRADUAL, &text, &proposed))?;
        }
    }
    Ok(())
}

/// What a rendering leaves for a person to know: permissions that are not covered, versions near their end.
pub(super) fn concerns(session: &Session, manifest: &Manifest, generated: &Generated) -> Result<()> {
    let mut concerns = generated.warnings.clone();
    concerns.extend(regions::unknown(manifest, &session.scaffolds)?);
    concerns.extend(generate::ends(manifest, &session.scaffolds, &today())?);
    ui::out(&ui::warnings(wording::CONCERNS, &concerns))
}

/// Why this CI, in a line.
pub(super) fn ci(draft: &Draft, facts: &Facts<'_>) -> Result<()> {
    let Some(repository) = draft.manifest.repository.as_ref().filter(|_| !hosts::undecided(draft, facts))
    else {
        return Ok(());
    };
    let title = facts.scaffolds.ci(&draft.manifest.ci)?.title;
    ui::out(&wording::ci_follows(&title, &repository.host))
}
