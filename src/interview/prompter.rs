//! How questions reach a person: through the terminal, or, in tests, through a script of answers.

use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};

use super::wording;
use crate::error::{Error, Kind, Result};
use crate::ui;

/// What a person is asked: the prompt, and one line of help above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The question.
    pub prompt: String,
    /// What is meant by it, or why it matters.
    pub help: String,
}

/// A check of an answer; the fault is shown at the prompt.
pub type Check<'a> = &'a dyn Fn(&str) -> std::result::Result<(), String>;

/// Asks a person.
pub trait Prompter {
    /// One of several; the index of the chosen one.
    fn select(&mut self, ask: &Ask, items: &[String], default: usize) -> Result<usize>;
    /// A text that passes the check.
    fn input(&mut self, ask: &Ask, default: &str, check: Check<'_>) -> Result<String>;
    /// Yes or no.
    fn confirm(&mut self, ask: &Ask, default: bool) -> Result<bool>;
}

/// What stands around a prompt and its default, and some columns for the answer.
const ROOM: usize = 16;

/// Asks in the terminal.
pub struct Terminal {
    term: Term,
    theme: Box<dyn Theme>,
}

impl Terminal {
    /// Asks on standard error, so that standard output holds nothing but results.
    #[must_use]
    pub fn new() -> Self {
        let term = Term::stderr();
        let theme: Box<dyn Theme> = if dialoguer::console::colors_enabled_stderr() {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        };
        Self { term, theme }
    }

    fn help(&self, text: &str) -> Result<()> {
        let help = dialoguer::console::Style::new().dim().for_stderr();
        let line = format!("\n{}", help.apply_to(ui::wrap(text, 0)));
        self.term.write_line(&line).map_err(|cause| failed(&cause))
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Prompter for Terminal {
    fn select(&mut self, ask: &Ask, items: &[String], default: usize) -> Result<usize> {
        self.help(&ask.help)?;
        // A line that the terminal breaks would be left behind when the list is drawn again.
        let width = usize::from(self.term.size().1).saturating_sub(4);
        let items = items.iter().map(|item| ui::fit(item, item.chars().count().min(width)));
        dialoguer::Select::with_theme(&*self.theme)
            .with_prompt(&ask.prompt)
            .items(items)
            .default(default)
            .interact_on(&self.term)
            .map_err(|dialoguer::Error::IO(cause)| failed(&cause))
    }

    fn input(&mut self, ask: &Ask, default: &str, check: Check<'_>) -> Result<String> {
        // A prompt that the terminal breaks would be left behind when it is drawn again.
        let fits = ask.prompt.chars().count() + default.chars().count() + ROOM <= ui::width();
        self.help(&if fits { ask.help.clone() } else { wording::long_default(&ask.help, default) })?;
        let input = dialoguer::Input::<String>::with_theme(&*self.theme)
            .with_prompt(&ask.prompt)
            .allow_empty(true)
            .validate_with(|text: &String| check(text.trim()).map_err(|fault| ui::wrap(&fault, 2)));
        let input =
            if default.is_empty() { input } else { input.default(default.to_owned()).show_default(fits) };
        let answer = input.interact_text_on(&self.term);
        let answer = answer.map_err(|dialoguer::Error::IO(cause)| failed(&cause))?;
        Ok(answer.trim().to_owned())
    }

    fn confirm(&mut self, ask: &Ask, default: bool) -> Result<bool> {
        self.help(&ask.help)?;
        dialoguer::Confirm::with_theme(&*self.theme)
            .with_prompt(&ask.prompt)
            .default(default)
            .interact_on(&self.term)
            .map_err(|dialoguer::Error::IO(cause)| failed(&cause))
    }
}

/// Ctrl-C and a closed terminal both end the interview; nothing was written by then.
fn failed(cause: &std::io::Error) -> Error {
    match cause.kind() {
        std::io::ErrorKind::Interrupted => Error::new(Kind::Interrupted, "stopped; nothing was written"),
        _ => Error::usage(format!("cannot ask in this terminal: {cause}"))
            .help("run `pipewright init --yes`, or give the answers as flags: `pipewright init --help`"),
    }
}

#[cfg(test)]
pub(crate) mod scripted {
    use super::{Ask, Check, Prompter, Result};
    use crate::error::Error;

    /// Answers from a list; `None` takes the default. Remembers what was asked.
    #[derive(Debug, Default)]
    pub(crate) struct Scripted {
        pub(crate) answers: Vec<Option<&'static str>>,
        pub(crate) asked: Vec<String>,
    }

    impl Scripted {
        pub(crate) fn new(answers: &[Option<&'static str>]) -> Self {
            Self { answers: answers.iter().rev().copied().collect(), asked: Vec::new() }
        }

        fn next(&mut self, ask: &Ask) -> Option<&'static str> {
            assert!(!ask.help.is_empty(), "{} has no line of help", ask.prompt);
            self.asked.push(ask.prompt.clone());
            self.answers.pop().flatten()
        }
    }

    impl Prompter for Scripted {
        fn select(&mut self, ask: &Ask, items: &[String], default: usize) -> Result<usize> {
            let Some(answer) = self.next(ask) else {
                return Ok(default);
            };
            let found = items.iter().position(|item| item.contains(answer));
            found.ok_or_else(|| Error::bug(format!("{answer} is not among {items:?}")))
        }

        fn input(&mut self, ask: &Ask, default: &str, check: Check<'_>) -> Result<String> {
            loop {
                let answer = self.next(ask).unwrap_or(default);
                match check(answer) {
                    Ok(()) => return Ok(answer.to_owned()),
                    Err(_) if !self.answers.is_empty() => {}
                    Err(fault) => return Err(Error::bug(fault)),
                }
            }
        }

        fn confirm(&mut self, ask: &Ask, default: bool) -> Result<bool> {
            Ok(self.next(ask).map_or(default, |answer| answer == "yes"))
        }
    }
}
