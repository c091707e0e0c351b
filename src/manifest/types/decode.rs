//! The walk: every value of an object held against what Kubernetes reads in its place.
//!
//! As an API server does with strict validation: names are exact, null is as good as nothing everywhere, and a number
//! such as `1e3` or `1.0` is whole, for it reaches the decoder as JSON.

use super::formats;
use super::nearest;
use super::table::{FieldLookup, GateRow, GateStage, KindRow, TypeRow, ValueShape};
use crate::limits::Limit;
use crate::manifest::{ApiFault, Reaction};
use crate::notation::KubeVersion;
use crate::yaml::{Entry, Node, Path, Place, Route, Value};

/// What comes of reading an object as its type.
#[derive(Debug)]
pub enum Decoded {
    /// The kind is none of Kubernetes' own.
    UnknownKind,
    /// The faults, in the order of the text; none where it is read as a whole.
    Read(Vec<ApiFault>),
}

/// Reads an object as a version of Kubernetes does.
///
/// The faults are what it refuses, and the fields that it drops without a word.
#[must_use]
pub fn decode(object: &Node, version: KubeVersion) -> Decoded {
    let word = |key: &str| object.get(key).and_then(Node::as_str).unwrap_or_default();
    let Some(kind) = KindRow::find(word("apiVersion"), word("kind")) else { return Decoded::UnknownKind };
    if !kind.is_in(version) {
        let route = Route::root().key("apiVersion");
        return Decoded::Read(vec![ApiFault::at(Reaction::Refused, object, route, not_served(kind, version))]);
    }
    let mut walk = TypeWalk { root: object, of: kind.of(), version, faults: Vec::new() };
    walk.object(object, kind.of(), &Path::Root);
    Decoded::Read(walk.faults)
}

/// What is wrong with an object of a kind that a version does not serve.
fn not_served(kind: &KindRow, version: KubeVersion) -> String {
    let other = if kind.since() > version {
        format!("it comes with {}", kind.since())
    } else {
        format!("{} was the last to do so", kind.until())
    };
    let served = kind.served_in(version).map(|served| format!(", and `{served}` is served")).unwrap_or_default();
    format!("is not served for this kind by Kubernetes {version}; {other}{served}")
}

struct TypeWalk<'n> {
    root: &'n Node,
    of: u16,
    version: KubeVersion,
    faults: Vec<ApiFault>,
}

impl TypeWalk<'_> {
    fn fault(&mut self, reaction: Reaction, place: Place, path: &Path<'_>, message: impl FnOnce() -> String) {
        if self.faults.len() < Limit::Places.most() {
            self.faults.push(ApiFault::new(reaction, place, path, message()));
        }
    }

    fn object(&mut self, node: &Node, of: u16, path: &Path<'_>) {
        for entry in node.entries() {
            let path = Path::Key(path, &entry.key);
            match TypeRow::field(of, &entry.key, self.version) {
                FieldLookup::There(field) => {
                    if let Some(gate) = field.gate() {
                        self.gated(gate, entry, &path);
                    }
                    self.value(&entry.node, field.shape(), entry.place, &path);
                }
                FieldLookup::Elsewhere(field) => {
                    let (name, version) = (TypeRow::name_of(of), self.version);
                    let (since, until) = (field.since(), field.until());
                    self.fault(Reaction::Refused, entry.place, &path, || {
                        let other =
                            if since > version { format!("came with {since}") } else { format!("was there up to {until}") };
                        format!("is not a field of {name} in Kubernetes {version}; it {other}")
                    });
                }
                FieldLookup::Nothing => {
                    let (root, first, version) = (self.root, self.of, self.version);
                    self.fault(Reaction::Refused, entry.place, &path, || {
                        let meant = nearest::meant(root, first, &path.route(), version).map(|meant| format!("; {meant}"));
                        format!("is not a field of {}{}", TypeRow::name_of(of), meant.unwrap_or_default())
                    });
                }
            }
        }
    }

    /// A field that is dropped where its gate is off. What a server says of the state of an object is its own matter.
    fn gated(&mut self, gate: &GateRow, entry: &Entry, path: &Path<'_>) {
        let version = self.version;
        let stage = match gate.stage(version) {
            GateStage::On => return,
            GateStage::Alpha => "an alpha feature",
            GateStage::Beta => "a beta feature that is off by default",
            GateStage::Deprecated => "on its way out",
        };
        if entry.node.value == Value::Null || path.is_below("status") {
            return;
        }
        self.fault(Reaction::Dropped, entry.place, path, || {
            let later = gate.on_from(version).map(|on| format!("; it is on from {on}")).unwrap_or_default();
            format!("is dropped by Kubernetes {version} unless its feature gate {} is on: {stage}{later}", gate.name())
        });
    }

    fn value(&mut self, node: &Node, shape: ValueShape, place: Place, path: &Path<'_>) {
        let fits = match (shape, &node.value) {
            (ValueShape::Raw, _)
            | (_, Value::Null)
            | (ValueShape::Bool, Value::Bool(_))
            | (ValueShape::String | ValueShape::IntOrString, Value::String(_))
            | (ValueShape::Quantity, Value::Int(_)) => true,
            (ValueShape::Object(of), Value::Map(_)) => return self.object(node, of, path),
            (ValueShape::Map(of), Value::Map(entries)) => {
                let of = ValueShape::of(of);
                for entry in entries {
                    self.value(&entry.node, of, entry.place, &Path::Key(path, &entry.key));
                }
                return;
            }
            (ValueShape::List(of), Value::List(items)) => {
                let of = ValueShape::of(of);
                for (index, item) in items.iter().enumerate() {
                    self.value(item, of, item.place, &Path::Index(path, index));
                }
                return;
            }
            (ValueShape::Int64, value) => formats::whole(value).is_some(),
            (ValueShape::Int32 | ValueShape::IntOrString, value) => {
                formats::whole(value).is_some_and(|number| i32::try_from(number).is_ok())
            }
            (ValueShape::Quantity, Value::String(text)) => formats::is_quantity(text.trim()),
            (ValueShape::Quantity, Value::Float(number)) => number.is_finite(),
            (ValueShape::Bytes, Value::String(text)) => formats::is_base64(text),
            (ValueShape::Bytes, Value::List(items)) => items.iter().all(|item| formats::is_byte(&item.value)),
            (ValueShape::Time, Value::String(text)) => formats::is_time(text, None),
            (ValueShape::MicroTime, Value::String(text)) => formats::is_time(text, Some(6)),
            _ => false,
        };
        if !fits {
            self.fault(Reaction::Refused, place, path, || misfit(shape, node));
        }
    }
}

/// What is wrong with a value that is not read as its shape.
fn misfit(shape: ValueShape, node: &Node) -> String {
    let must = match shape {
        ValueShape::Bool => "true or false",
        ValueShape::Bytes => "a string in base64",
        ValueShape::IntOrString => "a whole number of 32 bits or a string",
        ValueShape::Int32 => "a whole number of 32 bits",
        ValueShape::Int64 => "a whole number of 64 bits",
        ValueShape::MicroTime => "a time such as `2026-01-31T12:00:00.000000Z`",
        ValueShape::Quantity => "a quantity such as `500m` or `1Gi`",
        ValueShape::String => "a string",
        ValueShape::Time => "a time such as `2026-01-31T12:00:00Z`",
        ValueShape::List(_) => "a list",
        ValueShape::Map(_) | ValueShape::Object(_) | ValueShape::Raw => "a map",
    };
    let quoted = if shape == ValueShape::String { ": put it in quotes" } else { "" };
    let is = match &node.value {
        Value::Null => "nothing",
        Value::Bool(_) => return format!("must be {must}, and is a boolean{quoted}"),
        Value::Int(_) | Value::Float(_) => match shape {
            ValueShape::Int32 | ValueShape::Int64 | ValueShape::IntOrString => {
                return format!("must be {must}, and is another number");
            }
            _ => return format!("must be {must}, and is a number{quoted}"),
        },
        Value::String(_) => match shape {
            ValueShape::Bytes | ValueShape::MicroTime | ValueShape::Quantity | ValueShape::Time => {
                return format!("must be {must}");
            }
            _ => "a string",
        },
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    };
    format!("must be {must}, and is {is}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::{NEWEST, OLDEST};
    use crate::yaml::load_one;

    fn faults_in(text: &str, version: KubeVersion) -> Vec<String> {
        match decode(&load_one("f", text).unwrap(), version) {
            Decoded::UnknownKind => vec!["unknown".to_owned()],
            Decoded::Read(faults) => faults.iter().map(|fault| format!("{:?} {fault}", fault.reaction)).collect(),
        }
    }

    fn faults(text: &str) -> Vec<String> {
        faults_in(text, NEWEST)
    }

    /// What is wrong with one value of a field.
    fn field(api_version: &str, kind: &str, route: &str, value: &str) -> Vec<String> {
        let mut text = format!("apiVersion: {api_version}\nkind: {kind}\n");
        for (depth, key) in route.split('.').enumerate() {
            text += &format!("\n{}{key}:", " ".repeat(depth));
        }
        let prefix = format!("Refused {}:{}: {route}: ", 2 + route.split('.').count(), route.split('.').count());
        faults(&format!("{text} {value}\n")).iter().map(|fault| fault.replacen(&prefix, "", 1)).collect()
    }

    #[test]
    fn all_that_is_unknown_is_named_with_what_was_meant() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replcas: 2\n  template:\n    spec:\n      \
                    containerss: []\n      runAsUser: 5\n      Volumes: []\n      containers:\n        - name: a\n          \
                    livenesProbe: {}\n          tolerations: []\n          zzz: {}\n          livenessProbe: {port: 1}\nstatus: {replicas: 1}\n";
        assert_eq!(
            faults(text),
            [
                "Refused 5:3: spec.replcas: is not a field of DeploymentSpec; did you mean `replicas`?",
                "Refused 8:7: spec.template.spec.containerss: is not a field of PodSpec; did you mean `containers`?",
                "Refused 9:7: spec.template.spec.runAsUser: is not a field of PodSpec; it belongs in `securityContext`",
                "Refused 10:7: spec.template.spec.Volumes: is not a field of PodSpec; did you mean `volumes`?",
                "Refused 13:11: spec.template.spec.containers[0].livenesProbe: is not a field of Container; did you mean `livenessProbe`?",
                "Refused 14:11: spec.template.spec.containers[0].tolerations: is not a field of Container; it belongs in `spec.template.spec`",
                "Refused 15:11: spec.template.spec.containers[0].zzz: is not a field of Container",
                "Refused 16:27: spec.template.spec.containers[0].livenessProbe.port: is not a field of Probe; it belongs in `grpc`",
            ]
        );
    }

    #[test]
    fn shapes_are_those_of_the_type() {
        let wrong = [
            ("spec.template.spec", "[]", "must be a map, and is a list"),
            ("spec.template.spec.containers", "{}", "must be a list, and is a map"),
            ("spec.template.spec.hostNetwork", "\"true\"", "must be true or false, and is a string"),
            ("metadata.labels", "{a: 1}", "Refused 4:11: metadata.labels.a: must be a string, and is a number: put it in quotes"),
            (
                "metadata.annotations",
                "{a: yes}",
                "Refused 4:16: metadata.annotations.a: must be a string, and is a boolean: put it in quotes",
            ),
            ("spec.replicas", "\"2\"", "must be a whole number of 32 bits, and is a string"),
            ("spec.replicas", "2147483648", "must be a whole number of 32 bits, and is another number"),
            ("spec.replicas", "1.5", "must be a whole number of 32 bits, and is another number"),
            (
                "spec.template.spec.activeDeadlineSeconds",
                "9223372036854775808",
                "must be a whole number of 64 bits, and is another number",
            ),
            (
                "spec.template.spec.overhead",
                "{cpu: 256MB}",
                "Refused 6:16: spec.template.spec.overhead.cpu: must be a quantity such as `500m` or `1Gi`",
            ),
            ("spec.strategy.rollingUpdate.maxSurge", "yes", "must be a whole number of 32 bits or a string, and is a boolean"),
            ("metadata.creationTimestamp", "yesterday", "must be a time such as `2026-01-31T12:00:00Z`"),
        ];
        for (route, value, message) in wrong {
            let shown = field("apps/v1", "Deployment", route, value);
            let (shown, message) = (
                shown.join("|"),
                message.split_once(": metadata.").or(message.split_once(": spec.")).map_or(message, |(_, rest)| rest),
            );
            assert!(shown.ends_with(message), "{route}: {value}: {shown}");
        }
        let right = [
            ("spec", "~"),
            ("spec.template.spec.containers", "null"),
            ("spec.template.spec.containers", "[~]"),
            ("spec.replicas", "1e3"),
            ("spec.replicas", "2.0"),
            ("metadata.labels", "{a: ~}"),
            ("metadata.managedFields", "[{fieldsV1: {f: {}}}]"),
            ("spec.template.spec.overhead", "{cpu: 1.5, memory: 1e3, x: \" 1Gi \"}"),
            ("spec.strategy.rollingUpdate.maxSurge", "abc"),
            ("metadata.creationTimestamp", "2026-01-31T12:00:00+01:00"),
        ];
        for (route, value) in right {
            assert_eq!(field("apps/v1", "Deployment", route, value), [""; 0], "{route}: {value}");
        }
        assert_eq!(field("v1", "Secret", "data.a", "YQ=="), [""; 0]);
        assert_eq!(field("v1", "Secret", "data.a", "YQ"), ["Refused 5:2: data.a: must be a string in base64"]);
    }

    #[test]
    fn fields_depend_on_the_version() {
        let service = "apiVersion: v1\nkind: Service\nspec: {trafficDistribution: PreferClose}\n";
        assert_eq!(faults(service), [""; 0]);
        assert_eq!(
            faults_in(service, OLDEST),
            ["Refused 3:8: spec.trafficDistribution: is not a field of ServiceSpec in Kubernetes 1.29; it came with 1.30"]
        );
        let pod = "apiVersion: v1\nkind: Pod\nspec: {hostUsers: false, workloadRef: {}}\n";
        assert_eq!(
            faults_in(pod, OLDEST),
            [
                "Dropped 3:8: spec.hostUsers: is dropped by Kubernetes 1.29 unless its feature gate UserNamespacesSupport is on: an alpha feature; it is on from 1.33",
                "Refused 3:26: spec.workloadRef: is not a field of PodSpec in Kubernetes 1.29; it came with 1.35",
            ]
        );
        assert_eq!(
            faults(pod),
            ["Refused 3:26: spec.workloadRef: is not a field of PodSpec in Kubernetes 1.37; it was there up to 1.35"]
        );
    }

    #[test]
    fn kinds_depend_on_the_version() {
        let schema = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nspec: {a: b}\n";
        assert_eq!(
            faults(schema),
            [
                "Refused 1:1: apiVersion: is not served for this kind by Kubernetes 1.37; 1.31 was the last to do so, and `flowcontrol.apiserver.k8s.io/v1` is served"
            ]
        );
        assert_eq!(faults_in(schema, OLDEST), ["Refused 3:8: spec.a: is not a field of FlowSchemaSpec"]);
        let claim = "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\n";
        let told = faults_in(claim, OLDEST);
        assert!(
            told[0].ends_with("by Kubernetes 1.29; it comes with 1.34, and `resource.k8s.io/v1alpha2` is served"),
            "{told:?}"
        );
    }

    #[test]
    fn kinds_of_others_are_left_alone() {
        assert_eq!(faults("apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {a: 1}\n"), ["unknown"]);
    }
}
