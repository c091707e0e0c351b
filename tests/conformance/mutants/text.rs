//! Mutants as YAML: a tree with what no reader would let into one, such as a key twice.

use plimsoll::yaml::{Node, Value, write};

/// A string.
pub fn string(text: &str) -> Node {
    Node::new(Value::String(text.to_owned()))
}

/// A plain scalar, written as it is.
pub fn raw(text: &str) -> Node {
    Node { written: Some(text.into()), ..Node::new(Value::Null) }
}

/// The text of a document.
pub fn of(node: &Node) -> String {
    let mut text = String::new();
    write_node(node, 0, &mut text);
    text
}

fn write_node(node: &Node, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                text.push_str(&margin);
                text.push_str(&write::scalar(&entry.key));
                text.push(':');
                write_below(&entry.node, indent, text);
            }
        }
        Value::List(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&margin);
                text.push('-');
                write_below(item, indent, text);
            }
        }
        _ => {
            text.push_str(&margin);
            text.push_str(&scalar(node));
            text.push('\n');
        }
    }
}

fn write_below(node: &Node, indent: usize, text: &mut String) {
    let nested = match &node.value {
        Value::Map(entries) => !entries.is_empty(),
        Value::List(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        text.push('\n');
        write_node(node, indent + 2, text);
    } else {
        text.push(' ');
        text.push_str(&scalar(node));
        text.push('\n');
    }
}

fn scalar(node: &Node) -> String {
    match (&node.written, &node.value) {
        (_, Value::String(text)) => write::scalar(text),
        (_, Value::Map(_)) => "{}".to_owned(),
        (_, Value::List(_)) => "[]".to_owned(),
        (Some(written), _) => written.to_string(),
        (None, value) => write::inline(&Node::new(value.clone()).to_json()),
    }
}
