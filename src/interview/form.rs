//! How a question is put: what stands there now, and the answers to choose from, if there is a fixed set.

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use super::{hosts, secrets, stacks, variables, wording};
use crate::manifest::{Approval, Environment, Scalar, Service, Strategy, VariableName};

/// One answer to choose: the text that is taken, and what a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is taken.
    pub(super) answer: String,
    /// What is read.
    pub(super) label: String,
}

impl Choice {
    fn new(answer: impl Into<String>, label: impl Into<String>) -> Self {
        Self { answer: answer.into(), label: label.into() }
    }
}

/// The fixed answers of a question; empty where any text may be the answer.
#[must_use]
pub(super) fn choices(draft: &Draft, facts: &Facts<'_>, question: &Question) -> Vec<Choice> {
    let unit = draft.units.get(question.service);
    match &question.topic {
        Topic::Provider => {
            hosts::PROVIDERS.iter().map(|name| Choice::new(*name, wording::provider(name))).collect()
        }
        Topic::Ci => ci(draft, facts),
        Topic::Approval(name) => approvals(draft, facts, name),
        Topic::Units => units(facts),
        Topic::Kind => {
            let kinds = unit.into_iter().flat_map(|unit| std::iter::once(unit).chain(&unit.alternatives));
            kinds.map(|unit| Choice::new(kind_word(unit.kind), unit.kind.title())).collect()
        }
        Topic::Target => {
            let ways = unit.map(|unit| facts.catalog.recommend(unit.kind).offered).unwrap_or_default();
            ways.into_iter()
                .map(|way| Choice::new(way.target, format!("{} ({})", way.title, wording::tier(way.tier))))
                .collect()
        }
        Topic::Option(name) => options(draft, facts, question.service, name),
        Topic::Runtime => runtimes(draft, facts, question.service),
        Topic::MayFail(_) | Topic::Dependabot | Topic::Guide => {
            vec![Choice::new("yes", wording::YES), Choice::new("no", wording::NO)]
        }
        _ => Vec::new(),
    }
}

fn ci(draft: &Draft, facts: &Facts<'_>) -> Vec<Choice> {
    let repository = draft.manifest.repository.as_ref();
    let mut names = hosts::names(facts.scaffolds);
    names.sort_by_key(|name| *name != draft.manifest.ci);
    let cis = names.iter().filter_map(|name| facts.scaffolds.ci(name).ok());
    let works = cis.filter(|ci| repository.is_none_or(|r| hosts::refusal(ci, &r.provider).is_none()));
    works.map(|ci| Choice::new(ci.name, ci.title)).collect()
}

fn approvals(draft: &Draft, facts: &Facts<'_>, name: &str) -> Vec<Choice> {
    let Ok(ci) = facts.scaffolds.ci(&draft.manifest.ci) else {
        return Vec::new();
    };
    let all = [Approval::Manual, Approval::Reviewers, Approval::None];
    let mut seen = Vec::new();
    let mut choices = Vec::new();
    for approval in all {
        let start = ci.start(approval);
        // Where a CI does the same for both words, one of them is enough.
        if !seen.contains(&start) {
            seen.push(start);
            choices.push(Choice::new(wording::approval(approval), wording::start(start, name, &ci)));
        }
    }
    choices
}

fn units(facts: &Facts<'_>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = facts
        .deployable()
        .map(|unit| Choice::new(unit.path.clone(), format!("{} ({})", unit.path, unit.kind.title())))
        .collect();
    // Two services of one target would write the same files; each target once is what this version can do.
    let mut targets: Vec<String> = facts
        .deployable()
        .filter_map(|unit| facts.catalog.recommend(unit.kind).offered.first().map(|way| way.target.clone()))
        .collect();
    let count = targets.len();
    targets.sort();
    targets.dedup();
    if targets.len() == count {
        choices.push(Choice::new("all", wording::ALL_UNITS));
    }
    choices
}

/// The values of a setting that has a fixed set of them.
fn options(draft: &Draft, facts: &Facts<'_>, index: usize, name: &str) -> Vec<Choice> {
    let specs = draft.manifest.services.get(index).map_or(&[][..], |service| facts.options(&service.target));
    let spec = specs.iter().find(|spec| spec.name == name);
    let choices = spec.into_iter().flat_map(|spec| &spec.choices);
    choices.map(|(value, meaning)| Choice::new(value, format!("{value}: {meaning}"))).collect()
}

fn runtimes(draft: &Draft, facts: &Facts<'_>, index: usize) -> Vec<Choice> {
    let toolchain = draft.manifest.services[index].toolchain.as_ref();
    let file = toolchain.and_then(|toolchain| facts.scaffolds.toolchain(&toolchain.name).ok());
    let versions = file.map(|file| file.versions).unwrap_or_default();
    versions
        .into_iter()
        .map(|v| Choice::new(v.version.clone(), format!("{} (maintained until {})", v.version, v.end)))
        .collect()
}

/// What is taken where a person just goes on: what stands there, or what is recommended.
#[must_use]
pub(super) fn proposed(draft: &Draft, facts: &Facts<'_>, question: &Question) -> String {
    let value = value(draft, facts, question);
    let Topic::Secret(name) = &question.topic else { return value };
    let service = draft.manifest.services.get(question.service);
    let key = name.parse::<VariableName>().ok();
    let old = key.and_then(|key| service?.secrets.get(&key));
    let each = draft.manifest.environments.iter().map(|environment| {
        let old = old.and_then(|old| old.get(&environment.name)).map(ToString::to_string);
        let reference = old.unwrap_or_else(|| secrets::proposed(&draft.manifest, environment, name));
        format!("{}={reference}", environment.name)
    });
    joined(each)
}

/// What stands in the draft now, in the form in which it could be typed.
#[must_use]
pub(super) fn value(draft: &Draft, facts: &Facts<'_>, question: &Question) -> String {
    let manifest = &draft.manifest;
    let account = |e: &Environment| e.account.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    match &question.topic {
        Topic::Provider => manifest.repository.as_ref().map(|r| r.provider.clone()).unwrap_or_default(),
        Topic::Ci => manifest.ci.clone(),
        Topic::Project => manifest.project.to_string(),
        Topic::Environments => joined(manifest.environments.iter().map(|e| e.name.to_string())),
        Topic::Accounts => shared(&manifest.environments, account),
        Topic::Regions => shared(&manifest.environments, |e| e.region.to_string()),
        Topic::Branch if manifest.strategy == Strategy::Promotion => manifest.branch.to_string(),
        Topic::Branch => {
            let pairs = manifest.environments.iter().map(|e| format!("{}={}", e.name, manifest.branch_of(e)));
            joined(pairs)
        }
        Topic::Approval(name) => {
            let found = manifest.environments.iter().find(|e| e.name.as_str() == name);
            wording::approval(found.map_or(Approval::None, |e| e.approval)).to_owned()
        }
        Topic::Units => joined(draft.units.iter().map(|unit| unit.path.clone())),
        Topic::Dependabot => yes_or_no(manifest.dependabot),
        Topic::Guide => yes_or_no(manifest.guide),
        topic => {
            manifest.services.get(question.service).map_or_else(String::new, |s| of_service(s, facts, topic))
        }
    }
}

fn of_service(service: &Service, facts: &Facts<'_>, topic: &Topic) -> String {
    match topic {
        Topic::Name => service.name.to_string(),
        Topic::Kind => kind_word(service.kind),
        Topic::Target => service.target.clone(),
        Topic::Stacks => stacks::show(service),
        Topic::Runtime => service.toolchain.as_ref().map(|t| t.version.clone()).unwrap_or_default(),
        Topic::Command(name) => service.commands.line(name).unwrap_or_default().to_owned(),
        Topic::MayFail(name) => yes_or_no(service.commands.check(name).is_some_and(|check| check.may_fail)),
        Topic::Option(name) => {
            let spec = facts.options(&service.target).iter().find(|spec| spec.name == *name);
            let value = service.options.get(name).or_else(|| spec?.default.as_ref());
            value.map(Scalar::to_string).unwrap_or_default()
        }
        Topic::Variable(name) => {
            let found = name.parse().ok().and_then(|name: VariableName| service.variables.get(&name));
            found.map(variables::show).unwrap_or_default()
        }
        Topic::Secret(name) => {
            let found = name.parse().ok().and_then(|name: VariableName| service.secrets.get(&name));
            found.map(variables::show).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// One value where all environments share it, otherwise one for each.
fn shared(environments: &[Environment], value: impl Fn(&Environment) -> String) -> String {
    let values: Vec<String> = environments.iter().map(&value).collect();
    match values.first() {
        Some(first) if values.iter().all(|other| other == first) => first.clone(),
        _ => joined(environments.iter().zip(values).map(|(e, value)| format!("{}={value}", e.name))),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn yes_or_no(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

/// A kind as the manifest writes it.
fn kind_word(kind: crate::project::Kind) -> String {
    let word = serde_yaml::to_string(&kind).unwrap_or_default();
    word.trim().to_owned()
}
