//! The `plimsoll` binary: hands the arguments over, and returns the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
