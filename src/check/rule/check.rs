//! The check of an expression before it is evaluated: names, functions and fields that do not exist.

use std::collections::{BTreeMap, BTreeSet};

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use super::functions::{KUBERNETES_FUNCTIONS, MACROS, NAMESPACES};
use super::shapes::PossibleTypes;
use super::{Expression, OWN_FUNCTIONS, RuleFault, Shapes, syntax};
use crate::yaml;

/// What stands at the beginning of a path.
const ROOTS: &[&str] = &["object", "related", "service", "variables"];
/// The types, which can be named.
const TYPES: &[&str] = &["bool", "bytes", "double", "int", "list", "map", "null_type", "optional_type", "string", "type", "uint"];

impl Expression {
    /// What is wrong with the expression as a rule about objects of the given kinds: names,
    /// functions, variables and fields that do not exist. A field is wrong when no kind has it;
    /// where a kind is not known, any field is right.
    #[must_use]
    pub fn faults(&self, shapes: &Shapes, kinds: &[&str], variables: &[(String, Expression)]) -> Vec<RuleFault> {
        let mut checker = RuleChecker::new(self, shapes, kinds, variables);
        checker.shape(self.root());
        checker.faults.into_iter().collect()
    }
}

struct RuleChecker<'c> {
    expression: &'c Expression,
    shapes: &'c Shapes,
    kinds: &'c [&'c str],
    variables: &'c [(String, Expression)],
    /// The shapes of the variables that have been asked for.
    known: BTreeMap<String, PossibleTypes>,
    /// The names that the expression binds itself.
    bound: Vec<(String, PossibleTypes)>,
    faults: BTreeSet<RuleFault>,
}

impl<'c> RuleChecker<'c> {
    fn new(expression: &'c Expression, shapes: &'c Shapes, kinds: &'c [&'c str], variables: &'c [(String, Expression)]) -> Self {
        Self { expression, shapes, kinds, variables, known: BTreeMap::new(), bound: Vec::new(), faults: BTreeSet::new() }
    }

    fn fault<'a>(&mut self, at: &IdedExpr, message: String, word: &str, known: impl IntoIterator<Item = &'a str>) {
        let (line, column) = syntax::position(self.expression.source(), at);
        let hint = yaml::suggest(word, known).map(|meant| format!("did you mean `{meant}`?"));
        self.faults.insert(RuleFault { line, column, message, hint, limit: None });
    }

    /// What the expression can be; on the way its faults are noted.
    fn shape(&mut self, expression: &IdedExpr) -> PossibleTypes {
        if let Some((operand, field)) = syntax::selection(expression) {
            return self.field(expression, operand, field);
        }
        match &expression.expr {
            Expr::Ident(name) => self.name(expression, name),
            Expr::Call(call) => self.call(expression, call),
            Expr::Comprehension(fold) => self.fold(fold),
            Expr::List(list) => {
                let mut elements = PossibleTypes::default();
                for element in &list.elements {
                    let element = self.shape(element);
                    elements.join(element);
                }
                elements.list()
            }
            Expr::Map(map) if map.entries.is_empty() => PossibleTypes::default(),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.shape(&entry.key);
                        self.shape(&entry.value);
                    }
                }
                PossibleTypes::anything()
            }
            Expr::Literal(_) => PossibleTypes::of(""),
            Expr::Select(_) | Expr::Struct(_) | Expr::Unspecified => PossibleTypes::anything(),
        }
    }

    fn field(&mut self, expression: &IdedExpr, operand: &IdedExpr, field: &str) -> PossibleTypes {
        if syntax::name(operand) == Some("variables") && !self.is_bound("variables") {
            return self.variable(expression, field);
        }
        let around = self.shape(operand);
        match self.shapes.field(&around, field) {
            Ok(shape) => shape,
            Err(known) => {
                // A key in brackets is a part of its own.
                let key = match &expression.expr {
                    Expr::Call(call) if call.func_name != operators::OPT_SELECT => call.args.get(1).unwrap_or(expression),
                    _ => expression,
                };
                self.fault(key, format!("no field `{field}`"), field, known);
                PossibleTypes::anything()
            }
        }
    }

    fn is_bound(&self, name: &str) -> bool {
        self.bound.iter().any(|(bound, _)| bound == name)
    }

    fn variable(&mut self, expression: &IdedExpr, name: &str) -> PossibleTypes {
        if name == "params" {
            return PossibleTypes::anything();
        }
        if let Some(shape) = self.known.get(name) {
            return shape.clone();
        }
        let Some(position) = self.variables.iter().rposition(|(known, _)| known == name) else {
            let known: Vec<&str> = self.variables.iter().map(|(known, _)| known.as_str()).chain(["params"]).collect();
            self.fault(expression, format!("no variable `{name}`"), name, known);
            return PossibleTypes::anything();
        };
        let (before, rest) = self.variables.split_at(position);
        let shape = rest.first().map_or_else(PossibleTypes::anything, |(_, definition)| {
            let mut checker = RuleChecker::new(definition, self.shapes, self.kinds, before);
            checker.known.clone_from(&self.known);
            checker.shape(definition.root())
        });
        self.known.insert(name.to_owned(), shape.clone());
        shape
    }

    fn name(&mut self, expression: &IdedExpr, name: &str) -> PossibleTypes {
        if let Some((_, shape)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return shape.clone();
        }
        match name {
            "object" => self.shapes.of_kinds(self.kinds),
            "related" | "service" => PossibleTypes::of(name),
            name if name.starts_with('@') || ROOTS.contains(&name) || TYPES.contains(&name) => PossibleTypes::anything(),
            name => {
                let bound: Vec<String> = self.bound.iter().map(|(bound, _)| bound.clone()).collect();
                let known: Vec<&str> = bound.iter().map(String::as_str).chain(ROOTS.iter().copied()).collect();
                // An abbreviation is far from its word, counted in letters.
                let longer = known.iter().find(|known| known.starts_with(name)).copied();
                let word = longer.unwrap_or(name).to_owned();
                self.fault(expression, format!("no name `{name}`"), &word, known.iter().copied());
                PossibleTypes::anything()
            }
        }
    }

    fn call(&mut self, expression: &IdedExpr, call: &CallExpr) -> PossibleTypes {
        let name = call.func_name.as_str();
        if name.starts_with(char::is_alphabetic) {
            self.function(expression, call);
        }
        let target = match call.target.as_deref() {
            Some(target) if syntax::name(target).is_some_and(|name| NAMESPACES.contains(&name) && !self.is_bound(name)) => None,
            Some(target) => Some(self.shape(target)),
            None => None,
        };
        let mut arguments: Vec<PossibleTypes> = call.args.iter().map(|argument| self.shape(argument)).collect();
        let joined = |shapes: Vec<PossibleTypes>| {
            let mut all = PossibleTypes::default();
            for shape in shapes {
                all.join(shape);
            }
            all
        };
        match (name, target) {
            (operators::CONDITIONAL, None) => joined(arguments.split_off(arguments.len().min(1))),
            (operators::INDEX | operators::OPT_INDEX, None) => match arguments.first() {
                Some(around) => around.elements(),
                None => PossibleTypes::anything(),
            },
            (operators::ADD | "of", None) => joined(arguments),
            ("none", None) => PossibleTypes::default(),
            ("or" | "orValue", Some(target)) => {
                arguments.push(target);
                joined(arguments)
            }
            ("value" | "sort" | "distinct" | "slice" | "@reverse", Some(target)) => target,
            ("first" | "last" | "min" | "max", Some(target)) => target.elements(),
            _ => PossibleTypes::anything(),
        }
    }

    fn function(&mut self, expression: &IdedExpr, call: &CallExpr) {
        let name = call.func_name.as_str();
        if MACROS.contains(&name) {
            self.fault(expression, format!("`{name}` is not called as it is meant to be, such as `list.all(x, x > 0)`"), "", []);
        } else if !KUBERNETES_FUNCTIONS.contains(&name) && !OWN_FUNCTIONS.contains(&name) {
            let known = KUBERNETES_FUNCTIONS.iter().chain(OWN_FUNCTIONS).chain(MACROS).copied();
            self.fault(expression, format!("no function `{name}`"), name, known);
        }
    }

    fn fold(&mut self, fold: &ComprehensionExpr) -> PossibleTypes {
        let range = self.shape(&fold.iter_range);
        let start = self.shape(&fold.accu_init);
        let is_list = matches!(fold.accu_init.expr, Expr::List(_));
        let is_test = matches!(fold.accu_init.expr, Expr::Literal(LiteralValue::Boolean(_) | LiteralValue::Int(_)));
        let outer = self.bound.len();
        self.bound.push((fold.iter_var.clone(), range.elements()));
        self.bound.push((fold.accu_var.clone(), start));
        self.shape(&fold.loop_cond);
        let step = self.shape(&fold.loop_step);
        let result = self.shape(&fold.result);
        self.bound.truncate(outer);
        match (is_list, is_test) {
            (true, _) => step,
            (_, true) => PossibleTypes::of(""),
            _ => result,
        }
    }
}
