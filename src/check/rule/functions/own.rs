//! The functions that only Plimsoll has.

use cel::common::types::{CelBool, CelInt, CelString, DYN_TYPE, INT_TYPE};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError, add_overload};

use super::{Arguments, CallResult, arguments, failed};
use crate::check::rule::int_or_percent::{self, IntOrPercent};
use crate::check::rule::{Tree, selector};

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    let any_and_int = || vec![DYN_TYPE, INT_TYPE];
    env.add_overload("disruptionsAllowed", "disruptionsAllowed", any_and_int(), disruptions_allowed)?;
    env.add_overload("scaledUp", "scaledUp", any_and_int(), scaled_up)?;
    env.add_overload("scaledDown", "scaledDown", any_and_int(), scaled_down)?;
    env.add_overload("selects", "selects", vec![DYN_TYPE, DYN_TYPE], selects)?;
    add_overload!(env, fn at_least: (CelString, CelString) -> Result<CelBool>, name = "kubernetesAtLeast")
}

fn int(value: &CowVal<'_, '_>) -> i64 {
    value.downcast_ref::<CelInt>().map_or(0, |number| *number.inner())
}

fn disruptions_allowed<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    const NAME: &str = "disruptionsAllowed";
    let [spec, replicas] = arguments(values)?;
    let spec = Tree::of_value(spec.as_ref())
        .ok_or_else(|| failed(NAME, "the first argument is not the spec of a PodDisruptionBudget"))?;
    let allowed = int_or_percent::disruptions_allowed(&spec, int(&replicas)).map_err(|message| failed(NAME, message))?;
    Ok(CowVal::owned(CelInt::from(allowed)))
}

fn share(name: &str, value: &CowVal<'_, '_>) -> Result<IntOrPercent, ExecutionError> {
    let share = Tree::of_value(value.as_ref())
        .map_or_else(|| Err("is neither a number nor a percentage".to_owned()), |tree| IntOrPercent::read(&tree));
    share.map_err(|message| failed(name, format!("the first argument {message}")))
}

fn scaled_up<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [value, total] = arguments(values)?;
    Ok(CowVal::owned(CelInt::from(share("scaledUp", &value)?.scaled_up(int(&total)))))
}

fn scaled_down<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [value, total] = arguments(values)?;
    Ok(CowVal::owned(CelInt::from(share("scaledDown", &value)?.scaled_down(int(&total)))))
}

fn selects<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [selector, labels] = arguments(values)?;
    let (selector, labels) = (Tree::of_value(selector.as_ref()), Tree::of_value(labels.as_ref()));
    let selected = selector::selects(selector.as_ref(), labels.as_ref()).map_err(|message| failed("selects", message))?;
    Ok(CowVal::owned(CelBool::from(selected)))
}

fn at_least(version: &CelString<'_>, least: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    let reached = kubernetes_at_least(version.inner(), least.inner());
    reached.map(CelBool::from).map_err(|message| failed("kubernetesAtLeast", message))
}

/// Whether a Kubernetes version such as `1.33` or `v1.33.2` is another one or newer, by major and minor.
///
/// # Errors
/// Which of them is no version.
pub fn kubernetes_at_least(version: &str, least: &str) -> Result<bool, String> {
    let numbers = |text: &str| {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(|part| part.parse::<u32>().ok());
        let (major, minor) = (parts.next().flatten(), parts.next().flatten());
        major.zip(minor).ok_or_else(|| format!("`{text}` is not a Kubernetes version like 1.33"))
    };
    Ok(numbers(version)? >= numbers(least)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        for (version, least, reached) in
            [("1.33", "1.9", true), ("1.33", "1.33", true), ("1.32", "1.33", false), ("v1.34.1", "1.34", true)]
        {
            assert_eq!(kubernetes_at_least(version, least), Ok(reached), "{version} {least}");
        }
        assert!(kubernetes_at_least("1", "1.33").is_err());
        assert!(kubernetes_at_least("1.33", "x").is_err());
    }
}
