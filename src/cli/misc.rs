//! `pipewright schema`, `completions` and `man`: what is made from the program's own types.

use clap::CommandFactory as _;

use super::Cli;
use crate::error::{Error, Result};
use crate::{manifest, ui};

/// Prints the JSON Schema of pipewright.yml.
pub(super) fn schema() -> Result<()> {
    ui::out(&manifest::schema())
}

/// Prints the completions of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pipewright", &mut text);
    ui::out(&String::from_utf8_lossy(&text))
}

/// Prints the manual page.
pub(super) fn man() -> Result<()> {
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut text);
    rendered.map_err(|cause| Error::bug(cause.to_string()))?;
    ui::out(&String::from_utf8_lossy(&text))
}
