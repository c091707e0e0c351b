//! Faults: what is wrong in something that a person wrote, and where.

use std::fmt;
use std::sync::Arc;

use super::{Place, Route};
use crate::limits::Limit;
use crate::notation::release_name;

/// What a fault's field was read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A file, with the place in it.
    File(Arc<str>, Place),
    /// Something else that a person gave, such as `--set scale.max=4`.
    Given(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name, place) => write!(f, "{name}:{}:{}", place.line, place.column),
            Self::Given(what) => f.write_str(what),
        }
    }
}

/// One thing that is wrong, with its place and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub route: Route,
    /// What is wrong: a sentence without a full stop.
    pub message: String,
    /// Whether it is that something is asked for and not there.
    pub is_missing: bool,
    /// The exact edit or flag that mends it.
    pub hint: Option<String>,
    /// The checklist item that refuses the value, where one does.
    pub item: Option<String>,
    /// The limit that is gone beyond, where the fault is that something is too big.
    pub limit: Option<Limit>,
    /// Where the field, or what is around it, was read from; filled in by whoever knows.
    pub source: Option<Source>,
}

/// The way out of a template.
pub const RENDER_FIRST: &str = "render it first, as with `helm template` or `kustomize build`, and give what that writes";

impl Fault {
    /// A fault of the field at `route`.
    #[must_use]
    pub fn new(route: Route, message: impl Into<String>) -> Self {
        Self { route, message: message.into(), is_missing: false, hint: None, item: None, limit: None, source: None }
    }

    /// The fault of a field that is asked for and not there.
    #[must_use]
    pub fn missing(route: Route) -> Self {
        Self { is_missing: true, ..Self::new(route, "is missing") }
    }

    /// The fault of something that goes beyond a limit.
    #[must_use]
    pub fn beyond(limit: Limit) -> Self {
        let hint = limit.way_out().map(str::to_owned);
        Self { hint, limit: Some(limit), ..Self::new(Route::root(), limit.refusal()) }
    }

    /// The same fault with the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same fault of a text that is no YAML; of a template that says so, with the way out.
    #[must_use]
    pub fn of_text(self, text: &str) -> Self {
        if !text.contains("{{") {
            return self;
        }
        Self { message: format!("is a template: {}", self.message), ..self }.hint(RENDER_FIRST)
    }

    /// The same fault, refused by a checklist item.
    #[must_use]
    pub fn item(mut self, item: impl Into<String>) -> Self {
        self.item = Some(item.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        let field = self.route.to_string();
        if !field.is_empty() {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(item) = &self.item {
            write!(f, " ({item})")?;
        }
        Ok(())
    }
}

/// The known word nearest to a misspelt one, if any is near enough to be meant.
#[must_use]
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let nearness = |candidate: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    let near = |candidate: &&str| {
        let longest = word.chars().count().max(candidate.chars().count());
        nearness(candidate) <= longest.div_ceil(3)
    };
    known.into_iter().filter(near).min_by_key(|candidate| nearness(candidate))
}

/// The fault that names something which is none of those that ship; `what` is what they are.
#[must_use]
pub fn not_shipped(route: Route, what: &str, wanted: &str, shipped: &[&str]) -> Fault {
    let name = release_name(wanted);
    let names = || shipped.iter().map(|id| release_name(id));
    let near = if names().any(|known| known == name) { None } else { suggest(name, names()) };
    let meant = near.map(|near| {
        let pinned = format!("{near}{}", &wanted[name.len()..]);
        let meant = if shipped.contains(&pinned.as_str()) { &pinned } else { near };
        format!("did you mean `{meant}`? ")
    });
    let hint = format!("{}shipped: {}", meant.unwrap_or_default(), shipped.join(", "));
    Fault::new(route, format!("the {what} `{wanted}` does not ship with this Plimsoll")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_not() {
        let known = ["runtime", "replicas", "resources"];
        assert_eq!(suggest("runtme", known), Some("runtime"));
        assert_eq!(suggest("Resource", known), Some("resources"));
        assert_eq!(suggest("image", known), None);
    }
}
