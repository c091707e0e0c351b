//! What changes from one checklist to another: what `plimsoll checklist diff` shows, and the reason of
//! an update.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::model::{Checklist, Item, Severities, Severity, in_words};
use crate::service::Tier;

/// What changes from one checklist to another, at some tiers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Changes {
    /// The old checklist, with the one that it extends.
    pub from: String,
    /// The new checklist, with the one that it extends.
    pub to: String,
    /// The tiers that were looked at.
    pub tiers: Vec<u8>,
    /// The items that differ: in the order of the new checklist, and then those that are dropped.
    pub items: Vec<ItemChange>,
    /// What rules and waivers share, where it differs: `variables.NAME`, `kinds.NAME`, `waivers`.
    pub shared: Vec<String>,
}

/// What changes in an item.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ItemChange {
    /// The item.
    pub item: String,
    /// Its title in English; the new one, where both checklists have it.
    pub title: String,
    /// Why an organisation has switched it off, where that is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off: Option<String>,
    /// The changes, at least one.
    pub changes: Vec<ItemDifference>,
}

/// One change of an item.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[schemars(rename = "ChangeOfItem")]
pub enum ItemDifference {
    /// The item is new.
    Added {
        /// How severe it is.
        severity: Vec<Shift<Severity>>,
    },
    /// A miss weighs more.
    Raised {
        /// How severe it was and is.
        severity: Vec<Shift<Severity>>,
    },
    /// A miss weighs less.
    Lowered {
        /// How severe it was and is.
        severity: Vec<Shift<Severity>>,
    },
    /// A parameter has another value.
    Parameter {
        /// The parameter.
        name: String,
        /// Its unit, such as seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// What it was and is; nothing where there was or is no such parameter.
        values: Vec<Shift<Option<Json>>>,
    },
    /// It is proved by another rule, or by one for the first time, or by none any more.
    Rule,
    /// It can be waived, or cannot any more.
    Waivable {
        /// Whether it can be.
        now: bool,
    },
    /// What people read of it differs: texts, sources, fields, how it is kept.
    Reworded,
    /// The item is gone.
    Dropped {
        /// How severe it was.
        severity: Vec<Shift<Severity>>,
    },
}

/// A value that differs, at the tiers where it was and is the same.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Shift<T> {
    /// The tiers.
    pub tiers: Vec<u8>,
    /// The old value.
    pub from: T,
    /// The new value.
    pub to: T,
}

impl Changes {
    /// What changes from one checklist to another at some tiers.
    #[must_use]
    pub fn between(from: &Checklist, to: &Checklist, tiers: &[Tier]) -> Self {
        let mut items = Vec::new();
        for new in &to.items {
            let old = from.item(&new.id);
            let changes = match old {
                Some(old) => of_item(old, new, tiers),
                None => vec![ItemDifference::Added { severity: severities(None, Some(new.severity), tiers) }],
            };
            let off = new.off.clone().filter(|_| old.is_none_or(|old| old.off.is_none()));
            items.extend(change_of(new, off, changes));
        }
        for old in from.items.iter().filter(|old| to.item(&old.id).is_none()) {
            let dropped = ItemDifference::Dropped { severity: severities(Some(old.severity), None, tiers) };
            items.extend(change_of(old, None, vec![dropped]));
        }
        let tiers = tiers.iter().map(|tier| tier.0).collect();
        Self { from: from.described(), to: to.described(), tiers, items, shared: shared(from, to) }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.shared.is_empty()
    }

    /// A change in a few words, such as `warning → error (tiers 1, 2)`.
    #[must_use]
    pub fn words(&self, change: &ItemDifference) -> String {
        match change {
            ItemDifference::Added { severity } => self.shifts(severity, |shift| shift.to.word().to_owned()),
            ItemDifference::Dropped { severity } => self.shifts(severity, |shift| shift.from.word().to_owned()),
            ItemDifference::Raised { severity } | ItemDifference::Lowered { severity } => {
                self.shifts(severity, |shift| format!("{} → {}", shift.from.word(), shift.to.word()))
            }
            ItemDifference::Parameter { name, unit, values } => {
                let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
                let shifts =
                    self.shifts(values, |shift| format!("{} → {}{unit}", shown(shift.from.as_ref()), shown(shift.to.as_ref())));
                format!("{name} {shifts}")
            }
            ItemDifference::Rule => "another rule".to_owned(),
            ItemDifference::Waivable { now: true } => "can be waived".to_owned(),
            ItemDifference::Waivable { now: false } => "cannot be waived any more".to_owned(),
            ItemDifference::Reworded => "reworded".to_owned(),
        }
    }

    /// Shifts in a few words, with their tiers where not all are meant.
    fn shifts<T>(&self, shifts: &[Shift<T>], words: impl Fn(&Shift<T>) -> String) -> String {
        let with_tiers = |shift: &Shift<T>| {
            let tiers = shift.tiers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            match shift.tiers.len() {
                all if all == self.tiers.len() => words(shift),
                1 => format!("{} (tier {tiers})", words(shift)),
                _ => format!("{} (tiers {tiers})", words(shift)),
            }
        };
        shifts.iter().map(with_tiers).collect::<Vec<_>>().join(", ")
    }
}

fn change_of(item: &Item, off: Option<String>, changes: Vec<ItemDifference>) -> Option<ItemChange> {
    let change = ItemChange { item: item.id.clone(), title: item.title.en.clone(), off, changes };
    (!change.changes.is_empty()).then_some(change)
}

fn of_item(old: &Item, new: &Item, tiers: &[Tier]) -> Vec<ItemDifference> {
    let mut changes = Vec::new();
    let shifts = severities(Some(old.severity), Some(new.severity), tiers);
    let (raised, lowered): (Vec<_>, Vec<_>) =
        shifts.into_iter().filter(|shift| shift.from != shift.to).partition(|shift| shift.to > shift.from);
    if !raised.is_empty() {
        changes.push(ItemDifference::Raised { severity: raised });
    }
    if !lowered.is_empty() {
        changes.push(ItemDifference::Lowered { severity: lowered });
    }
    let names: BTreeSet<&String> = old.params.keys().chain(new.params.keys()).collect();
    for name in names {
        let (before, after) = (old.params.get(name), new.params.get(name));
        let value = |param: Option<&super::Param>, tier| param.and_then(|param| param.at(tier)).cloned();
        let mut values = shifts_of(tiers, |tier| (value(before, tier), value(after, tier)));
        values.retain(|shift| shift.from != shift.to);
        if !values.is_empty() {
            let unit = after.or(before).and_then(|param| param.unit.clone());
            changes.push(ItemDifference::Parameter { name: name.clone(), unit, values });
        }
    }
    if old.rule != new.rule {
        changes.push(ItemDifference::Rule);
    }
    if old.waivable != new.waivable {
        changes.push(ItemDifference::Waivable { now: new.waivable });
    }
    if read_by_people(old) != read_by_people(new) {
        changes.push(ItemDifference::Reworded);
    }
    changes
}

/// What people read of an item, without what is compared by itself.
fn read_by_people(item: &Item) -> Item {
    let (params, rule, off) = (item.params.clone(), None, None);
    let texts = params.into_iter().map(|(name, mut param)| {
        (param.value, param.tier_1, param.tier_2, param.tier_3) = (None, None, None, None);
        (name, param)
    });
    let silent = Severities { tier_1: Severity::None, tier_2: Severity::None, tier_3: Severity::None };
    Item { params: texts.collect(), rule, off, severity: silent, waivable: true, ..item.clone() }
}

/// Severities by tier; one that does not exist is none.
fn severities(old: Option<Severities>, new: Option<Severities>, tiers: &[Tier]) -> Vec<Shift<Severity>> {
    let at = |severities: Option<Severities>, tier| severities.map_or(Severity::None, |severities| severities.at(tier));
    shifts_of(tiers, |tier| (at(old, tier), at(new, tier)))
}

/// Old and new values, tiers with the same ones together.
fn shifts_of<T: PartialEq>(tiers: &[Tier], values: impl Fn(Tier) -> (T, T)) -> Vec<Shift<T>> {
    let mut shifts: Vec<Shift<T>> = Vec::new();
    for tier in tiers {
        let (from, to) = values(*tier);
        match shifts.iter_mut().find(|shift| shift.from == from && shift.to == to) {
            Some(shift) => shift.tiers.push(tier.0),
            None => shifts.push(Shift { tiers: vec![tier.0], from, to }),
        }
    }
    shifts
}

/// What differs of what rules and waivers share.
fn shared(from: &Checklist, to: &Checklist) -> Vec<String> {
    let mut differing = BTreeSet::new();
    for (one, other) in [(from, to), (to, from)] {
        let variables = one.variables.iter().filter(|variable| !other.variables.contains(variable));
        differing.extend(variables.map(|variable| format!("variables.{}", variable.name)));
        let kinds = one.kinds.iter().filter(|(name, kinds)| other.kinds.get(*name) != Some(kinds));
        differing.extend(kinds.map(|(name, _)| format!("kinds.{name}")));
    }
    if from.waivers != to.waivers {
        differing.insert("waivers".to_owned());
    }
    differing.into_iter().collect()
}

fn shown(value: Option<&Json>) -> String {
    match value.map(in_words) {
        Some(words) if !words.is_empty() => words,
        _ => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Tier; 3] = [Tier(1), Tier(2), Tier(3)];

    fn checklist(items: &str) -> Checklist {
        let text = format!(
            "schema: 1\nname: x\nversion: '1'\ntitle: {{en: a, ko: b}}\nsources: {{}}\n\
             groups: [{{id: g, title: {{en: a, ko: b}}}}]\nwaivers: {{longest-months: 12, warn-days: 30}}\nitems:\n{items}"
        );
        Checklist::load("x.yaml", &text).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    fn item(id: &str, severities: &str, rest: &str) -> String {
        format!(
            "  - {{id: {id}, group: g, title: {{en: The {id}, ko: b}}, asks: x., why: w, sources: [], kept-by: [check], \
             severity: {{{severities}}}, fields: []{rest}}}\n"
        )
    }

    /// The changes in words, one item a line.
    fn words(from: &str, to: &str, tiers: &[Tier]) -> Vec<String> {
        let changes = Changes::between(&checklist(from), &checklist(to), tiers);
        let line = |item: &ItemChange| {
            let words: Vec<String> = item.changes.iter().map(|change| changes.words(change)).collect();
            format!("{}: {}", item.item, words.join("; "))
        };
        changes.items.iter().map(line).collect()
    }

    const WWA: &str = "tier-1: warning, tier-2: warning, tier-3: advice";

    #[test]
    fn nothing_changes_from_a_checklist_to_itself() {
        for shipped in super::super::SHIPPED {
            let checklist = shipped.load().unwrap();
            assert!(Changes::between(&checklist, &checklist, &ALL).is_empty());
        }
    }

    #[test]
    fn severities_move_up_and_down_by_tier() {
        let from = item("a", WWA, "");
        let to = item("a", "tier-1: error, tier-2: error, tier-3: none", "");
        assert_eq!(words(&from, &to, &ALL), ["a: warning → error (tiers 1, 2); advice → none (tier 3)"]);
        assert_eq!(words(&from, &to, &[Tier(2)]), ["a: warning → error"]);
        let items = |from: &str, to: &str| Changes::between(&checklist(from), &checklist(to), &[Tier(1)]).items;
        assert!(matches!(items(&from, &to)[0].changes[..], [ItemDifference::Raised { .. }]));
        assert!(matches!(items(&to, &from)[0].changes[..], [ItemDifference::Lowered { .. }]));
    }

    #[test]
    fn items_come_and_go() {
        let (old, new) = (item("old", WWA, ""), item("new", WWA, ""));
        assert_eq!(
            words(&old, &new, &ALL),
            ["new: warning (tiers 1, 2), advice (tier 3)", "old: warning (tiers 1, 2), advice (tier 3)"]
        );
        let changes = Changes::between(&checklist(&old), &checklist(&new), &ALL);
        assert!(matches!(changes.items[0].changes[..], [ItemDifference::Added { .. }]));
        assert!(matches!(changes.items[1].changes[..], [ItemDifference::Dropped { .. }]));
    }

    #[test]
    fn parameters_are_compared_by_what_they_come_to() {
        let with = |params: &str| item("a", WWA, &format!(", params: {{{params}}}"));
        let seconds = |value: &str| with(&format!("secs: {{about: z, unit: seconds, {value}}}"));
        assert_eq!(words(&seconds("value: 5"), &seconds("tier-1: 5, tier-2: 5, tier-3: 5"), &ALL), [""; 0]);
        assert_eq!(
            words(&seconds("value: 5"), &seconds("tier-1: 9, tier-2: 5, tier-3: 9"), &ALL),
            ["a: secs 5 → 9 seconds (tiers 1, 3)"]
        );
        assert_eq!(
            words(&with("l: {about: z, value: []}"), &with("l: {about: z, value: [b, c]}, m: {about: z, value: true}"), &ALL),
            ["a: l nothing → b, c; m nothing → true; reworded"]
        );
    }

    #[test]
    fn rules_waivers_and_words_are_told_apart() {
        let rule = |check: &str| item("a", WWA, &format!(", rule: {{kinds: [Pod], check: '{check}'}}"));
        assert_eq!(words(&rule("true"), &rule("false"), &ALL), ["a: another rule"]);
        assert_eq!(words(&item("a", WWA, ""), &item("a", WWA, ", waivable: false"), &ALL), ["a: cannot be waived any more"]);
        assert_eq!(words(&item("a", WWA, ""), &item("a", WWA, "").replace("why: w", "why: v"), &ALL), ["a: reworded"]);
    }
}
