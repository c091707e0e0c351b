//! Faults of combinations as they are gathered, and what several topics judge in the same way.

use std::collections::BTreeMap;

use crate::notation::Quantity;
use crate::yaml::{Fault, Route};

/// What was found so far.
#[derive(Default)]
pub struct Faults {
    /// In the order in which it was found.
    pub found: Vec<Fault>,
}

impl Faults {
    /// Notes a fault with the way out.
    pub fn add(&mut self, route: Route, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Fault::new(route, message).hint(hint));
    }

    /// Reports every value that stands more than once, at its second and later places.
    pub fn twice<'a, T: Ord + std::fmt::Display>(
        &mut self,
        values: impl Iterator<Item = (T, Route)>,
        what: &'a str,
        hint: &'a str,
    ) {
        let mut seen = BTreeMap::new();
        for (value, route) in values {
            match seen.get(&value) {
                Some(first) => self.add(route, format!("{what} `{value}` is taken by {first}"), hint),
                None => _ = seen.insert(value, route),
            }
        }
    }
}

/// The route of a field.
pub fn at(name: &str) -> Route {
    Route::root().key(name)
}

/// Refuses an amount of nothing.
pub fn positive(amount: Option<&Quantity>, route: Route, faults: &mut Faults) {
    if let Some(amount) = amount.filter(|amount| !amount.is_positive()) {
        faults.add(route, format!("{amount} is not more than nothing"), "write an amount above 0");
    }
}

/// The most bytes that are taken for meant: 1 Pi.
const MOST_BYTES: i128 = 1 << 50;

/// Judges an amount of bytes.
pub fn bytes(amount: &Quantity, route: Route, faults: &mut Faults) {
    if amount.is_positive() && !amount.is_whole() {
        faults.add(route, format!("{amount} holds a part of a byte"), "write bytes with Mi or Gi behind them, such as 512Mi");
    } else if amount.whole() > MOST_BYTES {
        faults.add(route, format!("{amount} is more than a node has"), "write for example 512Mi or 2Gi");
    }
}

/// The most bytes that the API server takes for all annotations of an object.
const MOST_ANNOTATIONS: usize = 256 << 10;
/// Room for the annotations that are not a person's own.
const OTHER_ANNOTATIONS: usize = 16 << 10;

/// Judges the length of annotations.
pub fn annotations_fit(own: &BTreeMap<String, String>, route: Route, faults: &mut Faults) {
    if length(own) > MOST_ANNOTATIONS - OTHER_ANNOTATIONS {
        let message = format!("hold {} bytes; an object takes {MOST_ANNOTATIONS} in all", length(own));
        faults.add(route, message, "keep long texts elsewhere, and write where");
    }
}

/// The bytes of all keys and values.
pub fn length(map: &BTreeMap<String, String>) -> usize {
    map.iter().map(|(key, value)| key.len() + value.len()).sum()
}
