//! Which items ask for what a field holds.

use crate::checklist::{Checklist, Severity};
use crate::formats::{Field, FieldPattern, ObjectKey};
use crate::service::Service;

/// The fields that items name, read once for a checklist.
#[derive(Debug)]
pub struct FieldItems(Vec<(usize, FieldPattern)>);

impl FieldItems {
    /// The fields that the items of a checklist name.
    #[must_use]
    pub fn of(checklist: &Checklist) -> Self {
        let fields = checklist.items.iter().enumerate().flat_map(|(index, item)| {
            let parsed = |field: &String| FieldPattern::parse(field).ok();
            item.fields.iter().filter_map(parsed).map(move |pattern| (index, pattern))
        });
        Self(fields.collect())
    }

    /// The items that ask a service for what a field holds: those that name it, or what is around it
    /// where none is nearer, or what is in it.
    #[must_use]
    pub fn asking(&self, checklist: &Checklist, service: &Service, object: Option<&ObjectKey>, field: &Field) -> Vec<String> {
        let Some(object) = object else { return Vec::new() };
        let asks = |index: usize| {
            let item = &checklist.items[index];
            item.severity.at(service.tier()) != Severity::None && !service.waives(&item.id)
        };
        let touching: Vec<&(usize, FieldPattern)> =
            self.0.iter().filter(|(index, pattern)| pattern.touches(object, field) && asks(*index)).collect();
        let depth = field.steps().len();
        let nearest = touching.iter().map(|(_, pattern)| pattern.depth().min(depth)).max();
        let mut items: Vec<String> = touching
            .iter()
            .filter(|(_, pattern)| Some(pattern.depth().min(depth)) == nearest)
            .map(|(index, _)| checklist.items[*index].id.clone())
            .collect();
        items.sort();
        items.dedup();
        items
    }
}
