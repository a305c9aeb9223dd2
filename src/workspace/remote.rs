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
                known
                    .contains(&scheme.to_ascii_lowercase().as_str())
                    .then_some(())?;
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
        let host = region
            .as_ref()
            .map(|region| format!("git-codecommit.{region}.amazonaws.com"));
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
            return Self {
                provider,
                host,
                path,
                region,
            };
        }
        Self {
            provider: provider(&host),
            host,
            path,
            region: None,
        }
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
    let local =
        authority.contains(['/', '\\']) || (authority.len() == 1 && path.starts_with(['/', '\\']));
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
    let path = path
        .strip_suffix(".git")
        .unwrap_or(path)
        .trim_end_matches('/');
    let allowed = |c: char| c.is_alphanumeric() || "._-~/+ %".contains(c);
    (!path.is_empty() && path.chars().all(allowed)).then(|| path.to_owned())
}

fn word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn codecommit_region(host: &str) -> Option<String> {
    let rest = host
        .strip_prefix("git-codecommit.")
        .or_else(|| host.strip_prefix("git-codecommit-fips."))?;
    let (region, domain) = rest.split_once('.')?;
    domain
        .starts_with("amazonaws.com")
        .then(|| region.to_owned())
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(url: &str) -> String {
        let Some(remote) = Remote::parse(url) else {
            return "nothing".to_owned();
        };
        let provider = serde_json::to_value(remote.provider).unwrap_or_default();
        let host = if remote.host.is_empty() {
            "-"
        } else {
            &remote.host
        };
        format!(
            "{} {host} {}",
            provider.as_str().unwrap_or_default(),
            remote.path
        )
    }

    /// address => provider, host, path
    const ADDRESSES: &str = "
        https://github.com/acme/shop.git => github github.com acme/shop
        https://x-access-token:ghp_abc@github.com/acme/shop => github github.com acme/shop
        git@github.com:acme/shop.git => github github.com acme/shop
        ssh://git@ssh.github.com:443/acme/shop.git => github ssh.github.com acme/shop
        git://github.com/acme/shop.git/ => github github.com acme/shop
        https://GitHub.com/Acme/Shop/ => github github.com Acme/Shop
        https://gitlab.com/a/b/c/shop.git => gitlab gitlab.com a/b/c/shop
        git@gitlab.com:a/b/shop.git => gitlab gitlab.com a/b/shop
        ssh://git@gitlab.example.com:2222/a/shop.git => gitlab-self-managed gitlab.example.com a/shop
        https://github.example.com/a/shop => github-enterprise github.example.com a/shop
        https://octo.ghe.com/a/shop => github-enterprise octo.ghe.com a/shop
        git@code.example.com:a/shop.git => unknown code.example.com a/shop
        https://me@bitbucket.org/acme/shop.git => bitbucket bitbucket.org acme/shop
        https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
        ssh://APKA@git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
        codecommit::eu-west-1://dev@shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
        codecommit://shop => codecommit - shop
    ";

    #[test]
    fn addresses_of_every_form() {
        for line in ADDRESSES.lines().filter(|line| line.contains("=>")) {
            let (url, expected) = line.trim().split_once(" => ").unwrap_or_default();
            assert_eq!(read(url), expected, "{url}");
        }
    }

    #[test]
    fn the_region_is_read() {
        let of = |url| Remote::parse(url).and_then(|remote| remote.region);
        assert_eq!(
            of("codecommit::eu-west-1://shop").as_deref(),
            Some("eu-west-1")
        );
        assert_eq!(
            of("https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/shop").as_deref(),
            Some("us-gov-west-1")
        );
        assert_eq!(of("codecommit://shop"), None);
    }

    #[test]
    fn local_paths_are_no_remotes() {
        for url in [
            "",
            "/srv/git/shop.git",
            "../shop",
            "C:\\code\\shop",
            "C:/code/shop",
            "file:///srv/shop",
            "./a:b",
        ] {
            assert_eq!(Remote::parse(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn it_never_panics(url in "\\PC{0,60}") {
            let _ = Remote::parse(&url);
        }

        #[test]
        fn it_never_keeps_a_credential(user in "[a-z0-9:/@._-]{0,12}", secret in "[A-Z]{12}", scheme in "(https://|ssh://|http://|)") {
            let url = format!("{scheme}{user}:{secret}@github.com/acme/shop.git");
            if let Some(remote) = Remote::parse(&url) {
                let kept = format!("{remote:?}").to_ascii_uppercase();
                prop_assert!(!kept.contains(&secret), "{kept}");
            }
        }
    }
}
