//! Trees as text, in any of the ways in which people write YAML.

use std::fmt::Write as _;

use plimsoll::yaml::write;
use serde_json::{Map, Value as Json};

use super::dice::Dice;

/// How a text is written; the chances are in percent.
#[derive(Clone)]
pub struct Style {
    /// Who writes its comments; each has a number of its own.
    pub author: char,
    /// How often a line has a comment above, behind or below it.
    pub comments: usize,
    /// How often a blank line stands between lines.
    pub blanks: usize,
    /// How often a collection stands in brackets.
    pub flow: usize,
    /// How often a scalar is written otherwise than in the shortest way.
    pub fancy: usize,
    /// How often keys stand in another order.
    pub shuffle: usize,
    /// How far lists are indented; `None` for any.
    pub list_indent: Option<usize>,
    /// How far mappings are indented; `None` for any.
    pub map_indent: Option<usize>,
    /// Whether lines end with a carriage return, too.
    pub crlf: bool,
    /// Whether the text begins with a byte order mark.
    pub mark: bool,
    /// Whether the last line has no line break.
    pub open_end: bool,
}

impl Style {
    /// As templates are written.
    pub fn tidy() -> Self {
        Self {
            author: 't',
            comments: 0,
            blanks: 0,
            flow: 0,
            fancy: 0,
            shuffle: 0,
            list_indent: Some(2),
            map_indent: Some(2),
            crlf: false,
            mark: false,
            open_end: false,
        }
    }

    /// As a person leaves a file who edits it here and there.
    pub fn tame(dice: &mut Dice) -> Self {
        Self {
            author: 'u',
            comments: dice.below(25),
            blanks: dice.below(8),
            fancy: dice.below(10),
            open_end: dice.chance(10),
            ..Self::tidy()
        }
    }

    /// As anyone may write.
    pub fn wild(dice: &mut Dice, author: char) -> Self {
        Self {
            author,
            comments: dice.below(40),
            blanks: dice.below(25),
            flow: dice.below(40),
            fancy: dice.below(90),
            shuffle: dice.below(60),
            list_indent: *dice.pick(&[Some(0), Some(2), Some(2), Some(4), None]),
            map_indent: *dice.pick(&[Some(2), Some(2), Some(4), None]),
            crlf: dice.chance(12),
            mark: dice.chance(6),
            open_end: dice.chance(15),
        }
    }
}

/// A text that is being written.
pub struct Writer<'d> {
    dice: &'d mut Dice,
    style: Style,
    out: String,
    comments: usize,
    /// Whether a blank line or a deeper comment here would become part of a block scalar.
    open_scalar: bool,
}

/// Writes objects as the documents of one text.
pub fn write(dice: &mut Dice, style: &Style, objects: &[Json]) -> String {
    let mut writer = Writer { dice, style: style.clone(), out: String::new(), comments: 0, open_scalar: false };
    for (at, object) in objects.iter().enumerate() {
        if at > 0 || writer.dice.chance(style.comments / 3) {
            let line = if writer.roll(style.comments / 3) { format!("--- {}\n", writer.comment()) } else { "---\n".to_owned() };
            writer.out += &line;
            writer.open_scalar = false;
        }
        writer.comments_at(0);
        writer.map(object.as_object().unwrap(), 0, false);
        if writer.dice.chance(style.comments / 4) && !writer.open_scalar {
            let column = writer.dice.below(4);
            writer.comments_at(column);
        }
    }
    let (mut text, may_be_open) = (writer.out, !writer.open_scalar);
    if style.open_end && may_be_open {
        text.truncate(text.trim_end_matches('\n').len());
    }
    if style.crlf {
        text = text.replace('\n', "\r\n");
    }
    if style.mark { format!("\u{feff}{text}") } else { text }
}

impl Writer<'_> {
    fn roll(&mut self, chance: usize) -> bool {
        self.dice.chance(chance)
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        let words = *self.dice.pick(&["", " pinned by ops", " - name: old", " key: value", " 한글", " # twice", " 'quote", "  "]);
        format!("# {}{};{words}", self.style.author, self.comments)
    }

    fn indent(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    /// Blank lines and comments above what begins at a column.
    fn comments_at(&mut self, column: usize) {
        if self.roll(self.style.blanks) && !self.open_scalar {
            self.out.push('\n');
        }
        while self.roll(self.style.comments) {
            let wanted = if self.open_scalar || self.roll(80) { column } else { self.dice.below(column + 5) };
            self.indent(wanted);
            let comment = self.comment();
            self.out += &comment;
            self.out.push('\n');
            if self.roll(self.style.blanks) && !self.open_scalar {
                self.out.push('\n');
            }
        }
    }

    fn end_of_line(&mut self) {
        if self.roll(self.style.comments / 2) {
            let comment = self.comment();
            write!(self.out, " {comment}").unwrap();
        } else if self.roll(self.style.comments / 8) {
            self.out.push_str("  ");
        }
        self.out.push('\n');
    }

    fn map(&mut self, map: &Map<String, Json>, column: usize, behind_dash: bool) {
        let mut entries: Vec<_> = map.iter().collect();
        if self.roll(self.style.shuffle) {
            self.dice.shuffle(&mut entries);
        }
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at > 0 || !behind_dash {
                self.comments_at(column);
                self.indent(column);
            }
            self.open_scalar = false;
            let key = self.key(key);
            self.out += &key;
            if self.roll(self.style.fancy / 20) {
                self.out.push(' ');
            }
            self.out.push(':');
            self.value(value, column, false);
        }
    }

    fn list(&mut self, items: &[Json], column: usize, behind_dash: bool) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 || !behind_dash {
                self.comments_at(column);
                self.indent(column);
            }
            self.open_scalar = false;
            self.out.push('-');
            self.value(item, column, true);
        }
    }

    /// A value behind a colon or a dash in a column.
    fn value(&mut self, value: &Json, column: usize, is_dash: bool) {
        let flow = self.roll(self.style.flow);
        let step = |indent: Option<usize>, dice: &mut Dice| indent.unwrap_or_else(|| 1 + dice.below(5));
        match value {
            Json::Object(map) if !map.is_empty() && !flow => {
                let own_line = !is_dash || self.roll(self.style.fancy / 6);
                if own_line {
                    self.end_of_line();
                    let step = step(self.style.map_indent, self.dice);
                    self.map(map, column + step, false);
                } else {
                    let gap = if self.roll(self.style.fancy / 8) { 3 } else { 1 };
                    self.indent(gap);
                    self.map(map, column + 1 + gap, true);
                }
            }
            Json::Array(items) if !items.is_empty() && !flow => {
                if is_dash && !self.roll(self.style.fancy / 4) {
                    self.out.push(' ');
                    self.list(items, column + 2, true);
                    return;
                }
                self.end_of_line();
                let step = match self.style.list_indent {
                    Some(0) if is_dash => 2,
                    Some(step) => step,
                    None if is_dash => 1 + self.dice.below(4),
                    None => self.dice.below(5),
                };
                self.list(items, column + step, false);
            }
            Json::String(text) => self.string(text, column),
            Json::Null if self.roll(50) => self.end_of_line(),
            _ => {
                let several_lines = flow && self.roll(35);
                let text = self.flow(value, column + 2, several_lines);
                write!(self.out, " {text}").unwrap();
                self.end_of_line();
            }
        }
    }

    fn string(&mut self, text: &str, column: usize) {
        let indent = column + self.style.map_indent.unwrap_or(1 + self.dice.below(4));
        if self.roll(self.style.fancy.max(if text.contains('\n') { 50 } else { 0 })) {
            let written = match self.dice.below(4) {
                0 => self.literal(text, column, indent),
                1 => folded(text, indent),
                _ => self.broken(text, indent),
            };
            if let Some((header, body, is_block)) = written {
                write!(self.out, " {header}").unwrap();
                if !is_block {
                    write!(self.out, "\n{body}").unwrap();
                    self.end_of_line();
                    return;
                }
                self.end_of_line();
                writeln!(self.out, "{body}").unwrap();
                self.open_scalar = true;
                return;
            }
        }
        let token = self.token(text, false);
        write!(self.out, " {token}").unwrap();
        self.end_of_line();
    }

    /// A string on one line.
    fn token(&mut self, text: &str, in_flow: bool) -> String {
        let shortest = write::scalar(text);
        let tight = in_flow && text.contains([',', '[', ']', '{', '}', ':', '#', '\n']);
        if !tight && !self.roll(self.style.fancy) {
            return shortest;
        }
        match write::single_quoted(text) {
            Some(single) if self.roll(50) => single,
            _ => write::double_quoted(text),
        }
    }

    fn key(&mut self, text: &str) -> String {
        if text == "true" && self.roll(30) { "on".to_owned() } else { self.token(text, false) }
    }

    /// A value in brackets or braces, or a scalar that is no string.
    fn flow(&mut self, value: &Json, column: usize, several_lines: bool) -> String {
        let (open, close, members): (_, _, Vec<String>) = match value {
            Json::String(text) => return self.token(text, true),
            Json::Object(map) => {
                let member = |(key, value): (&String, &Json)| {
                    let key = self.token(key, true);
                    format!("{key}: {}", self.flow(value, column, false))
                };
                ('{', '}', map.iter().map(member).collect())
            }
            Json::Array(items) => ('[', ']', items.iter().map(|item| self.flow(item, column, false)).collect()),
            other => return self.plain(other),
        };
        if members.is_empty() {
            return format!("{open}{close}");
        }
        if !several_lines {
            let blank = if self.roll(20) { " " } else { "" };
            let comma = if self.roll(5) { "," } else { "" };
            return format!("{open}{blank}{}{comma}{blank}{close}", members.join(*self.dice.pick(&[", ", ", ", ","])));
        }
        let mut text = format!("{open}\n");
        let last = members.len() - 1;
        for (at, member) in members.into_iter().enumerate() {
            if self.roll(self.style.comments) {
                let comment = self.comment();
                writeln!(text, "{}{comment}", " ".repeat(column)).unwrap();
            }
            let comma = if at < last || self.roll(40) { "," } else { "" };
            write!(text, "{}{member}{comma}", " ".repeat(column)).unwrap();
            if self.roll(self.style.comments) {
                let comment = self.comment();
                write!(text, " {comment}").unwrap();
            }
            text.push('\n');
        }
        let column = column.saturating_sub(usize::from(self.roll(70)));
        write!(text, "{}{close}", " ".repeat(column)).unwrap();
        text
    }

    fn plain(&mut self, value: &Json) -> String {
        if !self.roll(self.style.fancy / 3) {
            return value.to_string();
        }
        match value {
            Json::Bool(true) => (*self.dice.pick(&["yes", "on", "True"])).to_owned(),
            Json::Bool(false) => (*self.dice.pick(&["no", "off", "n"])).to_owned(),
            Json::Null => "~".to_owned(),
            Json::Number(number) => match number.as_u64() {
                Some(number) if number >= 1000 => format!("{}_{:03}", number / 1000, number % 1000),
                Some(number) if number > 0 => format!("0x{number:x}"),
                _ => number.to_string(),
            },
            _ => value.to_string(),
        }
    }

    /// Behind `|`.
    fn literal(&mut self, text: &str, column: usize, indent: usize) -> Option<(String, String, bool)> {
        let body = text.trim_end_matches('\n');
        if body.is_empty() || text.contains('\r') || !text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()) {
            return None;
        }
        let leading = body.trim_start_matches('\n').starts_with([' ', '\t']);
        let indicator = if leading || self.roll(8) { format!("{}", indent - column) } else { String::new() };
        let chomp = match text.len() - body.len() {
            0 => "-",
            1 => "",
            _ => "+",
        };
        let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let lines: Vec<String> =
            lines.map(|line| if line.is_empty() { String::new() } else { format!("{}{line}", " ".repeat(indent)) }).collect();
        // A root's own column is one less than nothing, so its indicator would count otherwise.
        Some((format!("|{indicator}{chomp}"), lines.join("\n"), true))
    }

    /// On several lines, plain or in quotes.
    fn broken(&mut self, text: &str, indent: usize) -> Option<(String, String, bool)> {
        let words: Vec<&str> = text.split(' ').collect();
        let whole = |word: &&str| !word.is_empty() && !word.contains(['\n', '\t', '\\', '"', '\'', '#', ':', '-', '?']);
        if words.len() < 2 || !words.iter().all(whole) {
            return None;
        }
        let at = 1 + self.dice.below(words.len() - 1);
        let (first, rest) = (words[..at].join(" "), words[at..].join(" "));
        let blanks = " ".repeat(indent);
        let quote = *self.dice.pick(&["\"", "'", ""]);
        if quote.is_empty() && write::scalar(text) != text {
            return None;
        }
        Some((format!("{quote}{first}"), format!("{blanks}{rest}{quote}"), false))
    }
}

/// Behind `>`.
fn folded(text: &str, indent: usize) -> Option<(String, String, bool)> {
    let body = text.trim_end_matches('\n');
    let simple = |line: &str| !line.starts_with([' ', '\t']) && !line.chars().any(char::is_control);
    if body.is_empty() || !body.split('\n').all(simple) || body.starts_with('\n') {
        return None;
    }
    let chomp = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let blanks = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    for (at, line) in body.split('\n').enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        match line.find(' ').filter(|at| !line[at + 1..].starts_with(' ') && !line[at + 1..].is_empty()) {
            Some(at) => lines.extend([format!("{blanks}{}", &line[..at]), format!("{blanks}{}", &line[at + 1..])]),
            None if line.is_empty() => {}
            None => lines.push(format!("{blanks}{line}")),
        }
    }
    lines.extend(std::iter::repeat_n(String::new(), (text.len() - body.len()).saturating_sub(1)));
    Some((format!(">{chomp}"), lines.join("\n"), true))
}
