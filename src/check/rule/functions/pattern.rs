//! Regular expressions: `matches`, `find`, `findAll`.

use std::sync::Arc;

use cel::common::types::{CelBool, CelInt, CelList, CelString};
use cel::common::value::Val;
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use regex::{Regex, RegexBuilder};

use super::{failed, opaque};
use crate::limits::Limit;

/// The function that compiles a pattern which does not stand in the text of the rule.
pub(in crate::check::rule) const COMPILE: &str = "@pattern";
/// The most memory that a search may keep for itself, in bytes.
const CACHE: usize = 256 << 10;

/// A compiled regular expression; clones share it.
#[derive(Clone, Debug)]
pub(in crate::check::rule) struct Pattern(Arc<Regex>);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

opaque!(Pattern, "plimsoll.Pattern");

impl Pattern {
    /// Compiles a pattern; the error is what is wrong with it, on one line.
    pub(in crate::check::rule) fn new(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text).size_limit(Limit::PatternBytes.most()).dfa_size_limit(CACHE).build();
        built.map(|regex| Self(Arc::new(regex))).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
    }

    /// The text that it was compiled from.
    pub(in crate::check::rule) fn text(&self) -> &str {
        self.0.as_str()
    }
}

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    add_overload!(env, fn compile: (CelString) -> Result<Pattern>, name = COMPILE)?;
    add_overload!(env, fn matches: (CelString, Pattern) -> CelBool, id = "matches(string,pattern)")?;
    add_member_overload!(env, fn matches: (CelString, Pattern) -> CelBool)?;
    add_member_overload!(env, fn find: (CelString, Pattern) -> CelString)?;
    add_member_overload!(env, fn find_all: (CelString, Pattern) -> CelList)?;
    add_member_overload!(env, fn find_some: (CelString, Pattern, CelInt) -> CelList, name = "findAll")
}

fn compile(text: &CelString<'_>) -> Result<Pattern, ExecutionError> {
    Pattern::new(text.inner()).map_err(|message| failed("matches", format!("`{}`: {message}", text.inner())))
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
