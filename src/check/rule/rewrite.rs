//! What is changed in an expression before it is evaluated, and what is refused.
//!
//! Regular expressions that stand in the text are compiled once, where `cel` would compile them at
//! each call; equality is ours, because CEL's own lists do not know trees; and what Kubernetes
//! refuses is refused.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, MapEntryExpr, SourceInfo, operators};

use super::fault::RuleFault;
use super::functions::{COMPILE, Pattern};
use super::operator_names::{EQUAL, REVERSE, UNEQUAL, WITHIN};
use super::syntax;

/// The variable that holds the compiled pattern of that number.
pub(super) fn pattern_name(number: usize) -> String {
    format!("@pattern{number}")
}

/// Rewrites an expression, and gathers its patterns and faults.
pub(super) struct Rewriter<'s> {
    pub(super) source: &'s SourceInfo,
    pub(super) patterns: Vec<Pattern>,
    pub(super) faults: Vec<RuleFault>,
    /// Whether the next list may hold different types: `format` takes one that does.
    mixture: bool,
}

impl<'s> Rewriter<'s> {
    pub(super) fn new(source: &'s SourceInfo) -> Self {
        Self { source, patterns: Vec::new(), faults: Vec::new(), mixture: false }
    }

    pub(super) fn rewrite(&mut self, expression: &mut IdedExpr) {
        let mixture = std::mem::take(&mut self.mixture);
        let formats = matches!(&expression.expr, Expr::Call(call) if call.func_name == "format" && call.target.is_some());
        for part in syntax::parts_mut(expression) {
            self.mixture = formats;
            self.rewrite(part);
        }
        self.mixture = false;
        if !(mixture && matches!(expression.expr, Expr::List(_))) {
            self.refuse(expression);
        }
        if let Expr::Call(call) = &mut expression.expr {
            self.rewrite_call(call);
        }
    }

    fn rewrite_call(&mut self, call: &mut CallExpr) {
        let CallExpr { func_name, target, args } = call;
        match (func_name.as_str(), target, args.as_mut_slice()) {
            ("matches", None, [_, pattern]) | ("matches" | "find" | "findAll", Some(_), [pattern, ..]) => self.compile(pattern),
            ("reverse", Some(_), []) => REVERSE.clone_into(func_name),
            (operators::EQUALS, None, [left, right]) if !(is_scalar(left) || is_scalar(right)) => EQUAL.clone_into(func_name),
            (operators::NOT_EQUALS, None, [left, right]) if !(is_scalar(left) || is_scalar(right)) => {
                UNEQUAL.clone_into(func_name);
            }
            (operators::IN, None, [value, list]) if !(is_scalar(value) || is_list_of_scalars(list)) => {
                WITHIN.clone_into(func_name);
            }
            _ => {}
        }
    }

    fn compile(&mut self, argument: &mut IdedExpr) {
        let Some(text) = syntax::literal(argument) else {
            let args = vec![std::mem::take(argument)];
            *argument = IdedExpr {
                id: args.first().map_or(0, |arg| arg.id),
                expr: Expr::Call(CallExpr { func_name: COMPILE.to_owned(), target: None, args }),
            };
            return;
        };
        match Pattern::new(text) {
            Ok(pattern) => {
                argument.expr = Expr::Ident(pattern_name(self.patterns.len()));
                self.patterns.push(pattern);
            }
            Err(message) => self.fault(argument, format!("`{text}` is not a regular expression: {message}"), None),
        }
    }

    /// What `cel` accepts and Kubernetes does not.
    fn refuse(&mut self, expression: &IdedExpr) {
        match &expression.expr {
            Expr::Struct(literal) => {
                self.fault(expression, format!("`{}` is not a type that can be made", literal.type_name), None);
            }
            Expr::List(list) => self.refuse_mixture(&list.elements.iter().collect::<Vec<_>>(), "list"),
            Expr::Map(map) => {
                let entries = map.entries.iter().filter_map(|entry| match &entry.expr {
                    EntryExpr::MapEntry(MapEntryExpr { key, value, optional }) => Some((key, value, *optional)),
                    EntryExpr::StructField(_) => None,
                });
                let (keys, values): (Vec<_>, Vec<_>) =
                    entries.filter(|entry| !entry.2).map(|(key, value, _)| (key, value)).unzip();
                self.refuse_mixture(&keys, "map");
                self.refuse_mixture(&values, "map");
            }
            Expr::Call(call) if call.func_name == "reverse" => {
                if let Some(Expr::Literal(_)) = call.target.as_ref().map(|target| &target.expr) {
                    self.fault(expression, "`reverse` is a function of lists alone".to_owned(), None);
                }
            }
            _ => {}
        }
    }

    fn refuse_mixture(&mut self, elements: &[&IdedExpr], holder: &str) {
        let mut first = None;
        for element in elements {
            let (Some(kind), expected) = (kind(element), first) else { continue };
            if expected.is_none() {
                first = Some(kind);
            } else if let Some(expected) = expected
                && expected != kind
            {
                let hint = "put `dyn(..)` around the elements that may be of different types".to_owned();
                self.fault(element, format!("a {holder} literal mixes {expected} and {kind}"), Some(hint));
                return;
            }
        }
    }

    fn fault(&mut self, at: &IdedExpr, message: String, hint: Option<String>) {
        let (line, column) = syntax::position(self.source, at);
        self.faults.push(RuleFault { line, column, message, hint, limit: None });
    }
}

fn is_scalar(expression: &IdedExpr) -> bool {
    matches!(expression.expr, Expr::Literal(_))
}

fn is_list_of_scalars(expression: &IdedExpr) -> bool {
    matches!(&expression.expr, Expr::List(list) if list.elements.iter().all(is_scalar))
}

/// The type that an expression certainly has.
fn kind(expression: &IdedExpr) -> Option<&'static str> {
    Some(match &expression.expr {
        Expr::Literal(literal) => match literal {
            LiteralValue::Boolean(_) => "bool",
            LiteralValue::Bytes(_) => "bytes",
            LiteralValue::Double(_) => "double",
            LiteralValue::Int(_) => "int",
            LiteralValue::Null => "null",
            LiteralValue::String(_) => "string",
            LiteralValue::UInt(_) => "uint",
        },
        Expr::List(_) => "list",
        Expr::Map(_) => "map",
        Expr::Call(call) if call.target.is_none() => match call.func_name.as_str() {
            "string" => "string",
            "int" | "size" => "int",
            "double" => "double",
            _ => return None,
        },
        _ => return None,
    })
}
