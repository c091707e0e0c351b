//! Values as YAML text, plain where every reader takes the text for the same string.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Value, resolve_plain};

/// A string as a scalar on one line: plain where that is safe, else in quotes.
#[must_use]
pub fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    if text.contains(['"', '\\'])
        && let Some(quoted) = single_quoted(text)
    {
        return quoted;
    }
    double_quoted(text)
}

/// A string in single quotes; `None` for one that they cannot hold.
#[must_use]
pub fn single_quoted(text: &str) -> Option<String> {
    text.chars().all(is_printable).then(|| format!("'{}'", text.replace('\'', "''")))
}

/// A string in double quotes.
#[must_use]
pub fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            c if u32::from(c) > 0xffff => _ = write!(quoted, "\\U{:08X}", u32::from(c)),
            c => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
        }
    }
    quoted.push('"');
    quoted
}

/// A string of several lines as a literal block indented by `indent` spaces, with its header; `None`
/// when only a quoted scalar can hold the string.
#[must_use]
pub fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.trim_end_matches('\n');
    // The first line tells the indentation, and readers differ on tabs there.
    let first_is_indented = body.trim_start_matches('\n').starts_with([' ', '\t']);
    let legal = |c: char| c == '\n' || c == '\t' || is_printable(c);
    if !text.contains('\n') || body.is_empty() || first_is_indented || !text.chars().all(legal) {
        return None;
    }
    let header = match text.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    let mut block = header.to_owned();
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        block.push('\n');
        if !line.is_empty() {
            block.push_str(&" ".repeat(indent));
            block.push_str(line);
        }
    }
    Some(block)
}

/// A value as a block of YAML that ends with a line break.
#[must_use]
pub fn document(value: &Json) -> String {
    let mut out = String::new();
    match value {
        Json::Object(map) if !map.is_empty() => write_map(&mut out, map, 0),
        Json::Array(items) if !items.is_empty() => write_list(&mut out, items, 0),
        other => {
            out.push_str(&inline(other));
            out.push('\n');
        }
    }
    out
}

/// A scalar, or an empty collection, on one line.
#[must_use]
pub fn inline(value: &Json) -> String {
    match value {
        Json::String(text) => scalar(text),
        Json::Array(_) => "[]".to_owned(),
        Json::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

fn write_map(out: &mut String, map: &serde_json::Map<String, Json>, indent: usize) {
    for (position, (key, value)) in map.iter().enumerate() {
        // The first key of a list element follows its dash.
        if position > 0 || !out.ends_with("- ") {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&scalar(key));
        out.push(':');
        match value {
            Json::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                write_map(out, inner, indent + 2);
            }
            Json::Array(items) if !items.is_empty() => {
                out.push('\n');
                write_list(out, items, indent + 2);
            }
            other => write_leaf(out, other, indent + 2),
        }
    }
}

fn write_list(out: &mut String, items: &[Json], indent: usize) {
    for item in items {
        out.push_str(&" ".repeat(indent));
        match item {
            Json::Object(inner) if !inner.is_empty() => {
                out.push_str("- ");
                write_map(out, inner, indent + 2);
            }
            Json::Array(inner) if !inner.is_empty() => {
                out.push_str("-\n");
                write_list(out, inner, indent + 2);
            }
            other => {
                out.push('-');
                write_leaf(out, other, indent + 2);
            }
        }
    }
}

fn write_leaf(out: &mut String, value: &Json, indent: usize) {
    out.push(' ');
    match value {
        Json::String(text) => out.push_str(&literal(text, indent).unwrap_or_else(|| scalar(text))),
        other => out.push_str(&inline(other)),
    }
    out.push('\n');
}

/// Whether YAML lets the character stand unescaped and people can see it.
#[must_use]
pub fn is_printable(c: char) -> bool {
    // Most are, and manifests are read character by character.
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    !c.is_control()
        && !matches!(u32::from(c),
            // Line separators, soft hyphen, joiners and direction marks, the byte order mark, non-characters.
            0x85 | 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff0..=0xffff | 0xe0000..=0xe0fff)
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let rest = &text[first.len_utf8()..];
    let first_ok = match first {
        '-' | '?' | ':' => rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_')),
        ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' | '=' | '<' | '~' => false,
        _ => true,
    };
    let inside_ok = text.chars().all(|c| is_printable(c) && (c == ' ' || !c.is_whitespace()))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !text.starts_with([' '])
        && !text.starts_with("---")
        && !text.starts_with("...");
    first_ok && inside_ok && !other_readers_differ(text) && resolve_plain(text) == Value::String(text.to_owned())
}

/// Texts that Kubernetes takes for strings and some other YAML reader for a number or a date.
fn other_readers_differ(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let (most, last) = text.trim_start_matches(['-', '+']).rsplit_once(':').unwrap_or(("", ""));
    let (whole, fraction) = last.split_once('.').unwrap_or((last, "0"));
    let sexagesimal = most.split(':').all(digits) && digits(whole) && (fraction.is_empty() || digits(fraction));
    let date =
        text.get(..4).is_some_and(digits) && text[4..].starts_with('-') && text[5..].starts_with(|c: char| c.is_ascii_digit());
    let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_' | b',' | b'x' | b'o'))
        && text.bytes().filter(|b| *b == b'.').count() < 2;
    let word = matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "true" | "false" | "y" | "n" | "null");
    sexagesimal || date || number || word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::load_one;

    #[test]
    fn plain_where_safe_and_quoted_where_not() {
        let cases = [
            ("checkout", "checkout"),
            ("a b", "a b"),
            ("reg:5000/app:1.4.2", "reg:5000/app:1.4.2"),
            ("-Xmx512m", "-Xmx512m"),
            ("한글 이름", "한글 이름"),
            ("#payments", "\"#payments\""),
            ("8080", "\"8080\""),
            ("1.10", "\"1.10\""),
            ("1.4.2", "1.4.2"),
            ("yes", "\"yes\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("a\nb", "\"a\\nb\""),
            ("{\"a\": 1}", "'{\"a\": 1}'"),
            ("{{ x }}", "\"{{ x }}\""),
            ("2027-03-01", "\"2027-03-01\""),
            ("12:30", "\"12:30\""),
            ("-1:30:5.5", "\"-1:30:5.5\""),
            ("123456789012.dkr.ecr.eu-west-1.example.com/app:1", "123456789012.dkr.ecr.eu-west-1.example.com/app:1"),
            ("1_000", "\"1_000\""),
            ("\u{202e}x", "\"\\u202Ex\""),
        ];
        for (text, written) in cases {
            assert_eq!(scalar(text), written);
        }
    }

    #[test]
    fn documents_come_back_as_they_were() {
        let value = serde_json::json!({
            "a": {"b": [{"c": "1", "d": ["x", ["y"], {}, []]}, {"e": null}], "f g": 1.5},
            "text": "one\n\n  two\n", "keep": "x\n\n", "strip": "a\nb", "tab": "\tx\ny", "only": "\n", "yes": true,
        });
        let text = document(&value);
        assert_eq!(load_one("f", &text).unwrap().to_json(), value, "{text}");
        assert_eq!(serde_yaml::from_str::<Json>(&text).unwrap(), value, "{text}");
    }
}
