//! What is not kept without the objects that people have removed.

use std::collections::BTreeMap;

use super::Missing;
use crate::check::{self, CheckContext, CheckedText, Rules};
use crate::manifest::Manifest;
use crate::notation::ObjectKey;
use crate::service::Service;

/// The items that the manifests keep with an object of the render, and do not keep without it.
#[must_use]
pub fn missing(
    object: &ObjectKey,
    manifests: &[Manifest],
    standing: &[(String, String)],
    rules: &Rules,
    service: &Service,
) -> Missing {
    let mut texts: Vec<CheckedText> = standing.iter().map(|(path, text)| CheckedText::new(path, text.clone())).collect();
    let without = failing(rules, &texts, service);
    texts.extend(manifests.iter().filter(|it| it.id.key() == *object).map(|it| CheckedText::new(&it.path, it.text.clone())));
    let with = failing(rules, &texts, service);
    let is_needed = |(item, count): &(String, usize)| *count > with.get(item).copied().unwrap_or_default();
    let items = without.into_iter().filter(is_needed).map(|(item, _)| item).filter(|item| !service.waives(item)).collect();
    Missing { object: object.to_string(), items }
}

/// The items that fail, and how often.
fn failing(rules: &Rules, texts: &[CheckedText], service: &Service) -> BTreeMap<String, usize> {
    let context = CheckContext {
        tier: service.tier(),
        kubernetes: service.kubernetes(),
        whole: false,
        service: Some(service.clone()),
        waivers: Vec::new(),
        // Only waivers and statements look at it, and neither is asked here.
        today: jiff::civil::Date::default(),
    };
    let mut failing = BTreeMap::new();
    for finding in check::check(rules, texts, &context).findings {
        *failing.entry(finding.item).or_default() += 1;
    }
    failing
}
