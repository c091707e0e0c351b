//! What values and calls cost.

use cel::common::types::{CelInt, CelList, CelMap, CelOptional, CelString, Kind};
use cel::common::value::{CowVal, Val};

use super::Tree;
use super::functions::{COMPILE, ENTRIES, Pattern};
use super::operator_names::{EQUAL, REVERSE, UNEQUAL, WITHIN};
use super::tree::{Data, Scalar};
use crate::limits::Limit;

/// What a value costs that is made anew, beside its text.
pub(super) const MADE: usize = 20;
/// How many bytes of a text that is made anew are a unit.
const MADE_TEXT: usize = 2;
/// How many bytes of a text are a unit.
const TEXT: usize = 10;
/// How many bytes of a regular expression are a unit for each unit of the text: most searches go through
/// the text once, whatever is looked for.
const PATTERN: usize = 32;
/// How many states a regular expression may have that is not refused for its size.
const MOST_STATES: usize = 5_000;
/// The weight from which on nobody asks how much more there is.
const HEAVY: usize = 100_000_000;

fn text_cost(bytes: usize) -> usize {
    bytes.div_ceil(TEXT)
}

/// What it costs to copy a value: parts of an object share what they hold.
pub(super) fn of_copy(value: &dyn Val) -> usize {
    weigh(value, false)
}

/// What it costs to go through all of a value.
pub(super) fn of_walk(value: &dyn Val) -> usize {
    weigh(value, true)
}

fn weigh(value: &dyn Val, through: bool) -> usize {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return 1 + text_cost(text.inner().len());
    }
    if let Some(tree) = value.downcast_ref::<Tree>() {
        return if through { weigh_tree(tree) } else { 1 };
    }
    let sum = |parts: &mut dyn Iterator<Item = usize>| {
        let mut all: usize = 1;
        for part in parts {
            all = all.saturating_add(part);
            if all > HEAVY {
                break;
            }
        }
        all
    };
    if let Some(list) = value.downcast_ref::<CelList>() {
        return sum(&mut list.inner().iter().map(|item| MADE + weigh(item.as_ref(), through)));
    }
    if let Some(map) = value.downcast_ref::<CelMap>() {
        return sum(&mut map.inner().values().map(|held| 2 * MADE + weigh(held.as_ref(), through)));
    }
    match value.downcast_ref::<CelOptional>().and_then(CelOptional::option) {
        Some(held) => 1 + weigh(held, through),
        None => 1,
    }
}

fn weigh_tree(tree: &Tree) -> usize {
    match tree.data() {
        Data::Scalar(Scalar::Text(text)) => 1 + text_cost(text.inner().len()),
        Data::Scalar(_) => 1,
        Data::List(items) => 1 + items.iter().map(weigh_tree).sum::<usize>(),
        Data::Map(fields) => {
            1 + fields.iter().map(|field| text_cost(field.key.inner().len()) + weigh_tree(&field.tree)).sum::<usize>()
        }
    }
}

/// How many elements a list has, or a map keys.
pub(super) fn count(value: &dyn Val) -> usize {
    value.as_sizer().map_or(0, |sizer| usize::try_from(*sizer.size().inner()).unwrap_or_default())
}

fn text<'v>(value: &'v CowVal<'_, '_>) -> &'v str {
    value.downcast_ref::<CelString>().map(CelString::inner).unwrap_or_default()
}

fn int(value: &CowVal<'_, '_>) -> Option<i64> {
    value.downcast_ref::<CelInt>().map(|number| *number.inner())
}

/// The cost of a text that is made, where it is not too long.
fn made_text(bytes: usize) -> Result<usize, Limit> {
    if bytes > Limit::MadeBytes.most() { Err(Limit::MadeBytes) } else { Ok(bytes.div_ceil(MADE_TEXT)) }
}

/// The cost of a list that is made, beside its elements, where it is not too long.
fn made_list(elements: usize) -> Result<usize, Limit> {
    if elements > Limit::MadeElements.most() { Err(Limit::MadeElements) } else { Ok(elements * MADE) }
}

/// The cost of adding two values.
pub(super) fn of_sum(left: &dyn Val, right: &dyn Val) -> Result<usize, Limit> {
    if let (Some(left), Some(right)) = (left.downcast_ref::<CelString>(), right.downcast_ref::<CelString>()) {
        return made_text(left.inner().len() + right.inner().len());
    }
    if left.get_type().kind() != Kind::List {
        return Ok(0);
    }
    let elements = made_list(count(left) + count(right))?;
    let parts = |list: &dyn Val| if list.downcast_ref::<Tree>().is_some() { 0 } else { of_copy(list) };
    Ok(elements.saturating_add(parts(left)).saturating_add(parts(right)))
}

/// The cost of a call, with that of what it makes; the target comes first among the arguments.
pub(super) fn of_call(name: &str, args: &[CowVal<'_, '_>]) -> Result<usize, Limit> {
    let walks = || args.iter().map(|arg| of_walk(arg.as_ref())).fold(1, usize::saturating_add);
    let over_text = args.first().is_some_and(|arg| arg.get_type().kind() == Kind::String);
    Ok(match (name, args) {
        ("replace", [whole, from, to, rest @ ..]) => {
            let (whole, from, to) = (text(whole), text(from), text(to));
            let most = rest.first().and_then(int).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
            let times = if from.is_empty() { whole.chars().count() + 1 } else { whole.matches(from).count() };
            let grown = times.min(most).saturating_mul(to.len().saturating_sub(from.len()));
            text_cost(whole.len()) + made_text(whole.len().saturating_add(grown))?
        }
        ("join", [list, rest @ ..]) => {
            let between = rest.first().map_or(0, |between| text(between).len());
            let texts = of_walk(list.as_ref()).saturating_mul(TEXT).min(bytes_of_texts(list.as_ref()));
            let made = made_text(texts.saturating_add(between.saturating_mul(count(list.as_ref()))))?;
            made.saturating_add(count(list.as_ref()))
        }
        ("split", [whole, by, rest @ ..]) => {
            let (whole, by) = (text(whole), text(by));
            let most = rest.first().and_then(int).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
            let parts = if by.is_empty() { whole.chars().count() } else { whole.matches(by).count() + 1 };
            text_cost(whole.len()) * 2 + made_list(parts.min(most))?
        }
        // Each clause writes one element out, escaped at most.
        ("format", [pattern, values]) => {
            text_cost(text(pattern).len()) + of_walk(values.as_ref()).saturating_mul(4 * TEXT / MADE_TEXT)
        }
        ("quote" | "string" | "bytes", _) => walks().saturating_mul(2 * TEXT / MADE_TEXT),
        ("indexOf" | "lastIndexOf", [whole, part, ..]) if over_text => {
            text_cost(text(whole).len()).saturating_mul(text_cost(text(part).len()).max(1)) + walks()
        }
        ("matches" | "find", [whole, pattern, ..]) => search(text(whole), pattern),
        // Each match may look at all that follows it.
        ("findAll", [whole, pattern, ..]) => {
            let most = made_list(text(whole).len().min(Limit::MadeElements.most()))?;
            most.saturating_add(search(text(whole), pattern).saturating_mul(1 + text(whole).len() / 64))
        }
        (COMPILE, [pattern]) => of_compiling(text(pattern)),
        ("range", [to]) => made_list(int(to).and_then(|to| usize::try_from(to).ok()).unwrap_or_default())?,
        ("flatten" | "slice" | REVERSE | ENTRIES, [list, ..]) if !over_text => {
            let parts = of_walk(list.as_ref());
            count(list.as_ref()).saturating_mul(2 * MADE).saturating_add(if name == "flatten" {
                parts * MADE
            } else {
                of_copy(list.as_ref())
            })
        }
        ("sort" | "@sortByAssociatedKeys", _) => {
            let elements = args.iter().map(|arg| count(arg.as_ref())).max().unwrap_or_default();
            walks().saturating_mul(2 + elements.checked_ilog2().unwrap_or_default() as usize)
        }
        ("distinct", [list]) => of_walk(list.as_ref()).saturating_mul(count(list.as_ref()).max(1)),
        ("contains" | "equivalent" | "intersects", [left, right]) if !over_text => {
            let (lefts, rights) = (count(left.as_ref()).max(1), count(right.as_ref()).max(1));
            let one_way = of_walk(left.as_ref()).saturating_mul(rights);
            one_way.saturating_add(of_walk(right.as_ref()).saturating_mul(lefts))
        }
        (WITHIN, [value, container]) => of_search(value.as_ref(), container.as_ref()),
        (EQUAL | UNEQUAL, [left, right]) => of_comparison(left.as_ref(), right.as_ref()),
        (
            "selects" | "disruptionsAllowed" | "min" | "max" | "sum" | "isSorted" | "first" | "last" | "indexOf" | "lastIndexOf",
            _,
        ) => walks(),
        _ => args.iter().map(|arg| of_copy(arg.as_ref())).fold(1, usize::saturating_add),
    })
}

/// The cost of comparing two values: that of the smaller one.
pub(super) fn of_comparison(left: &dyn Val, right: &dyn Val) -> usize {
    let is_scalar = |value: &dyn Val| !matches!(value.get_type().kind(), Kind::List | Kind::Map | Kind::Opaque | Kind::Dyn);
    if is_scalar(left) || is_scalar(right) {
        let length = |value: &dyn Val| value.downcast_ref::<CelString>().map_or(0, |text| text.inner().len());
        return 1 + text_cost(length(left).min(length(right)));
    }
    of_walk(left).min(of_walk(right))
}

/// The cost of looking for a value in a list, or for a key in a map.
pub(super) fn of_search(value: &dyn Val, container: &dyn Val) -> usize {
    match container.get_type().kind() {
        Kind::List if matches!(value.get_type().kind(), Kind::List | Kind::Map) => of_walk(container),
        Kind::List => count(container) + of_copy(value),
        _ => of_copy(value),
    }
}

/// How many bytes of text the elements of a list have.
fn bytes_of_texts(list: &dyn Val) -> usize {
    let Some(list) = list.as_iterable() else { return 0 };
    let mut items = list.iter();
    let lengths =
        std::iter::from_fn(|| items.next()).map(|item| item.downcast_ref::<CelString>().map_or(0, |text| text.inner().len()));
    lengths.fold(0, usize::saturating_add)
}

/// The cost of looking for a pattern in a text.
fn search(whole: &str, pattern: &CowVal<'_, '_>) -> usize {
    let states = pattern.downcast_ref::<Pattern>().map_or(0, |pattern| states(pattern.text()));
    text_cost(whole.len() + 1).saturating_mul(states.div_ceil(PATTERN).max(1))
}

/// The cost of compiling a pattern.
fn of_compiling(pattern: &str) -> usize {
    100 + states(pattern).saturating_mul(4)
}

/// About how many states a pattern has, where it is not refused for its size: those of its text, as often
/// as its counted repetitions may repeat them.
fn states(pattern: &str) -> usize {
    let counts = pattern.split('{').skip(1).filter_map(|rest| {
        let counts = rest.split_once('}')?.0;
        counts.rsplit(',').find_map(|count| count.parse::<usize>().ok())
    });
    let times = counts.fold(1, |times: usize, count| times.saturating_mul(count.max(1)));
    pattern.len().saturating_mul(times).min(MOST_STATES)
}
