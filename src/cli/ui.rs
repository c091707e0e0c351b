//! The only file that prints. Data goes to standard output, all else to standard error.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use console::{Term, measure_text_width};

/// Writes data to standard output; a reader that has gone is not an error.
pub fn out(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Writes a message to standard error.
pub fn err(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Shows how far a run is, on one line of the terminal that goes when it is done.
pub fn progress(text: &str, done: bool) {
    err(&if done { "\r\x1b[2K".to_owned() } else { format!("\r\x1b[2K{text}") });
}

/// Whether a person sits at the terminal and can be asked.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
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

/// Words in lines of at most so many columns; `newline` ends a line and indents the next.
pub fn filled<Word: AsRef<str>>(words: impl IntoIterator<Item = Word>, columns: usize, newline: &str) -> String {
    let indent = newline.rsplit('\n').next().map_or(0, measure_text_width);
    let mut text = String::new();
    let mut column = 0;
    for word in words {
        let width = measure_text_width(word.as_ref());
        if column > 0 && column + 1 + width > columns {
            text += newline;
            column = indent;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text += word.as_ref();
        column += width;
    }
    text
}

/// A word that stands out as wrong.
pub fn red(text: &str) -> String {
    styled(AnsiColor::Red.on_default().bold(), text)
}

/// A word that stands out as doubtful.
pub fn yellow(text: &str) -> String {
    styled(AnsiColor::Yellow.on_default().bold(), text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_lines_and_longer_ones_stand_alone() {
        let filled = |text: &str| filled(text.split(' '), 10, " \\\n  ");
        assert_eq!(filled("one two"), "one two");
        assert_eq!(filled("one two three four"), "one two \\\n  three \\\n  four");
        assert_eq!(filled("one a-much-longer-word two"), "one \\\n  a-much-longer-word \\\n  two");
        assert_eq!(filled(&red("one two three")).matches('\n').count(), 1);
    }
}
