//! The shape of a checklist file. The doc comments here are the descriptions in its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::notation::Text;
use crate::service::Tier;

/// A production checklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Checklist {
    /// The version of this file's format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub schema: u32,
    /// The name of the checklist.
    #[schemars(extend("format" = "dns-label"))]
    pub name: String,
    /// The version of the checklist's content, such as 2026.11.
    #[schemars(extend("format" = "label-value"))]
    pub version: String,
    /// The shipped checklist that this one was made from, where it is an organisation's own. It is
    /// written for programs, and read from no file.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// What the checklist is for.
    pub title: Text,
    /// The documents that the items come from, by a short key.
    pub sources: BTreeMap<String, SourceDocument>,
    /// The groups of items, in their order.
    pub groups: Vec<Group>,
    /// Names for sets of kinds, for use in rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, Vec<String>>,
    /// Expressions with a name, as in `ValidatingAdmissionPolicy`: each may use those before it, and
    /// is evaluated only where it is used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// How long items may be waived.
    pub waivers: WaiverTerms,
    /// The blueprints that go with it, each in its version: an edition is the checklist with one of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub blueprints: BTreeMap<String, String>,
    /// The items, in their order.
    pub items: Vec<Item>,
}

/// How long items may be waived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WaiverTerms {
    /// The most months that a waiver may reach ahead.
    #[schemars(range(min = 1, max = 120))]
    pub longest_months: i32,
    /// How many days before its end a waiver is reported.
    #[schemars(range(min = 0, max = 365))]
    pub warn_days: i32,
}

/// A document that items come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceDocument {
    /// Its title.
    pub title: String,
    /// Who published it.
    pub by: String,
    /// The year it was published, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The language of the copy that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A group of items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The key that items name.
    #[schemars(extend("format" = "dns-label"))]
    pub id: String,
    /// What people read.
    pub title: Text,
}

/// One item of a checklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Item {
    /// The name by which findings, waivers and comments know the item.
    #[schemars(extend("format" = "dns-label"))]
    pub id: String,
    /// The group to which it belongs.
    pub group: String,
    /// A short statement that is true where the item holds.
    pub title: Text,
    /// What it means exactly; `{name}` stands for the parameter of that name.
    pub asks: String,
    /// What goes wrong without it.
    pub why: String,
    /// The sources that ask for it.
    pub sources: Vec<String>,
    /// How it is kept.
    pub kept_by: Vec<KeptBy>,
    /// How severe a finding is, by tier.
    pub severity: Severities,
    /// The fields that show it, as Kind.path. `Pod` stands for the Pods of every kind of workload, and the
    /// name of a set of kinds for each of them.
    pub fields: Vec<String>,
    /// Its numbers and words; blueprints and checks read them here and nowhere else.
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
    /// Whether the item can be waived.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub waivable: bool,
    /// Why an organisation has switched the item off, where one has. It is written for programs, and
    /// read from no file.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub off: Option<String>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// An expression with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name, for use as `variables.NAME`.
    pub name: String,
    /// The expression, in CEL.
    pub expression: String,
}

/// What proves an item on manifests: an expression, or a function of Plimsoll itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// The kinds of objects it is about, or names of sets of them.
    pub kinds: Vec<String>,
    /// Where this is false the item does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Where this is false something that is only referred to was not given, and the item is not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// Where this is true the item holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// In place of `check`: the name of a function of Plimsoll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub builtin: Option<String>,
    /// What is wrong where the item does not hold: a sentence without a full stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The same as an expression that gives a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_expression: Option<String>,
    /// The field to point at, where the one that made the rule false is not the one to mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The edit that mends it, in one line; `{name}` stands for the parameter of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Whether what it reports is secret, so that no report shows the line of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// `never` where an API server's defaulting would change what the rule means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<Export>,
}

/// Whether a rule may be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Export {
    /// It must not be.
    Never,
}

impl Item {
    /// What the item asks at a tier, with its parameters filled in.
    #[must_use]
    pub fn asks_at(&self, tier: Tier) -> String {
        self.filled(&self.asks, tier)
    }

    /// The edit that mends the item in general, with its parameters at a tier filled in.
    #[must_use]
    pub fn fix_at(&self, tier: Tier) -> Option<String> {
        self.rule.as_ref()?.fix.as_ref().map(|fix| self.filled(fix, tier))
    }

    /// A text with the item's parameters at a tier in place of `{name}`.
    fn filled(&self, text: &str, tier: Tier) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled += before;
            let param = after.split_once('}').and_then(|(name, after)| Some((self.params.get(name)?.at(tier)?, after)));
            if let Some((value, after)) = param {
                filled += &in_words(value);
                rest = after;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled + rest
    }

    /// The parameters that `asks` names.
    pub fn asks_for(&self) -> impl Iterator<Item = &str> {
        self.asks.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
    }
}

/// A parameter's value as it stands in a sentence.
pub(super) fn in_words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A way in which an item is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptBy {
    /// A blueprint produces it.
    Render,
    /// A check proves it on any manifest.
    Check,
    /// A person states it.
    Attest,
}

/// How severe a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The item is not asked for. (Not `off`, which YAML reads as a boolean.)
    None,
    /// Good to have.
    Advice,
    /// To be mended, or waived.
    Warning,
    /// Not fit for production.
    Error,
}

impl Severity {
    /// How it is called, as checklists write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How severe a finding is, by tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Severities {
    /// At tier 1.
    pub tier_1: Severity,
    /// At tier 2.
    pub tier_2: Severity,
    /// At tier 3.
    pub tier_3: Severity,
}

impl Severities {
    /// The severity at a tier.
    #[must_use]
    pub fn at(&self, tier: Tier) -> Severity {
        match tier.0 {
            1 => self.tier_1,
            2 => self.tier_2,
            _ => self.tier_3,
        }
    }
}

/// A parameter of an item: one `value`, or one for each tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Param {
    /// What it is.
    pub about: String,
    /// Its unit, such as seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value at every tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// The value at tier 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_1: Option<Json>,
    /// The value at tier 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_2: Option<Json>,
    /// The value at tier 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_3: Option<Json>,
}

impl Param {
    /// The value at a tier.
    #[must_use]
    pub fn at(&self, tier: Tier) -> Option<&Json> {
        let by_tier = match tier.0 {
            1 => &self.tier_1,
            2 => &self.tier_2,
            _ => &self.tier_3,
        };
        by_tier.as_ref().or(self.value.as_ref())
    }

    /// Whether the value differs by tier.
    #[must_use]
    pub fn by_tier(&self) -> bool {
        self.value.is_none()
    }

    /// Whether there is exactly one value for each tier.
    pub(super) fn complete(&self) -> Result<(), &'static str> {
        let tiers = [&self.tier_1, &self.tier_2, &self.tier_3];
        match (&self.value, tiers.iter().filter(|value| value.is_some()).count()) {
            (Some(_), 0) | (None, 3) => Ok(()),
            (Some(_), _) => Err("has both `value` and values by tier"),
            (None, _) => Err("needs `value`, or `tier-1`, `tier-2` and `tier-3`"),
        }
    }
}
