//! The `plimsoll` binary: hands the arguments over, and returns the exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

// Trees of YAML are many small pieces, and the system's allocator takes a fifth longer for a fleet of them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[expect(clippy::disallowed_methods, reason = "the arguments are read here, and nowhere else")]
fn main() -> ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
