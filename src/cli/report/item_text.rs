//! What the checklist says of an item, in words that stand alone.

use serde_json::Value as Json;

use super::clean::one_line;
use crate::checklist::{Checklist, Item};
use crate::service::Tier;

/// What an item asks for at a tier, its parameters filled in.
pub fn asks(item: &Item, tier: u8) -> String {
    filled(item, &item.asks, tier)
}

/// How an item is mended in general, where its rule says so.
pub fn fix(item: &Item, tier: u8) -> Option<String> {
    item.rule.as_ref()?.fix.as_ref().map(|fix| filled(item, fix, tier))
}

/// The documents that ask for an item, as `by: title` with their address.
pub fn sources<'a>(checklist: &'a Checklist, item: &Item) -> Vec<(String, Option<&'a str>)> {
    let documents = item.sources.iter().filter_map(|key| checklist.sources.get(key));
    documents.map(|document| (one_line(&format!("{}: {}", document.by, document.title)), document.url.as_deref())).collect()
}

/// A text with its `{name}`s replaced by the item's parameters; others stay as they are.
fn filled(item: &Item, text: &str, tier: u8) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        let param = after.split_once('}').and_then(|(name, after)| Some((item.params.get(name)?.at(Tier(tier))?, after)));
        if let Some((value, after)) = param {
            filled += &words(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    one_line(&(filled + rest))
}

fn words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::production;

    #[test]
    fn parameters_are_those_of_the_tier() {
        let checklist = production().unwrap();
        let item = checklist.item("min-replicas").unwrap();
        assert!(asks(item, 1).contains("is at least 3;"), "{}", asks(item, 1));
        assert_eq!(filled(item, "{replicas} of {} {x} {", 2), "2 of {} {x} {");
        let asked: String = checklist.items.iter().map(|item| asks(item, 3)).collect();
        assert!(!asked.contains("{min") && !asked.contains('\n'), "{asked}");
    }
}
