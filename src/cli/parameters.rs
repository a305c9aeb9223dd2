//! Whether the project's own template declares what the manifest hands over: CloudFormation drops the rest in silence.

use super::session::Session;
use crate::detect::template_parameters;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Service};
use crate::nearest::nearest;
use crate::pipeline::resolve_options;
use crate::scaffold::Delivery;

/// Checks every variable and secret of the services whose template can be read.
///
/// # Errors
/// The first that the template does not declare, at its place in the manifest.
pub(super) fn check(session: &Session, manifest: &Manifest) -> Result<()> {
    for service in &manifest.services {
        let Some((path, declared)) = declared(session, manifest, service)? else { continue };
        let variables = service.variables.keys().map(|name| ("variables", name.as_str()));
        for (list, name) in variables.chain(service.secrets.keys().map(|name| ("secrets", name.as_str()))) {
            if !declared.iter().any(|known| known == name) {
                let spot = manifest.spot(service).at(list).at(name).key();
                return Err(undeclared(name, &path, &declared).about(spot));
            }
        }
    }
    Ok(())
}

/// The template of a service that takes its variables as parameters, and what that declares.
fn declared(
    session: &Session,
    manifest: &Manifest,
    service: &Service,
) -> Result<Option<(String, Vec<String>)>> {
    let target = session.scaffolds.target(&service.target)?;
    if target.variables != Delivery::Parameters {
        return Ok(None);
    }
    let template =
        resolve_options(&target, service, &manifest.spot(service))?.get("template").map(ToString::to_string);
    let Some(template) = template else { return Ok(None) };
    let path = match service.path.as_str() {
        "." => template,
        folder => format!("{folder}/{template}"),
    };
    let text = session.workspace.read(&path).ok().flatten();
    Ok(text.and_then(|text| template_parameters(&path, &text)).map(|declared| (path, declared)))
}

fn undeclared(name: &str, path: &str, declared: &[String]) -> Error {
    let help = match (near(name, declared), declared) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, []) => format!("it declares none: add {name} there, under Parameters"),
        (None, known) => format!("it declares: {}", known.join(", ")),
    };
    let what = format!("{path} declares no parameter {name}, so its value would be dropped in silence");
    Error::usage(what).help(help)
}

/// The name that was most likely meant; templates write in another style than shells.
fn near<'a>(name: &str, declared: &'a [String]) -> Option<&'a str> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let known: Vec<String> = declared.iter().map(|name| plain(name)).collect();
    let found = nearest(&plain(name), known.iter().map(String::as_str))?;
    declared.iter().map(String::as_str).find(|name| plain(name) == found)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_slip_of_the_pen_and_another_way_of_writing_are_both_known() {
        let known = ["LogLevel", "TableName"].map(str::to_owned);
        assert_eq!(near("LOG_LEVEL", &known), Some("LogLevel"));
        assert_eq!(near("TabelName", &known), Some("TableName"));
        assert_eq!(near("Price", &known), None);
    }
}
