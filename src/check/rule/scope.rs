//! Scopes: what the rules of one object see.

use std::fmt;
use std::sync::{Arc, OnceLock};

use cel::common::traits::Indexer;
use cel::common::types::{self, CelString, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{Context, ExecutionError};

use super::evaluator::resolve;
use super::foreign::environment;
use super::meter::{self, ObjectBudget, beyond, spend};
use super::{Expression, Tree, cost, reads};
use crate::limits::Limit;

/// What rules see of one object; reused for many rules.
pub struct Scope<'p> {
    pub(super) context: Context<'p, 'static>,
    pub(super) variables: Variables,
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scope")
    }
}

impl Scope<'static> {
    /// A scope of one object. Each variable may use those before it; it is evaluated once, when a
    /// rule uses it.
    #[must_use]
    pub fn new(object: Tree, related: Tree, service: Tree, variables: &[(String, Expression)]) -> Self {
        Self::within(usize::MAX, object, related, service, variables)
    }

    /// A scope in which evaluations may cost so much all in all, where that is less than the limit for one
    /// object.
    #[must_use]
    pub fn within(most: usize, object: Tree, related: Tree, service: Tree, variables: &[(String, Expression)]) -> Self {
        let facts = Facts {
            most: most.min(Limit::ObjectCost.most()),
            account: ObjectBudget::of(most),
            of_blame: ObjectBudget::of(most),
            object,
            related,
            service,
            expressions: variables.to_vec(),
            traits: traits(variables),
            values: variables.iter().map(|_| OnceLock::new()).collect(),
        };
        let variables = Variables { visible: variables.len(), facts: Arc::new(facts), params: None };
        Self { context: variables.context(), variables }
    }
}

impl Scope<'_> {
    /// What evaluations in the scope have cost so far.
    #[must_use]
    pub fn spent(&self) -> usize {
        let Facts { most, account, of_blame, .. } = &*self.variables.facts;
        (most - account.left()) + (most - of_blame.left())
    }

    /// The same scope with the parameters of one item as `variables.params`.
    #[must_use]
    pub fn with_params(&self, params: Tree) -> Scope<'_> {
        let traits = self.variables.facts.traits.iter();
        let values = traits.map(|traits| traits.varies.then(OnceLock::new)).collect();
        let params = Some(Arc::new(Params { tree: params, values }));
        let variables = Variables { params, ..self.variables.clone() };
        let mut context = self.context.new_inner_scope();
        context.add_variable_as_val("variables", Box::new(variables.clone()));
        Scope { context, variables }
    }
}

type OwnedResult = Result<Box<dyn Val>, ExecutionError>;

struct Facts {
    /// What evaluations might cost at first.
    most: usize,
    /// What evaluations for the object may still cost.
    account: ObjectBudget,
    /// What may still be spent on finding the fields to blame.
    of_blame: ObjectBudget,
    object: Tree,
    related: Tree,
    service: Tree,
    expressions: Vec<(String, Expression)>,
    traits: Vec<Traits>,
    values: Vec<OnceLock<OwnedResult>>,
}

struct Params {
    tree: Tree,
    /// A place for each variable that depends on the parameters.
    values: Vec<Option<OnceLock<OwnedResult>>>,
}

/// What the expression of a variable says before it is evaluated.
struct Traits {
    /// Whether the value depends on the parameters.
    varies: bool,
    /// How many levels it is nested, with the variables behind it.
    depth: usize,
}

fn traits(variables: &[(String, Expression)]) -> Vec<Traits> {
    let mut known: Vec<Traits> = Vec::with_capacity(variables.len());
    for (_, expression) in variables {
        let used = expression.variables();
        let mut traits = Traits { varies: used.contains("params"), depth: expression.depth() };
        for ((name, _), before) in variables.iter().zip(&known) {
            if used.contains(name) {
                traits.varies |= before.varies;
                traits.depth = traits.depth.max(before.depth + expression.depth());
            }
        }
        known.push(traits);
    }
    known
}

/// The value of `variables`.
#[derive(Clone)]
pub(super) struct Variables {
    facts: Arc<Facts>,
    params: Option<Arc<Params>>,
    /// How many of the variables can be seen from here.
    visible: usize,
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("variables")
    }
}

impl Variables {
    /// A context that sees the object and these variables.
    fn context(&self) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(environment()));
        context.add_variable_as_val("object", self.facts.object.boxed());
        context.add_variable_as_val("related", self.facts.related.boxed());
        context.add_variable_as_val("service", self.facts.service.boxed());
        context.add_variable_as_val("variables", Box::new(self.clone()));
        context
    }

    /// The budget of evaluations for the object.
    pub(super) fn account(&self) -> &ObjectBudget {
        &self.facts.account
    }

    /// The budget for finding the fields to blame.
    pub(super) fn of_blame(&self) -> &ObjectBudget {
        &self.facts.of_blame
    }

    pub(super) fn object(&self) -> &Tree {
        &self.facts.object
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.facts.expressions.iter().take(self.visible).rposition(|(known, _)| known == name)
    }

    /// The expression of a variable, and the context in which it is evaluated.
    pub(super) fn definition(&self, name: &str) -> Option<(&Expression, Context<'static, 'static>, Variables)> {
        let position = self.position(name)?;
        self.facts.traits.get(position).filter(|traits| traits.depth <= Limit::ExpressionDepth.most())?;
        let (_, expression) = self.facts.expressions.get(position)?;
        let before = Variables { visible: position, ..self.clone() };
        Some((expression, before.context(), before))
    }

    fn value(&self, position: usize, name: &str) -> Option<&OwnedResult> {
        let own = self.params.as_ref().and_then(|params| params.values.get(position)?.as_ref());
        let cell = own.or_else(|| self.facts.values.get(position))?;
        Some(cell.get_or_init(|| {
            let too_deep = || beyond(Limit::ExpressionDepth);
            let (expression, context, _) = self.definition(name).ok_or_else(too_deep)?;
            let context = expression.bind(&context);
            reads::unrecorded(|| {
                meter::nested(|| {
                    let value = resolve(expression.root(), &context)?;
                    spend(cost::of_copy(value.as_ref()))?;
                    Ok(value.into_owned())
                })
            })
        }))
    }
}

impl StaticVal for Variables {}

impl Val for Variables {
    fn get_type(&self) -> &Type {
        &types::MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &types::MAP_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    handed_on!();
}

impl Indexer for Variables {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let name = key.downcast_ref::<CelString>().map(CelString::inner).unwrap_or_default();
        if name == "params" {
            let params = self.params.as_ref().ok_or_else(|| ExecutionError::no_such_key(name))?;
            return Ok(CowVal::Borrowed(params.tree.as_val()));
        }
        let value = self.position(name).and_then(|position| self.value(position, name));
        match value.ok_or_else(|| ExecutionError::no_such_key(name))? {
            Ok(value) => Ok(CowVal::Borrowed(value.as_ref())),
            Err(error) => Err(error.clone()),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}
