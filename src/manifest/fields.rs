//! Fields of an object as the API server reads them: what is null is not there.

use crate::notation::Quantity;
use crate::yaml::{Entry, Node, Place, Span, Style, Tie, Value, Writing};

/// What stands for a field that is not there.
static ABSENT: Node = Node {
    value: Value::Null,
    place: Place { line: 1, column: 1 },
    written: None,
    writing: Writing { span: Span { start: 0, end: 0 }, dash: None, style: Style::Plain, tie: Tie::None },
};

/// Reads fields of objects that hold what their type asks for; of others it reads nothing.
pub(super) trait ObjectFields {
    /// A field; one that is not there has nothing in it.
    fn at(&self, key: &str) -> &Node;
    /// Whether a field is there.
    fn has(&self, key: &str) -> bool;
    /// A field with text; empty where it is not there.
    fn text(&self, key: &str) -> &str;
    /// A field with a whole number.
    fn int(&self, key: &str) -> Option<i64>;
    /// A field that is true or false; false where it is not there.
    fn flag(&self, key: &str) -> bool;
    /// The elements of a field.
    fn list(&self, key: &str) -> &[Node];
    /// The entries of a field.
    fn map(&self, key: &str) -> &[Entry];
    /// The value itself as text; empty where it is none.
    fn words(&self) -> &str;
    /// The value itself as a quantity.
    fn quantity(&self) -> Option<Quantity>;
    /// The value in a list of resources as a quantity; nothing at all is 0 there.
    fn measure(&self) -> Option<Quantity>;
}

impl ObjectFields for Node {
    fn at(&self, key: &str) -> &Node {
        self.get(key).unwrap_or(&ABSENT)
    }

    fn has(&self, key: &str) -> bool {
        self.at(key).value != Value::Null
    }

    fn text(&self, key: &str) -> &str {
        self.at(key).words()
    }

    fn int(&self, key: &str) -> Option<i64> {
        whole(self.at(key))
    }

    fn flag(&self, key: &str) -> bool {
        self.at(key).value == Value::Bool(true)
    }

    fn list(&self, key: &str) -> &[Node] {
        self.at(key).items()
    }

    fn map(&self, key: &str) -> &[Entry] {
        self.at(key).entries()
    }

    fn words(&self) -> &str {
        self.as_str().unwrap_or_default()
    }

    fn quantity(&self) -> Option<Quantity> {
        match &self.value {
            Value::String(text) => text.parse().ok(),
            Value::Int(number) => number.to_string().parse().ok(),
            Value::Float(number) => number.to_string().parse().ok(),
            _ => None,
        }
    }

    fn measure(&self) -> Option<Quantity> {
        if self.value == Value::Null { "0".parse().ok() } else { self.quantity() }
    }
}

/// A whole number, which `1.0` and `1e3` are, too.
pub(super) fn whole(node: &Node) -> Option<i64> {
    match node.value {
        Value::Int(number) => Some(number),
        // Larger ones cannot be read as what they stand for.
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(number as i64),
        _ => None,
    }
}

/// The fields of a Pod's `spec` that hold containers.
pub(super) const CONTAINERS: &[&str] = &["initContainers", "containers", "ephemeralContainers"];

/// All containers of the `spec` of a Pod.
pub(super) fn all_containers(spec: &Node) -> impl Iterator<Item = &Node> {
    CONTAINERS.iter().flat_map(|field| spec.list(field))
}
