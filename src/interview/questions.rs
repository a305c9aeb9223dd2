//! Which questions remain, and in which order: pure rules over what is known.

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use super::{hosts, variables};
use crate::detect::Strength;
use crate::manifest::{COMMANDS, PerEnvironment, Service};
use crate::scaffold::OptionSpec;
use crate::workspace::Provider;

/// The most questions that are asked of one service with two environments; with "change anything?" and "write these
/// files?" they are seven.
pub const MOST: usize = 5;

/// The next question that remains; `asked` were asked before it.
#[must_use]
pub fn next(draft: &Draft, facts: &Facts<'_>, asked: usize) -> Option<Question> {
    let mut open = needed(draft, facts);
    if !draft.existing {
        let unsettled = wanted(draft, facts).into_iter().filter(|question| !draft.settled.contains(question));
        open.extend(unsettled.take(MOST.saturating_sub(asked)));
        open.sort_by_key(|question| place(&question.topic));
    }
    open.into_iter().find(|question| !draft.settled.contains(question))
}

/// Questions without whose answer no pipeline can be written.
#[must_use]
pub fn needed(draft: &Draft, facts: &Facts<'_>) -> Vec<Question> {
    let mut open = Vec::new();
    if facts.remote.is_some_and(|remote| remote.provider == Provider::Unknown)
        && draft.manifest.repository.is_none()
    {
        open.push(Question::whole(Topic::Provider));
    }
    for (index, service) in draft.manifest.services.iter().enumerate() {
        let specs = facts.options(&service.target).iter();
        let missing =
            specs.filter(|spec| spec.default.is_none() && !service.options.contains_key(&spec.name));
        open.extend(missing.map(|spec| Question::of(Topic::Option(spec.name.clone()), index)));
        open.extend(variables::incomplete(draft, index));
    }
    open
}

/// Questions that only a person can answer well, though each has a default; the first are the most important.
fn wanted(draft: &Draft, facts: &Facts<'_>) -> Vec<Question> {
    let mut open = Vec::new();
    if facts.deployable().count() > 1 {
        open.push(Question::whole(Topic::Units));
    }
    if hosts::undecided(draft, facts) {
        open.push(Question::whole(Topic::Ci));
    }
    for (index, service) in draft.manifest.services.iter().enumerate() {
        if facts.catalog.recommend(service.kind).offered.len() > 1 {
            open.push(Question::of(Topic::Target, index));
        }
    }
    open.extend([Topic::Environments, Topic::Accounts, Topic::Regions].map(Question::whole));
    if let Some(last) = draft.manifest.environments.last() {
        open.push(Question::whole(Topic::Approval(last.name.to_string())));
    }
    for index in 0..draft.manifest.services.len() {
        if adopts(draft, facts, index) && !draft.units[index].stacks.is_empty() {
            open.push(Question::of(Topic::Stacks, index));
        }
        open.extend(weak(draft, facts, index));
    }
    open.extend(configuration(draft, facts));
    open
}

/// Whether a service's target can go on in an existing stack.
fn adopts(draft: &Draft, facts: &Facts<'_>, index: usize) -> bool {
    let target = facts.catalog.target(&draft.manifest.services[index].target);
    target.is_some_and(|target| target.adopts_by.is_some())
}

/// Settings that have a default but are better read from evidence, which is weak or missing here.
fn weak<'a>(draft: &'a Draft, facts: &'a Facts<'_>, index: usize) -> impl Iterator<Item = Question> + 'a {
    let (service, unit) = (&draft.manifest.services[index], &draft.units[index]);
    let unsure = move |spec: &&OptionSpec| match spec.from.as_deref() {
        // These follow from what the unit is; a framework's own default is as good as a line that says it.
        None | Some("single-page-app" | "dockerfile" | "template" | "address-output" | "answering-path") => {
            false
        }
        Some("output") if unit.framework.is_some() => false,
        Some(from) => {
            let evidence = unit.evidence_for(&from.replace('-', "_"));
            evidence.is_none_or(|evidence| evidence.strength <= Strength::Hint)
        }
    };
    let specs = facts.options(&service.target).iter().filter(unsure);
    specs.map(move |spec| Question::of(Topic::Option(spec.name.clone()), index))
}

/// Whether differing values of a front end are built in: asked once there are some that differ.
fn configuration(draft: &Draft, facts: &Facts<'_>) -> Vec<Question> {
    let differs =
        |service: &Service| service.variables.values().any(|value| matches!(value, PerEnvironment::Each(_)));
    let question = |(index, service): (usize, &Service)| {
        let option = facts.catalog.target(&service.target)?.configuration_option.clone()?;
        let open = differs(service) && !draft.units[index].build_variables.is_empty();
        open.then(|| Question::of(Topic::Option(option), index))
    };
    draft.manifest.services.iter().enumerate().filter_map(question).collect()
}

/// The order in which questions are asked: what others follow from comes first.
fn place(topic: &Topic) -> u8 {
    match topic {
        Topic::Units => 0,
        Topic::Provider => 1,
        Topic::Ci => 2,
        Topic::Target => 3,
        Topic::Option(_) => 4,
        Topic::Environments => 5,
        Topic::Accounts => 6,
        Topic::Regions => 7,
        Topic::Approval(_) => 8,
        _ => 9,
    }
}

/// Everything that can be changed before it is written, in the order in which it is shown.
#[must_use]
pub fn all(draft: &Draft, facts: &Facts<'_>) -> Vec<Question> {
    let mut all = vec![Question::whole(Topic::Ci)];
    if facts.deployable().count() > 1 {
        all.push(Question::whole(Topic::Units));
    }
    all.extend(
        [Topic::Project, Topic::Environments, Topic::Accounts, Topic::Regions, Topic::Branch]
            .map(Question::whole),
    );
    let approvals = draft.manifest.environments.iter().map(|e| Topic::Approval(e.name.to_string()));
    all.extend(approvals.map(Question::whole));
    for index in 0..draft.manifest.services.len() {
        all.extend(of_service(draft, facts, index));
    }
    // What the code reads and nobody gave yet is the likeliest to be changed.
    let unset = |question: &Question| variables::is_unset(draft, question);
    all.sort_by_key(|question| !unset(question));
    if facts.scaffolds.ci(&draft.manifest.ci).is_ok_and(|ci| ci.has_dependabot()) {
        all.push(Question::whole(Topic::Dependabot));
    }
    all.push(Question::whole(Topic::Guide));
    all
}

fn of_service(draft: &Draft, facts: &Facts<'_>, index: usize) -> Vec<Question> {
    let service = &draft.manifest.services[index];
    let mut topics = vec![Topic::Name];
    if !draft.units[index].alternatives.is_empty() {
        topics.push(Topic::Kind);
    }
    if facts.catalog.recommend(service.kind).offered.len() > 1 {
        topics.push(Topic::Target);
    }
    if service.toolchain.is_some() {
        topics.push(Topic::Runtime);
        topics.extend(COMMANDS.map(|name| Topic::Command(name.to_owned())));
        let checks = COMMANDS.into_iter().filter(|name| service.commands.check(name).is_some());
        topics.extend(checks.map(|name| Topic::MayFail(name.to_owned())));
    }
    if adopts(draft, facts, index) {
        topics.push(Topic::Stacks);
    }
    topics.extend(facts.options(&service.target).iter().map(|spec| Topic::Option(spec.name.clone())));
    topics.extend(variables::topics(draft, facts, index));
    topics.into_iter().map(|topic| Question::of(topic, index)).collect()
}
