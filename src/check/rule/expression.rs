//! Expressions: texts in CEL, compiled.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::Context;
use cel::common::ast::{Expr, IdedExpr, SourceInfo};

use super::fault::RuleFault;
use super::foreign::environment;
use super::functions::{self, Pattern};
use super::rewrite::{self, Rewriter};
use super::syntax;
use crate::limits::Limit;

/// How many brackets and conditions the parser reads on any stack, even if they stand in one another.
const FEW_OPENED: usize = 8;
/// Enough stack for all that the parser itself lets stand in one another, in bytes.
const PARSER_STACK: usize = 32 << 20;

/// The language of rules: CEL with the functions of Kubernetes and Plimsoll's own.
#[derive(Clone, Debug, Default)]
pub struct Language(());

/// A compiled expression; clones share it.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    root: IdedExpr,
    source: SourceInfo,
    depth: usize,
    patterns: Vec<Pattern>,
    roots: BTreeSet<String>,
    variables: BTreeSet<String>,
    parameters: BTreeSet<String>,
    own_functions: BTreeSet<String>,
}

impl Language {
    /// The language.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles a text.
    ///
    /// # Errors
    /// Every fault of the syntax, every regular expression that is none, and what Kubernetes would
    /// refuse. What is misspelt only shows in [`Expression::faults`].
    pub fn compile(&self, text: &str) -> Result<Expression, Vec<RuleFault>> {
        if text.len() > Limit::ExpressionBytes.most() {
            return Err(vec![RuleFault::beyond(Limit::ExpressionBytes)]);
        }
        let opened = text.matches(['(', '[', '{', '?']).count();
        let (mut root, source) = if opened > FEW_OPENED { parse_deep(text)? } else { parse(text)? };
        if syntax::depth(&root) > Limit::ExpressionDepth.most() {
            discard(root);
            return Err(vec![RuleFault::beyond(Limit::ExpressionDepth)]);
        }
        let mut rewriter = Rewriter::new(&source);
        rewriter.rewrite(&mut root);
        if !rewriter.faults.is_empty() {
            return Err(rewriter.faults);
        }
        let patterns = rewriter.patterns;
        Ok(Expression(Arc::new(Compiled::new(root, source, patterns))))
    }
}

fn parse(text: &str) -> Result<(IdedExpr, SourceInfo), Vec<RuleFault>> {
    let parsed = environment().parser().parse_with_source_info(text);
    parsed.map_err(|errors| errors.errors.into_iter().map(|error| syntax_fault(error.pos, error.msg)).collect())
}

/// Parses on a stack of its own: the parser takes so much of it for each bracket that it would overflow a
/// usual one.
fn parse_deep(text: &str) -> Result<(IdedExpr, SourceInfo), Vec<RuleFault>> {
    let fault = || vec![syntax_fault((1, 1), "could not be parsed: no thread for it".to_owned())];
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(scope, || parse(text));
        thread.map_err(|_| fault())?.join().map_err(|_| fault())?
    })
}

/// Drops a tree that may be deeper than the stack.
fn discard(root: IdedExpr) {
    let mut open = vec![root];
    while let Some(mut expression) = open.pop() {
        open.extend(syntax::parts_mut(&mut expression).into_iter().map(std::mem::take));
    }
}

fn syntax_fault((line, column): (isize, isize), message: String) -> RuleFault {
    let from_one = |number: isize| usize::try_from(number).unwrap_or_default().max(1);
    RuleFault { line: from_one(line), column: from_one(column), message, hint: None, limit: None }
}

impl Compiled {
    fn new(root: IdedExpr, source: SourceInfo, patterns: Vec<Pattern>) -> Self {
        let (mut roots, mut variables, mut parameters, mut own_functions) = Default::default();
        let names: (&mut BTreeSet<String>, &mut BTreeSet<String>) = (&mut roots, &mut own_functions);
        let (roots_seen, functions_seen) = names;
        let mut note = |expression: &IdedExpr| {
            if let Some(name) = syntax::name(expression) {
                roots_seen.insert(name.to_owned());
            }
            if let Some(name) = syntax::variable(expression) {
                BTreeSet::insert(&mut variables, name.to_owned());
            }
            if let Some((operand, name)) = syntax::selection(expression)
                && syntax::variable(operand) == Some("params")
            {
                BTreeSet::insert(&mut parameters, name.to_owned());
            }
            if let Expr::Call(call) = &expression.expr
                && functions::OWN_FUNCTIONS.contains(&call.func_name.as_str())
            {
                functions_seen.insert(call.func_name.clone());
            }
        };
        syntax::visit(&root, &mut note);
        Self { depth: syntax::depth(&root), root, source, patterns, roots, variables, parameters, own_functions }
    }
}

impl Expression {
    /// Whether the expression names the root `object`, `related`, `service` or `variables`.
    #[must_use]
    pub fn uses(&self, root: &str) -> bool {
        self.0.roots.contains(root)
    }

    /// The names used under `variables.`, `params` among them.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<String> {
        self.0.variables.clone()
    }

    /// The names used under `variables.params`.
    #[must_use]
    pub fn parameters(&self) -> BTreeSet<String> {
        self.0.parameters.clone()
    }

    /// How many regular expressions stand in its text.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.0.patterns.len()
    }

    /// The functions used that only Plimsoll has.
    #[must_use]
    pub fn own_functions(&self) -> BTreeSet<String> {
        self.0.own_functions.clone()
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.source.source
    }

    pub(super) fn root(&self) -> &IdedExpr {
        &self.0.root
    }

    /// How many levels it is nested.
    pub(super) fn depth(&self) -> usize {
        self.0.depth
    }

    pub(super) fn source(&self) -> &SourceInfo {
        &self.0.source
    }

    /// A context in which the expression can be evaluated: the given one, and its patterns.
    pub(super) fn bind<'c>(&self, context: &'c Context<'_, 'static>) -> Context<'c, 'static> {
        let mut inner = context.new_inner_scope();
        for (number, pattern) in self.0.patterns.iter().enumerate() {
            inner.add_variable_as_val(rewrite::pattern_name(number), Box::new(pattern.clone()));
        }
        inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_in_the_text_are_compiled_once() {
        let language = Language::new();
        let compiled = language.compile("'a'.matches('^a') && matches('a', 'b') && 'a'.find('c' + 'd') == ''").unwrap();
        assert_eq!(compiled.0.patterns.len(), 2);
        let faults = language.compile("true &&\n 'a'.matches('(')").unwrap_err();
        assert_eq!((faults[0].line, faults[0].column), (2, 14), "{faults:?}");
        assert!(language.compile("'a'.matches('a{1000}{1000}')").unwrap_err()[0].message.contains("too large"));
    }
}
