//! The only printer: results on standard output, notes and errors on standard error, colour only where it is wanted.

mod advice;
mod changes;
mod diagram;
mod follow_ups;
mod found;
mod text;

pub use advice::{recommendation, warnings};
pub use changes::{changes, diffs, proposal};
pub use diagram::diagram;
pub use follow_ups::follow_ups;
pub use found::{Row, found};
pub use text::{fit, heading, warning, width, wrap};

use std::io::{self, Write as _};

use dialoguer::console::{Term, colors_enabled_stderr, user_attended, user_attended_stderr};
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use crate::error::{Error, Kind, Result};

/// Prints a result.
///
/// # Errors
/// The reader went away, which ends the program quietly.
pub fn out(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::BrokenPipe => Error::new(Kind::Closed, "the reader went away"),
        _ => Error::refused(format!("cannot print: {cause}")),
    })
}

/// Prints data as JSON.
///
/// # Errors
/// As [`out`], or data that has no JSON form: a defect.
pub fn json<T: serde::Serialize>(data: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(data).map_err(|cause| Error::bug(cause.to_string()))?;
    out(&format!("{text}\n"))
}

/// Says something beside the result, on standard error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Reports a failure on standard error: what, where, and the next thing to type.
pub fn report(error: &Error) {
    // Ctrl-C is answered by its own handler.
    if matches!(error.kind(), Kind::Closed | Kind::Interrupted) {
        return;
    }
    let styles = if colors_enabled_stderr() { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
    // Names and commands are pasted, so they are broken at spaces only.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width())
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut text = String::new();
    if handler.render_report(&mut text, error).is_err() {
        text = error.to_string();
    }
    note(text.trim_end());
}

/// Whether a person sits at the terminal: questions are asked on standard error and answered on standard input.
#[must_use]
pub fn attended() -> bool {
    user_attended_stderr() && io::IsTerminal::is_terminal(&io::stdin())
}

/// Whether the results are read on a terminal.
#[must_use]
pub fn on_terminal() -> bool {
    user_attended()
}

/// Makes the cursor visible again, which a question may have hidden.
pub fn restore_cursor() {
    if attended() {
        let _ = Term::stderr().show_cursor();
    }
}
