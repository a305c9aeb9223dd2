//! How the bootstrap template writes a service's stack and the names of what CloudFormation makes in it.
//!
//! A stack of the pipeline's own has the same form of name in every environment. The name of an existing stack is that
//! environment's alone, so it is a parameter: one template still serves all environments.

use serde::Serialize;

use crate::manifest::{Environment, Manifest, Name, Service, StackName};
use crate::pipeline::camel_case;

/// Of a stack's name, CloudFormation keeps at least this much in the names that it makes.
const KEPT: usize = 24;

/// A service's stack in the words of `environment.yaml`.
#[derive(Debug, Serialize)]
pub(super) struct StackWords {
    /// The stack's name.
    pub(super) stack: String,
    /// What the names in it begin with.
    pub(super) names: String,
    /// The same for buckets, whose names CloudFormation writes in lower case.
    pub(super) buckets: String,
}

/// A parameter of `environment.yaml` that stands for an existing stack.
#[derive(Debug, Serialize)]
pub(super) struct StackParameter {
    pub(super) name: String,
    pub(super) meaning: String,
    pub(super) value: String,
}

impl StackWords {
    /// The words for a service.
    pub(super) fn of(service: &Service) -> Self {
        if service.stacks.is_empty() {
            let stack = ["${Project}-", service.name.as_str(), "-${Environment}"].concat();
            let names = format!("{stack}-");
            return Self { stack, buckets: names.clone(), names };
        }
        let [stack, names, buckets] = parameter_names(service).map(|name| format!("${{{name}}}"));
        Self { stack, names, buckets }
    }
}

fn parameter_names(service: &Service) -> [String; 3] {
    let key = camel_case(service.name.as_str());
    ["Stack", "Names", "Buckets"].map(|what| format!("{key}{what}"))
}

/// The parameters of the services that have an existing stack somewhere, with their values in an environment.
pub(super) fn parameters(manifest: &Manifest, environment: &Environment) -> Vec<StackParameter> {
    let adopting = manifest.services.iter().filter(|service| !service.stacks.is_empty());
    let of_service = |service: &Service| {
        let stack = manifest.stack_of(service, &environment.name);
        let names = names(&stack);
        let buckets = names.to_lowercase();
        let meanings = ["The stack of", "What names begin with in the stack of", "The same for buckets of"];
        let parameter = |((name, meaning), value)| {
            let meaning = format!("{meaning} {}", service.name);
            StackParameter { name, meaning, value }
        };
        let pairs = parameter_names(service).into_iter().zip(meanings);
        pairs.zip([stack, names, buckets]).map(parameter).collect::<Vec<_>>()
    };
    adopting.flat_map(of_service).collect()
}

/// What the names in a stack begin with.
fn names(stack: &str) -> String {
    if stack.len() > KEPT { stack[..KEPT].to_owned() } else { format!("{stack}-") }
}

/// What a person should know of the existing stacks, one sentence each.
pub(super) fn warnings(manifest: &Manifest, service: &Service) -> Vec<String> {
    let of_stack = |(environment, stack): (&Name, &StackName)| {
        let limit = format!(
            "{environment} goes on in the existing stack {stack}: its roles get the permissions boundary, so read in \
             deploy/bootstrap/environment.yaml what functions may use from then on"
        );
        let begin = names(stack.as_str());
        let wide = is_shared(manifest, stack.as_str(), &begin).then(|| {
            format!(
                "the roles of {environment} may touch whatever begins with {begin}, also of another stack in that \
                 account: CloudFormation names what {stack} makes so"
            )
        });
        std::iter::once(limit).chain(wide).collect::<Vec<_>>()
    };
    service.stacks.iter().flat_map(of_stack).collect()
}

/// Whether other names than those of the stack itself may begin so.
fn is_shared(manifest: &Manifest, stack: &str, begin: &str) -> bool {
    let all = |service| manifest.environments.iter().map(move |e| manifest.stack_of(service, &e.name));
    let mut others = manifest.services.iter().flat_map(all).filter(|other| other != stack);
    stack.len() > KEPT || others.any(|other| other.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_as_cloudformation_does() {
        assert_eq!(names("notes"), "notes-");
        assert_eq!(names("a-name-of-24-characters-"), "a-name-of-24-characters--");
        assert_eq!(names("orders-service-production"), "orders-service-productio");
    }
}
