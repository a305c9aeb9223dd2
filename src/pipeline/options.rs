//! A target's settings for one service: the manifest's values over the target's defaults, each checked.

use std::str::FromStr as _;

use indexmap::IndexMap;

use crate::error::{Error, Result};
use crate::interview::wording;
use crate::manifest::{RelPath, Scalar, Service, Spot};
use crate::scaffold::{OptionKind, OptionSpec, Target};

/// Every setting of `target` for `service`, which stands at `spot`, by name with `_` for `-` so that templates can name it.
///
/// # Errors
/// A setting the target does not have, one of the wrong form, or one without a value.
pub fn resolve_options(target: &Target, service: &Service, spot: &Spot) -> Result<IndexMap<String, Scalar>> {
    let of = |name: &str| spot.clone().at("options").at(name);
    if let Some(unknown) =
        service.options.keys().find(|name| !target.options.iter().any(|o| o.name == **name))
    {
        let known = target.options.iter().map(|option| option.name.as_str());
        return Err(Error::usage(format!(
            "service {}: {} has no option {unknown:?}",
            service.name, target.name
        ))
        .help(wording::known(unknown, known))
        .about(of(unknown).key()));
    }
    let value = |spec: &OptionSpec| resolve(spec, service).map_err(|fault| fault.about(of(&spec.name)));
    target.options.iter().map(|spec| Ok((spec.name.replace('-', "_"), value(spec)?))).collect()
}

fn resolve(spec: &OptionSpec, service: &Service) -> Result<Scalar> {
    let twin = spec.same_as.as_ref().and_then(|other| service.options.get(other));
    let value = service.options.get(&spec.name).or(twin).or(spec.default.as_ref()).ok_or_else(|| {
        Error::usage(format!("service {}: the option {:?} has no value", service.name, spec.name))
            .help(format!("add it to pipewright.yml: {}", spec.help))
    })?;
    check_option(spec, value).map_err(|why| {
        Error::usage(format!("service {}: {}: {why}", service.name, spec.name)).help(&spec.help)
    })?;
    Ok(value.clone())
}

/// Checks a value against what a setting may hold.
///
/// # Errors
/// What is wrong with it, as half a sentence.
pub fn check_option(spec: &OptionSpec, value: &Scalar) -> std::result::Result<(), String> {
    check_kind(spec.kind, value)?;
    let choices: Vec<&str> = spec.choices.keys().map(String::as_str).collect();
    if choices.is_empty() || choices.contains(&value.to_string().as_str()) {
        return Ok(());
    }
    Err(format!("{:?} is none of: {}", value.to_string(), choices.join(", ")))
}

/// Whether an environment's variables are added to the one build when it is deployed, instead of being built in.
#[must_use]
pub fn configures_at_runtime(target: &Target, service: &Service) -> bool {
    let option = target.configuration_option.as_ref().and_then(|name| service.options.get(name));
    option.is_some_and(|value| value.to_string() == "runtime")
}

fn check_kind(kind: OptionKind, value: &Scalar) -> std::result::Result<(), String> {
    match (kind, value) {
        (OptionKind::Number, Scalar::Number(number)) if *number >= 0 => Ok(()),
        (OptionKind::Flag, Scalar::Flag(_)) => Ok(()),
        (OptionKind::Path, Scalar::Text(text)) => RelPath::from_str(text).map(drop),
        (OptionKind::UrlPath, Scalar::Text(text)) if is_url_path(text) => Ok(()),
        (OptionKind::Word, Scalar::Text(text)) if is_word(text) => Ok(()),
        (OptionKind::Number, _) => Err(format!("{value:?} is not a whole number", value = value.to_string())),
        (OptionKind::Flag, _) => Err(format!("{:?} is neither true nor false", value.to_string())),
        (OptionKind::Path, _) => Err(format!("{:?} is not a path", value.to_string())),
        (OptionKind::UrlPath, _) => {
            Err(format!("{:?} is not a path of an address, e.g. /health", value.to_string()))
        }
        (OptionKind::Word, _) => {
            Err(format!("{:?} is not a name of letters, digits, - and _", value.to_string()))
        }
    }
}

fn is_url_path(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/._~-".contains(c);
    text.starts_with('/') && text.len() <= 200 && text.chars().all(allowed)
}

fn is_word(text: &str) -> bool {
    text.len() <= 128 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ','))
}
