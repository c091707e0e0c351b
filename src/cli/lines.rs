//! Lines for people. Whatever they are made of takes effect in no terminal and in no log: all of it is
//! made harmless as it comes in, and only what is said here becomes an escape sequence or a line break.

use std::fmt::{Arguments, Display, Write as _};
use std::ops::{Add, AddAssign};

use anstyle::{AnsiColor, Style};
use console::measure_text_width;

use crate::notation::{command_breaks, visible};

/// Words of one line with their styles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<StyledWords>);

/// Text of one style, with nothing in it that acts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StyledWords {
    style: Style,
    text: String,
}

impl Line {
    fn styled(style: Style, text: &dyn Display) -> Self {
        Self(vec![StyledWords { style, text: visible(&text.to_string()).into_owned() }])
    }

    /// How many columns it takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|run| measure_text_width(&run.text)).sum()
    }

    /// Adds a part, as one run with the last one where they look alike.
    fn push(&mut self, style: Style, text: &str) {
        match self.0.last_mut().filter(|run| run.style == style) {
            Some(run) => run.text.push_str(text),
            None => self.0.push(StyledWords { style, text: text.to_owned() }),
        }
    }

    /// The words between spaces.
    pub fn words(&self) -> Vec<Line> {
        let mut words = vec![Self::default()];
        for StyledWords { style, text } in &self.0 {
            for (number, part) in text.split(' ').enumerate() {
                if number > 0 {
                    words.push(Self::default());
                }
                if let Some(word) = words.last_mut().filter(|_| !part.is_empty()) {
                    word.push(*style, part);
                }
            }
        }
        words
    }

    /// The style of a space between two words.
    fn between(&self, next: &Line) -> Style {
        match (self.0.last(), next.0.first()) {
            (Some(before), Some(after)) if before.style == after.style => before.style,
            _ => Style::new(),
        }
    }

    /// With escape sequences for the styles, and with nothing that a system of CI takes for a command.
    pub fn ansi(&self) -> String {
        let plain = self.plain();
        let mut breaks = command_breaks(&plain).into_iter().peekable();
        let (mut shown, mut at) = (String::with_capacity(plain.len() + 16), 0);
        for StyledWords { style, text } in self.0.iter().filter(|run| !run.text.is_empty()) {
            _ = write!(shown, "{style}");
            let (start, end) = (at, at + text.len());
            while let Some(next) = breaks.next_if(|next| *next < end) {
                shown.push_str(&text[at - start..next - start]);
                shown.push('\\');
                at = next;
            }
            shown.push_str(&text[at - start..]);
            _ = write!(shown, "{style:#}");
            at = end;
        }
        shown
    }

    fn plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::styled(Style::new(), &text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Line {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Arguments<'_>> for Line {
    fn from(text: Arguments<'_>) -> Self {
        text.to_string().into()
    }
}

impl<Part: Into<Line>> Add<Part> for Line {
    type Output = Self;

    fn add(mut self, part: Part) -> Self {
        for StyledWords { style, text } in part.into().0 {
            self.push(style, &text);
        }
        self
    }
}

/// Lines for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLines(Vec<Line>);

impl TextLines {
    /// Adds a line.
    pub fn line(&mut self, line: impl Into<Line>) {
        self.0.push(line.into());
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.0.push(Line::default());
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its lines.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.0.iter()
    }

    /// Texts with an empty line between each two.
    pub fn with_gaps(texts: impl IntoIterator<Item = TextLines>) -> Self {
        let mut all = Self::default();
        for text in texts {
            if !all.is_empty() {
                all.gap();
            }
            all += text;
        }
        all
    }

    /// The lines behind others: the first behind one of its own.
    pub fn behind(mut self, first: &Line, rest: &str) -> Self {
        for (number, line) in self.0.iter_mut().enumerate() {
            let own = std::mem::take(line);
            *line = if number == 0 { first.clone() } else { rest.into() } + own;
        }
        self
    }

    /// The lines after an empty one.
    pub fn after_gap(self) -> Self {
        let mut text = Self::from(Line::default());
        text += self;
        text
    }

    /// With escape sequences for the styles, each line ended.
    pub fn ansi(&self) -> String {
        self.0.iter().map(|line| line.ansi() + "\n").collect()
    }
}

impl AddAssign for TextLines {
    fn add_assign(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl<Part: Into<Line>> From<Part> for TextLines {
    fn from(line: Part) -> Self {
        Self(vec![line.into()])
    }
}

/// Words in lines of at most so many columns; `end` ends each but the last, `indent` begins each but the
/// first.
pub fn filled(words: impl IntoIterator<Item = Line>, columns: usize, end: &str, indent: &str) -> TextLines {
    let mut text = TextLines::default();
    let mut line = Line::default();
    let mut column = 0;
    for word in words {
        let width = word.width();
        if column > 0 && column + 1 + width > columns {
            text.line(std::mem::take(&mut line) + end);
            line = indent.into();
            column = measure_text_width(indent);
        } else if column > 0 {
            let style = line.between(&word);
            line.push(style, " ");
            column += 1;
        }
        line = line + word;
        column += width;
    }
    text.line(line);
    text
}

/// A word that stands out as wrong.
pub fn red(text: impl Display) -> Line {
    Line::styled(AnsiColor::Red.on_default().bold(), &text)
}

/// A word that stands out as doubtful.
pub fn yellow(text: impl Display) -> Line {
    Line::styled(AnsiColor::Yellow.on_default().bold(), &text)
}

/// A word that stands out as the way on.
pub fn cyan(text: impl Display) -> Line {
    Line::styled(AnsiColor::Cyan.on_default(), &text)
}

/// Something added, or done.
pub fn green(text: impl Display) -> Line {
    Line::styled(AnsiColor::Green.on_default(), &text)
}

/// Something less important.
pub fn dim(text: impl Display) -> Line {
    Line::styled(Style::new().dimmed(), &text)
}

/// A heading.
pub fn bold(text: impl Display) -> Line {
    Line::styled(Style::new().bold(), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &TextLines) -> String {
        text.lines().map(Line::plain).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn words_fill_lines_and_longer_ones_stand_alone() {
        let in_ten = |text: &str| shown(&filled(Line::from(text).words(), 10, " \\", "  "));
        assert_eq!(in_ten("one two"), "one two");
        assert_eq!(in_ten("one two three four"), "one two \\\n  three \\\n  four");
        assert_eq!(in_ten("one a-much-longer-word two"), "one \\\n  a-much-longer-word \\\n  two");
    }

    #[test]
    fn nothing_of_others_acts() {
        let mut text = TextLines::default();
        text.line(red("error:") + " a\u{1b}[31mb\n::set-output name=x::y");
        text.line(Line::from("  ") + bold("::") + "error::x #" + dim("#[y]"));
        let plain = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m a\\u{1b}[31mb\\n::set-output name=x::y\n";
        assert_eq!(text.ansi(), format!("{plain}  \u{1b}[1m\\::\u{1b}[0merror::x #\u{1b}[2m\\#[y]\u{1b}[0m\n"));
    }

    #[test]
    fn no_word_that_begins_a_line_is_a_command() {
        let words = Line::from("one two ::error::x").words();
        assert_eq!(filled(words, 9, "", "  ").ansi(), "one two\n  \\::error::x\n");
    }
}
