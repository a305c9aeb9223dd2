//! `init --verify`: runs the commands that were found, here, before they are promised to CI.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Error, Result};
use crate::interview::prompter::Terminal;
use crate::interview::{Ask, Draft, Prompter, wording};
use crate::ui;

/// How many lines of a failed command's output are shown.
const LINES: usize = 20;

/// Runs the commands of every service; one that fails is left out only if a person says so.
pub(super) fn run(root: &Path, draft: &mut Draft, mut prompter: Option<Terminal>) -> Result<()> {
    ui::out(&ui::heading(wording::VERIFY))?;
    for service in &mut draft.manifest.services {
        let folder = root.join(service.path.as_str());
        let commands = &mut service.commands;
        for (name, command) in [
            ("install", &mut commands.install),
            ("lint", &mut commands.lint),
            ("test", &mut commands.test),
            ("build", &mut commands.build),
        ] {
            if let Some(text) = command.clone()
                && !passes(&folder, &text)?
                && leave_out(name, &text, prompter.as_mut())?
            {
                *command = None;
            }
        }
    }
    Ok(())
}

/// Runs one command as a person would type it in the service's folder.
fn passes(folder: &Path, command: &str) -> Result<bool> {
    ui::note(&format!("  {command} …"));
    #[expect(clippy::disallowed_methods, reason = "this is the one place that runs the user's own commands")]
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("CI", "true")
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| Error::refused(format!("cannot run {command:?}: {cause}")))?;
    if output.status.success() {
        ui::out(&format!("  {}\n", wording::passed(command)))?;
    } else {
        ui::out(&format!("{}{}", ui::warning(&wording::fails(command)), tail(&output)))?;
    }
    Ok(output.status.success())
}

fn tail(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let indented: Vec<String> = lines[from..].iter().map(|line| format!("    {line}")).collect();
    indented.join("\n") + "\n"
}

/// Without the install no other step can pass, so it always stays.
fn leave_out(name: &str, command: &str, prompter: Option<&mut Terminal>) -> Result<bool> {
    let Some(prompter) = prompter.filter(|_| name != "install") else {
        return Ok(false);
    };
    let ask = Ask { prompt: wording::leave_out(command), help: wording::LEAVE_OUT_HELP.to_owned() };
    prompter.confirm(&ask, false)
}
