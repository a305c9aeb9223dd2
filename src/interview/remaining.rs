//! Follow-ups that only the interview knows of: what was not known or not answered, before the generated ones.

use serde_json::json;

use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use super::secrets::Patterns;
use super::{variables, wording};
use crate::error::Result;
use crate::generate::FollowUp;
use crate::scaffold::render;

/// What a person does before everything else; `repository` is whether the folder is in a git
/// repository, `committed` whether that holds a commit.
#[must_use]
pub fn remaining(draft: &Draft, facts: &Facts<'_>, repository: bool, committed: bool) -> Vec<FollowUp> {
    let mut all = Vec::new();
    if !repository {
        let command = format!("git init -b {}", draft.manifest.branch);
        all.push(FollowUp { title: wording::GIT_INIT.to_owned(), command });
    }
    if !committed {
        let command = "git add -A && git commit -m \"First commit\"".to_owned();
        all.push(FollowUp { title: wording::COMMIT_CODE.to_owned(), command });
    }
    for index in 0..draft.manifest.services.len() {
        all.extend(values(draft, facts, index));
    }
    all
}

/// The commands that store the secrets which were given by name in this very run; done before the first push.
///
/// # Errors
/// A scaffold that cannot be rendered.
pub fn stores(draft: &Draft, facts: &Facts<'_>) -> Result<Vec<FollowUp>> {
    let services = 0..draft.manifest.services.len();
    let all: Result<Vec<Vec<FollowUp>>> = services.map(|index| secrets(draft, facts, index)).collect();
    Ok(all?.concat())
}

/// The command that gives values to the variables which have none.
fn values(draft: &Draft, facts: &Facts<'_>, index: usize) -> Option<FollowUp> {
    let open = variables::topics(draft, facts, index).into_iter().map(|topic| Question::of(topic, index));
    let open = open.filter(|question| variables::is_unset(draft, question));
    let flags: Vec<String> = open.flat_map(|question| flags(draft, &question.topic)).collect();
    let command = format!("pipewright init {}", flags.join(" \\\n  "));
    (!flags.is_empty()).then(|| FollowUp { title: wording::GIVE_VALUES.to_owned(), command })
}

fn flags(draft: &Draft, topic: &Topic) -> Vec<String> {
    match topic {
        Topic::Secret(name) => {
            let environments = draft.manifest.environments.iter();
            let of = |environment| super::secrets::proposed(&draft.manifest, environment, name);
            environments.map(|e| format!("--secret {}:{name}={}", e.name, of(e))).collect()
        }
        Topic::Variable(name) => vec![format!("--variable {name}=VALUE")],
        _ => Vec::new(),
    }
}

fn secrets(draft: &Draft, facts: &Facts<'_>, index: usize) -> Result<Vec<FollowUp>> {
    let service = &draft.manifest.services[index];
    let given = |name: &str| draft.settled.contains(&Question::of(Topic::Secret(name.to_owned()), index));
    let environments = &draft.manifest.environments;
    let several = environments.iter().any(|environment| environment.account != environments[0].account);
    let mut all = Vec::new();
    for (variable, references) in service.secrets.iter().filter(|(name, _)| given(name.as_str())) {
        let making = Patterns::load(facts.scaffolds)?.follow_up;
        for environment in environments {
            let Some(name) = references.get(&environment.name).filter(|name| name.as_str().starts_with('/'))
            else {
                continue;
            };
            let view = json!({
                "variable": variable,
                "environment": environment.name,
                "name": name,
                "region": environment.region,
                "profile": if several { format!(" --profile {}", environment.name) } else { String::new() },
            });
            all.push(FollowUp {
                title: render("the follow-up of a secret", &making.title, &view)?,
                command: render("the follow-up of a secret", &making.command, &view)?.trim_end().to_owned(),
            });
        }
    }
    Ok(all)
}
