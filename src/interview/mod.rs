//! Turns what was detected, given by flags and asked into a manifest.

mod answer;
mod defaults;
mod draft;
mod form;
mod given;
pub mod hosts;
mod places;
pub mod prompter;
mod question;
pub mod questions;
pub mod recommend;
pub mod regions;
mod remaining;
mod secrets;
mod service;
pub mod stacks;
#[cfg(test)]
mod tests;
mod units;
mod variables;
pub mod wording;
mod words;

pub use draft::{Draft, Facts};
pub use given::Given;
pub use prompter::{Ask, Prompter};
pub use question::{Question, Topic};
pub use recommend::{Catalog, Recommendation};
pub use remaining::{remaining, stores};

use crate::error::{Error, Result};

/// A draft from the manifest that is there (or else from what was found), with what the flags say on top.
///
/// # Errors
/// A flag whose value cannot be taken, a pair of CI and host that cannot work, or nothing that can be deployed.
pub fn begin(
    facts: &Facts<'_>,
    manifest: Option<crate::manifest::Manifest>,
    given: &[Given],
) -> Result<Draft> {
    let mut draft = match manifest {
        Some(manifest) => Draft::from_manifest(manifest, facts),
        None => Draft::new(facts)?,
    };
    for one in given {
        one.apply(&mut draft, facts)?;
    }
    if draft.manifest.services.is_empty() {
        return Err(nothing_deployable(facts));
    }
    hosts::check(&draft.manifest, facts.scaffolds)?;
    Ok(draft)
}

/// Asks which of several units are deployed: what is recommended depends on it.
///
/// # Errors
/// As [`ask`].
pub fn ask_units(draft: &mut Draft, facts: &Facts<'_>, prompter: &mut dyn Prompter) -> Result<()> {
    ask_while(draft, facts, prompter, |question| question.topic == Topic::Units)
}

/// Asks what remains, then whether anything shall be changed.
///
/// # Errors
/// Ctrl-C, or a terminal that went away.
pub fn ask(draft: &mut Draft, facts: &Facts<'_>, prompter: &mut dyn Prompter) -> Result<()> {
    ask_while(draft, facts, prompter, |_| true)?;
    change(draft, facts, prompter)
}

fn ask_while(
    draft: &mut Draft,
    facts: &Facts<'_>,
    prompter: &mut dyn Prompter,
    wanted: impl Fn(&Question) -> bool,
) -> Result<()> {
    while let Some(question) = questions::next(draft, facts, draft.asked).filter(&wanted) {
        put(draft, facts, &question, prompter)?;
        draft.asked += 1;
        draft.settled.insert(question);
    }
    Ok(())
}

/// Puts one question until its answer can be taken.
fn put(draft: &mut Draft, facts: &Facts<'_>, question: &Question, prompter: &mut dyn Prompter) -> Result<()> {
    let ask = wording::ask(draft, facts, question);
    let value = form::proposed(draft, facts, question);
    let choices = form::choices(draft, facts, question);
    let answer = if choices.is_empty() {
        let check = |text: &str| {
            let mut changed = draft.clone();
            answer::accept(&mut changed, facts, question, text)?;
            variables::complete(&changed, question, text)
        };
        prompter.input(&ask, &value, &check)?
    } else {
        let labels: Vec<String> = choices.iter().map(|choice| choice.label.clone()).collect();
        let default = choices.iter().position(|choice| choice.answer == value).unwrap_or(0);
        choices[prompter.select(&ask, &labels, default)?].answer.clone()
    };
    answer::accept(draft, facts, question, &answer).map_err(Error::usage)
}

/// Lists every value and asks again for those that a person wants to change.
fn change(draft: &mut Draft, facts: &Facts<'_>, prompter: &mut dyn Prompter) -> Result<()> {
    loop {
        let ask = Ask { prompt: wording::CHANGE.to_owned(), help: wording::change_help(draft, facts) };
        let all = questions::all(draft, facts);
        let rows = all.iter().map(|question| row(draft, facts, question));
        let items: Vec<String> = std::iter::once(wording::DONE.to_owned()).chain(rows).collect();
        let Some(index) = prompter.select(&ask, &items, 0)?.checked_sub(1) else {
            break;
        };
        put(draft, facts, &all[index], prompter)?;
        draft.settled.insert(all[index].clone());
        // An answer may open another question: a target's required setting, say.
        while let Some(question) = questions::next(draft, facts, questions::MOST) {
            put(draft, facts, &question, prompter)?;
            draft.settled.insert(question);
        }
    }
    hosts::check(&draft.manifest, facts.scaffolds)
}

/// A value in the list of all; an empty one is said, since nothing looks like a fault.
fn row(draft: &Draft, facts: &Facts<'_>, question: &Question) -> String {
    let value = form::value(draft, facts, question);
    let value = if value.is_empty() { wording::UNSET } else { &value };
    format!("{:<26} {value}", wording::label(draft, question))
}

/// What cannot be asked because there is no terminal: the flags that answer it.
///
/// # Errors
/// Questions remain.
pub fn without_asking(draft: &Draft, facts: &Facts<'_>, yes: bool) -> Result<()> {
    let mut open = questions::needed(draft, facts);
    let mut rest = draft.clone();
    rest.settled.extend(open.iter().cloned());
    while let Some(question) = questions::next(&rest, facts, open.len()).filter(|_| !yes) {
        rest.settled.insert(question.clone());
        open.push(question);
    }
    open.retain(|question| !draft.settled.contains(question));
    open.dedup();
    if open.is_empty() {
        return Ok(());
    }
    let flags: Vec<String> = open.iter().map(|question| format!("  {}", wording::flag(question))).collect();
    let (what, also) = if yes {
        ("no default can be taken here", "")
    } else {
        ("there is no terminal to ask in", "\nor take every default with `pipewright init --yes`")
    };
    Err(Error::usage(what).help(format!("give these flags:\n{}{also}", flags.join("\n"))))
}

fn nothing_deployable(facts: &Facts<'_>) -> Error {
    let named = facts.project.units.iter().map(|unit| format!("{} ({})", unit.path, unit.kind.title()));
    let named: Vec<String> = named.collect();
    let advice = facts.project.units.first().and_then(|unit| unit.advice.clone());
    let what = match named.as_slice() {
        [] => "nothing deployable was found".to_owned(),
        named => format!("pipewright deploys none of this yet: {}", named.join(", ")),
    };
    let covered = "it deploys single-page apps, static sites, containers (a Dockerfile) and SAM applications";
    Error::usage(what)
        .help(advice.map_or_else(|| covered.to_owned(), |advice| format!("{advice}; {covered}")))
}
