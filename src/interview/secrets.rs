//! Which variables hold a secret, where that could lie in AWS, and what shows that a value is one.

use serde::Deserialize;

use super::draft::{Draft, Facts};
use crate::error::Result;
use crate::manifest::{Environment, Manifest};
use crate::scaffold::{Delivery, Scaffolds};

/// Where the patterns stand below `scaffolds/`.
const FACTS: &str = "shared/secrets.yaml";

/// The patterns, and how a secret is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Patterns {
    endings: Vec<String>,
    public: Vec<String>,
    /// What a person does for a secret that does not exist yet.
    pub(super) follow_up: Making,
}

/// A follow-up, to be filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Making {
    pub(super) title: String,
    pub(super) command: String,
}

impl Patterns {
    /// Reads the patterns.
    pub(super) fn load(scaffolds: &Scaffolds) -> Result<Self> {
        scaffolds.parse(FACTS)
    }

    /// Whether a variable of this name holds a secret.
    pub(super) fn names_secret(&self, variable: &str) -> bool {
        let spoken = format!(" {}", words(variable).join(" "));
        let ends = |ending: &String| spoken.ends_with(&format!(" {ending}"));
        self.endings.iter().any(ends) && !self.public.iter().any(ends)
    }
}

/// Whether a variable of a service is asked for as a reference; what is built into a site is public in any case.
pub(super) fn is_secret(draft: &Draft, facts: &Facts<'_>, service: usize, variable: &str) -> bool {
    let target = facts.catalog.target(&draft.manifest.services[service].target);
    let can_be_kept = target.is_some_and(|target| target.variables != Delivery::Baked);
    can_be_kept && Patterns::load(facts.scaffolds).is_ok_and(|patterns| patterns.names_secret(variable))
}

/// The name that is proposed for a secret of an environment; the service may read no other than its environment's.
pub(super) fn proposed(manifest: &Manifest, environment: &Environment, variable: &str) -> String {
    format!("{}{}", own(manifest, environment), words(variable).join("-"))
}

/// What the names of an environment's secrets begin with.
pub(super) fn own(manifest: &Manifest, environment: &Environment) -> String {
    format!("/{}/{}/", manifest.project, environment.name)
}

/// Whether a value carries a password, as `postgres://user:password@host` does.
pub(super) fn carries_password(value: &str) -> bool {
    let authority = value.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

/// Moves references that begin with the project's old name to its new one.
pub(super) fn rename_project(manifest: &mut Manifest, old: &str) {
    let (old, new) = (format!("/{old}/"), format!("/{}/", manifest.project));
    for references in manifest.services.iter_mut().flat_map(|service| service.secrets.values_mut()) {
        references.each_mut(|reference| {
            let moved = reference.as_str().strip_prefix(&old).map(|rest| format!("{new}{rest}"));
            if let Some(Ok(moved)) = moved.map(|moved| moved.parse()) {
                *reference = moved;
            }
        });
    }
}

/// The words of a name in lower case, without a trailing number: `DB_PASSWORD_2` and `DbPassword` are `db password`.
fn words(variable: &str) -> Vec<String> {
    let chars: Vec<char> = variable.chars().collect();
    let mut words = vec![String::new()];
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase() || after.is_some_and(char::is_ascii_lowercase)
            });
        if begins || *c == '_' {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| *c != '_') {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    while words.len() > 1 && words.last().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        words.pop();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_how_their_names_end() {
        let patterns = Patterns::load(&Scaffolds::default()).expect("the scaffolds parse");
        for name in
            ["DB_PASSWORD", "DbPassword", "API_KEY_2", "APIKey", "SECRET_KEY_BASE", "DATABASE_URL", "TOKEN"]
        {
            assert!(patterns.names_secret(name), "{name}");
        }
        for name in
            ["LOG_LEVEL", "TOKEN_TTL", "PASSWORD_MIN_LENGTH", "PUBLIC_KEY", "MONKEY", "KMS_KEY_ID", "API_URL"]
        {
            assert!(!patterns.names_secret(name), "{name}");
        }
        assert_eq!(words("APIKey_2"), ["api", "key"]);
    }

    #[test]
    fn an_address_with_a_password_is_seen() {
        assert!(carries_password("postgres://shop:hunter2@db.example.com:5432/shop"));
        for good in ["https://example.com:8080/a@b:c", "postgres://shop@db/shop", "a:b@c", "http://x:@y"] {
            assert!(!carries_password(good), "{good}");
        }
    }
}
