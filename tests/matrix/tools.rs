//! Runs the pinned checkers that `tests/run` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a checker said.
pub(crate) struct Verdict {
    pub(crate) success: bool,
    pub(crate) text: String,
}

/// Runs a checker over files; without the checkers the test fails and says how to get them.
pub(crate) fn run(tool: &str, arguments: &[&str], files: &[PathBuf]) -> Verdict {
    run_in(Path::new("."), tool, arguments, files)
}

/// The same in a folder.
pub(crate) fn run_in(folder: &Path, tool: &str, arguments: &[&str], files: &[PathBuf]) -> Verdict {
    let program = checkers().join(tool);
    assert!(
        program.exists(),
        "{} is missing: run tests/run, which installs the pinned checkers",
        program.display()
    );
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new(&program)
        .current_dir(folder)
        .args(arguments)
        .args(files)
        .env("PATH", format!("{}:{path}", checkers().display()))
        .output()
        .unwrap_or_else(|error| panic!("cannot run {tool}: {error}"));
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Verdict { success: output.status.success(), text }
}

fn checkers() -> PathBuf {
    std::env::var_os("PIPEWRIGHT_CHECKERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/checkers/bin"), PathBuf::from)
}
