//! `semver`: semantic versions.

use std::cmp::Ordering;

use cel::common::types::{CelBool, CelInt, CelString};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

use super::{failed, opaque};

/// A version; what is built into it does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Semver {
    numbers: [u64; 3],
    /// The identifiers of a version before the release; none for the release.
    before: Vec<String>,
}

opaque!(Semver, "kubernetes.Semver");

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(<Semver as cel::common::value::Val>::cel_type().to_owned())?;
    add_overload!(env, fn semver: (CelString) -> Result<Semver>)?;
    add_overload!(env, fn semver_loose: (CelString, CelBool) -> Result<Semver>, name = "semver")?;
    add_overload!(env, fn is_semver: (CelString) -> CelBool)?;
    add_overload!(env, fn is_semver_loose: (CelString, CelBool) -> CelBool, name = "isSemver")?;
    add_member_overload!(env, fn major: (Semver) -> CelInt)?;
    add_member_overload!(env, fn minor: (Semver) -> CelInt)?;
    add_member_overload!(env, fn patch: (Semver) -> CelInt)?;
    add_member_overload!(env, fn compare_to: (Semver, Semver) -> CelInt)?;
    add_member_overload!(env, fn is_less_than: (Semver, Semver) -> CelBool)?;
    add_member_overload!(env, fn is_greater_than: (Semver, Semver) -> CelBool)
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let plain = text == "0" || !text.starts_with('0');
    if digits && plain { text.parse().ok() } else { None }
}

fn parse(text: &str) -> Option<Semver> {
    let identifier = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, before) = rest.split_once('-').map_or((rest, None), |(core, before)| (core, Some(before)));
    let mut parts = core.split('.').map(number);
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    let before: Vec<String> = before.map(|before| before.split('.').map(str::to_owned).collect()).unwrap_or_default();
    let legal = |part: &String| identifier(part) && (!part.bytes().all(|b| b.is_ascii_digit()) || number(part).is_some());
    let suffix_ok = build.is_none_or(|build| build.split('.').all(identifier));
    (parts.next().is_none() && before.iter().all(legal) && suffix_ok).then_some(Semver { numbers, before })
}

/// The text with what is missing of a full version, and without what is too much.
fn normalized(text: &str) -> String {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let mut parts: Vec<&str> = core.split('.').collect();
    parts.resize(parts.len().max(3), "0");
    let plain = |part: &&str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        plain => plain.to_owned(),
    };
    parts.iter().map(plain).collect::<Vec<_>>().join(".") + rest
}

fn either(text: &CelString<'_>, loose: &CelBool) -> Option<Semver> {
    if *loose.inner() { parse(&normalized(text.inner())) } else { parse(text.inner()) }
}

fn semver_loose(text: &CelString<'_>, loose: &CelBool) -> Result<Semver, ExecutionError> {
    either(text, loose).ok_or_else(|| failed("semver", format!("`{}` is not a semantic version", text.inner())))
}

fn semver(text: &CelString<'_>) -> Result<Semver, ExecutionError> {
    semver_loose(text, &false.into())
}

fn is_semver(text: &CelString<'_>) -> CelBool {
    parse(text.inner()).is_some().into()
}

fn is_semver_loose(text: &CelString<'_>, loose: &CelBool) -> CelBool {
    either(text, loose).is_some().into()
}

fn as_int(number: u64) -> CelInt {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn major(version: &Semver) -> CelInt {
    as_int(version.numbers[0])
}

fn minor(version: &Semver) -> CelInt {
    as_int(version.numbers[1])
}

fn patch(version: &Semver) -> CelInt {
    as_int(version.numbers[2])
}

fn order(left: &Semver, right: &Semver) -> Ordering {
    let identifiers = |left: &String, right: &String| match (number(left), number(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    };
    let before = || match (left.before.is_empty(), right.before.is_empty()) {
        (false, false) => {
            let pairs = left.before.iter().zip(&right.before);
            let first = pairs.map(|(left, right)| identifiers(left, right)).find(|order| order.is_ne());
            first.unwrap_or_else(|| left.before.len().cmp(&right.before.len()))
        }
        (released, other) => released.cmp(&other),
    };
    left.numbers.cmp(&right.numbers).then_with(before)
}

fn compare_to(left: &Semver, right: &Semver) -> CelInt {
    (order(left, right) as i64).into()
}

fn is_less_than(left: &Semver, right: &Semver) -> CelBool {
    order(left, right).is_lt().into()
}

fn is_greater_than(left: &Semver, right: &Semver) -> CelBool {
    order(left, right).is_gt().into()
}
