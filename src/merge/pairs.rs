//! Which elements of three lists are the same one.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::{Identity, Part, key_of, name_of};
use crate::yaml::Node;

/// An element with its index in each list that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairedElement {
    /// What identifies it, for people.
    pub label: String,
    /// Its index in base.
    pub base: Option<usize>,
    /// Its index in ours.
    pub ours: Option<usize>,
    /// Its index in theirs.
    pub theirs: Option<usize>,
}

/// The elements of a list with their keys.
struct Keyed<'n> {
    items: &'n [Node],
    keys: Vec<(String, String)>,
    secondary: &'static [Part],
}

impl<'n> Keyed<'n> {
    /// `None` where what identifies an element is missing, or stands twice.
    fn new(items: &'n [Node], identity: Identity) -> Option<Self> {
        let keys = items.iter().map(|item| name_of(item, identity)).collect::<Option<Vec<_>>>()?;
        let secondary = match identity {
            Identity::Order => return None,
            Identity::Keys { secondary, .. } => secondary,
            _ => &[],
        };
        let keyed = Self { items, keys, secondary };
        (keyed.positions().len() == items.len()).then_some(keyed)
    }

    fn positions(&self) -> BTreeMap<&str, usize> {
        self.keys.iter().enumerate().map(|(at, (key, _))| (key.as_str(), at)).collect()
    }

    /// The elements by their secondary keys.
    fn by_other_key(&self) -> BTreeMap<String, Vec<usize>> {
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, item) in self.items.iter().enumerate().filter(|_| !self.secondary.is_empty()) {
            if let Some((key, _)) = key_of(item, self.secondary) {
                found.entry(key).or_default().push(index);
            }
        }
        found
    }

    /// For each element, its index in the other list.
    fn find_in(&self, other: &Self) -> Vec<Option<usize>> {
        let positions = other.positions();
        let mut found: Vec<Option<usize>> = self.keys.iter().map(|(key, _)| positions.get(key.as_str()).copied()).collect();
        let mut taken: BTreeSet<usize> = found.iter().flatten().copied().collect();
        let of_other = other.by_other_key();
        for (key, mine) in self.by_other_key() {
            // Two of ours that would be the same one of theirs are neither.
            let [index] = mine[..] else { continue };
            let Some(candidates) = of_other.get(&key).filter(|_| found[index].is_none()) else { continue };
            let mut free = candidates.iter().copied().filter(|at| !taken.contains(at));
            if let (Some(only), None) = (free.next(), free.next()) {
                found[index] = Some(only);
                taken.insert(only);
            }
        }
        found
    }
}

/// Pairs the elements of three lists. `None` where what identifies them is missing or stands twice.
#[must_use]
pub fn pair(base: &[Node], ours: &[Node], theirs: &[Node], identity: Identity) -> Option<Vec<PairedElement>> {
    let (base, ours, theirs) = (Keyed::new(base, identity)?, Keyed::new(ours, identity)?, Keyed::new(theirs, identity)?);
    let (in_ours, in_theirs) = (base.find_in(&ours), base.find_in(&theirs));
    let known = |found: &[Option<usize>]| found.iter().flatten().copied().collect::<BTreeSet<usize>>();
    let (known_ours, mut known_theirs) = (known(&in_ours), known(&in_theirs));
    let label = |keyed: &Keyed<'_>, index: usize| keyed.keys[index].1.clone();
    let mut rows: Vec<PairedElement> = (0..base.items.len())
        .map(|index| PairedElement {
            label: label(&base, index),
            base: Some(index),
            ours: in_ours[index],
            theirs: in_theirs[index],
        })
        .collect();
    for (index, other) in ours.find_in(&theirs).into_iter().enumerate() {
        if known_ours.contains(&index) {
            continue;
        }
        let theirs = other.filter(|other| known_theirs.insert(*other));
        rows.push(PairedElement { label: label(&ours, index), base: None, ours: Some(index), theirs });
    }
    for index in (0..theirs.items.len()).filter(|index| !known_theirs.contains(index)) {
        rows.push(PairedElement { label: label(&theirs, index), base: None, ours: None, theirs: Some(index) });
    }
    Some(rows)
}

/// Whether two elements have the same identity.
pub fn has_twins(items: impl Iterator<Item = Node>, identity: Identity) -> bool {
    let mut known = BTreeSet::new();
    items.filter_map(|item| name_of(&item, identity)).any(|(key, _)| !known.insert(key))
}

#[cfg(test)]
mod tests {
    use super::super::identity::of_list;
    use super::*;
    use crate::yaml::load_one;

    type Shown = (String, Option<usize>, Option<usize>, Option<usize>);

    fn rows(base: &str, ours: &str, theirs: &str) -> Option<Vec<Shown>> {
        let [base, ours, theirs] = [base, ours, theirs].map(|text| load_one("f", text).unwrap());
        let identity = of_list("containers", "ports").next()?;
        let rows = pair(base.items(), ours.items(), theirs.items(), identity)?;
        Some(rows.into_iter().map(|row| (row.label, row.base, row.ours, row.theirs)).collect())
    }

    #[test]
    fn elements_are_paired_by_key_then_by_name() {
        let base = "[{containerPort: 80, name: http}]";
        let moved = "[{containerPort: 8080, name: http}]";
        let added = "[{containerPort: 9090, name: admin}, {containerPort: 80, name: http}]";
        let port = |number: u16| format!("containerPort={number}");
        assert_eq!(rows(base, added, moved).unwrap(), [(port(80), Some(0), Some(1), Some(0)), (port(9090), None, Some(0), None)]);
        assert_eq!(rows(base, moved, moved).unwrap(), [(port(80), Some(0), Some(0), Some(0))]);
        assert_eq!(rows("[]", base, moved).unwrap(), [(port(80), None, Some(0), Some(0))]);
    }

    #[test]
    fn a_protocol_tells_ports_apart_and_twins_have_no_identity() {
        let both = "[{containerPort: 53, protocol: UDP}, {containerPort: 53}]";
        assert_eq!(rows(both, both, both).unwrap().len(), 2);
        let twins = "[{containerPort: 53, protocol: TCP}, {containerPort: 53}]";
        assert_eq!(rows(twins, both, both), None);
        assert_eq!(rows("[{name: http}]", both, both), None);
    }
}
