//! Takes an answer into the draft: the same text whether it came from a flag, a prompt or the change step.

use std::str::FromStr;

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use super::words::{flag, is_nothing, scalar, set};
use super::{places, secrets, units, variables, wording};
use crate::manifest::{COMMANDS, Environment, Name, Scalar, Service, VariableName};
use crate::pipeline::check_option;
use crate::scaffold::OptionKind;

/// Takes the answer, or says what is wrong with it as half a sentence; a draft that refused one is thrown away.
///
/// # Errors
/// The answer is not one to this question.
pub(super) fn accept(
    draft: &mut Draft,
    facts: &Facts<'_>,
    question: &Question,
    text: &str,
) -> Result<(), String> {
    match &question.topic {
        Topic::Provider => places::provider(draft, facts, text),
        Topic::Ci => places::ci(draft, facts, text),
        Topic::Project => {
            let old = draft.manifest.project.to_string();
            set(&mut draft.manifest.project, text)?;
            secrets::rename_project(&mut draft.manifest, &old);
            Ok(())
        }
        Topic::Environments => places::environments(draft, facts, text),
        Topic::Accounts => places::accounts(draft, text),
        Topic::Regions => places::regions(draft, facts, text),
        Topic::Branch => places::branches(draft, text),
        Topic::Approval(name) => places::approval(draft, name, text),
        Topic::Dependabot => flag(text).map(|on| draft.manifest.dependabot = on),
        Topic::Guide => flag(text).map(|on| draft.manifest.guide = on),
        Topic::Units => units::choose(draft, facts, text),
        _ => of_service(draft, facts, question, text),
    }
}

fn of_service(draft: &mut Draft, facts: &Facts<'_>, question: &Question, text: &str) -> Result<(), String> {
    let index = question.service;
    let environments = draft.manifest.environments.clone();
    match &question.topic {
        Topic::Kind => return units::read_as(draft, facts, index, text),
        Topic::Target => return units::target(draft, facts, index, text),
        Topic::Name => return name(draft, index, text),
        _ => {}
    }
    let service = &mut draft.manifest.services[index];
    match &question.topic {
        Topic::Stacks => stacks(service, facts, &environments, text),
        Topic::Runtime => runtime(service, facts, text),
        Topic::Command(name) => command(service, name, text),
        Topic::MayFail(name) => may_fail(service, name, text),
        Topic::Option(name) => option(service, facts, name, text),
        Topic::Variable(name) => {
            let before = name.parse().ok().and_then(|name: VariableName| service.variables.get(&name));
            let value = variables::parse(text, &environments, before, |text| variables::plain(name, text))?;
            keep(&mut service.variables, name, text, value)
        }
        Topic::Secret(name) => {
            let before = name.parse().ok().and_then(|name: VariableName| service.secrets.get(&name));
            let value = variables::parse(text, &environments, before, str::parse)?;
            keep(&mut service.secrets, name, text, value)
        }
        topic => Err(format!("{topic:?} is not about a service")),
    }
}

/// Keeps a variable or secret; an empty answer leaves it out.
fn keep<K: FromStr<Err = String> + Eq + std::hash::Hash, V>(
    all: &mut indexmap::IndexMap<K, V>,
    name: &str,
    text: &str,
    value: V,
) -> Result<(), String> {
    let key = name.parse()?;
    if is_nothing(text) {
        all.shift_remove(&key);
    } else {
        all.insert(key, value);
    }
    Ok(())
}

fn name(draft: &mut Draft, index: usize, text: &str) -> Result<(), String> {
    let name: Name = text.parse()?;
    let others = draft.manifest.services.iter().enumerate().filter(|(other, _)| *other != index);
    let taken = others.map(|(_, service)| &service.name).any(|other| *other == name)
        || draft.manifest.environments.iter().any(|environment| environment.name == name);
    if taken {
        return Err(format!("the name {name} is taken"));
    }
    draft.manifest.services[index].name = name;
    Ok(())
}

fn stacks(
    service: &mut Service,
    facts: &Facts<'_>,
    environments: &[Environment],
    text: &str,
) -> Result<(), String> {
    if facts.catalog.target(&service.target).is_none_or(|target| target.adopts_by.is_none()) {
        return Err(format!("{} makes a stack of its own and takes no existing one", service.target));
    }
    super::stacks::accept(service, environments, text)
}

fn runtime(service: &mut Service, facts: &Facts<'_>, text: &str) -> Result<(), String> {
    let Some(toolchain) = &mut service.toolchain else {
        return Err(format!("{} has no language of its own: Docker builds it", service.name));
    };
    let file = facts.scaffolds.toolchain(&toolchain.name).map_err(|error| error.to_string())?;
    let offered: Vec<&str> = file.versions.iter().map(|version| version.version.as_str()).collect();
    if !offered.contains(&text) {
        return Err(format!("{} {text} is not offered: {}", file.title, wording::known(text, offered)));
    }
    text.clone_into(&mut toolchain.version);
    Ok(())
}

fn command(service: &mut Service, name: &str, text: &str) -> Result<(), String> {
    if text.contains(['\n', '\r']) {
        return Err("a command is one line".to_owned());
    }
    if !COMMANDS.contains(&name) {
        return Err(format!("there is no command {name:?}: {}", wording::known(name, COMMANDS)));
    }
    if service.toolchain.is_none() && !is_nothing(text) {
        return Err(format!(
            "nothing in {} says which language would run it, so it would never run",
            service.path
        ));
    }
    service.commands.set(name, (!is_nothing(text)).then(|| text.to_owned()));
    Ok(())
}

fn may_fail(service: &mut Service, name: &str, text: &str) -> Result<(), String> {
    let check = service.commands.check_mut(name).ok_or_else(|| {
        format!("{name:?} is no check of {}: only lint and test may fail, where there is one", service.name)
    })?;
    check.may_fail = flag(text)?;
    Ok(())
}

fn option(service: &mut Service, facts: &Facts<'_>, name: &str, text: &str) -> Result<(), String> {
    let specs = facts.options(&service.target);
    let spec = specs.iter().find(|spec| spec.name == name).ok_or_else(|| {
        let known = wording::known(name, specs.iter().map(|spec| spec.name.as_str()));
        format!("{} has no option {name:?}: {known}", service.target)
    })?;
    let value = match spec.kind {
        OptionKind::Number | OptionKind::Flag => scalar(text),
        OptionKind::Path | OptionKind::UrlPath | OptionKind::Word => Scalar::Text(text.to_owned()),
    };
    check_option(spec, &value)?;
    if name == "port" && !matches!(value, Scalar::Number(1..=65535)) {
        return Err(format!("{text} is not a port: 1 to 65535"));
    }
    if spec.default.as_ref() == Some(&value) {
        service.options.shift_remove(name);
    } else {
        service.options.insert(name.to_owned(), value);
    }
    Ok(())
}
