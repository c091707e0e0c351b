//! Rules: expressions in CEL, with the names and the meaning of a Kubernetes
//! `ValidatingAdmissionPolicy`, and what only Plimsoll has.
//!
//! A [`Language`] compiles texts into [`Expression`]s; a [`Scope`] holds what they see for one
//! object, as [`Tree`]s that know their place; [`evaluate`] gives a [`Verdict`], which on failure
//! names the fields that made the rule fail. [`Expression::faults`] finds at load what would else
//! fail at run time: misspelt names, functions and fields.
//!
//! No other module names the crate `cel`.

/// The methods by which a type that is `Clone` is handed on, and known again, as a value of CEL.
macro_rules! handed_on {
    () => {
        fn clone_as_boxed<'v>(&self) -> Box<dyn cel::common::value::Val + 'v>
        where
            Self: 'v,
        {
            Box::new(self.clone())
        }

        fn as_any(&self) -> Option<&dyn std::any::Any> {
            Some(self)
        }
    };
}

mod blame;
mod check;
mod cost;
mod equality;
mod evaluator;
mod expression;
mod failure;
mod fault;
mod foreign;
mod functions;
pub mod int_or_percent;
mod meter;
mod operator_names;
mod reach;
mod reads;
mod rewrite;
mod scope;
pub mod selector;
mod shapes;
mod spot;
mod syntax;
mod tree;
mod value;
mod verdict;

pub use expression::{Expression, Language};
pub use failure::Failure;
pub use fault::RuleFault;
pub use functions::{OWN_FUNCTIONS, kubernetes_at_least};
pub use scope::Scope;
pub use shapes::Shapes;
pub use spot::Spot;
pub use tree::Tree;
pub use verdict::{Verdict, evaluate, text, truth};
