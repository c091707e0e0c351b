//! Texts with stars in place of what is secret in them.

use std::collections::{BTreeMap, BTreeSet};

use super::secrets::{MASK, MASKS, Secrets, plain};
use crate::yaml::{self, Node, Tie};

impl Secrets {
    /// A text of YAML without its secrets. One that cannot be read shows no values at all where it may
    /// hold a Secret.
    #[must_use]
    pub fn masked_text(&self, text: &str) -> String {
        self.masked_texts(Some(text), None).0.unwrap_or_default()
    }

    /// A text before and after, without its secrets; one that changes is said to.
    #[must_use]
    pub fn masked_texts(&self, before: Option<&str>, after: Option<&str>) -> (Option<String>, Option<String>) {
        let [was, is] = [before, after].map(|text| text.and_then(|text| self.stretches(text)));
        let values = |stretches: &Option<Vec<SecretSpan>>| -> BTreeMap<String, String> {
            stretches.iter().flatten().map(|one| (one.place.clone(), one.value.clone())).collect()
        };
        let (old, new) = (values(&was), values(&is));
        let masked = |text: Option<&str>, own: Option<Vec<SecretSpan>>, other: &BTreeMap<String, String>, mask: &'static str| {
            let Some(own) = own else { return text.map(without_values) };
            let mask_of =
                |one: &SecretSpan| if other.get(&one.place).is_some_and(|other| *other != one.value) { mask } else { MASK };
            text.map(|text| replaced(text, own.iter().map(|one| (one.bytes.clone(), mask_of(one)))))
        };
        (masked(before, was, &new, MASKS[0]), masked(after, is, &old, MASKS[1]))
    }

    /// Where a text has secrets; `None` where that cannot be told.
    fn stretches(&self, text: &str) -> Option<Vec<SecretSpan>> {
        let Ok(read) = yaml::read("", text) else { return if may_hold_a_secret(text) { None } else { Some(Vec::new()) } };
        let mut found = Vec::new();
        for document in &read.documents {
            let secrets = self.within(&document.root);
            // Only the last value of a key is known.
            if !secrets.is_empty() && !document.duplicate_keys.is_empty() {
                return None;
            }
            let kind = document.root.get("kind").and_then(Node::as_str).unwrap_or_default();
            let name = document.root.get("metadata").and_then(|metadata| metadata.get("name")?.as_str()).unwrap_or_default();
            let bytes = |node: &Node| {
                let bytes = node.writing.span.range();
                let own = text.get(bytes.clone()).unwrap_or_default();
                bytes.start..bytes.start + own.trim_end().len()
            };
            let mut aliases = BTreeSet::new();
            for (route, secret) in secrets {
                let value = plain(secret);
                if secret.writing.tie == Tie::Alias {
                    aliases.insert(value.clone());
                }
                found.push(SecretSpan { place: format!("{kind} {name} {route}"), value, bytes: bytes(secret) });
            }
            if !aliases.is_empty() {
                anchors(&document.root, &aliases, &mut |node| {
                    found.push(SecretSpan { place: String::new(), value: String::new(), bytes: bytes(node) });
                });
            }
        }
        let values: BTreeSet<String> =
            found.iter().map(|one| one.value.clone()).filter(|value| value.len() >= SHORTEST).collect();
        let comments = || read.comments.iter().map(|span| (span.range(), text.get(span.range()).unwrap_or_default()));
        let secret = self.in_comments(comments().map(|(_, comment)| comment));
        for ((bytes, comment), is_secret) in comments().zip(secret) {
            if is_secret || values.iter().any(|value| comment.contains(value.as_str())) {
                let begin = comment.len() - comment.trim_start_matches(['#', ' ']).len();
                let bytes = bytes.start + begin..bytes.start + comment.trim_end().len();
                found.push(SecretSpan { place: String::new(), value: String::new(), bytes });
            }
        }
        Some(found)
    }
}

/// The shortest value that is looked for beside its own place: a shorter one is part of too many words.
pub const SHORTEST: usize = 4;

/// A secret in a text.
struct SecretSpan {
    /// Its object and field.
    place: String,
    value: String,
    bytes: std::ops::Range<usize>,
}

/// The scalars that aliases with these values may have been made from.
fn anchors<'n>(node: &'n Node, aliases: &BTreeSet<String>, add: &mut impl FnMut(&'n Node)) {
    let is_scalar = node.items().is_empty() && node.entries().is_empty();
    if node.writing.tie == Tie::Anchor && is_scalar && aliases.contains(&plain(node)) {
        add(node);
    }
    node.items().iter().chain(node.entries().iter().map(|entry| &entry.node)).for_each(|node| anchors(node, aliases, add));
}

/// A text with something else in some places.
fn replaced<'m>(text: &str, places: impl Iterator<Item = (std::ops::Range<usize>, &'m str)>) -> String {
    let mut places: Vec<_> = places.filter(|(bytes, _)| !bytes.is_empty()).collect();
    places.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    for (bytes, mask) in places {
        if bytes.start >= at {
            masked += &text[at..bytes.start];
            masked += mask;
            at = bytes.end;
        }
    }
    masked + &text[at..]
}

/// Whether a text that cannot be read may hold a Secret.
#[must_use]
pub fn may_hold_a_secret(text: &str) -> bool {
    text.lines().any(|line| line.contains("kind") && line.contains("Secret"))
}

/// A text with its keys alone.
fn without_values(text: &str) -> String {
    let shown = |line: &str| match line.split_once(':') {
        Some((key, value)) if !value.trim().is_empty() => format!("{key}: {MASK}\n"),
        Some(_) => format!("{line}\n"),
        None if line.trim().is_empty() || line.trim() == "---" => format!("{line}\n"),
        None => format!("{MASK}\n"),
    };
    text.lines().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::production;

    fn secrets() -> Secrets {
        Secrets::of(&production().unwrap())
    }

    #[test]
    fn a_text_loses_what_is_secret_and_nothing_else() {
        let text = "\
apiVersion: v1
kind: List
items:
  - kind: Secret
    metadata: { annotations: { kubectl.kubernetes.io/last-applied-configuration: '{\"kind\":\"Secret\",\"data\":{\"a\":\"s3cret\"}}' } }
    data: { a: czNjcmV0, 'b': \"s3cret\" }
    stringData:
      c: |
        s3cret
          s3cret
      d: >-
        s3cret # s3cret
      e: 12345 # kept
---
kind: ConfigMap
data:
  DB_PASSWORD: s3cret
  MODE: fast
---
spec:
  containers:
    - env:
        - { name: API_TOKEN, value: s3cret }
        - name: MODE
          value: fast
        - name: URL
          value: 'https://u:s3cret@h'
";
        let masked = secrets().masked_text(text);
        for gone in ["s3cret", "czNj", "12345"] {
            assert!(!masked.contains(gone), "{masked}");
        }
        assert_eq!(masked.matches("fast").count(), 2, "{masked}");
        assert!(masked.contains("      c: ***\n      d: ***\n      e: *** # kept\n---\n"), "{masked}");
    }

    #[test]
    fn what_an_alias_or_a_broken_text_holds_is_hidden() {
        let alias = "kind: Secret\nmetadata: { labels: { a: &p s3cret } }\nstringData: { b: *p }\n";
        let twice = "kind: Secret\nstringData: { b: s3cret, b: s3cret }\n";
        let broken = "kind: Secret\nstringData:\n  b: s3cret\n  - [\ns3cret\n";
        for text in [alias, twice, broken] {
            let masked = secrets().masked_text(text);
            assert!(!masked.contains("s3cret"), "{masked}");
        }
        assert_eq!(secrets().masked_text("a: [\n"), "a: [\n");
    }

    #[test]
    fn a_secret_that_changes_is_said_to() {
        let text = |value: &str| format!("kind: Secret\ndata: {{ a: {value}, b: same }}\n");
        let (before, after) = secrets().masked_texts(Some(&text("one")), Some(&text("two")));
        assert_eq!(before.unwrap(), "kind: Secret\ndata: { a: *** (before), b: *** }\n");
        assert_eq!(after.unwrap(), "kind: Secret\ndata: { a: *** (after), b: *** }\n");
    }
}
