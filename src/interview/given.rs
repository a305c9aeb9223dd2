//! Answers given by flags: each is the same text that could be typed at the prompt.

use super::answer;
use super::draft::{Draft, Facts};
use super::question::{Question, Topic};
use crate::error::{Error, Result};

/// One answer given by a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The flag, for messages: `--ci`.
    pub flag: &'static str,
    /// What it answers.
    pub topic: Topic,
    /// The answer.
    pub text: String,
}

impl Given {
    /// An answer.
    #[must_use]
    pub fn new(flag: &'static str, topic: Topic, text: impl Into<String>) -> Self {
        Self { flag, topic, text: text.into() }
    }

    /// Takes the answer; one about services goes to every service that can take it.
    pub(super) fn apply(&self, draft: &mut Draft, facts: &Facts<'_>) -> Result<()> {
        let services = match self.topic {
            Topic::Name
            | Topic::Target
            | Topic::Runtime
            | Topic::Stacks
            | Topic::Command(_)
            | Topic::MayFail(_)
            | Topic::Option(_)
            | Topic::Variable(_)
            | Topic::Secret(_) => 0..draft.manifest.services.len(),
            _ => 0..1,
        };
        let mut fault = None;
        let mut taken = false;
        for index in services {
            let question = Question::of(self.topic.clone(), index);
            let mut changed = draft.clone();
            match answer::accept(&mut changed, facts, &question, &self.text) {
                Ok(()) => {
                    *draft = changed;
                    draft.settled.insert(self.settles(question, draft));
                    taken = true;
                }
                Err(why) => fault = fault.or(Some(why)),
            }
        }
        match fault {
            Some(why) if !taken => Err(self.refused(&why)),
            _ => Ok(()),
        }
    }

    /// An approval without a name is the last environment's.
    fn settles(&self, question: Question, draft: &Draft) -> Question {
        match (&self.topic, draft.manifest.environments.last()) {
            (Topic::Approval(name), Some(last)) if name.is_empty() => {
                Question::whole(Topic::Approval(last.name.to_string()))
            }
            _ => question,
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::usage(format!("{} {}: {why}", self.flag, self.text))
            .help("`pipewright init --help` explains the flags")
    }
}
