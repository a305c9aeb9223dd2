//! One step in a CI's own words: the partial of its verb, filled in.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::Writer;
use crate::error::{Error, Result};
use crate::pipeline::lower::values;
use crate::pipeline::model::{Account, Command, Step, Value};
use crate::scaffold::render;

impl Writer<'_> {
    /// The step's own fields, with its values written as this CI writes them.
    pub(super) fn step_context(&self, step: &Step) -> Result<Json> {
        let bug = |cause| Error::bug(format!("a step cannot be handed to a template: {cause}"));
        let mut context: Json = serde_json::to_value(step).map_err(bug)?;
        match step {
            Step::Run(run) => {
                context["env"] = json!(self.written(&run.env)?);
                let (Command::Script(command) | Command::Project(command)) = &run.command;
                context["command"] = json!(command);
                context["may_fail"] = json!(run.may_fail);
            }
            Step::AwsLogin(login) => {
                context["account_id"] = json!(values::account(self.ci, &login.account)?);
                context["account_variable"] = json!(match &login.account {
                    Account::Variable(name) => name.as_str(),
                    Account::Id(_) => "",
                });
            }
            Step::Runtime(_) if self.uncached() => context["lock"] = json!(""),
            _ => {}
        }
        context["issuer_host"] = json!(self.issuer_host);
        Ok(context)
    }

    /// Environment variables with their values as this CI writes them.
    pub(super) fn written(&self, env: &IndexMap<String, Value>) -> Result<IndexMap<String, String>> {
        env.iter().map(|(name, value)| Ok((name.clone(), values::value(self.ci, value)?))).collect()
    }

    /// Steps that bring the tools of a step which this CI's machines lack, each once per job.
    pub(super) fn tools(&self, step: &Step, ready: &mut BTreeSet<String>) -> Result<Vec<String>> {
        let Step::Run(run) = step else { return Ok(Vec::new()) };
        let mut steps = Vec::new();
        for tool in run.tools.iter().filter(|tool| ready.insert((*tool).clone())) {
            let path = format!("ci/{}/tools/{tool}.step.yml", self.ci.name);
            if let Some(text) = self.scaffolds.find(&path) {
                steps.push(self.rendered(&path, text, &json!({}))?);
            }
        }
        Ok(steps)
    }

    /// Renders the partial of the step's verb for a place, `step` or `job`; a void verb renders to nothing.
    pub(super) fn partial(&self, place: &str, context: &Json) -> Result<Option<String>> {
        let verb = context["verb"].as_str().unwrap_or_default();
        let name = match (verb, place) {
            ("runtime", "step") => format!("runtimes/{}", context["toolchain"].as_str().unwrap_or_default()),
            _ => format!("verbs/{verb}"),
        };
        let path = format!("ci/{}/{name}.{place}.yml", self.ci.name);
        match self.scaffolds.find(&path) {
            Some(text) => {
                let text = self.rendered(&path, text, context)?;
                Ok(Some(text).filter(|text| !text.is_empty()))
            }
            None if place == "job" || self.ci.void.iter().any(|void| void == verb) => Ok(None),
            None => Err(Error::bug(format!("{} does not say how {verb} is written: {path}", self.ci.title))),
        }
    }

    /// Renders a partial; the pinned actions are handed to those that use one.
    fn rendered(&self, path: &str, text: &str, context: &Json) -> Result<String> {
        let rendered = if text.contains("uses[") {
            let mut context = context.clone();
            context["uses"] = json!(self.uses);
            render(path, text, &context)?
        } else {
            render(path, text, context)?
        };
        Ok(rendered.trim().to_owned())
    }

    /// Whether a branch is deployed on which this CI should not trust a cache.
    fn uncached(&self) -> bool {
        let refused =
            |branch: &String| self.ci.uncached_branches.iter().any(|start| branch.starts_with(start));
        self.pipeline.branches.iter().any(refused)
    }
}
