//! The meter: what evaluations cost, held to budgets.
//!
//! Costs are counted as an API server counts them: a name, a field or a call is one unit, what goes
//! through a text is a unit for each ten bytes, what is made is a few units for each value. So the budgets
//! bound time and memory alike. A budget that is used up is an error that nothing in an expression can
//! catch.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use cel::ExecutionError;

use crate::limits::Limit;

/// What an error of a limit names in place of a function; no function has such a name.
const LIMIT: &str = "@limit";

thread_local! {
    /// What is left for the expression and for the object; as much as one likes where nothing is metered.
    static LEFT: Cell<(usize, usize)> = const { Cell::new((usize::MAX, usize::MAX)) };
}

/// The budget of one object, from which evaluations for it take.
#[derive(Debug)]
pub(super) struct ObjectBudget(AtomicUsize);

impl Default for ObjectBudget {
    fn default() -> Self {
        Self::of(usize::MAX)
    }
}

impl ObjectBudget {
    /// An account that holds no more than so much.
    pub(super) fn of(most: usize) -> Self {
        Self(AtomicUsize::new(most.min(Limit::ObjectCost.most())))
    }

    /// What is left of it.
    pub(super) fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Does some work that may cost as much for one expression, and no more than the account still holds.
    pub(super) fn metered<T>(&self, most: usize, work: impl FnOnce() -> T) -> T {
        let outer = LEFT.replace((most, self.left()));
        let result = work();
        let (_, left) = LEFT.replace(outer);
        self.0.store(left, Ordering::Relaxed);
        result
    }
}

/// Does the work of an expression that another one needs: with a budget of its own, for the same object.
pub(super) fn nested<T>(work: impl FnOnce() -> T) -> T {
    let (outer, object) = LEFT.get();
    LEFT.set((Limit::ExpressionCost.most(), object));
    let result = work();
    LEFT.set((outer, LEFT.get().1));
    result
}

/// Takes from the budgets, before what it pays for is done.
pub(super) fn spend(cost: usize) -> Result<(), ExecutionError> {
    let (expression, object) = LEFT.get();
    let left = (expression.saturating_sub(cost), object.saturating_sub(cost));
    LEFT.set(left);
    match left {
        (_, 0) => Err(beyond(Limit::ObjectCost)),
        (0, _) => Err(beyond(Limit::ExpressionCost)),
        _ => Ok(()),
    }
}

/// The error of a limit.
pub(super) fn beyond(limit: Limit) -> ExecutionError {
    ExecutionError::function_error(LIMIT, limit.word())
}

/// The limit that an error is about.
pub(super) fn limit(error: &ExecutionError) -> Option<Limit> {
    match error {
        ExecutionError::FunctionError { function, message } if function == LIMIT => {
            Limit::ALL.iter().copied().find(|limit| limit.word() == message)
        }
        _ => None,
    }
}
