//! Regular expressions: `matches`, `find`, `findAll`.

use cel::common::types::{CelBool, CelInt, CelList, CelString};
use cel::common::value::Val;
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use regex::{Regex, RegexBuilder};

use super::{failed, opaque};

/// The most memory that one compiled pattern may take, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(in crate::check::rule) struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

opaque!(Pattern, "plimsoll.Pattern");

impl Pattern {
    /// Compiles a pattern; the error is what is wrong with it, on one line.
    pub(in crate::check::rule) fn new(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text).size_limit(MOST_BYTES).build();
        built.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
    }

    fn dynamic(function: &str, text: &CelString<'_>) -> Result<Self, ExecutionError> {
        Self::new(text.inner()).map_err(|message| failed(function, format!("`{}`: {message}", text.inner())))
    }
}

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    add_overload!(env, fn matches: (CelString, Pattern) -> CelBool, id = "matches(string,pattern)")?;
    add_member_overload!(env, fn matches: (CelString, Pattern) -> CelBool)?;
    add_member_overload!(env, fn find: (CelString, Pattern) -> CelString)?;
    add_member_overload!(env, fn find_all: (CelString, Pattern) -> CelList)?;
    add_member_overload!(env, fn find_some: (CelString, Pattern, CelInt) -> CelList, name = "findAll")?;
    add_member_overload!(env, fn find_text: (CelString, CelString) -> Result<CelString>, name = "find")?;
    add_member_overload!(env, fn find_all_text: (CelString, CelString) -> Result<CelList>, name = "findAll")?;
    add_member_overload!(env, fn find_some_text: (CelString, CelString, CelInt) -> Result<CelList>, name = "findAll")
}

fn matches(text: &CelString<'_>, pattern: &Pattern) -> CelBool {
    pattern.0.is_match(text.inner()).into()
}

fn find(text: &CelString<'_>, pattern: &Pattern) -> CelString<'static> {
    pattern.0.find(text.inner()).map_or(String::new(), |found| found.as_str().to_owned()).into()
}

fn find_all(text: &CelString<'_>, pattern: &Pattern) -> CelList<'static> {
    find_some(text, pattern, &CelInt::from(-1))
}

/// A negative limit is none.
fn find_some(text: &CelString<'_>, pattern: &Pattern, limit: &CelInt) -> CelList<'static> {
    let limit = usize::try_from(*limit.inner()).unwrap_or(usize::MAX);
    let found = pattern.0.find_iter(text.inner()).take(limit);
    let found: Vec<Box<dyn Val>> = found.map(|found| Box::new(CelString::from(found.as_str().to_owned())) as _).collect();
    found.into()
}

fn find_text(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelString<'static>, ExecutionError> {
    Pattern::dynamic("find", pattern).map(|pattern| find(text, &pattern))
}

fn find_all_text(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelList<'static>, ExecutionError> {
    Pattern::dynamic("findAll", pattern).map(|pattern| find_all(text, &pattern))
}

fn find_some_text(text: &CelString<'_>, pattern: &CelString<'_>, limit: &CelInt) -> Result<CelList<'static>, ExecutionError> {
    Pattern::dynamic("findAll", pattern).map(|pattern| find_some(text, &pattern, limit))
}
