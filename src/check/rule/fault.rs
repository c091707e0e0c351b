//! What is wrong in the text of an expression.

use std::fmt;

use crate::limits::Limit;

/// One thing that is wrong in the text of an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleFault {
    /// The line of the expression's text, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong: a sentence without a full stop.
    pub message: String,
    /// The way out, where one is known.
    pub hint: Option<String>,
    /// The limit that is gone beyond, where the expression is too big.
    pub limit: Option<Limit>,
}

impl RuleFault {
    /// The fault of an expression that goes beyond a limit.
    pub(super) fn beyond(limit: Limit) -> Self {
        let hint = limit.way_out().map(str::to_owned);
        Self { line: 1, column: 1, message: limit.refusal(), hint, limit: Some(limit) }
    }
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}
