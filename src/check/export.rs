//! Which items an API server can judge by itself, decided from their expressions.
//!
//! An API server sees one object at a time and knows only its own functions. What hangs on more stays
//! with Plimsoll, and [`export`] says why.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::compiled::{Body, CompiledItem, Rules};
use super::literal;
use super::policy::AdmissionPolicy;
use super::resources::{self, Resource};
use super::rule::Expression;
use crate::checklist::{Item, Rule, Severity, Variable};
use crate::service::Tier;

/// The variable that holds an item's parameters.
const PARAMS: &str = "params";
/// The variables that hold `when` and `check` where a condition needs variables.
const APPLIES: &str = "applies";
const HOLDS: &str = "holds";
/// What joins them. It says what Plimsoll says: where the item does not apply it holds, and where
/// `when` cannot be evaluated nothing holds, which `||` would hide.
const GUARDED: &str = "variables.applies ? variables.holds : true";
/// The most characters of an expression that the parser of Kubernetes takes.
const MOST_CHARACTERS: usize = 100_000;

/// What a checklist comes to at an API server.
#[derive(Clone, Debug, PartialEq)]
pub struct AdmissionExport {
    /// The items that an API server can judge, in the order of the checklist.
    pub policies: Vec<AdmissionPolicy>,
    /// All others.
    pub left_out: Vec<LeftOut>,
}

/// An item that is not exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// The item.
    pub item: String,
    /// Why; at least one reason.
    pub reasons: Vec<LeftOutReason>,
}

/// Why an item is not exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LeftOutReason {
    /// No rule proves it.
    NoRule,
    /// It is not asked for at the tier.
    NotAsked,
    /// The checklist says so.
    Never,
    /// A function of Plimsoll judges it in place of an expression.
    Builtin,
    /// It sees other objects.
    OtherObjects {
        /// The expressions that name them.
        read_in: Vec<String>,
    },
    /// It waits for other objects to be given.
    Seen,
    /// It sees the service.
    Service {
        /// The expressions that name it.
        read_in: Vec<String>,
    },
    /// It calls what only Plimsoll has.
    OwnFunctions {
        /// The functions.
        functions: BTreeSet<String>,
    },
    /// It is about kinds of which no resource is known.
    UnknownKinds {
        /// The kinds.
        kinds: Vec<String>,
    },
    /// A text is not one that an API server takes.
    Text {
        /// Which one, and what is wrong with it.
        fault: String,
    },
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRule => f.write_str("no rule proves it on manifests"),
            Self::NotAsked => f.write_str("it is not asked for at this tier"),
            Self::Never => f.write_str("the checklist keeps it from export, as the server's defaults would change its meaning"),
            Self::Builtin => f.write_str("a function of Plimsoll judges it, not an expression"),
            Self::OtherObjects { read_in } => write!(f, "it sees other objects (`related` in {})", read_in.join(", ")),
            Self::Seen => f.write_str("it waits for other objects to be given (`seen`)"),
            Self::Service { read_in } => write!(f, "it sees the service (`service` in {})", read_in.join(", ")),
            Self::OwnFunctions { functions } => {
                let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
                write!(f, "it calls what only Plimsoll has ({})", functions.join(", "))
            }
            Self::UnknownKinds { kinds } => write!(f, "no namespaced resource is known of the kind {}", kinds.join(", ")),
            Self::Text { fault } => f.write_str(fault),
        }
    }
}

/// What each item of a checklist comes to at an API server, for the services of a tier.
#[must_use]
pub fn export(rules: &Rules, tier: Tier) -> AdmissionExport {
    let mut export = AdmissionExport { policies: Vec::new(), left_out: Vec::new() };
    for item in &rules.checklist.items {
        let compiled = rules.all().find(|compiled| rules.id(compiled) == item.id);
        let exporter = item.rule.as_ref().zip(compiled).map(|(rule, compiled)| Exporter { rules, tier, item, rule, compiled });
        match exporter.ok_or_else(|| vec![LeftOutReason::NoRule]).and_then(|exporter| exporter.policy()) {
            Ok(policy) => export.policies.push(policy),
            Err(reasons) => export.left_out.push(LeftOut { item: item.id.clone(), reasons }),
        }
    }
    export
}

struct Exporter<'a> {
    rules: &'a Rules,
    tier: Tier,
    item: &'a Item,
    rule: &'a Rule,
    compiled: &'a CompiledItem,
}

/// The expressions that a verdict hangs on.
struct Reach<'a> {
    /// Each with what people call it.
    expressions: Vec<(String, &'a Expression)>,
    /// The names of variables in them.
    names: BTreeSet<String>,
}

impl Exporter<'_> {
    fn policy(&self) -> Result<AdmissionPolicy, Vec<LeftOutReason>> {
        if self.item.severity.at(self.tier) == Severity::None {
            return Err(vec![LeftOutReason::NotAsked]);
        }
        let Body::Expression(check) = &self.compiled.body else { return Err(vec![LeftOutReason::Builtin]) };
        let reach = self.reach(check);
        let mut reasons = self.out_of_sight(&reach);
        let resources = self.resources().map_err(|unknown| reasons.push(unknown)).unwrap_or_default();
        // A condition is evaluated before the variables are, so it cannot read them.
        let early = self.compiled.when.as_ref().is_none_or(|when| !when.uses("variables"));
        let variables = self.variables(&reach.names, early);
        let policy = AdmissionPolicy {
            name: format!("plimsoll-{}-tier-{}", self.item.id, self.tier.0),
            item: self.item.id.clone(),
            checklist: self.rules.checklist.id(),
            why: self.item.why.trim().to_owned(),
            tier: self.tier,
            severity: self.item.severity.at(self.tier),
            resources,
            condition: self.rule.when.clone().filter(|_| early),
            variables,
            expression: if early { check.text().to_owned() } else { GUARDED.to_owned() },
            message: self.rule.message.clone().unwrap_or_else(|| self.item.title.en.clone()),
            message_expression: self.rule.message_expression.clone(),
        };
        reasons.extend(faults(&policy).into_iter().map(|fault| LeftOutReason::Text { fault }));
        if reasons.is_empty() { Ok(policy) } else { Err(reasons) }
    }

    fn reach<'r>(&'r self, check: &'r Expression) -> Reach<'r> {
        let (when, message) = (self.compiled.when.as_ref(), self.compiled.message.as_ref().err());
        let own = [("when", when), ("check", Some(check)), ("messageExpression", message)];
        let mut expressions: Vec<(String, &Expression)> =
            own.into_iter().filter_map(|(name, expression)| Some((name.to_owned(), expression?))).collect();
        let mut names: BTreeSet<String> = expressions.iter().flat_map(|(_, expression)| expression.variables()).collect();
        // A variable uses those before it, so one pass from the last to the first finds all.
        for (name, expression) in self.rules.variables.iter().rev().filter(|(name, _)| name != PARAMS) {
            if names.contains(name) {
                names.extend(expression.variables());
                expressions.push((format!("variables.{name}"), expression));
            }
        }
        Reach { expressions, names }
    }

    /// What an API server would not see.
    fn out_of_sight(&self, reach: &Reach<'_>) -> Vec<LeftOutReason> {
        let read_in = |root: &str| -> Vec<String> {
            let readers = reach.expressions.iter().filter(|(_, expression)| expression.uses(root));
            readers.map(|(name, _)| name.clone()).collect()
        };
        let functions: BTreeSet<String> =
            reach.expressions.iter().flat_map(|(_, expression)| expression.own_functions()).collect();
        let (related, service) = (read_in("related"), read_in("service"));
        let reasons = [
            self.rule.export.is_some().then_some(LeftOutReason::Never),
            (!related.is_empty()).then_some(LeftOutReason::OtherObjects { read_in: related }),
            self.rule.seen.is_some().then_some(LeftOutReason::Seen),
            (!service.is_empty()).then_some(LeftOutReason::Service { read_in: service }),
            (!functions.is_empty()).then_some(LeftOutReason::OwnFunctions { functions }),
        ];
        reasons.into_iter().flatten().collect()
    }

    fn resources(&self) -> Result<Vec<Resource>, LeftOutReason> {
        let kinds = self.rules.kinds_of(self.item);
        let mut known: Vec<Resource> = kinds.iter().filter_map(|kind| resources::resource(kind)).collect();
        let unknown: Vec<String> = kinds.into_iter().filter(|kind| resources::resource(kind).is_none()).collect();
        known.sort_unstable();
        if unknown.is_empty() { Ok(known) } else { Err(LeftOutReason::UnknownKinds { kinds: unknown }) }
    }

    /// The variables that are used, in the order in which they use each other.
    fn variables(&self, names: &BTreeSet<String>, early: bool) -> Vec<Variable> {
        let variable = |name: &str, expression: &str| Variable { name: name.to_owned(), expression: expression.to_owned() };
        let params: Map<String, Json> =
            self.item.params.iter().filter_map(|(name, param)| Some((name.clone(), param.at(self.tier)?.clone()))).collect();
        let first = names.contains(PARAMS).then(|| variable(PARAMS, &literal::map(&params)));
        let shared = self.rules.variables.iter().filter(|(name, _)| name != PARAMS && names.contains(name));
        let mut variables: Vec<Variable> =
            first.into_iter().chain(shared.map(|(name, expression)| variable(name, expression.text()))).collect();
        if !early {
            let own = [(APPLIES, &self.rule.when), (HOLDS, &self.rule.check)];
            variables.extend(own.into_iter().filter_map(|(name, text)| Some(variable(name, text.as_ref()?))));
        }
        variables
    }
}

/// What in the texts of a policy an API server would refuse.
fn faults(policy: &AdmissionPolicy) -> Vec<String> {
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    for Variable { name, .. } in &policy.variables {
        if !names.insert(name) {
            faults.push(format!("its policy would have two variables `{name}`"));
        }
    }
    let texts = policy.variables.iter().map(|variable| (variable.name.as_str(), &variable.expression));
    let own = [("its rule", Some(&policy.expression)), ("its message", policy.message_expression.as_ref())];
    let own = own.into_iter().filter_map(|(name, text)| Some((name, text?)));
    for (name, text) in texts.chain(own) {
        let length = text.chars().count();
        if length > MOST_CHARACTERS {
            faults.push(format!("the expression of {name} has {length} characters, and {MOST_CHARACTERS} are allowed"));
        }
    }
    if policy.message.trim().contains(['\n', '\r']) {
        faults.push("its message has more than one line".to_owned());
    }
    faults
}
