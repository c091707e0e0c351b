//! A checklist whose rules have been compiled.

use std::collections::BTreeMap;

use super::builtin;
use super::rule::{Expression, Language, RuleFault, Shapes, Tree};
use crate::checklist::{Checklist, Item, OwnChecklist, Severity};
use crate::limits::Limit;
use crate::service::Tier;
use crate::yaml::{Fault, Route, suggest};

/// A checklist whose rules have been compiled.
#[derive(Debug)]
pub struct Rules {
    /// The checklist.
    pub checklist: Checklist,
    pub(super) variables: Vec<(String, Expression)>,
    items: Vec<CompiledItem>,
    /// The items about each kind, by their number in `items`; `*` stands for every kind.
    by_kind: BTreeMap<String, Vec<usize>>,
    /// Parameters of each item at each tier.
    params: Vec<[Tree; 3]>,
}

/// One item whose rule has been compiled.
#[derive(Debug)]
pub struct CompiledItem {
    /// Its number among the checklist's items.
    number: usize,
    /// Its number among the compiled ones.
    position: usize,
    pub(super) when: Option<Expression>,
    pub(super) seen: Option<Expression>,
    pub(super) body: Body,
    /// The message, or the expression that gives it.
    pub(super) message: Result<String, Expression>,
    pub(super) at: Option<Route>,
}

impl CompiledItem {
    /// The expressions of the rule, by their field.
    fn expressions(&self) -> impl Iterator<Item = (&'static str, &Expression)> {
        let check = match &self.body {
            Body::Expression(expression) => Some(expression),
            Body::Builtin(_) => None,
        };
        let all = [
            ("when", self.when.as_ref()),
            ("seen", self.seen.as_ref()),
            ("check", check),
            ("messageExpression", self.message.as_ref().err()),
        ];
        all.into_iter().filter_map(|(field, expression)| Some((field, expression?)))
    }
}

/// What proves an item.
#[derive(Debug)]
pub enum Body {
    /// An expression.
    Expression(Expression),
    /// A function of Plimsoll, by name.
    Builtin(String),
}

impl Rules {
    /// Compiles the rules of a checklist.
    ///
    /// # Errors
    /// Every fault of every rule, with its route in the checklist.
    pub fn compile(checklist: Checklist) -> Result<Self, Vec<Fault>> {
        Self::try_compile(checklist).map_err(|faults| faults.into_iter().map(RulesFault::plain).collect())
    }

    /// Compiles the rules of an organisation's checklist.
    ///
    /// # Errors
    /// Every fault of every rule, with its place in the organisation's file.
    pub fn compile_own(own: &OwnChecklist) -> Result<Self, Vec<Fault>> {
        let in_place = |faults: Vec<RulesFault>| -> Vec<Fault> {
            faults.into_iter().map(|RulesFault { fault, within }| own.own_fault(fault, within)).collect()
        };
        let rules = Self::try_compile(own.checklist.clone()).map_err(in_place)?;
        let misspelt = rules.find_misspelt();
        if misspelt.is_empty() { Ok(rules) } else { Err(in_place(misspelt)) }
    }

    /// Names, functions, variables, parameters and fields in the rules that do not exist. Organisations'
    /// checklists are held to it when they are loaded, the shipped one by a test.
    #[must_use]
    pub fn misspelt(&self) -> Vec<Fault> {
        self.find_misspelt().into_iter().map(RulesFault::plain).collect()
    }

    fn find_misspelt(&self) -> Vec<RulesFault> {
        let shapes = Shapes::new();
        let mut faults = Vec::new();
        for (index, (_, variable)) in self.variables.iter().enumerate() {
            let before = self.variables.get(..index).unwrap_or_default();
            let route = Route::root().key("variables").index(index).key("expression");
            let found = variable.faults(&shapes, &["*"], before);
            faults.extend(found.into_iter().map(|error| fault(route.clone(), error)));
        }
        for compiled in &self.items {
            let Some(item) = self.item(compiled) else { continue };
            let kinds = kinds(&self.checklist, item);
            let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
            let rule = Route::root().key("items").index(compiled.number).key("rule");
            for (field, expression) in compiled.expressions() {
                let route = rule.key(field);
                let found = expression.faults(&shapes, &kinds, &self.variables);
                faults.extend(found.into_iter().map(|error| fault(route.clone(), error)));
                for name in expression.parameters().into_iter().filter(|name| !item.params.contains_key(name)) {
                    let unknown = Fault::new(route.clone(), format!("the item has no parameter `{name}`"));
                    let near = suggest(&name, item.params.keys().map(String::as_str)).map(str::to_owned);
                    let unknown = near.map_or(unknown.clone(), |near| unknown.hint(format!("did you mean `{near}`?")));
                    faults.push(RulesFault { fault: unknown, within: None });
                }
            }
        }
        faults
    }

    fn try_compile(checklist: Checklist) -> Result<Self, Vec<RulesFault>> {
        let language = Language::new();
        let mut faults = Vec::new();
        let mut variables = Vec::new();
        for (index, variable) in checklist.variables.iter().enumerate() {
            let route = Route::root().key("variables").index(index).key("expression");
            match language.compile(&variable.expression) {
                Ok(expression) => variables.push((variable.name.clone(), expression)),
                Err(errors) => faults.extend(errors.into_iter().map(|error| fault(route.clone(), error))),
            }
        }
        let mut patterns: usize = variables.iter().map(|(_, expression): &(String, Expression)| expression.patterns()).sum();
        let (mut items, mut by_kind, mut params) = (Vec::new(), BTreeMap::<String, Vec<usize>>::new(), Vec::new());
        for (number, item) in checklist.items.iter().enumerate() {
            let mut item_rules = Compiler { language: &language, number, faults: &mut faults };
            let Some(compiled) = item_rules.item(item, items.len()) else { continue };
            for kind in kinds(&checklist, item) {
                by_kind.entry(kind).or_default().push(items.len());
            }
            params.push(Tier::ALL.map(|tier| params_of(item, tier)));
            patterns += compiled.expressions().map(|(_, expression)| expression.patterns()).sum::<usize>();
            items.push(compiled);
            if patterns > Limit::Patterns.most() {
                let route = Route::root().key("items").index(number).key("rule");
                faults.push(Fault { route, ..Fault::beyond(Limit::Patterns) }.into());
                break;
            }
        }
        if faults.is_empty() { Ok(Self { checklist, variables, items, by_kind, params }) } else { Err(faults) }
    }

    /// The items about a kind, in the order of the checklist; of none that is known, those about every kind.
    pub(super) fn about(&self, kind: Option<&str>) -> impl Iterator<Item = &CompiledItem> {
        let mut numbers: Vec<usize> =
            kind.into_iter().chain(["*"]).filter_map(|kind| self.by_kind.get(kind)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|number| self.items.get(number))
    }

    /// All items that have a rule, in the order of the checklist.
    pub(super) fn all(&self) -> impl Iterator<Item = &CompiledItem> {
        self.items.iter()
    }

    /// The kinds that an item is about, sorted.
    pub(super) fn kinds_of(&self, item: &Item) -> Vec<String> {
        kinds(&self.checklist, item)
    }

    /// Whether any item is about a kind in particular.
    pub(super) fn knows(&self, kind: &str) -> bool {
        self.by_kind.contains_key(kind)
    }

    pub(super) fn item(&self, compiled: &CompiledItem) -> Option<&Item> {
        self.checklist.items.get(compiled.number)
    }

    pub(super) fn id(&self, compiled: &CompiledItem) -> &str {
        self.item(compiled).map_or("", |item| &item.id)
    }

    pub(super) fn severity(&self, compiled: &CompiledItem, tier: Tier) -> Severity {
        self.item(compiled).map_or(Severity::None, |item| item.severity.at(tier))
    }

    pub(super) fn params(&self, compiled: &CompiledItem, tier: Tier) -> Tree {
        let by_tier = self.params.get(compiled.position);
        by_tier.and_then(|params| params.get(usize::from(tier.0).saturating_sub(1))).cloned().unwrap_or_else(|| Tree::map([]))
    }
}

/// The kinds that an item is about, with names of sets replaced by what they hold.
fn kinds(checklist: &Checklist, item: &Item) -> Vec<String> {
    let named = item.rule.iter().flat_map(|rule| &rule.kinds);
    let mut kinds: Vec<String> =
        named.flat_map(|kind| checklist.kinds.get(kind).cloned().unwrap_or_else(|| vec![kind.clone()])).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn params_of(item: &Item, tier: Tier) -> Tree {
    let at_tier = item.params.iter().filter_map(|(name, param)| Some((name.clone(), Tree::from_json(param.at(tier)?))));
    Tree::map(at_tier)
}

/// A fault of a rule.
struct RulesFault {
    fault: Fault,
    /// The line and column of the expression's text, where it is an expression's.
    within: Option<(usize, usize)>,
}

impl RulesFault {
    /// The fault, with the line and column of the expression in its message.
    fn plain(self) -> Fault {
        match self.within {
            Some((line, column)) => Fault { message: format!("{line}:{column}: {}", self.fault.message), ..self.fault },
            None => self.fault,
        }
    }
}

impl From<Fault> for RulesFault {
    fn from(fault: Fault) -> Self {
        Self { fault, within: None }
    }
}

fn fault(route: Route, error: RuleFault) -> RulesFault {
    let fault = Fault { hint: error.hint, limit: error.limit, ..Fault::new(route, error.message) };
    RulesFault { fault, within: Some((error.line, error.column)) }
}

struct Compiler<'a> {
    language: &'a Language,
    number: usize,
    faults: &'a mut Vec<RulesFault>,
}

impl Compiler<'_> {
    fn route(&self, field: &str) -> Route {
        Route::root().key("items").index(self.number).key("rule").key(field)
    }

    fn expression(&mut self, field: &str, text: Option<&String>) -> Option<Expression> {
        match self.language.compile(text?) {
            Ok(expression) => Some(expression),
            Err(errors) => {
                let route = self.route(field);
                self.faults.extend(errors.into_iter().map(|error| fault(route.clone(), error)));
                None
            }
        }
    }

    fn item(&mut self, item: &Item, position: usize) -> Option<CompiledItem> {
        let rule = item.rule.as_ref()?;
        let before = self.faults.len();
        let when = self.expression("when", rule.when.as_ref());
        let seen = self.expression("seen", rule.seen.as_ref());
        let check = self.expression("check", rule.check.as_ref());
        let body = match (check, &rule.builtin) {
            (Some(check), None) => Some(Body::Expression(check)),
            (None, Some(name)) if rule.check.is_none() && builtin::NAMES.contains(&name.as_str()) => {
                Some(Body::Builtin(name.clone()))
            }
            (None, Some(name)) if rule.check.is_none() => {
                let known = builtin::NAMES.join(", ");
                self.faults.push(Fault::new(self.route("builtin"), format!("`{name}` is not one of {known}")).into());
                None
            }
            _ => {
                if self.faults.len() == before {
                    self.faults.push(Fault::new(self.route("check"), "needs either `check` or `builtin`").into());
                }
                None
            }
        };
        let message = match (&rule.message, self.expression("messageExpression", rule.message_expression.as_ref())) {
            (_, Some(expression)) => Err(expression),
            (Some(message), None) => Ok(message.clone()),
            (None, None) => Ok(item.title.en.clone()),
        };
        let at = match rule.at.as_deref().map(Route::parse) {
            Some(Err(error)) => {
                self.faults.push(Fault::new(self.route("at"), format!("the field {error}")).into());
                None
            }
            Some(Ok(route)) => Some(route),
            None => None,
        };
        let body = body.filter(|_| self.faults.len() == before)?;
        Some(CompiledItem { number: self.number, position, when, seen, body, message, at })
    }
}
