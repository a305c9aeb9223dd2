//! Reads a remote's address, and never keeps a credential that stands in it.

use serde::Serialize;

/// Who hosts the repository; decides which CI systems fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Provider {
    /// github.com.
    #[serde(rename = "github")]
    GitHub,
    /// A GitHub Enterprise host: `*.ghe.com`, or a host of one's own whose name says so.
    #[serde(rename = "github-enterprise")]
    GitHubEnterprise,
    /// gitlab.com.
    #[serde(rename = "gitlab")]
    GitLab,
    /// A GitLab of one's own whose host name says so.
    #[serde(rename = "gitlab-self-managed")]
    GitLabSelfManaged,
    /// AWS CodeCommit.
    #[serde(rename = "codecommit")]
    CodeCommit,
    /// bitbucket.org.
    #[serde(rename = "bitbucket")]
    Bitbucket,
    /// A host whose name does not tell: ask.
    #[serde(rename = "unknown")]
    Unknown,
}

/// A remote, without any credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remote {
    /// Who hosts it.
    pub provider: Provider,
    /// The host name, lower case; empty for CodeCommit's `codecommit::` form without a region.
    pub host: String,
    /// The repository on that host: `owner/name`, `group/sub/project`, or CodeCommit's bare name.
    pub path: String,
    /// CodeCommit's region.
    pub region: Option<String>,
}

impl Remote {
    /// Reads an https, ssh, scp-like or `codecommit::` address; `None` for a local path and anything else.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        if let Some(rest) = url.strip_prefix("codecommit:") {
            return Self::grc(rest);
        }
        let (authority, path) = match url.split_once("://") {
            Some((scheme, rest)) => {
                let known = ["https", "http", "ssh", "git", "git+ssh", "ssh+git"];
                known.contains(&scheme.to_ascii_lowercase().as_str()).then_some(())?;
                rest.split_once('/')?
            }
            None => scp(url)?,
        };
        let host = host(authority)?;
        let path = clean(path)?;
        Some(Self::at(host, path))
    }

    /// git-remote-codecommit: `codecommit::region://profile@name`, `codecommit://name`.
    fn grc(rest: &str) -> Option<Self> {
        let (region, name) = rest.trim_start_matches(':').split_once("//")?;
        let region = region.trim_end_matches(':');
        let name = name.rsplit('@').next()?;
        let region = word(region).then(|| region.to_owned());
        let host = region.as_ref().map(|region| format!("git-codecommit.{region}.amazonaws.com"));
        Some(Self {
            provider: Provider::CodeCommit,
            host: host.unwrap_or_default(),
            path: clean(name)?,
            region,
        })
    }

    fn at(host: String, path: String) -> Self {
        if let Some(region) = codecommit_region(&host) {
            let path = path.strip_prefix("v1/repos/").unwrap_or(&path).to_owned();
            let (provider, region) = (Provider::CodeCommit, Some(region));
            return Self { provider, host, path, region };
        }
        Self { provider: provider(&host), host, path, region: None }
    }

    /// The last part of the path, which names the project.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// `[user@]host:path`, but not `C:\path` and not `./a:b`.
fn scp(url: &str) -> Option<(&str, &str)> {
    let (authority, path) = url.split_once(':')?;
    let local = authority.contains(['/', '\\']) || (authority.len() == 1 && path.starts_with(['/', '\\']));
    (!local).then_some((authority, path))
}

/// The host without user, password and port.
fn host(authority: &str) -> Option<String> {
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?.to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    (!host.is_empty() && host.chars().all(allowed)).then_some(host)
}

/// The path without query, slashes at its ends and `.git`; nothing that could hold a credential or leave it.
fn clean(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let allowed = |c: char| c.is_alphanumeric() || "._-~/+ %".contains(c);
    (!path.is_empty() && path.chars().all(allowed)).then(|| path.to_owned())
}

fn word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn codecommit_region(host: &str) -> Option<String> {
    let rest = host.strip_prefix("git-codecommit.").or_else(|| host.strip_prefix("git-codecommit-fips."))?;
    let (region, domain) = rest.split_once('.')?;
    domain.starts_with("amazonaws.com").then(|| region.to_owned())
}

fn provider(host: &str) -> Provider {
    let first = host.split('.').next().unwrap_or_default();
    match host {
        "github.com" | "ssh.github.com" | "www.github.com" => Provider::GitHub,
        "gitlab.com" | "altssh.gitlab.com" => Provider::GitLab,
        "bitbucket.org" | "altssh.bitbucket.org" => Provider::Bitbucket,
        _ if host.ends_with(".ghe.com") || first.contains("github") || first == "ghe" => {
            Provider::GitHubEnterprise
        }
        _ if first.contains("gitlab") => Provider::GitLabSelfManaged,
        _ => Provider::Unknown,
    }
}

#[cfg(test)]
mod tests;
