//! Exit codes.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// Something is to be mended.
    Findings = 1,
    /// The input or the repository is not in order, and nothing was changed; or output was lost.
    NotInOrder = 2,
    /// Both sides of a merge changed the same thing; nothing was changed.
    Conflict = 3,
    /// A fault of Plimsoll itself.
    Bug = 101,
    /// The user left with Ctrl-C; nothing was changed.
    Cancelled = 130,
}

impl Exit {
    /// The code for the operating system.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }

    /// Ends the process at once.
    pub fn leave(self) -> ! {
        #[expect(clippy::disallowed_methods, reason = "every exit goes through here")]
        std::process::exit(i32::from(self as u8))
    }
}
