//! Where a part of a string stands in the text that it was read from.

use super::Place;

/// The place in `text` of the character at a line and column, both from 1, of `value`, a string whose
/// scalar begins at `start`. `None` where the two do not agree.
///
/// The value is followed through the text character by character, and blanks may differ: so it works
/// for plain, quoted, literal and folded scalars alike.
#[must_use]
pub fn place_within(text: &str, start: Place, value: &str, (line, column): (usize, usize)) -> Option<Place> {
    let mut cursor = Cursor::at(text, start)?;
    match cursor.next()? {
        // The content begins on the line after the indicator.
        '|' | '>' if text_goes_on_below(&cursor) => cursor.skip_line(),
        '\'' | '"' => cursor.skip(),
        _ => {}
    }
    let (mut at_line, mut at_column) = (1, 1);
    for c in value.chars() {
        if c == '\n' || !c.is_whitespace() || (at_line, at_column) == (line, column) {
            cursor.skip_blanks();
        }
        if (at_line, at_column) == (line, column) {
            return Some(cursor.place);
        }
        if c == '\n' {
            (at_line, at_column) = (at_line + 1, 1);
            continue;
        }
        at_column += 1;
        if c.is_whitespace() {
            continue;
        }
        // A backslash, or the first of two quotes, stands before the character that it keeps.
        let doubled = cursor.quoted && c == '\'' && cursor.after() == Some('\'');
        if doubled || cursor.next()? != c {
            cursor.skip();
        }
        if cursor.next()? != c {
            return None;
        }
        cursor.skip();
    }
    (at_line, at_column).eq(&(line, column)).then_some(cursor.place)
}

/// Whether nothing but indicators and a comment follow `|` or `>` on their line.
fn text_goes_on_below(cursor: &Cursor<'_>) -> bool {
    let line = cursor.rest.lines().next().unwrap_or_default();
    let after = line.get(1..).unwrap_or_default().trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    after.trim_start().is_empty() || after.trim_start().starts_with('#')
}

struct Cursor<'t> {
    rest: &'t str,
    place: Place,
    /// Whether the scalar stands in single quotes, where a quote is written twice.
    quoted: bool,
}

impl<'t> Cursor<'t> {
    fn at(text: &'t str, place: Place) -> Option<Self> {
        let line = text.split_inclusive('\n').nth(place.line.checked_sub(1)? as usize)?;
        let (within, _) = line.char_indices().nth(place.column.checked_sub(1)? as usize)?;
        let offset = line.as_ptr().addr() - text.as_ptr().addr() + within;
        let rest = text.get(offset..)?;
        Some(Self { rest, place, quoted: rest.starts_with('\'') })
    }

    fn next(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn after(&self) -> Option<char> {
        self.rest.chars().nth(1)
    }

    fn skip(&mut self) {
        let Some(c) = self.next() else { return };
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
    }

    fn skip_line(&mut self) {
        let line = self.place.line;
        while self.place.line == line && !self.rest.is_empty() {
            self.skip();
        }
    }

    fn skip_blanks(&mut self) {
        while self.next().is_some_and(char::is_whitespace) {
            self.skip();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Route, load_one};

    /// The line and column in the file at which the sign `@` of a scalar is found.
    fn found(text: &str) -> (u32, u32) {
        let root = load_one("x", text).unwrap();
        let node = root.find(&Route::root().key("a").key("b")).unwrap();
        let value = node.as_str().unwrap();
        let before = value.split('@').next().unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let place = place_within(text, node.place, value, (line, column)).unwrap_or_else(|| panic!("{text}"));
        (place.line, place.column)
    }

    #[test]
    fn a_part_is_found_however_the_string_is_written() {
        let texts = [
            "a:\n  b: x + @y\n",
            "a:\n  b: 'x == ''y'' + @z'\n",
            "a:\n  b: \"x == \\\"y\\\" + @z\"\n",
            "a:\n  b: |\n    x &&\n    y + @z\n",
            "a:\n  b: |-  # why\n    x &&\n      y\n\n    @z\n",
            "a:\n  b: >-\n    x &&\n    y +\n    @z\n",
            "a:\n  b: x &&\n    y + @z\n",
            "a: { b: 'x &&\n    y + @z', c: d }\n",
            "a:\n  b: |2\n      x\n    @z\n",
            "a:\n  b: 'é + @z'\n",
        ];
        for text in texts {
            let (line, before) = text.split_once('@').map(|(before, _)| (before.matches('\n').count() + 1, before)).unwrap();
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            let (got_line, got_column) = found(text);
            assert_eq!((got_line as usize, got_column as usize), (line, column), "{text}");
        }
    }
}
