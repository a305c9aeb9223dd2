//! Answers about where a release goes: CI, environments, accounts, regions, branches, approvals.

use super::draft::{Draft, Facts};
use super::hosts;
use super::{regions, wording, words};
use crate::manifest::{AccountId, Approval, BranchName, Environment, Name, Region, Repository, Strategy};

/// Takes the CI, if it works with the repository's host.
pub(super) fn ci(draft: &mut Draft, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    let names = hosts::names(facts.scaffolds);
    if !names.iter().any(|name| name == text) {
        let known = wording::known(text, names.iter().map(String::as_str));
        return Err(format!("there is no CI {text:?}: {known}"));
    }
    text.clone_into(&mut draft.manifest.ci);
    let Some(repository) = &draft.manifest.repository else {
        return Ok(());
    };
    let ci = facts.scaffolds.ci(text).map_err(|error| error.to_string())?;
    let Some(why) = hosts::refusal(&ci, &repository.provider) else {
        return Ok(());
    };
    let works: Vec<String> =
        hosts::fitting(&repository.provider, facts.scaffolds).map(|ci| ci.name).collect();
    Err(format!(
        "{} cannot run for a repository on {}: {why}. What works here: {}",
        ci.title,
        repository.host,
        works.join(", ")
    ))
}

/// Takes who hosts the repository, where its host name does not tell.
pub(super) fn provider(draft: &mut Draft, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    if !hosts::PROVIDERS.contains(&text) {
        return Err(format!("there is no provider {text:?}: {}", wording::known(text, hosts::PROVIDERS)));
    }
    let remote = facts.remote.ok_or("the repository has no remote: `git remote add origin ADDRESS`")?;
    draft.manifest.repository =
        Some(Repository { provider: text.to_owned(), host: remote.host.clone(), path: remote.path.clone() });
    let fitting = hosts::fitting(text, facts.scaffolds).next();
    draft.manifest.ci =
        fitting.ok_or_else(|| format!("no CI that pipewright writes works with {text}"))?.name;
    Ok(())
}

/// Takes the environments, in order.
pub(super) fn environments(draft: &mut Draft, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    let names: Vec<Name> = parts(text).map(str::parse).collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Err("name at least one environment, e.g. production".to_owned());
    }
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(format!("two environments are called {name}"));
        }
        if draft.manifest.services.iter().any(|service| service.name == *name) {
            return Err(format!("the name {name} is taken by a service"));
        }
        if matches!(name.as_str(), "bootstrap" | "repository") {
            return Err(format!("the name {name} is taken by pipewright's own stacks"));
        }
    }
    draft.set_environments(&names, facts).map_err(|error| error.to_string())
}

/// Takes accounts: one for all, or `staging=…, production=…`; `none` leaves them to CI variables.
pub(super) fn accounts(draft: &mut Draft, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    each(draft, text, |environment, value| {
        environment.account = match value {
            "none" => None,
            id => Some(id.parse::<AccountId>()?),
        };
        Ok(())
    })
}

/// Takes regions: one for all, or `staging=…, production=…`.
pub(super) fn regions(draft: &mut Draft, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    each(draft, text, |environment, value| {
        words::set::<Region>(&mut environment.region, value)?;
        regions::check(&environment.region, facts.scaffolds)
    })
}

/// Takes one branch that is promoted, or one for each environment.
pub(super) fn branches(draft: &mut Draft, text: &str) -> Result<(), String> {
    if !text.contains('=') {
        words::set(&mut draft.manifest.branch, text)?;
        draft.manifest.strategy = Strategy::Promotion;
        draft.manifest.environments.iter_mut().for_each(|environment| environment.branch = None);
        return Ok(());
    }
    if draft.manifest.strategy == Strategy::Promotion && !draft.existing {
        // A push to an environment's own branch is a person's decision already.
        draft.manifest.environments.iter_mut().for_each(|e| e.approval = Approval::None);
    }
    draft.manifest.strategy = Strategy::Branches;
    each(draft, text, |environment, value| {
        environment.branch = Some(value.parse::<BranchName>()?);
        Ok(())
    })?;
    let main = draft.manifest.branch.clone();
    for environment in &mut draft.manifest.environments {
        environment.branch.get_or_insert_with(|| main.clone());
    }
    Ok(())
}

/// Takes what stands before an environment; without a name it is the last one's.
pub(super) fn approval(draft: &mut Draft, name: &str, text: &str) -> Result<(), String> {
    let approval = words::approval(text)?;
    let environments = &mut draft.manifest.environments;
    let known: Vec<String> = environments.iter().map(|environment| environment.name.to_string()).collect();
    let found = match name {
        "" => environments.last_mut(),
        name => environments.iter_mut().find(|environment| environment.name.as_str() == name),
    };
    found.ok_or_else(|| no_environment(name, &known))?.approval = approval;
    Ok(())
}

/// Hands each part of `value` or `staging=a, production=b` to the environments it is meant for.
fn each(
    draft: &mut Draft,
    text: &str,
    take: impl Fn(&mut Environment, &str) -> Result<(), String>,
) -> Result<(), String> {
    let environments = &mut draft.manifest.environments;
    let known: Vec<String> = environments.iter().map(|environment| environment.name.to_string()).collect();
    for part in parts(text) {
        let (name, value) =
            part.split_once('=').map_or((None, part), |(name, value)| (Some(name.trim()), value.trim()));
        let mut found = false;
        for environment in environments.iter_mut().filter(|e| name.is_none_or(|name| e.name.as_str() == name))
        {
            take(environment, value)?;
            found = true;
        }
        if !found {
            return Err(no_environment(name.unwrap_or_default(), &known));
        }
    }
    if parts(text).next().is_none() { Err("a value is missing".to_owned()) } else { Ok(()) }
}

fn no_environment(name: &str, known: &[String]) -> String {
    wording::no_environment(name, &known.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What stands between commas (or spaces), trimmed.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty())
}
