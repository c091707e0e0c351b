//! The only file that prints. Data goes to standard output, all else to standard error.
//!
//! People get [`TextLines`], in which nothing of others acts; programs get JSON and data, which are written as
//! they are. What cannot be written to standard output is kept for [`lost`].

#![allow(clippy::disallowed_methods, reason = "the one room that prints")]

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};
use std::sync::OnceLock;

use anstream::AutoStream;
use console::{Term, measure_text_width};
use serde_json::Value as Json;

use super::escapes;

pub use super::lines::{Line, TextLines, bold, cyan, dim, filled, green, red, yellow};

/// What of the output was lost, and why.
static LOST: OnceLock<String> = OnceLock::new();

/// What the run has done to files and repositories.
static DONE: OnceLock<TextLines> = OnceLock::new();

/// Writes lines to standard output.
pub fn out(text: &TextLines) {
    let choice = AutoStream::choice(&io::stdout());
    keep(stdout().and_then(|stdout| all_of(AutoStream::new(stdout, choice), &text.ansi())));
}

/// Writes a JSON document to standard output.
pub fn json(value: &Json) {
    data(&escapes::json(value));
}

/// Writes data to standard output byte for byte: what is rendered or merged, and what is in a notation of
/// its own.
pub fn data(text: &str) {
    keep(stdout().and_then(|stdout| all_of(stdout, text)));
}

/// Writes lines to standard error.
pub fn err(text: &TextLines) {
    // There is nobody left who could be told.
    let _ = anstream::stderr().write_all(text.ansi().as_bytes());
}

/// Keeps what the run has done, to be told where its report is lost.
pub fn remember_done(text: &TextLines) {
    let _ = DONE.set(text.clone());
}

/// What the run has done, where it is one that does anything.
pub fn done() -> Option<&'static TextLines> {
    DONE.get()
}

/// Keeps that a part of the output is lost: `what` could not be written, and why.
pub fn lose(what: impl Display) {
    let _ = LOST.set(what.to_string());
}

/// Why not all of the data came to where it should, if it did not. A reader that has gone wanted no more.
pub fn lost() -> Option<&'static str> {
    LOST.get().map(String::as_str)
}

fn keep(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        lose(format_args!("cannot write to standard output: {error}"));
    }
}

fn all_of(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Standard output itself. The library's own handle says nothing of what a closed one loses.
#[cfg(unix)]
fn stdout() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;

    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
fn stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Writes help, which holds nothing of others, to standard output.
pub fn help(text: &str) {
    let choice = AutoStream::choice(&io::stdout());
    keep(stdout().and_then(|stdout| all_of(AutoStream::new(stdout, choice), text)));
}

/// Writes what the prompts or the parser of arguments have styled, of words that are harmless, to standard
/// error.
pub fn styled_elsewhere(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Shows how far a run is, on one line of the terminal that goes when it is done.
pub fn progress(text: &Line, done: bool) {
    let shown = if done { String::new() } else { text.ansi() };
    let _ = anstream::stderr().write_all(format!("\r\x1b[2K{shown}").as_bytes());
}

/// Whether a person may watch what goes to standard error.
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Whether a person sits at the terminal and can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// How wide the terminal of messages is.
pub fn columns() -> usize {
    usize::from(Term::stderr().size().1)
}

/// How wide the terminal of data is, if data goes to one.
pub fn data_columns() -> Option<usize> {
    Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// How many columns a text takes, without escape sequences.
pub fn width(text: &str) -> usize {
    measure_text_width(text)
}
