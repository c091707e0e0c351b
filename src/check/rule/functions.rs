//! The functions of the language: those of Kubernetes' own CEL, and Plimsoll's.
#![expect(clippy::trivially_copy_pass_by_ref, reason = "functions of CEL take references")]

mod address;
mod amount;
mod format;
mod lists;
mod operators;
mod own;
mod pairs;
mod pattern;
mod semver;
mod sets;
mod url;

use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

pub use own::kubernetes_at_least;
pub(super) use pairs::ENTRIES;
pub(super) use pattern::{COMPILE, Pattern};

/// The functions that only Plimsoll has; an expression that uses one cannot be given to an API server.
pub const OWN_FUNCTIONS: &[&str] = &["disruptionsAllowed", "kubernetesAtLeast", "scaledDown", "scaledUp", "selects"];

/// The functions that Kubernetes has too, as they are called: behind a namespace, on a value or alone.
#[rustfmt::skip]
pub(super) const KUBERNETES_FUNCTIONS: &[&str] = &[
    // CEL itself.
    "bool", "bytes", "contains", "double", "dyn", "endsWith", "hasValue", "int", "matches", "none", "of", "ofNonZeroValue",
    "or", "orValue", "size", "startsWith", "string", "type", "uint", "value",
    // Strings.
    "charAt", "find", "findAll", "format", "indexOf", "join", "lastIndexOf", "lowerAscii", "quote", "replace", "split",
    "substring", "trim", "upperAscii",
    // Lists and sets.
    "distinct", "equivalent", "first", "flatten", "intersects", "isSorted", "last", "max", "min", "range", "reverse", "slice",
    "sort", "sum",
    // Quantities.
    "add", "asApproximateFloat", "asInteger", "compareTo", "isGreaterThan", "isInteger", "isLessThan", "isQuantity", "quantity",
    "sign", "sub",
    // URLs, addresses, versions, formats.
    "cidr", "containsCIDR", "containsIP", "family", "getEscapedPath", "getHost", "getHostname", "getPort", "getQuery",
    "getScheme", "ip", "isCIDR", "isCanonical", "isGlobalUnicast", "isIP", "isLinkLocalMulticast", "isLinkLocalUnicast",
    "isLoopback", "isSemver", "isURL", "isUnspecified", "major", "masked", "minor", "named", "patch", "prefixLength", "semver",
    "url", "validate", "dns1035Label", "dns1035LabelPrefix", "dns1123Label", "dns1123LabelPrefix", "dns1123Subdomain",
    "dns1123SubdomainPrefix", "labelValue", "qualifiedName", "uri", "uuid", "byte", "date", "datetime",
];

/// What functions stand behind.
pub(super) const NAMESPACES: &[&str] = &["format", "ip", "lists", "optional", "sets", "strings"];

/// What looks like a function and is another way to write an expression.
#[rustfmt::skip]
pub(super) const MACROS: &[&str] = &[
    "all", "exists", "existsOne", "exists_one", "filter", "has", "map", "optFlatMap", "optMap", "sortBy",
    "transformList",
];

/// Adds the functions to an environment that has the standard library, strings and lists.
pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    operators::declare(env)?;
    pattern::declare(env)?;
    amount::declare(env)?;
    semver::declare(env)?;
    url::declare(env)?;
    address::declare(env)?;
    format::declare(env)?;
    lists::declare(env)?;
    sets::declare(env)?;
    pairs::declare(env)?;
    own::declare(env)
}

type Arguments<'b, 'v> = Vec<CowVal<'b, 'v>>;
type CallResult<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

fn failed(function: &str, message: impl ToString) -> ExecutionError {
    ExecutionError::function_error(function, message)
}

/// The arguments, whose number the overload has fixed.
fn arguments<'b, 'v, const N: usize>(values: Arguments<'b, 'v>) -> Result<[CowVal<'b, 'v>; N], ExecutionError> {
    values.try_into().map_err(|values: Arguments<'_, '_>| ExecutionError::invalid_argument_count(N, values.len()))
}

/// The elements of any list.
fn elements<'b, 'v>(list: &'b (dyn Val + 'v)) -> Result<Vec<&'b (dyn Val + 'v)>, ExecutionError> {
    let got = || ExecutionError::UnexpectedType { got: list.get_type().name().to_owned(), want: "list".to_owned() };
    let mut items = list.as_iterable().ok_or_else(got)?.iter();
    Ok(std::iter::from_fn(|| items.next()).collect())
}

/// Makes a Rust type a value of CEL, equal to its like by `PartialEq`.
macro_rules! opaque {
    ($type:ty, $name:literal) => {
        impl cel::common::value::StaticVal for $type {}

        impl cel::common::value::Val for $type {
            fn get_type(&self) -> &cel::common::types::Type {
                <Self as cel::common::value::Val>::cel_type()
            }

            fn cel_type() -> &'static cel::common::types::Type {
                static TYPE: cel::common::types::Type = cel::common::types::Type::new_unspecified_type($name);
                &TYPE
            }

            fn equals(&self, other: &dyn cel::common::value::Val) -> bool {
                other.downcast_ref::<Self>().is_some_and(|other| other == self)
            }

            handed_on!();
        }
    };
}
use opaque;
