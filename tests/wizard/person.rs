//! A person at a terminal: types, sees, and waits for the end.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};

/// A person at a terminal.
pub(crate) struct Person {
    pub(crate) session: OsSession,
}

impl Person {
    /// Runs `init` in a repository.
    pub(crate) fn starts(root: &Path) -> Self {
        Self::starts_with(root, &[], 80)
    }

    /// Runs `init` with flags, at a terminal of so many columns.
    pub(crate) fn starts_with(root: &Path, flags: &[&str], columns: u16) -> Self {
        // The terminal has its size before the program looks at it, and after expectrl has given it its own.
        let sized = format!("read -r go && stty columns {columns} rows 60 && exec \"$0\" init \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &sized, env!("CARGO_BIN_EXE_pipewright")]).args(flags);
        command.current_dir(root).env("NO_COLOR", "1").env("TERM", "xterm-256color");
        command.env_remove("AWS_REGION").env_remove("AWS_DEFAULT_REGION");
        let mut session = Session::spawn(command).expect("starts");
        session.set_expect_timeout(Some(Duration::from_secs(20)));
        session.send("\r").expect("types");
        Self { session }
    }

    /// Waits for a text and answers with keys.
    pub(crate) fn answers(&mut self, prompt: &str, keys: &str) -> &mut Self {
        self.sees(prompt);
        self.session.send(format!("{keys}\r")).expect("types");
        self
    }

    /// Waits for a text; returns what came before it.
    pub(crate) fn sees(&mut self, text: &str) -> String {
        let found =
            self.session.expect(text).unwrap_or_else(|error| panic!("{text:?} is not shown: {error}"));
        String::from_utf8_lossy(found.before()).into_owned()
    }

    /// Reads to the end; returns the rest and the exit code.
    pub(crate) fn ends(mut self) -> (String, i32) {
        let rest = self.session.expect(Eof).expect("ends");
        let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
        match self.session.get_process().wait().expect("ends") {
            WaitStatus::Exited(_, code) => (text, code),
            other => panic!("{other:?} after {text}"),
        }
    }
}
