//! The command line: what was typed, and one file per command.

mod args;
mod demo;
mod detect;
mod generate;
mod init;
mod misc;
mod parameters;
mod plan;
pub mod process;
mod rendering;
mod report;
mod revise;
mod session;
mod today;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::error::Result;

/// Finds out what a repository is and writes the CI/CD pipeline that deploys it to AWS.
#[derive(Debug, Parser)]
#[command(name = "pipewright", version, arg_required_else_help = true, after_help = AFTER)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "Start with `pipewright init` in your repository, or look first with `pipewright demo`.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Detect, recommend, ask, show, write
    Init(Box<args::InitArgs>),
    /// Render again from pipewright.yml alone
    Generate(generate::GenerateArgs),
    /// Show the pipeline that pipewright.yml describes
    Plan(LookArgs),
    /// Show what was found, and where
    Detect(LookArgs),
    /// Run `init` on a sample in a new folder
    Demo(demo::DemoArgs),
    /// Print the JSON Schema of pipewright.yml
    Schema,
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What the commands that only look are given.
#[derive(Debug, Args)]
struct LookArgs {
    /// A folder of the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Cli {
    /// Runs what was typed.
    ///
    /// # Errors
    /// Whatever the command could not do.
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Init(args) => init::run(&args),
            Command::Generate(args) => generate::run(&args),
            Command::Plan(args) => plan::run(&args.path, args.json),
            Command::Detect(args) => detect::run(&args.path, args.json),
            Command::Demo(args) => demo::run(&args),
            Command::Schema => misc::schema(),
            Command::Completions { shell } => misc::completions(shell),
            Command::Man => misc::man(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_well_formed() {
        super::Cli::command().debug_assert();
    }
}
