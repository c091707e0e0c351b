//! Notations of other programs, each with one function that all of ours goes through.
//!
//! JSON, XML and GitHub's annotations have escapes of their own for what would act where they are shown,
//! so that programs read the text as it was. Markdown has a file of its own.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use crate::notation::{command_breaks, is_hidden, push_visible};

/// A JSON document with a line break at its end.
pub fn json(value: &impl Serialize) -> String {
    // Maps with other keys than strings cannot be written, and there are none.
    let written = serde_json::to_string_pretty(value);
    let plain = written.unwrap_or_else(|error| format!("{:#}", json!({"error": {"message": error.to_string()}}))) + "\n";
    if !plain.contains("##") && !plain.contains(|c| c != '\n' && is_hidden(c)) {
        return plain;
    }
    // Strings alone hold what is replaced.
    let mut text = String::with_capacity(plain.len() + 64);
    let mut before = ' ';
    for c in plain.chars() {
        match c {
            '#' if before == '#' => text.push_str("\\u0023"),
            '\n' => text.push(c),
            _ if is_hidden(c) => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(text, "\\u{unit:04x}")),
            _ => text.push(c),
        }
        before = c;
    }
    text
}

/// A text between tags. What XML 1.0 forbids is written out: no escape exists for it.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            escaped.push('\n');
        }
        let breaks = command_breaks(line);
        for (at, c) in line.char_indices() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '\t' => escaped.push(c),
                '\r' | '\u{7f}'.. if is_hidden(c) && !matches!(c, '\u{fffe}' | '\u{ffff}') => {
                    _ = write!(escaped, "&#{};", u32::from(c));
                }
                _ if breaks.contains(&at) => _ = write!(escaped, "&#{};", u32::from(c)),
                _ => push_visible(&mut escaped, c),
            }
        }
    }
    escaped
}

/// A text between double quotes, where parsers of XML would turn line breaks into spaces.
pub fn xml_attribute(text: &str) -> String {
    xml(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// A text as the message of an annotation. Its line breaks and per cent signs are escaped as GitHub asks;
/// for other characters it has no escape.
pub fn annotation(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let breaks = command_breaks(text);
    for (at, c) in text.char_indices() {
        if breaks.contains(&at) && at > 0 {
            escaped.push('\\');
        }
        match c {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            _ => push_visible(&mut escaped, c),
        }
    }
    escaped
}

/// A text as a property of an annotation.
pub fn annotation_property(text: &str) -> String {
    annotation(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_says_the_same_with_escapes() {
        let value = json!({"a\u{7f}": "\u{202e}\u{e0041}\u{1b} ##[error] 결제", "b": ["::x", "\u{2028}"]});
        let text = json(&value);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert!(text.contains("결제") && !text.contains("##") && !text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    }

    #[test]
    fn xml_says_the_same_with_escapes() {
        assert_eq!(xml("]]> <a> & \u{0}\u{b}\u{ffff}\r\u{202e}"), "]]&gt; &lt;a&gt; &amp; \\u{0}\\u{b}\\u{ffff}&#13;&#8238;");
        assert_eq!(xml("a\n ::error::b ##[c]"), "a\n &#58;:error::b #&#35;[c]");
        assert_eq!(xml_attribute("\"a\"\n\tb"), "&quot;a&quot;&#10;&#9;b");
    }

    #[test]
    fn annotations_stay_in_their_place() {
        assert_eq!(annotation("50%\r\n::error::a,b"), "50%25%0D%0A::error::a,b");
        assert_eq!(annotation("a ##[error]\u{1b}"), "a #\\#[error]\\u{1b}");
        assert_eq!(annotation_property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
