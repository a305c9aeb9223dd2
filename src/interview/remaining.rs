//! Follow-ups that only the interview knows of: what was not known or not answered, before the generated ones.

use super::draft::{Draft, Facts};
use super::{variables, wording};
use crate::generate::FollowUp;

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
        let names = variables::unanswered(draft, facts, index);
        if !names.is_empty() {
            let flags: Vec<String> = names.iter().map(|name| format!("--variable {name}=VALUE")).collect();
            let command = format!("pipewright init {}", flags.join(" \\\n  "));
            all.push(FollowUp { title: wording::GIVE_VALUES.to_owned(), command });
        }
    }
    all
}
