//! The commands of a service, and which of its checks may fail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::project;

/// The commands there can be, in the order in which a pipeline runs them.
pub const COMMANDS: [&str; 4] = ["install", "lint", "test", "build"];

/// The commands of a service, as typed in its folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// Installs the dependencies, e.g. `npm ci`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// Checks style and types, e.g. `npm run lint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lint: Option<Check>,
    /// Runs the tests once, e.g. `npm test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Check>,
    /// Builds what is deployed, e.g. `npm run build`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
}

/// A command that only checks. Without the others nothing can be deployed, so only a check may be allowed to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
pub struct Check {
    /// The command.
    pub run: String,
    /// Whether the pipeline only warns where it fails.
    pub may_fail: bool,
}

/// A check as it stands in the file: mostly just the command.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a command is one line of text, or { run: \"npm test\", may-fail: true }")]
enum Written {
    /// The command; nothing is deployed where it fails.
    Line(String),
    /// The command, and what its failure means.
    Full(Full),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Full {
    /// The command.
    run: String,
    /// `true`: where it fails, the pipeline warns and goes on. `false`: nothing is deployed.
    #[serde(default)]
    may_fail: bool,
}

impl From<String> for Check {
    fn from(run: String) -> Self {
        Self { run, may_fail: false }
    }
}

impl From<Written> for Check {
    fn from(written: Written) -> Self {
        match written {
            Written::Line(run) => run.into(),
            Written::Full(Full { run, may_fail }) => Self { run, may_fail },
        }
    }
}

impl From<Check> for Written {
    fn from(Check { run, may_fail }: Check) -> Self {
        if may_fail { Self::Full(Full { run, may_fail }) } else { Self::Line(run) }
    }
}

impl From<project::Commands> for Commands {
    fn from(found: project::Commands) -> Self {
        let project::Commands { install, lint, test, build } = found;
        Self { install, lint: lint.map(Check::from), test: test.map(Check::from), build }
    }
}

impl Commands {
    /// The command of this name.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<&str> {
        match name {
            "install" => self.install.as_deref(),
            "build" => self.build.as_deref(),
            _ => self.check(name).map(|check| check.run.as_str()),
        }
    }

    /// Puts a command in the place of this name, or leaves it out; what a check's failure means stays.
    pub fn set(&mut self, name: &str, line: Option<String>) {
        let renewed = |old: &mut Option<Check>, line: Option<String>| {
            let may_fail = old.as_ref().is_some_and(|check| check.may_fail);
            *old = line.map(|run| Check { run, may_fail });
        };
        match name {
            "install" => self.install = line,
            "lint" => renewed(&mut self.lint, line),
            "test" => renewed(&mut self.test, line),
            _ => self.build = line,
        }
    }

    /// The check of this name.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<&Check> {
        match name {
            "lint" => self.lint.as_ref(),
            "test" => self.test.as_ref(),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn check_mut(&mut self, name: &str) -> Option<&mut Check> {
        match name {
            "lint" => self.lint.as_mut(),
            "test" => self.test.as_mut(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_a_line_or_says_that_it_may_fail() {
        let text = "lint: npm run lint\ntest:\n  run: npm test\n  may-fail: true\n";
        let commands: Commands = serde_yaml::from_str(text).expect("valid");
        assert_eq!(commands.lint, Some("npm run lint".to_owned().into()));
        assert_eq!(commands.test, Some(Check { run: "npm test".to_owned(), may_fail: true }));
        assert_eq!(serde_yaml::to_string(&commands).expect("renders"), text);
    }

    #[test]
    fn only_a_check_may_fail_and_another_form_is_refused_with_the_right_one() {
        serde_yaml::from_str::<Commands>("build: { run: make, may-fail: true }").expect_err("not a check");
        let error =
            serde_yaml::from_str::<Commands>("test: { run: make, mayfail: true }").expect_err("unknown key");
        assert!(error.to_string().contains("may-fail: true"), "{error}");
    }
}
