//! How values leave a template: as YAML scalars that nothing in them can break out of.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Output, State, Value};

use crate::yaml::write;

/// Writes a value where a template names it.
pub fn format(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String if value.is_safe() => write(out, value.as_str().unwrap_or_default()),
        ValueKind::String => write(out, &write::scalar(value.as_str().unwrap_or_default())),
        ValueKind::Number => write(out, &value.to_string()),
        ValueKind::Bool => write(out, if value.is_true() { "true" } else { "false" }),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("a {kind} cannot be written as one scalar"))),
    }
}

fn write(out: &mut Output<'_>, text: &str) -> Result<(), Error> {
    out.write_str(text).map_err(Error::from)
}

/// The filter `block`: a text of several lines as a literal block indented by so many spaces.
pub fn block(text: &str, indent: usize) -> Value {
    Value::from_safe_string(write::literal(text, indent).unwrap_or_else(|| write::scalar(text)))
}
