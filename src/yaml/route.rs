//! Routes: the way from the root of a document to a field.

use std::fmt;

use serde_json::Value as Json;

use crate::notation::{Word, route_words};

/// One step of a route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteStep {
    /// The value behind a key of a mapping.
    Key(String),
    /// An element of a sequence, from 0.
    Index(usize),
}

/// The way from the root of a document to a field, such as `ports[0].name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Vec<RouteStep>);

impl Route {
    /// The route to the root.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A route of the given steps.
    #[must_use]
    pub fn from_steps(steps: &[RouteStep]) -> Self {
        Self(steps.to_vec())
    }

    /// Reads a route as a person writes it: `scale.max`, `ports.0.port`, `ports[0].port`,
    /// `labels["example.com/a"]`.
    ///
    /// # Errors
    /// What is wrong with the text, as half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let step = |word| match word {
            Word::Plain(word) => Ok(word.parse().map_or_else(|_| RouteStep::Key(word), RouteStep::Index)),
            Word::Quoted(key) => Ok(RouteStep::Key(key)),
            Word::Bracketed(index) => {
                index.parse().map(RouteStep::Index).map_err(|_| format!("has the index `{index}`, which is no number"))
            }
        };
        let steps: Vec<RouteStep> = route_words(text)?.into_iter().map(step).collect::<Result<_, _>>()?;
        if steps.is_empty() { Err("is empty".to_owned()) } else { Ok(Self(steps)) }
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[RouteStep] {
        &self.0
    }

    /// This route and one key more.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut steps = self.0.clone();
        steps.push(RouteStep::Key(key.into()));
        Self(steps)
    }

    /// This route and one index more.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(RouteStep::Index(index));
        Self(steps)
    }

    /// The value to which it leads.
    #[must_use]
    pub fn value_in<'v>(&self, value: &'v Json) -> Option<&'v Json> {
        self.0.iter().try_fold(value, |value, step| match step {
            RouteStep::Key(key) => value.get(key),
            RouteStep::Index(index) => value.get(index),
        })
    }

    /// Whether this route leads to `other` or to something around it.
    #[must_use]
    pub fn contains(&self, other: &Route) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                RouteStep::Index(index) => write!(f, "[{index}]")?,
                RouteStep::Key(key) if !is_word(key) => write!(f, "[\"{key}\"]")?,
                RouteStep::Key(key) if position == 0 => f.write_str(key)?,
                RouteStep::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// A route while a tree is walked: it lives on the stack, and becomes a [`Route`] only where one is
/// needed.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The root.
    Root,
    /// The value behind a key.
    Key(&'a Path<'a>, &'a str),
    /// An element of a sequence.
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// The route to the same place.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Self::Root => Route::root(),
            Self::Key(parent, key) => parent.route().key(*key),
            Self::Index(parent, index) => parent.route().index(*index),
        }
    }

    /// Whether it begins with a key, and goes on behind it.
    #[must_use]
    pub fn is_below(&self, first: &str) -> bool {
        match self {
            Self::Root | Self::Key(Self::Root, _) => false,
            Self::Key(Self::Key(Self::Root, key), _) | Self::Index(Self::Key(Self::Root, key), _) => *key == first,
            Self::Key(parent, _) | Self::Index(parent, _) => parent.is_below(first),
        }
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read_as_people_write_them() {
        let cases = [
            ("scale.max", "scale.max"),
            ("ports.0.port", "ports[0].port"),
            ("ports[1].port", "ports[1].port"),
            ("labels[\"a.b/c\"]", "labels[\"a.b/c\"]"),
        ];
        for (text, shown) in cases {
            assert_eq!(Route::parse(text).unwrap().to_string(), shown);
        }
        for text in ["", ".a", "a.", "a..b", "a[", "a[x]", "a[\"b\""] {
            assert!(Route::parse(text).is_err(), "{text}");
        }
    }
}
