//! Which items ask for what a field holds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::comments::Level;
use crate::checklist::{Checklist, Item, KeptBy, Severity};
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey};
use crate::service::Service;

/// The fields that items name, by the objects that they lie in.
#[derive(Debug)]
pub struct FieldItems(Vec<OfObjects>);

/// The fields that items name in the same objects.
#[derive(Debug)]
struct OfObjects {
    /// The objects.
    object: FieldPattern,
    /// Which item names which field, behind the object.
    fields: Vec<(usize, String)>,
    /// The same, read when an object is at hand.
    patterns: OnceLock<Vec<(usize, FieldPattern)>>,
}

impl OfObjects {
    fn patterns(&self) -> &[(usize, FieldPattern)] {
        self.patterns.get_or_init(|| {
            let object = self.object.as_str();
            let read = |(index, rest): &(usize, String)| Some((*index, FieldPattern::parse(&format!("{object}{rest}")).ok()?));
            self.fields.iter().filter_map(read).collect()
        })
    }
}

impl FieldItems {
    /// The fields that the items of a checklist name.
    #[must_use]
    pub fn of(checklist: &Checklist) -> Self {
        let mut of_objects: BTreeMap<Cow<'_, str>, Vec<(usize, String)>> = BTreeMap::new();
        for (index, item) in checklist.items.iter().enumerate() {
            for (object, rest) in checklist.fields(item) {
                of_objects.entry(object).or_default().push((index, rest.to_owned()));
            }
        }
        let patterns = of_objects.into_iter().filter_map(|(object, fields)| {
            Some(OfObjects { object: FieldPattern::parse(&object).ok()?, fields, patterns: OnceLock::new() })
        });
        Self(patterns.collect())
    }

    /// What items name in an object.
    fn of_objects(&self, object: &ObjectKey) -> impl Iterator<Item = &OfObjects> {
        self.0.iter().filter(|of| of.object.names(object))
    }

    /// The items that name an object or something in it, in the order of the checklist.
    pub fn naming<'c>(&self, checklist: &'c Checklist, object: &ObjectKey) -> impl Iterator<Item = &'c Item> {
        let named: BTreeSet<usize> = self.of_objects(object).flat_map(|of| of.fields.iter().map(|(index, _)| *index)).collect();
        named.into_iter().map(|index| &checklist.items[index])
    }

    /// The items that a service is asked and that name a field, something around it or something in it;
    /// each with how many of the field's steps it names.
    #[must_use]
    pub fn touching<'c>(
        &self,
        checklist: &'c Checklist,
        service: &Service,
        object: &ObjectKey,
        field: &Field,
    ) -> Vec<(&'c Item, usize)> {
        let depth = field.steps().len();
        self.of_objects(object)
            .flat_map(OfObjects::patterns)
            .filter(|(_, pattern)| pattern.touches(object, field))
            .map(|(index, pattern)| (&checklist.items[*index], pattern.depth_in(object).min(depth)))
            .filter(|(item, _)| asks(item, service))
            .collect()
    }
}

/// Whether a service is asked to keep an item. What is rendered alone, and never checked, has no severity.
pub fn asks(item: &Item, service: &Service) -> bool {
    let is_rendered_alone = item.kept_by == [KeptBy::Render] && item.off.is_none();
    (is_rendered_alone || item.severity.at(service.tier()) != Severity::None) && !service.waives(&item.id)
}

/// The items that ask for what a field holds, out of those that touch it: of those that changed, the ones
/// that name the field most exactly; else those of whose parameters it is made; else what tells them apart,
/// in this order: a comment of the blueprint nearer than any of them names, the key that an item
/// speaks of, the comment around it, and which of them are rendered at all.
pub fn asking<'r>(
    touching: &[(&Item, usize)],
    field: &Field,
    changed: &BTreeSet<&str>,
    roots: impl FnOnce(&BTreeSet<&str>) -> BTreeSet<&'r str>,
    comments: &[Level],
) -> Vec<String> {
    let moved: Vec<(&Item, usize)> = touching.iter().filter(|(item, _)| changed.contains(item.id.as_str())).copied().collect();
    if !moved.is_empty() {
        return ids(&nearest(&moved).0);
    }
    let roots = roots(&touching.iter().map(|(item, _)| item.id.as_str()).collect());
    let rooted: Vec<(&Item, usize)> = touching.iter().filter(|(item, _)| roots.contains(item.id.as_str())).copied().collect();
    if !rooted.is_empty() {
        return ids(&nearest(&rooted).0);
    }
    let (named, depth) = nearest(touching);
    if let Some(level) = comments.iter().find(|level| level.is_around) {
        let is_whole_object = field.steps().is_empty();
        if level.depth > depth || named.is_empty() || is_whole_object {
            return level.items.clone();
        }
    }
    if named.len() < 2 {
        return ids(&named);
    }
    let speaking: Vec<&Item> = named.iter().copied().filter(|item| speaks_of(item, field, depth)).collect();
    if !speaking.is_empty() {
        return ids(&speaking);
    }
    let in_comment = |level: &Level| named.iter().copied().filter(|item| level.items.contains(&item.id)).collect::<Vec<_>>();
    if let Some(commented) = comments.iter().map(in_comment).find(|items| !items.is_empty()) {
        return ids(&commented);
    }
    let rendered: Vec<&Item> = named.iter().copied().filter(|item| item.kept_by.contains(&KeptBy::Render)).collect();
    ids(if rendered.is_empty() { &named } else { &rendered })
}

/// Those that name most steps of the field, and how many that is.
fn nearest<'c>(touching: &[(&'c Item, usize)]) -> (Vec<&'c Item>, usize) {
    let depth = touching.iter().map(|(_, depth)| *depth).max().unwrap_or_default();
    (touching.iter().filter(|(_, of)| *of == depth).map(|(item, _)| *item).collect(), depth)
}

/// Whether an item speaks of the label, annotation or variable that a field is about.
fn speaks_of(item: &Item, field: &Field, depth: usize) -> bool {
    let is_name = |word: &str| word.contains(['/', '_']) || !word.contains(|c: char| c.is_ascii_lowercase());
    let words = field.steps().iter().skip(depth.saturating_sub(1)).map(|step| match step {
        FieldStep::Key(key) => key.as_str(),
        FieldStep::Element(label) => label.split_once('=').map_or("", |(_, value)| value),
    });
    let mut names = words.filter(|word| !word.is_empty() && is_name(word)).peekable();
    names.peek().is_some() && serde_json::to_string(item).is_ok_and(|text| names.any(|name| text.contains(name)))
}

fn ids(items: &[&Item]) -> Vec<String> {
    items.iter().map(|item| item.id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist;
    use crate::manifest::Workload;
    use crate::service::{self, Answers};

    #[test]
    fn items_are_known_by_the_fields_of_every_workload() {
        let mut answers = Answers::default();
        answers.add_file("plimsoll.yaml", "name: cart\ntier: 1\nimage: registry.example.com/shop/cart:1.0.0\n").unwrap();
        let service = service::load(&answers, None).service;
        for shipped in checklist::SHIPPED {
            let checklist = shipped.load().unwrap();
            let fields = FieldItems::of(&checklist);
            let asking = |kind: &str, field: Field| {
                let group = Workload::of_kind(kind).unwrap().group.to_owned();
                let object = ObjectKey { group, kind: kind.to_owned(), namespace: None, name: "cart".to_owned() };
                asking(
                    &fields.touching(&checklist, &service, &object, &field),
                    &field,
                    &BTreeSet::new(),
                    |_| BTreeSet::new(),
                    &[],
                )
                .join(" ")
            };
            let keys = |field: &str| field.split('.').map(|key| FieldStep::Key(key.to_owned())).collect::<Vec<_>>();
            for kind in ["Deployment", "StatefulSet", "CronJob", "Pod"] {
                let container = Workload::of_kind(kind).unwrap().in_template("spec.containers");
                let in_container = |rest: &str| {
                    let app = FieldStep::Element("name=app".to_owned());
                    Field::new(keys(&container).into_iter().chain([app]).chain(keys(rest)).collect())
                };
                let read_only = in_container("securityContext.readOnlyRootFilesystem");
                assert_eq!(asking(kind, read_only), "read-only-root", "{kind}");
                let policy = in_container("terminationMessagePolicy");
                assert_eq!(asking(kind, policy), "termination-message", "{kind}");
                assert!(asking(kind, Field::new(keys("metadata.labels"))).contains("required-labels"), "{kind}");
            }
            let replicas = |kind| asking(kind, Field::new(keys("spec.replicas")));
            assert_eq!(replicas("StatefulSet"), replicas("Deployment"));
            assert!(replicas("StatefulSet").contains("min-replicas"));
            assert_eq!(asking("StatefulSet", Field::new(keys("spec.revisionHistoryLimit"))), "rollback-history");
            assert_eq!(asking("CronJob", Field::new(keys("spec.schedule"))), "");
        }
    }
}
