//! What the checklist says of an item, in words that stand alone.

use super::clean::one_line;
use crate::checklist::{Checklist, Item};
use crate::service::Tier;

/// What an item asks for at a tier, its parameters filled in.
pub fn asks(item: &Item, tier: u8) -> String {
    one_line(&item.asks_at(Tier(tier)))
}

/// How an item is mended in general, where its rule says so.
pub fn fix(item: &Item, tier: u8) -> Option<String> {
    item.fix_at(Tier(tier)).map(|fix| one_line(&fix))
}

/// The documents that ask for an item, as `by: title` with their address.
pub fn sources<'a>(checklist: &'a Checklist, item: &Item) -> Vec<(String, Option<&'a str>)> {
    let documents = item.sources.iter().filter_map(|key| checklist.sources.get(key));
    documents.map(|document| (one_line(&format!("{}: {}", document.by, document.title)), document.url.as_deref())).collect()
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
        assert!(fix(item, 2).unwrap().contains("`spec.replicas` to 2,"), "{:?}", fix(item, 2));
        let braces = checklist.item("dns-light").unwrap();
        assert!(fix(braces, 2).unwrap().contains(r#"`{ name: ndots, value: "2" }`"#), "{:?}", fix(braces, 2));
        let texts = |item| fix(item, 3).into_iter().chain([asks(item, 3)]);
        for text in checklist.items.iter().flat_map(texts) {
            let mut names = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
            assert!(!names.any(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')), "{text}");
        }
    }
}
