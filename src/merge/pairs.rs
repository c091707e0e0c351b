//! Which elements of three lists are the same one.

use super::identity::{Identity, Part, key_of, text};
use crate::yaml::Node;

/// An element with its index in each list that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
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
    fn new(items: &'n [Node], identity: Identity) -> Option<Self> {
        let (keys, secondary) = match identity {
            Identity::Keys { primary, secondary } => {
                (items.iter().map(|item| key_of(item, primary)).collect::<Option<Vec<_>>>()?, secondary)
            }
            Identity::Set => {
                (items.iter().map(|item| text(item).map(|text| (text.clone(), text))).collect::<Option<_>>()?, &[][..])
            }
            Identity::Order => return None,
        };
        Some(Self { items, keys, secondary })
    }

    fn is_unique(&self) -> bool {
        let mut keys: Vec<_> = self.keys.iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.windows(2).all(|pair| pair[0] != pair[1])
    }

    fn other_key(&self, index: usize) -> Option<String> {
        key_of(&self.items[index], self.secondary).map(|(key, _)| key)
    }

    /// For each element, its index in the other list.
    fn find_in(&self, other: &Self) -> Vec<Option<usize>> {
        let by_key = |index: usize| other.keys.iter().position(|(key, _)| *key == self.keys[index].0);
        let mut found: Vec<Option<usize>> = (0..self.items.len()).map(by_key).collect();
        for index in 0..found.len() {
            if found[index].is_some() {
                continue;
            }
            let Some(key) = self.other_key(index) else { continue };
            let free = |at: &usize| !found.contains(&Some(*at)) && other.other_key(*at).as_deref() == Some(key.as_str());
            let mut candidates = (0..other.items.len()).filter(free);
            let candidate = candidates.next().filter(|_| candidates.next().is_none());
            // Two of ours that would be the same one of theirs are neither.
            let alone = (0..self.items.len()).filter(|at| self.other_key(*at).as_deref() == Some(key.as_str())).count() == 1;
            found[index] = candidate.filter(|_| alone);
        }
        found
    }
}

/// Pairs the elements of three lists. `None` where what identifies them is missing or stands twice.
#[must_use]
pub fn pair(base: &[Node], ours: &[Node], theirs: &[Node], identity: Identity) -> Option<Vec<Row>> {
    let keyed = |items| Keyed::new(items, identity).filter(Keyed::is_unique);
    let (base, ours, theirs) = (keyed(base)?, keyed(ours)?, keyed(theirs)?);
    let (in_ours, in_theirs) = (base.find_in(&ours), base.find_in(&theirs));
    let label = |keyed: &Keyed<'_>, index: usize| keyed.keys[index].1.clone();
    let mut rows: Vec<Row> = (0..base.items.len())
        .map(|index| Row { label: label(&base, index), base: Some(index), ours: in_ours[index], theirs: in_theirs[index] })
        .collect();
    let mut of_ours = ours.find_in(&theirs);
    for (index, other) in of_ours.iter_mut().enumerate() {
        if in_ours.contains(&Some(index)) {
            continue;
        }
        *other = other.filter(|other| !in_theirs.contains(&Some(*other)));
        rows.push(Row { label: label(&ours, index), base: None, ours: Some(index), theirs: *other });
    }
    for index in 0..theirs.items.len() {
        if !rows.iter().any(|row| row.theirs == Some(index)) {
            rows.push(Row { label: label(&theirs, index), base: None, ours: None, theirs: Some(index) });
        }
    }
    Some(rows)
}

/// Whether two elements have the same identity.
pub fn has_twins(items: impl Iterator<Item = Node>, identity: Identity) -> bool {
    let key = |item: Node| match identity {
        Identity::Keys { primary, .. } => key_of(&item, primary).map(|(key, _)| key),
        Identity::Set => text(&item),
        Identity::Order => None,
    };
    let mut keys: Vec<String> = items.filter_map(key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::super::identity::of_list;
    use super::*;
    use crate::yaml::load_one;

    type Shown = (String, Option<usize>, Option<usize>, Option<usize>);

    fn rows(base: &str, ours: &str, theirs: &str) -> Option<Vec<Shown>> {
        let [base, ours, theirs] = [base, ours, theirs].map(|text| load_one("f", text).unwrap());
        let rows = pair(base.items(), ours.items(), theirs.items(), of_list("containers", "ports"))?;
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
