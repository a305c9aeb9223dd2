//! The program: parses the arguments, runs the command, reports what failed.

use std::process::ExitCode;

use clap::Parser as _;
use pipewright::cli::{Cli, process};

fn main() -> ExitCode {
    process::prepare();
    match Cli::try_parse() {
        Ok(cli) => process::guarded(|| cli.run()),
        Err(error) => process::usage(&error),
    }
}
