//! A changed parameter held against the shipped one: it must be of the same type.

use serde_json::{Map, Value as Json};

use super::model::Param;

const TIERS: [&str; 3] = ["tier-1", "tier-2", "tier-3"];

/// What is wrong with a changed parameter: below which of its keys, and what.
pub type ParamRefusal = (Option<String>, String);

/// The parameter with changed values.
///
/// # Errors
/// Every value that is missing or of another type.
pub fn changed(shipped: &Param, given: &Json) -> Result<Param, Vec<ParamRefusal>> {
    let kind = ParamType::of_param(shipped);
    let mut refusals = Vec::new();
    let mut param = Param { value: None, tier_1: None, tier_2: None, tier_3: None, ..shipped.clone() };
    let mut judge = |key: Option<&str>, value: &Json| {
        if kind.takes(value) {
            return Some(value.clone());
        }
        let message = format!("{} is expected here, as the shipped value is, not {}", kind.words(), ParamType::of(value).words());
        refusals.push((key.map(str::to_owned), message));
        None
    };
    match given {
        Json::Object(tiers) => {
            let at = |tier: &str| tiers.get(tier);
            param.tier_1 = at(TIERS[0]).and_then(|value| judge(Some(TIERS[0]), value));
            param.tier_2 = at(TIERS[1]).and_then(|value| judge(Some(TIERS[1]), value));
            param.tier_3 = at(TIERS[2]).and_then(|value| judge(Some(TIERS[2]), value));
            refusals.extend(keys(tiers));
        }
        value => param.value = judge(None, value),
    }
    if refusals.is_empty() { Ok(param) } else { Err(refusals) }
}

/// What is wrong with the keys of a value by tiers.
fn keys(tiers: &Map<String, Json>) -> Vec<ParamRefusal> {
    let unknown = tiers.keys().filter(|key| !TIERS.contains(&key.as_str()));
    let mut refusals: Vec<ParamRefusal> =
        unknown.map(|key| (Some(key.clone()), "is no tier; the keys are tier-1, tier-2 and tier-3".to_owned())).collect();
    let missing: Vec<&str> = TIERS.into_iter().filter(|tier| !tiers.contains_key(*tier)).collect();
    if !missing.is_empty() {
        refusals.push((None, format!("lacks {}: give one value, or all three tiers", missing.join(" and "))));
    }
    refusals
}

/// The type of a value, as far as rules and blueprints rely on it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ParamType {
    Null,
    Bool,
    /// A whole number from 0; no shipped parameter is below.
    Whole,
    Negative,
    Fraction,
    Text,
    /// A list whose elements are of one of these types.
    List(Vec<ParamType>),
    Map,
}

impl ParamType {
    fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(_) => Self::Bool,
            Json::Number(number) if number.is_f64() => Self::Fraction,
            Json::Number(number) if number.is_u64() => Self::Whole,
            Json::Number(_) => Self::Negative,
            Json::String(_) => Self::Text,
            Json::Array(elements) => {
                let mut kinds: Vec<Self> = elements.iter().map(Self::of).collect();
                kinds.dedup();
                Self::List(kinds)
            }
            Json::Object(_) => Self::Map,
        }
    }

    /// The type of a shipped parameter. A list that ships empty is one of strings, as every list is.
    fn of_param(param: &Param) -> Self {
        let values: Vec<Self> =
            [&param.value, &param.tier_1, &param.tier_2, &param.tier_3].into_iter().flatten().map(Self::of).collect();
        match values.first() {
            Some(Self::List(_)) => {
                let mut elements: Vec<Self> = Vec::new();
                for value in values {
                    if let Self::List(kinds) = value {
                        elements.extend(kinds);
                    }
                }
                Self::List(if elements.is_empty() { vec![Self::Text] } else { elements })
            }
            Some(kind) => kind.clone(),
            None => Self::Null,
        }
    }

    fn takes(&self, value: &Json) -> bool {
        match (self, Self::of(value)) {
            (Self::List(elements), Self::List(given)) => given.iter().all(|kind| elements.contains(kind)),
            (Self::Fraction, given) => matches!(given, Self::Fraction | Self::Whole),
            (kind, given) => *kind == given,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Whole => "a whole number from 0".to_owned(),
            Self::Negative => "a negative number".to_owned(),
            Self::Fraction => "a number".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::Map => "a mapping".to_owned(),
            Self::List(elements) => {
                let mut kinds: Vec<&str> = elements.iter().map(Self::plural).collect();
                kinds.sort_unstable();
                kinds.dedup();
                if kinds.is_empty() { "an empty list".to_owned() } else { format!("a list of {}", kinds.join(" and ")) }
            }
        }
    }

    fn plural(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool => "booleans",
            Self::Whole => "whole numbers",
            Self::Negative => "negative numbers",
            Self::Fraction => "numbers",
            Self::Text => "strings",
            Self::List(_) => "lists",
            Self::Map => "mappings",
        }
    }
}
