//! The short words for a question: its name in the list of values, and its flag.

use super::super::draft::Draft;
use super::super::question::{Question, Topic};
use super::questions::is_about_a_service;

/// The name in the list of values.
#[must_use]
pub fn label(draft: &Draft, question: &Question) -> String {
    let label = match &question.topic {
        Topic::Ci => "CI".to_owned(),
        Topic::Units => "deployed".to_owned(),
        Topic::Approval(name) => format!("approval for {name}"),
        Topic::Command(name) | Topic::Variable(name) | Topic::Secret(name) => name.clone(),
        Topic::MayFail(name) => format!("{name} may fail"),
        Topic::Option(name) => name.replace('-', " "),
        Topic::Runtime => "language version".to_owned(),
        Topic::Stacks => "existing stacks".to_owned(),
        Topic::Name => "service".to_owned(),
        Topic::Guide => "docs/DEPLOYMENT.md".to_owned(),
        topic => format!("{topic:?}").to_lowercase(),
    };
    match draft.manifest.services.get(question.service) {
        Some(service) if draft.manifest.services.len() > 1 && is_about_a_service(&question.topic) => {
            format!("{}: {label}", service.name)
        }
        _ => label,
    }
}

/// The flag that answers a question, with an example.
#[must_use]
pub fn flag(question: &Question) -> String {
    match &question.topic {
        Topic::Units => "--unit FOLDER".to_owned(),
        Topic::Provider => "--provider gitlab-self-managed".to_owned(),
        Topic::Ci => "--ci github".to_owned(),
        Topic::Project => "--project NAME".to_owned(),
        Topic::Environments => "--environments staging,production".to_owned(),
        Topic::Accounts => "--account 111111111111 (or production=222222222222, or none)".to_owned(),
        Topic::Regions => "--region eu-west-1".to_owned(),
        Topic::Branch => "--branch main".to_owned(),
        Topic::Approval(name) => format!("--approval {name}=manual (or reviewers, or none)"),
        Topic::Name => "--service NAME".to_owned(),
        Topic::Kind => "--kind container".to_owned(),
        Topic::Target => "--target NAME".to_owned(),
        Topic::Runtime => "--runtime VERSION".to_owned(),
        Topic::Stacks => "--stack production=STACK (or none)".to_owned(),
        Topic::Command(name) => format!("--command {name}=COMMAND"),
        Topic::MayFail(name) => format!("--may-fail {name}"),
        Topic::Option(name) => format!("--option {name}=VALUE"),
        Topic::Variable(name) => format!("--variable {name}=VALUE"),
        Topic::Secret(name) => format!("--secret {name}=REFERENCE"),
        Topic::Dependabot => "--no-dependabot".to_owned(),
        Topic::Guide => "--no-guide".to_owned(),
    }
}
