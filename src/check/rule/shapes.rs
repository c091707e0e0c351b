//! Shapes: the fields that objects of a kind can have.

use std::collections::{BTreeMap, BTreeSet};

/// The fields of the known kinds.
#[derive(Debug)]
pub struct Shapes(BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>);

impl Default for Shapes {
    fn default() -> Self {
        Self::new()
    }
}

impl Shapes {
    /// The kinds of the Kubernetes API; make them once.
    #[must_use]
    pub fn new() -> Self {
        let lines = include_str!("shapes.txt").lines().filter(|line| !line.starts_with('#'));
        let of_type = |line: &'static str| {
            let mut words = line.split(' ');
            let name = words.next()?;
            Some((name, words.map(|word| word.split_once(':').unwrap_or((word, ""))).collect()))
        };
        Self(lines.filter_map(of_type).collect())
    }

    /// What an object of one of the kinds can be; anything, where one of them is not known.
    pub(super) fn of_kinds(&self, kinds: &[&str]) -> PossibleTypes {
        let known = |kind: &str| self.0.get(kind).is_some_and(|fields| fields.contains_key("metadata"));
        if kinds.is_empty() || !kinds.iter().all(|kind| known(kind)) {
            return PossibleTypes::anything();
        }
        PossibleTypes { open: false, types: kinds.iter().map(|kind| (*kind).to_owned()).collect() }
    }

    /// What a field of a value can be, or the fields that the value has instead.
    pub(super) fn field(&self, shape: &PossibleTypes, field: &str) -> Result<PossibleTypes, BTreeSet<&'static str>> {
        if shape.open || shape.types.is_empty() {
            return Ok(PossibleTypes::anything());
        }
        let mut found = PossibleTypes::default();
        for name in &shape.types {
            let inner = name.strip_prefix("{}").or_else(|| self.0.get(name.as_str())?.get(field).copied());
            if let Some(inner) = inner {
                found.join(PossibleTypes::of(inner));
            }
        }
        if found.open || !found.types.is_empty() {
            return Ok(found);
        }
        Err(shape.types.iter().filter_map(|name| self.0.get(name.as_str())).flat_map(BTreeMap::keys).copied().collect())
    }
}

/// What a value can be: one of some types, or anything. A literal without elements is none of them.
#[derive(Clone, Debug, Default)]
pub(super) struct PossibleTypes {
    open: bool,
    types: BTreeSet<String>,
}

impl PossibleTypes {
    pub(super) fn anything() -> Self {
        Self { open: true, types: BTreeSet::new() }
    }

    /// The shape of a type: the name of one, nothing for a scalar, behind `[]` for a list and `{}`
    /// for a map.
    pub(super) fn of(notation: &str) -> Self {
        match notation {
            "?" => Self::anything(),
            notation => Self { open: false, types: [notation.to_owned()].into() },
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.open |= other.open;
        self.types.extend(other.types);
    }

    /// What a list of such values is.
    pub(super) fn list(self) -> Self {
        if self.open {
            Self::of("[]?")
        } else {
            Self { open: false, types: self.types.iter().map(|name| format!("[]{name}")).collect() }
        }
    }

    /// What comes out when the value is gone through: elements, or keys.
    pub(super) fn elements(&self) -> Self {
        let mut found = Self::default();
        for name in &self.types {
            match name.strip_prefix("[]") {
                Some(inner) => found.join(Self::of(inner)),
                None if name.starts_with("{}") => found.join(Self::of("")),
                None => {}
            }
        }
        if self.open || found.types.is_empty() { Self::anything() } else { found }
    }
}
