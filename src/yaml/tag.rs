//! Tags: which of them say what is read anyway.

use granit_parser::Tag;

use super::{Value, resolve_plain};

/// The longest tag that is told in full, in characters.
const SHOWN: usize = 60;

/// The value of a scalar that has a tag or stands in quotes.
pub(super) fn scalar(tag: Option<&Tag>, text: &str) -> Value {
    match tag.and_then(Tag::core_suffix) {
        Some("int" | "float" | "bool" | "null") => resolve_plain(text),
        _ => Value::String(text.to_owned()),
    }
}

/// Whether a tag says no more than what the value is, as Kubernetes' decoder would see it. All others
/// make another value of it, or none: a decoder of Kubernetes refuses them, decodes them or leaves them
/// out, and other tools run code.
fn fits(tag: &Tag, value: &Value) -> bool {
    match tag.core_suffix() {
        Some("str") => matches!(value, Value::String(_)),
        Some("int") => matches!(value, Value::Int(_)),
        Some("float") => matches!(value, Value::Int(_) | Value::Float(_)),
        Some("bool") => matches!(value, Value::Bool(_)),
        Some("null") => matches!(value, Value::Null),
        Some("seq") => matches!(value, Value::List(_)),
        Some("map") => matches!(value, Value::Map(_)),
        // The tag that names none: a scalar is a string.
        _ => tag.original() == "!",
    }
}

/// The tag as it is told, where it does not say what is read anyway.
pub(super) fn odd(tag: Option<&Tag>, value: &Value) -> Option<String> {
    let tag = tag.filter(|tag| !fits(tag, value))?.original();
    Some(match tag.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &tag[..end]),
        None => tag,
    })
}
