//! Which CI works with which host of repositories, by the table in each `ci.yaml`.

use super::draft::{Draft, Facts};
use super::wording;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Repository, Spot};
use crate::scaffold::{Ci, HostRule, Scaffolds};
use crate::workspace::{Provider, Remote};

/// The providers there are, by the word in the manifest.
pub const PROVIDERS: [&str; 6] =
    ["github", "gitlab", "gitlab-self-managed", "github-enterprise", "bitbucket", "codecommit"];

/// The provider's word in the manifest; `None` where the host does not tell.
#[must_use]
pub fn provider(remote: &Remote) -> Option<&'static str> {
    match remote.provider {
        Provider::GitHub => Some("github"),
        Provider::GitHubEnterprise => Some("github-enterprise"),
        Provider::GitLab => Some("gitlab"),
        Provider::GitLabSelfManaged => Some("gitlab-self-managed"),
        Provider::CodeCommit => Some("codecommit"),
        Provider::Bitbucket => Some("bitbucket"),
        Provider::Unknown => None,
    }
}

/// The remote as the manifest keeps it.
#[must_use]
pub fn repository(remote: &Remote) -> Option<Repository> {
    Some(Repository {
        provider: provider(remote)?.to_owned(),
        host: remote.host.clone(),
        path: remote.path.clone(),
    })
}

/// The CIs that can be written.
#[must_use]
pub fn names(scaffolds: &Scaffolds) -> Vec<String> {
    let described = |name: &String| scaffolds.find(&format!("ci/{name}/ci.yaml")).is_some();
    scaffolds.names("ci").into_iter().filter(described).collect()
}

/// The CIs that work with a provider: the provider's own first. Only as many descriptions are read as needed.
pub fn fitting<'a>(provider: &'a str, scaffolds: &'a Scaffolds) -> impl Iterator<Item = Ci> + 'a {
    let mut names = names(scaffolds);
    names.sort_by_key(|name| !provider.starts_with(name.as_str()));
    names
        .into_iter()
        .filter_map(|name| scaffolds.ci(&name).ok())
        .filter(move |ci| refusal(ci, provider).is_none())
}

/// The CI that is proposed: the provider's own where it works, otherwise the first that does.
///
/// # Errors
/// No CI works with the provider.
pub fn recommended(facts: &Facts<'_>) -> Result<String> {
    let Some(provider) = facts.remote.and_then(provider) else {
        return Ok(facts.catalog.defaults.ci.clone());
    };
    let first = fitting(provider, facts.scaffolds).next();
    first.map(|ci| ci.name).ok_or_else(|| {
        Error::usage(format!("no CI that pipewright writes works with {provider}"))
            .help("push the repository to GitHub or GitLab, then run `pipewright init` again")
    })
}

/// Whether the host leaves the choice of the CI open.
#[must_use]
pub fn undecided(draft: &Draft, facts: &Facts<'_>) -> bool {
    match draft.manifest.repository.as_ref() {
        Some(repository) if repository.provider.starts_with(draft.manifest.ci.as_str()) => false,
        Some(repository) => fitting(&repository.provider, facts.scaffolds).count() > 1,
        None => names(facts.scaffolds).len() > 1,
    }
}

/// Refuses a CI that cannot work with the repository's host, with the alternative.
///
/// # Errors
/// The pair cannot work.
pub fn check(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<()> {
    let Some(repository) = &manifest.repository else {
        return Ok(());
    };
    if !PROVIDERS.contains(&repository.provider.as_str()) {
        return Err(Error::usage(format!("there is no provider {:?}", repository.provider))
            .help(wording::known(&repository.provider, PROVIDERS))
            .about(Spot::of("repository").at("provider")));
    }
    let ci = scaffolds.ci(&manifest.ci).map_err(|fault| fault.about(Spot::of("ci")))?;
    let Some(why) = refusal(&ci, &repository.provider) else {
        return Ok(());
    };
    let what = format!("{} cannot run for a repository on {}: {why}", ci.title, repository.host);
    let works: Vec<String> =
        fitting(&repository.provider, scaffolds).map(|ci| format!("`--ci {}`", ci.name)).collect();
    let help = if works.is_empty() {
        "no CI that pipewright writes works with this host yet".to_owned()
    } else {
        format!("what works here: {}", works.join(" or "))
    };
    Err(Error::usage(what).help(help).about(Spot::of("ci")))
}

/// Why a CI does not work with a provider.
#[must_use]
pub fn refusal(ci: &Ci, provider: &str) -> Option<String> {
    match ci.hosts.get(provider) {
        Some(HostRule::Works(true)) => None,
        Some(HostRule::Refused(why)) => Some(why.clone()),
        Some(HostRule::Works(false)) | None => Some(format!("it does not work with {provider}")),
    }
}
