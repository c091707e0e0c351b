//! What is found wrong with one object, gathered with the nodes themselves, so that a clean object costs no routes.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::api_fault::{ApiFault, Reaction};
use super::fields::{ObjectFields, whole};
use crate::notation::KubeVersion;
use crate::yaml::{Node, Path, Place, Value};

/// A judge of a text: an error is half a sentence that continues "`value` …".
pub(super) type TextJudge = fn(&str) -> Result<(), String>;

struct Found<'n> {
    node: &'n Node,
    /// The fields below the node that are not there.
    missing: &'static str,
    message: String,
}

/// What is found wrong with an object.
pub(super) struct Complaints<'n> {
    version: KubeVersion,
    reaction: Reaction,
    found: Vec<Found<'n>>,
}

impl<'n> Complaints<'n> {
    /// Nothing yet, for an API server of a version that reacts in one way to all that is found.
    pub(super) fn new(version: KubeVersion, reaction: Reaction) -> Self {
        Self { version, reaction, found: Vec::new() }
    }

    /// Whether the server is of this minor version or newer.
    pub(super) fn since(&self, minor: u16) -> bool {
        self.version.minor >= minor
    }

    /// Something is wrong with a node.
    pub(super) fn add(&mut self, node: &'n Node, message: impl Into<String>) {
        self.found.push(Found { node, missing: "", message: message.into() });
    }

    /// Something is wrong with a field below a node, `a.b` for one in another, whether it is there or not.
    pub(super) fn at(&mut self, node: &'n Node, field: &'static str, message: impl Into<String>) {
        let (mut node, mut missing) = (node, field);
        while !missing.is_empty() {
            let (key, rest) = missing.split_once('.').unwrap_or((missing, ""));
            let Some(below) = node.get(key) else { break };
            (node, missing) = (below, rest);
        }
        self.found.push(Found { node, missing, message: message.into() });
    }

    /// A field that has to be there is not, or is empty.
    pub(super) fn lacks(&mut self, node: &'n Node, field: &'static str) {
        let there = field.split('.').fold(node, |node, key| node.at(key));
        self.at(node, field, if there.value == Value::Null { "is required and missing" } else { "is empty, and must not be" });
    }

    /// A field has to be there with text in it.
    pub(super) fn needs(&mut self, node: &'n Node, field: &'static str) -> bool {
        let there = !node.text(field).is_empty();
        if !there {
            self.lacks(node, field);
        }
        there
    }

    /// Whether a text is right by a judge.
    pub(super) fn judge(&mut self, node: &'n Node, judge: TextJudge) -> bool {
        self.judge_text(node, node.words(), judge)
    }

    /// Whether a text of a node is right by a judge.
    pub(super) fn judge_text(&mut self, node: &'n Node, text: &str, judge: TextJudge) -> bool {
        let judged = judge(text);
        if let Err(fault) = &judged {
            self.add(node, if text.is_empty() { fault.clone() } else { format!("is `{text}`, which {fault}") });
        }
        judged.is_ok()
    }

    /// A text that a judge finds right has to be there.
    pub(super) fn needs_judged(&mut self, node: &'n Node, field: &'static str, judge: TextJudge) -> bool {
        self.needs(node, field) && self.judge(node.at(field), judge)
    }

    /// A text that is there and not empty has to be right by a judge.
    pub(super) fn judge_given(&mut self, node: &'n Node, field: &str, judge: TextJudge) {
        if !node.text(field).is_empty() {
            self.judge(node.at(field), judge);
        }
    }

    /// A field has one of some values, where it is there; an empty text counts as absent.
    pub(super) fn one_of(&mut self, node: &'n Node, field: &'static str, allowed: &[&str]) -> bool {
        node.text(field).is_empty() || self.is_one_of(node.at(field), allowed)
    }

    /// A field has one of some values, where it is there at all.
    pub(super) fn given_one_of(&mut self, node: &'n Node, field: &'static str, allowed: &[&str]) -> bool {
        !node.has(field) || self.is_one_of(node.at(field), allowed)
    }

    /// A field has to be there with one of some values.
    pub(super) fn needs_one_of(&mut self, node: &'n Node, field: &'static str, allowed: &[&str]) -> bool {
        self.needs(node, field) && self.is_one_of(node.at(field), allowed)
    }

    fn is_one_of(&mut self, node: &'n Node, allowed: &[&str]) -> bool {
        let text = node.words();
        let right = allowed.contains(&text);
        if !right {
            self.add(node, format!("must be {}, and is `{text}`", either(allowed)));
        }
        right
    }

    /// A number lies in a range, where it is there.
    pub(super) fn range(&mut self, node: &'n Node, field: &str, range: RangeInclusive<i64>) -> bool {
        self.in_range(node.at(field), range)
    }

    /// The same of the number itself.
    pub(super) fn in_range(&mut self, node: &'n Node, range: RangeInclusive<i64>) -> bool {
        let Some(number) = whole(node).filter(|number| !range.contains(number)) else { return true };
        self.add(node, format!("must be {} to {}, and is {number}", range.start(), range.end()));
        false
    }

    /// Numbers are not negative, where they are there.
    pub(super) fn not_negative(&mut self, node: &'n Node, fields: &[&str]) {
        for field in fields {
            if let Some(number) = node.int(field).filter(|number| *number < 0) {
                self.add(node.at(field), format!("must not be negative, and is {number}"));
            }
        }
    }

    /// A number is above 0, where it is there.
    pub(super) fn positive(&mut self, node: &'n Node, field: &str) {
        if let Some(number) = node.int(field).filter(|number| *number <= 0) {
            self.add(node.at(field), format!("must be more than 0, and is {number}"));
        }
    }

    /// Fields that are not allowed here.
    pub(super) fn forbid(&mut self, node: &'n Node, fields: &[&str], why: &str) {
        for field in fields {
            if node.has(field) {
                self.add(node.at(field), format!("is not allowed {why}"));
            }
        }
    }

    /// Whether an element's field says what that of an element before it said; an empty text never does.
    pub(super) fn twice(&mut self, seen: &mut BTreeSet<&'n str>, item: &'n Node, field: &'static str) {
        let text = item.text(field);
        if !text.is_empty() && !seen.insert(text) {
            self.add(item.at(field), format!("is `{text}`, which stands twice"));
        }
    }

    /// All that was found, with places, in the order of the object.
    pub(super) fn placed(mut self, root: &'n Node) -> Vec<ApiFault> {
        if self.found.is_empty() {
            return Vec::new();
        }
        self.found.sort_by_key(|found| address(found.node));
        let mut faults = Vec::with_capacity(self.found.len());
        self.place(root, root.place, &Path::Root, &mut faults);
        // One node may be judged by two that want the same of it.
        faults.dedup();
        faults
    }

    fn place(&self, node: &'n Node, place: Place, path: &Path<'_>, faults: &mut Vec<ApiFault>) {
        let from = self.found.partition_point(|found| address(found.node) < address(node));
        for Found { missing, message, .. } in self.found[from..].iter().take_while(|found| address(found.node) == address(node)) {
            let route = missing.split('.').filter(|key| !key.is_empty()).fold(path.route(), |route, key| route.key(key));
            let missing = !missing.is_empty();
            let place = if missing { node.place } else { place };
            faults.push(ApiFault { reaction: self.reaction, place, route, missing, message: message.clone() });
        }
        match &node.value {
            Value::Map(entries) => {
                for entry in entries {
                    self.place(&entry.node, entry.place, &Path::Key(path, &entry.key), faults);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.place(item, item.place, &Path::Index(path, index), faults);
                }
            }
            _ => {}
        }
    }
}

/// What tells nodes of one tree apart.
fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

/// Some values as they are listed in a sentence.
pub(super) fn either(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
