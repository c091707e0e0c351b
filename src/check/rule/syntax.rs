//! The syntax tree of an expression: walking it, and naming places in its text.

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

/// The parts of an expression, in the order of the text.
pub(super) fn parts(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(fold) => {
            vec![&fold.iter_range, &fold.accu_init, &fold.loop_cond, &fold.loop_step, &fold.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Struct(fields) => fields.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

fn of_entry(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
        EntryExpr::StructField(field) => vec![&field.value],
    }
}

/// The parts of an expression, to change them.
pub(super) fn parts_mut(expression: &mut IdedExpr) -> Vec<&mut IdedExpr> {
    match &mut expression.expr {
        Expr::Call(call) => call.target.as_deref_mut().into_iter().chain(&mut call.args).collect(),
        Expr::Comprehension(fold) => {
            let fold = &mut **fold;
            vec![&mut fold.iter_range, &mut fold.accu_init, &mut fold.loop_cond, &mut fold.loop_step, &mut fold.result]
        }
        Expr::List(list) => list.elements.iter_mut().collect(),
        Expr::Map(map) => map.entries.iter_mut().flat_map(|entry| of_entry_mut(&mut entry.expr)).collect(),
        Expr::Struct(fields) => fields.entries.iter_mut().flat_map(|entry| of_entry_mut(&mut entry.expr)).collect(),
        Expr::Select(select) => vec![&mut select.operand],
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

fn of_entry_mut(entry: &mut EntryExpr) -> Vec<&mut IdedExpr> {
    match entry {
        EntryExpr::MapEntry(entry) => vec![&mut entry.key, &mut entry.value],
        EntryExpr::StructField(field) => vec![&mut field.value],
    }
}

/// Visits an expression and all its parts.
pub(super) fn visit<'e>(expression: &'e IdedExpr, see: &mut impl FnMut(&'e IdedExpr)) {
    see(expression);
    for part in parts(expression) {
        visit(part, see);
    }
}

/// How many levels an expression is nested, without recursion: it may be deeper than the stack.
pub(super) fn depth(expression: &IdedExpr) -> usize {
    let mut deepest = 0;
    let mut open = vec![(expression, 1)];
    while let Some((expression, depth)) = open.pop() {
        deepest = deepest.max(depth);
        open.extend(parts(expression).into_iter().map(|part| (part, depth + 1)));
    }
    deepest
}

/// The name, if the expression is one.
pub(super) fn name(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Ident(name) => Some(name),
        _ => None,
    }
}

/// Whether an expression is words with dots between.
pub(super) fn is_words(expression: &IdedExpr) -> bool {
    match &expression.expr {
        Expr::Select(select) => !select.test && is_words(&select.operand),
        Expr::Ident(_) => true,
        _ => false,
    }
}

/// The text, if the expression is a string literal.
pub(super) fn literal(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// What an expression selects and from what, if it selects by a name that stands in the text:
/// `a.b`, `a.?b`, `a['b']`, `a[?'b']`, `has(a.b)`.
pub(super) fn selection(expression: &IdedExpr) -> Option<(&IdedExpr, &str)> {
    match &expression.expr {
        Expr::Select(select) => Some((&select.operand, &select.field)),
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, [operand, key]) => Some((operand, literal(key)?)),
            _ => None,
        },
        _ => None,
    }
}

/// The variable that an expression reads, if it is `variables.name`.
pub(super) fn variable(expression: &IdedExpr) -> Option<&str> {
    let (operand, field) = selection(expression)?;
    (name(operand)? == "variables").then_some(field)
}

/// The position of an expression's own word in the text: of a selected field, of a called function.
pub(super) fn position(source: &SourceInfo, expression: &IdedExpr) -> (usize, usize) {
    let text: Vec<char> = source.source.chars().collect();
    let start = source.offset_for(expression.id).map_or(0, |(start, _)| start as usize);
    let word = |c: &char| c.is_alphanumeric() || *c == '_';
    let after_dot = |start: usize| start + text.iter().skip(start).take_while(|c| !word(c)).count();
    let offset = match &expression.expr {
        Expr::Select(_) => after_dot(start),
        Expr::Call(call) if call.func_name == operators::OPT_SELECT => after_dot(start),
        Expr::Call(call) if call.func_name.starts_with(char::is_alphabetic) => {
            let before = text.get(..start).unwrap_or_default();
            let blanks = before.iter().rev().take_while(|c| c.is_whitespace()).count();
            let letters = before.iter().rev().skip(blanks).take_while(|c| word(c)).count();
            if text.get(start) == Some(&'(') { start - blanks - letters } else { start }
        }
        _ => start,
    };
    let before = text.get(..offset).unwrap_or(&text);
    let line = before.iter().filter(|c| **c == '\n').count() + 1;
    (line, before.iter().rev().take_while(|c| **c != '\n').count() + 1)
}
