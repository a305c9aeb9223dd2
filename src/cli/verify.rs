//! `init --verify`: runs the commands that were found, here, before they are promised to CI.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Error, Result};
use crate::interview::prompter::Terminal;
use crate::interview::{Ask, Draft, Prompter as _, wording};
use crate::manifest::{COMMANDS, Commands};
use crate::ui;

/// How many lines of a failed command's output are shown.
const LINES: usize = 20;

/// What a shell ends with where it does not find the program.
const NOT_FOUND: i32 = 127;

/// What becomes of a command that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    MayFail,
    LeftOut,
}

/// Runs the commands of every service; one that fails blocks the pipeline unless a person says otherwise.
///
/// With `json`, standard output is kept for it, and what happens is said on standard error.
pub(super) fn run(root: &Path, draft: &mut Draft, prompter: Option<Terminal>, json: bool) -> Result<()> {
    let mut trial = Trial { prompter, json };
    trial.say(&ui::heading(wording::VERIFY))?;
    for service in &mut draft.manifest.services {
        let folder = root.join(service.path.as_str());
        trial.commands(&folder, &mut service.commands)?;
    }
    Ok(())
}

/// Who is asked, and where it is said.
struct Trial {
    prompter: Option<Terminal>,
    json: bool,
}

impl Trial {
    fn say(&self, text: &str) -> Result<()> {
        if self.json {
            ui::note(text.trim_end());
            return Ok(());
        }
        ui::out(text)
    }

    fn commands(&mut self, folder: &Path, commands: &mut Commands) -> Result<()> {
        for name in COMMANDS {
            let Some(line) = commands.line(name).map(str::to_owned) else { continue };
            if self.passes(folder, name, &line)? {
                continue;
            }
            // Without the install the others cannot pass: what they print would mislead.
            if name == "install" {
                return self.say(&ui::warning(wording::NOT_TRIED));
            }
            match self.fate(name, &line, commands.check(name).is_some())? {
                Fate::Stays => {}
                Fate::MayFail => commands.check_mut(name).into_iter().for_each(|check| check.may_fail = true),
                Fate::LeftOut => commands.set(name, None),
            }
        }
        Ok(())
    }

    /// Runs one command as a person would type it in the service's folder.
    fn passes(&self, folder: &Path, name: &str, line: &str) -> Result<bool> {
        ui::note(&format!("  {line} …"));
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that runs the user's own commands"
        )]
        let output = Command::new("sh")
            // One stream, so that the last lines are those that were printed last.
            .args(["-c", &format!("exec 2>&1\n{line}")])
            .current_dir(folder)
            .env("CI", "true")
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| {
                Error::refused(format!("cannot run {line:?} in {}: {cause}", folder.display()))
                    .help("run it there yourself, or leave --verify out")
            })?;
        if output.status.success() {
            self.say(&format!("  {}\n", wording::passed(line)))?;
            return Ok(true);
        }
        self.report(name, line, &output)?;
        Ok(false)
    }

    /// Says what failed and how it ended; where nobody is asked, also with which flags it is dealt with.
    fn report(&self, name: &str, line: &str, output: &Output) -> Result<()> {
        let fault = match output.status.code() {
            Some(NOT_FOUND) => wording::missing(line),
            _ => wording::fails(line),
        };
        self.say(&format!("{}{}", ui::warning(&fault), tail(output)))?;
        if self.prompter.is_none() && name != "install" {
            self.say(&ui::warning(&wording::otherwise(name)))?;
        }
        Ok(())
    }

    fn fate(&mut self, name: &str, line: &str, is_check: bool) -> Result<Fate> {
        let Some(prompter) = self.prompter.as_mut() else {
            return Ok(Fate::Stays);
        };
        let fates = [Fate::Stays, Fate::MayFail, Fate::LeftOut];
        let offered: Vec<Fate> =
            fates.into_iter().filter(|fate| *fate != Fate::MayFail || is_check).collect();
        let items: Vec<String> = offered.iter().map(|fate| word(*fate).to_owned()).collect();
        let ask = Ask { prompt: wording::what_of(line), help: wording::what_of_help(name) };
        Ok(offered[prompter.select(&ask, &items, 0)?])
    }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Stays => wording::STAYS,
        Fate::MayFail => wording::MAY_FAIL,
        Fate::LeftOut => wording::LEAVE_OUT,
    }
}

fn tail(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let text = dialoguer::console::strip_ansi_codes(&text);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let indented: Vec<String> = lines[from..].iter().map(|line| format!("    {line}\n")).collect();
    indented.concat()
}
