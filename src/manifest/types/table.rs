//! The table of Kubernetes' types, each kind and field with the versions that have it.
//!
//! `table.txt` is written by `tests/conformance/go/types` from the modules of Kubernetes; the build makes the rows of
//! it. They name each other by number, so that the table costs a run nothing.

use crate::notation::KubeVersion;

include!(concat!(env!("OUT_DIR"), "/types.rs"));

const VERSION_COUNT: usize = (NEWEST - OLDEST) as usize + 1;

/// What JSON a value is read from, by Kubernetes' own decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueShape {
    /// `true` or `false`.
    Bool,
    /// A string in base64.
    Bytes,
    /// A whole number of 32 bits, or a string.
    IntOrString,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A string with a time to the millionth of a second.
    MicroTime,
    /// A string such as `500m`, or a number.
    Quantity,
    /// Anything.
    Raw,
    /// A string.
    String,
    /// A string with a time.
    Time,
    /// A list, with the number of the shape of its elements.
    List(u16),
    /// A map with keys of people's own, with the number of the shape of its values.
    Map(u16),
    /// A map whose keys are fields, with the number of its type.
    Object(u16),
}

/// A kind of objects.
#[derive(Debug)]
pub struct KindRow {
    api_version: u16,
    kind: u16,
    of: u16,
    since: u8,
    until: u8,
}

/// A type of maps whose keys are fields.
#[derive(Debug)]
pub struct TypeRow {
    name: u16,
    first: u16,
}

/// A field of a type, as some versions have it.
#[derive(Debug)]
pub struct FieldRow {
    name: u16,
    shape: u16,
    since: u8,
    until: u8,
    gate: u8,
}

/// A feature gate; where it is off, servers drop the fields that it guards.
#[derive(Debug)]
pub struct GateRow {
    name: u16,
    stages: [u8; VERSION_COUNT],
}

/// How far a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateStage {
    /// Its gate is on by default, or gone.
    On,
    /// An alpha feature, whose gate is off by default.
    Alpha,
    /// A beta feature, whose gate is off by default.
    Beta,
    /// On its way out, and off by default.
    Deprecated,
}

/// What a version has under the name of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldLookup {
    /// The field.
    There(&'static FieldRow),
    /// Nothing; other versions have the field.
    Elsewhere(&'static FieldRow),
    /// Nothing, in no version.
    Nothing,
}

fn word(number: u16) -> &'static str {
    let number = usize::from(number);
    let start = number.checked_sub(1).and_then(|before| ENDS.get(before)).map_or(0, |end| usize::from(*end));
    let end = ENDS.get(number).map_or(start, |end| usize::from(*end));
    TEXT.get(start..end).unwrap_or_default()
}

impl KindRow {
    /// The kind of a group and version, whichever versions of Kubernetes serve it.
    #[must_use]
    pub fn find(api_version: &str, kind: &str) -> Option<&'static Self> {
        let order = |row: &KindRow| (word(row.api_version), word(row.kind)).cmp(&(api_version, kind));
        KINDS.binary_search_by(order).ok().and_then(|at| KINDS.get(at))
    }

    /// Whether a version serves it.
    #[must_use]
    pub fn is_in(&self, version: KubeVersion) -> bool {
        is_within(self.since, self.until, version)
    }

    /// The first version that serves it.
    #[must_use]
    pub fn since(&self) -> KubeVersion {
        KubeVersion { minor: self.since.into() }
    }

    /// The last version that serves it.
    #[must_use]
    pub fn until(&self) -> KubeVersion {
        KubeVersion { minor: self.until.into() }
    }

    /// The first group and version under which a version serves the kind in the same group.
    #[must_use]
    pub fn served_in(&self, version: KubeVersion) -> Option<&'static str> {
        let group = |row: &KindRow| word(row.api_version).rsplit_once('/').map(|(group, _)| group);
        let is_same = |row: &&KindRow| row.kind == self.kind && group(row) == group(self) && row.is_in(version);
        KINDS.iter().find(is_same).map(|row| word(row.api_version))
    }

    /// The type of its objects.
    #[must_use]
    pub fn of(&self) -> u16 {
        self.of
    }
}

impl TypeRow {
    /// The name of a type by its number, such as `PodSpec`.
    #[must_use]
    pub fn name_of(number: u16) -> &'static str {
        TYPES.get(usize::from(number)).map_or("", |of| word(of.name))
    }

    /// The fields of a type by its number, in the order of their names; of one name the oldest first.
    #[must_use]
    pub fn fields(number: u16) -> &'static [FieldRow] {
        let start = TYPES.get(usize::from(number)).map_or(FIELDS.len(), |of| usize::from(of.first));
        let end = TYPES.get(usize::from(number) + 1).map_or(FIELDS.len(), |of| usize::from(of.first));
        FIELDS.get(start..end).unwrap_or_default()
    }

    /// What a version has under a name.
    #[must_use]
    pub fn field(number: u16, name: &str, version: KubeVersion) -> FieldLookup {
        let fields = Self::fields(number);
        let from = fields.partition_point(|field| field.name() < name);
        let mut other = FieldLookup::Nothing;
        for field in fields.iter().skip(from).take_while(|field| field.name() == name) {
            if field.is_in(version) {
                return FieldLookup::There(field);
            }
            other = FieldLookup::Elsewhere(field);
        }
        other
    }
}

impl FieldRow {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        word(self.name)
    }

    /// What it is read from.
    #[must_use]
    pub fn shape(&self) -> ValueShape {
        ValueShape::of(self.shape)
    }

    /// Whether a version has it.
    #[must_use]
    pub fn is_in(&self, version: KubeVersion) -> bool {
        is_within(self.since, self.until, version)
    }

    /// The first version that has it.
    #[must_use]
    pub fn since(&self) -> KubeVersion {
        KubeVersion { minor: self.since.into() }
    }

    /// The last version that has it.
    #[must_use]
    pub fn until(&self) -> KubeVersion {
        KubeVersion { minor: self.until.into() }
    }

    /// The gate that guards it, where it is off in some version.
    #[must_use]
    pub fn gate(&self) -> Option<&'static GateRow> {
        GATES.get(usize::from(self.gate))
    }
}

impl GateRow {
    /// The name, such as `UserNamespacesSupport`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        word(self.name)
    }

    /// How far it is in a version.
    #[must_use]
    pub fn stage(&self, version: KubeVersion) -> GateStage {
        let at = version.minor.checked_sub(OLDEST.into()).and_then(|at| self.stages.get(usize::from(at)));
        match at {
            Some(b'a') => GateStage::Alpha,
            Some(b'b') => GateStage::Beta,
            Some(b'd') => GateStage::Deprecated,
            _ => GateStage::On,
        }
    }

    /// The first version behind the given one in which it is on.
    #[must_use]
    pub fn on_from(&self, version: KubeVersion) -> Option<KubeVersion> {
        let later = (version.minor + 1..=NEWEST.into()).map(|minor| KubeVersion { minor });
        later.into_iter().find(|version| self.stage(*version) == GateStage::On)
    }
}

impl ValueShape {
    /// The shape of a number.
    #[must_use]
    pub fn of(number: u16) -> Self {
        SHAPES.get(usize::from(number)).copied().unwrap_or(Self::Raw)
    }
}

fn is_within(since: u8, until: u8, version: KubeVersion) -> bool {
    (u16::from(since)..=u16::from(until)).contains(&version.minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation;

    #[test]
    fn the_table_knows_the_versions_that_are_supported() {
        assert_eq!((u16::from(OLDEST), u16::from(NEWEST)), (notation::OLDEST.minor, notation::NEWEST.minor));
    }

    #[test]
    fn the_table_is_in_order_and_small() {
        let kinds: Vec<_> = KINDS.iter().map(|kind| (word(kind.api_version), word(kind.kind))).collect();
        assert!(kinds.is_sorted());
        for number in 0..u16::try_from(TYPES.len()).unwrap() {
            let names: Vec<&str> = TypeRow::fields(number).iter().map(FieldRow::name).collect();
            assert!(names.is_sorted(), "{}", TypeRow::name_of(number));
        }
        let size = TEXT.len() + size_of_val(&ENDS) + size_of_val(&FIELDS) + size_of_val(&TYPES) + size_of_val(&KINDS);
        assert!(size < 100_000, "{size} bytes");
    }

    #[test]
    fn fields_are_known_by_version() {
        let version = |minor| KubeVersion { minor };
        let spec = |name: &str, minor| TypeRow::field(KindRow::find("v1", "Service").unwrap().of(), name, version(minor));
        assert!(matches!(spec("spec", 29), FieldLookup::There(_)));
        assert!(matches!(spec("specs", 37), FieldLookup::Nothing));
        let FieldLookup::There(field) = spec("spec", 37) else { return };
        let ValueShape::Object(service) = field.shape() else { return };
        assert!(matches!(TypeRow::field(service, "trafficDistribution", version(29)), FieldLookup::Elsewhere(_)));
        let FieldLookup::There(field) = TypeRow::field(service, "trafficDistribution", version(30)) else { return };
        let gate = field.gate().unwrap();
        assert_eq!(
            (gate.name(), gate.stage(version(30)), gate.stage(version(31))),
            ("ServiceTrafficDistribution", GateStage::Alpha, GateStage::On)
        );
        assert_eq!(gate.on_from(version(30)), Some(version(31)));
        assert!(KindRow::find("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema").is_some_and(|kind| !kind.is_in(version(32))));
        assert!(KindRow::find("serving.knative.dev/v1", "Service").is_none());
    }
}
