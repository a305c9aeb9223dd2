//! The words of the questions: the prompt and its one line of help.

use super::super::draft::{Draft, Facts};
use super::super::prompter::Ask;
use super::super::question::{Question, Topic};
use crate::scaffold::Delivery;

/// An answer.
pub const YES: &str = "yes";
/// An answer.
pub const NO: &str = "no";
/// The answer that takes every unit.
pub const ALL_UNITS: &str = "all of them, each as a service of its own";
/// The last question before the files are shown.
pub const CHANGE: &str = "Change anything?";
/// Its help where nothing is missing.
const CHANGE_HELP: &str = "These are the values the pipeline will be written from; choose one to change it.";
/// A value that nobody gave.
pub const UNSET: &str = "not set";
/// Its first answer.
pub const DONE: &str = "no, go on";
/// The question before anything is written.
pub const WRITE: &str = "Write these files?";
/// Its help.
pub const WRITE_HELP: &str = "Nothing was written so far, and nothing is deployed by writing them.";

/// The help of a question whose default is too long to stand in its line.
#[must_use]
pub fn long_default(help: &str, default: &str) -> String {
    format!("{help} Return takes {default}")
}

/// A question as it is put.
#[must_use]
pub fn ask(draft: &Draft, facts: &Facts<'_>, question: &Question) -> Ask {
    let (prompt, help) = words(draft, facts, question);
    let several = draft.manifest.services.len() > 1 && is_about_a_service(&question.topic);
    let prompt = match draft.manifest.services.get(question.service) {
        Some(service) if several => format!("{}: {prompt}", service.name),
        _ => prompt,
    };
    Ask { prompt, help }
}

fn words(draft: &Draft, facts: &Facts<'_>, question: &Question) -> (String, String) {
    let index = question.service;
    match &question.topic {
        Topic::Accounts => accounts(draft),
        Topic::Approval(name) => (
            format!("Shall {name} wait for a person?"),
            facts.scaffolds.ci(&draft.manifest.ci).map(|ci| super::start_help(&ci)).unwrap_or_default(),
        ),
        Topic::Command(name) => (
            format!("Command: {name}"),
            "As you type it in the service's folder; - leaves it out of the pipeline.".to_owned(),
        ),
        Topic::MayFail(name) => (
            format!("May {name} fail?"),
            "yes: where it fails, the pipeline warns and goes on; no: nothing is deployed.".to_owned(),
        ),
        Topic::Option(name) => option(draft, facts, index, name),
        Topic::Stacks => stacks(draft, index),
        Topic::Variable(name) => (name.clone(), variable(draft, facts, index)),
        Topic::Secret(name) => (
            format!("Where does {name} lie?"),
            "Its name in AWS (SSM parameter or Secrets Manager ARN), never its value; - for later."
                .to_owned(),
        ),
        topic => {
            let (prompt, help) = fixed(topic);
            (prompt.to_owned(), help.to_owned())
        }
    }
}

/// The questions whose words are always the same.
fn fixed(topic: &Topic) -> (&'static str, &'static str) {
    match topic {
        Topic::Units => (
            "What is deployed?",
            "Several parts of this repository can be deployed; others can follow later.",
        ),
        Topic::Provider => {
            ("Who hosts this repository?", "The host's name does not tell, and it decides which CI can run.")
        }
        Topic::Ci => (
            "Which CI runs the pipeline?",
            "The one that belongs to your repository's host needs no further account.",
        ),
        Topic::Project => (
            "Project name",
            "The first part of every stack and role in AWS; at most 24 letters, digits, dashes.",
        ),
        Topic::Environments => (
            "Environments, in order",
            "A release reaches them one after the other; names separated by commas.",
        ),
        Topic::Regions => (
            "AWS region",
            "One for all, or staging=eu-west-1, production=us-east-1. Near your users is best.",
        ),
        Topic::Branch => (
            "Branch that is deployed",
            "One, promoted through the environments, or staging=develop, production=main.",
        ),
        Topic::Name => {
            ("Service name", "Part of its stack and role names; at most 16 letters, digits, dashes.")
        }
        Topic::Kind => ("What is it?", "The folder can be read in more than one way."),
        Topic::Target => ("Where shall it run?", "The first is recommended for what was found here."),
        Topic::Runtime => {
            ("Language version", "What CI tests and builds with; the same as on your machine is best.")
        }
        Topic::Dependabot => (
            "Keep the pinned actions up to date?",
            "Writes .github/dependabot.yml, which proposes new versions.",
        ),
        _ => (
            "Write docs/DEPLOYMENT.md?",
            "A page for your team: the pipeline, the first steps, what to do when a step is red.",
        ),
    }
}

fn option(draft: &Draft, facts: &Facts<'_>, index: usize, name: &str) -> (String, String) {
    let service = draft.manifest.services.get(index);
    let specs = service.map_or(&[][..], |service| facts.options(&service.target));
    let help = specs.iter().find(|spec| spec.name == *name).map(|spec| spec.help.clone());
    (sentence(&name.replace('-', " ")), sentence(&help.unwrap_or_default()))
}

fn stacks(draft: &Draft, index: usize) -> (String, String) {
    let known = draft.units.get(index).map(|unit| unit.stacks.iter()).into_iter().flatten();
    let known: Vec<String> = known.map(|(config, stack)| format!("{stack} ({config})")).collect();
    let environment = super::super::stacks::likely(draft).map_or("production", |name| name.as_str());
    let known =
        if known.is_empty() { String::new() } else { format!("samconfig names {}. ", known.join(", ")) };
    (
        "Which existing stacks does it go on in?".to_owned(),
        format!("{known}{environment}=STACK deploys {environment} to that stack; none makes new ones."),
    )
}

fn accounts(draft: &Draft) -> (String, String) {
    let names: Vec<&str> = draft.manifest.environments.iter().map(|e| e.name.as_str()).collect();
    let help = match names.as_slice() {
        [first, .., last] => format!(
            "12 digits for all, or {first}=111111111111, {last}=222222222222; none: you set it in CI later."
        ),
        _ => "12 digits (`aws sts get-caller-identity` prints it); none: you set it in CI later.".to_owned(),
    };
    ("AWS account".to_owned(), help)
}

/// What becomes of a variable's value, which depends on where the service runs.
fn variable(draft: &Draft, facts: &Facts<'_>, index: usize) -> String {
    let target = draft.manifest.services.get(index).and_then(|service| facts.catalog.target(&service.target));
    let seen = match target.map(|target| target.variables) {
        Some(Delivery::Baked) => "everyone can read it in the site",
        _ => "it stands in pipewright.yml",
    };
    let each: Vec<String> = draft.manifest.environments.iter().map(|e| format!("{}=…", e.name)).collect();
    if each.len() < 2 {
        return format!("The value, no secret: {seen}; - for later.");
    }
    format!("One value, or {}. No secret: {seen}; - for later.", each.join(", "))
}

/// The help of the last question before the files are shown: what has no value yet is named.
#[must_use]
pub fn change_help(draft: &Draft, facts: &Facts<'_>) -> String {
    let services = 0..draft.manifest.services.len();
    let names: Vec<String> =
        services.flat_map(|index| super::super::variables::unanswered(draft, facts, index)).collect();
    if names.is_empty() {
        return CHANGE_HELP.to_owned();
    }
    let list = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = if names.len() > 3 { " and others" } else { "" };
    format!("Your code reads {list}{more}, without a value yet: choose it to give one, or do it later.")
}

pub(super) fn is_about_a_service(topic: &Topic) -> bool {
    matches!(
        topic,
        Topic::Name
            | Topic::Kind
            | Topic::Target
            | Topic::Runtime
            | Topic::Stacks
            | Topic::Command(_)
            | Topic::MayFail(_)
            | Topic::Option(_)
            | Topic::Variable(_)
            | Topic::Secret(_)
    )
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
