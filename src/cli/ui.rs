//! The only file that prints. Data goes to standard output, all else to standard error.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

/// Writes data to standard output; a reader that has gone is not an error.
pub fn out(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Writes a message to standard error.
pub fn err(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Whether a person sits at the terminal and can be asked.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// A word that stands out as wrong.
pub fn red(text: &str) -> String {
    styled(AnsiColor::Red.on_default().bold(), text)
}

/// A word that stands out as the way on.
pub fn cyan(text: &str) -> String {
    styled(AnsiColor::Cyan.on_default(), text)
}

/// Something added, or done.
pub fn green(text: &str) -> String {
    styled(AnsiColor::Green.on_default(), text)
}

/// Something less important.
pub fn dim(text: &str) -> String {
    styled(Style::new().dimmed(), text)
}

/// A heading.
pub fn bold(text: &str) -> String {
    styled(Style::new().bold(), text)
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
