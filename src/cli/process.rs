//! What concerns the process as a whole: Ctrl-C, a panic, exit codes.

use std::process::ExitCode;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Kind, Result};
use crate::interview::wording;
use crate::ui;

static WRITING: AtomicBool = AtomicBool::new(false);

/// A panic is our bug: it is said in one line, with the place, and ends the process (releases do not unwind).
#[expect(clippy::exit, reason = "after a panic there is no one to return to")]
pub fn prepare() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let message = info.payload_as_str().unwrap_or("no message");
        ui::restore_cursor();
        ui::report(&Error::bug(format!("{message}{}", place.unwrap_or_default())));
        std::process::exit(Kind::Bug.exit_code().into());
    }));
}

/// Runs the command and turns its outcome into an exit code.
pub fn guarded(command: impl FnOnce() -> Result<()>) -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.kind() == Kind::Interrupted {
                stopped();
            }
            ui::report(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// Prints help, version or what is wrong with the arguments.
#[must_use]
pub fn usage(error: &clap::Error) -> ExitCode {
    // A reader that went away has no use for the message either.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Kind::Usage.exit_code()))
}

/// From here on files are written.
pub(super) fn writing_begins() {
    WRITING.store(true, Ordering::Relaxed);
}

/// From here on questions are asked: Ctrl-C makes the cursor visible again and ends with 130.
#[expect(clippy::exit, reason = "the handler runs on a thread of its own and has no one to return to")]
pub(super) fn catch_ctrl_c() {
    let handler = || {
        stopped();
        std::process::exit(Kind::Interrupted.exit_code().into());
    };
    // Where no handler can be set, Ctrl-C ends the program all the same.
    let _ = ctrlc::set_handler(handler);
}

/// Says once that the run was stopped: the handler and the interrupted question both know of it, in either order.
fn stopped() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        ui::restore_cursor();
        ui::note(if WRITING.load(Ordering::Relaxed) { wording::STOPPED_WRITING } else { wording::STOPPED });
    });
}
