//! The shape of an organisation's own checklist. The doc comments here are the descriptions in its
//! JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::model::{Group, Item, KeptBy, Param, Rule, Severities, Severity, SourceDocument, Variable};
use crate::notation::Text;
use crate::service::Tier;

/// An organisation's own checklist: a shipped one, and what differs from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Extension {
    /// The version of this file's format: 1.
    #[schemars(range(min = 1, max = 1), extend("examples" = [1]))]
    pub schema: u32,
    /// The name of the checklist.
    #[schemars(extend("format" = "dns-label", "examples" = ["acme"]))]
    pub name: String,
    /// The version of the checklist's content.
    #[schemars(extend("format" = "label-value", "examples" = ["7"]))]
    pub version: String,
    /// The shipped checklist that it extends, by name and version; without a version, the newest.
    #[schemars(extend("format" = "one-line", "examples" = ["production@2026.11"]))]
    pub extends: String,
    /// What the checklist is for; that of the shipped one if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<OwnText>,
    /// Changed parameters of shipped items, by item and parameter: one value, or one for each tier as
    /// a mapping with `tier-1`, `tier-2` and `tier-3`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, BTreeMap<String, Json>>,
    /// Changed severities of shipped items; tiers that are not given stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<String, ChangedSeverities>,
    /// Shipped items that are not asked for at any tier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<SwitchedOff>,
    /// More names for sets of kinds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, Vec<String>>,
    /// More expressions with a name; they may use the shipped ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// More documents that items come from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, SourceDocument>,
    /// More groups of items, after the shipped ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<OwnGroup>,
    /// Items of one's own, after the shipped ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OwnItem>,
}

/// Severities that differ from those of the shipped item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangedSeverities {
    /// At tier 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_1: Option<Severity>,
    /// At tier 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_2: Option<Severity>,
    /// At tier 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_3: Option<Severity>,
}

impl ChangedSeverities {
    /// The severities with those that are given in place of the old ones.
    pub(super) fn over(self, old: Severities) -> Severities {
        Severities {
            tier_1: self.tier_1.unwrap_or(old.tier_1),
            tier_2: self.tier_2.unwrap_or(old.tier_2),
            tier_3: self.tier_3.unwrap_or(old.tier_3),
        }
    }
}

/// An item that is not asked for, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchedOff {
    /// The item.
    pub item: String,
    /// Why the organisation does without it.
    #[schemars(extend("format" = "one-line"))]
    pub reason: String,
}

/// A text in English, and in other languages where it has been translated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnText {
    /// English.
    pub en: String,
    /// Korean; English stands in if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ko: Option<String>,
}

impl From<OwnText> for Text {
    fn from(OwnText { en, ko }: OwnText) -> Self {
        Self { ko: ko.unwrap_or_else(|| en.clone()), en }
    }
}

/// A group of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnGroup {
    /// The key that items name.
    #[schemars(extend("format" = "dns-label"))]
    pub id: String,
    /// What people read.
    pub title: OwnText,
}

impl From<OwnGroup> for Group {
    fn from(OwnGroup { id, title }: OwnGroup) -> Self {
        Self { id, title: title.into() }
    }
}

/// An item of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnItem {
    /// The name by which findings, waivers and comments know the item.
    #[schemars(extend("format" = "dns-label"))]
    pub id: String,
    /// The group to which it belongs, shipped or one's own.
    pub group: String,
    /// A short statement that is true where the item holds.
    pub title: OwnText,
    /// What it means exactly; `{name}` stands for the parameter of that name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asks: String,
    /// What goes wrong without it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The sources that ask for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// How it is kept; if not given, by check where there is a rule and by attest where there is a
    /// statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_by: Vec<KeptBy>,
    /// How severe a finding is, by tier.
    pub severity: Severities,
    /// The fields that show it, as Kind.path. `Pod` stands for the Pods of every kind of workload, and the
    /// name of a set of kinds for each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Its numbers and words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Param>,
    /// The fields of the service file that set it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_by: Vec<String>,
    /// What a person states, for an item that no manifest can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What proves the item on manifests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Whether the item can be waived; it can if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waivable: Option<bool>,
    /// Manifests that show the rule at work; `plimsoll checklist test` runs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
}

impl From<OwnItem> for Item {
    fn from(own: OwnItem) -> Self {
        let shown = [own.rule.is_some().then_some(KeptBy::Check), own.statement.is_some().then_some(KeptBy::Attest)];
        let kept_by = if own.kept_by.is_empty() { shown.into_iter().flatten().collect() } else { own.kept_by };
        Self {
            id: own.id,
            group: own.group,
            title: own.title.into(),
            asks: own.asks,
            why: own.why,
            sources: own.sources,
            kept_by,
            severity: own.severity,
            fields: own.fields,
            params: own.params,
            set_by: own.set_by,
            statement: own.statement,
            rule: own.rule,
            waivable: own.waivable.unwrap_or(true),
            off: None,
        }
    }
}

/// Manifests that an item must pass, or at which it must fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows, in a few words.
    #[schemars(extend("format" = "one-line"))]
    pub name: String,
    /// Manifests at which the item must not fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<String>,
    /// In place of `pass`: manifests at which the item must fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail: Option<String>,
    /// The field at which it must fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The tier by which the case is judged; the first that asks for the item if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
}
