//! The commands of a job's steps, as items of a buildspec's list: one shell runs them, and stops at the first that fails.

use serde::Serialize;
use serde_json::json;

use super::{Lowering, names};
use crate::error::Result;
use crate::pipeline::lower::values;
use crate::pipeline::model::{Account, Command, Fetch, Login, Run, Step};

/// The commands of the steps; with `forget`, the values given to one are taken back before the next.
pub(super) fn commands(lowering: &Lowering<'_>, steps: &[Step], forget: bool) -> Result<Vec<String>> {
    let mut texts: Vec<String> = Vec::new();
    for step in steps {
        texts.extend(command(lowering, step, forget)?.filter(|text| !text.is_empty()));
    }
    Ok(texts)
}

fn command(lowering: &Lowering<'_>, step: &Step, forget: bool) -> Result<Option<String>> {
    match step {
        // CodePipeline brings the files, a buildspec's artifacts are kept at its end, and nothing is promoted by hand.
        Step::Checkout(_) | Step::Save(_) | Step::Note(_) => Ok(None),
        Step::Runtime(runtime) => verb(lowering, "runtime", runtime),
        Step::Cache(cache) => verb(lowering, "cache", cache),
        Step::Load(fetch) => load(lowering, fetch),
        Step::AwsLogin(login) => log_in(lowering, login),
        Step::Run(run) => run_line(lowering, run, forget),
    }
}

fn load(lowering: &Lowering<'_>, fetch: &Fetch) -> Result<Option<String>> {
    let Fetch { artifact, path, .. } = fetch;
    let view = json!({ "artifact": artifact, "name": names::artifact(artifact), "path": path });
    verb(lowering, "load", &view)
}

fn log_in(lowering: &Lowering<'_>, login: &Login) -> Result<Option<String>> {
    let variable = match &login.account {
        Account::Variable(name) => name.as_str(),
        Account::Id(_) => "",
    };
    let view = json!({
        "purpose": login.purpose,
        "role": login.role,
        "region": login.region,
        "subject": login.subject,
        "project": lowering.pipeline.project,
        "pipeline_region": lowering.pipeline.environments.first().map(|e| e.region.as_str()),
        "account_id": values::account(lowering.ci, &login.account)?,
        "account_variable": variable,
        "account_parameter": names::logical_id(variable),
    });
    verb(lowering, "aws-login", &view)
}

fn run_line(lowering: &Lowering<'_>, run: &Run, forget: bool) -> Result<Option<String>> {
    let export = |(name, value)| Ok(format!("export {name}={}", values::value(lowering.ci, value)?));
    let names: Vec<&String> = if forget { run.env.keys().collect() } else { Vec::new() };
    let view = json!({
        "name": run.name,
        "exports": run.env.iter().map(export).collect::<Result<Vec<String>>>()?,
        "line": line(run),
        "may_fail": run.may_fail,
        "forget": names,
    });
    verb(lowering, "run", &view)
}

/// The command as one that fails when any part of it fails, and that leaves the shell of the next one as it was.
fn line(run: &Run) -> String {
    let command = match &run.command {
        Command::Script(command) => command.clone(),
        Command::Project(command) if is_plain(command) => command.clone(),
        Command::Project(command) => format!("bash -ec {}", quoted(command)),
    };
    if run.dir == "." { command } else { format!("(cd {} && {command})", quoted(&run.dir)) }
}

/// Whether a command is one program with its arguments, so that its status is the whole of it.
fn is_plain(command: &str) -> bool {
    let builtins = ["cd", "exec", "exit", "export", "set", "source", "unset", "."];
    let first = command.split_whitespace().next().unwrap_or_default();
    !builtins.contains(&first)
        && command.chars().all(|c| c.is_ascii_alphanumeric() || " ./_:@,+-".contains(c))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Renders `verbs/<verb>.step.yml`; one that has nothing to do here renders to nothing.
fn verb<T: Serialize>(lowering: &Lowering<'_>, verb: &str, view: &T) -> Result<Option<String>> {
    let text = lowering.template(&format!("verbs/{verb}.step.yml"), view)?;
    Ok(Some(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{is_plain, quoted};

    #[test]
    fn only_a_single_program_is_run_as_it_stands() {
        assert!(is_plain("npm run lint"));
        assert!(is_plain("go test ./..."));
        for command in ["cd web", "make; make test", "a\nb", "a | b", "X=1 a", "export A", "a && b", "a 'b'"]
        {
            assert!(!is_plain(command), "{command}");
        }
    }

    #[test]
    fn quoting_survives_quotes() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
