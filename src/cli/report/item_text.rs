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
    item.rule.as_ref()?.fix.as_ref().map(|fix| one_line(&item.filled(fix, Tier(tier))))
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
        assert_eq!(item.filled("{replicas} of {} {x} {", Tier(2)), "2 of {} {x} {");
        let asked: String = checklist.items.iter().map(|item| asks(item, 3)).collect();
        assert!(!asked.contains("{min") && !asked.contains('\n'), "{asked}");
    }
}
