//! Manifests held against the types of the Kubernetes API.
//!
//! The types take unknown fields silently and fill in required ones. So an object is parsed,
//! serialised again and compared: what got lost was unknown, what was gained had been missing.

use k8s_openapi::api::{admissionregistration, autoscaling, core, networking, policy};
use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use serde_json::Value as Json;

use super::{ObjectId, WORKLOADS};
use crate::yaml::{Path, Place, Route, load_one};

/// What is wrong with an object, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {route}: {message}", place.line, place.column)]
pub struct TypeFault {
    /// Where in the text.
    pub place: Place,
    /// The field.
    pub route: Route,
    /// What is wrong with it.
    pub message: String,
}

/// How a field does not fit its type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Misfit {
    #[error("is not a field of this type")]
    Unknown,
    #[error("is required and missing")]
    Missing,
    /// As the reader of the type says it.
    #[error("{0}")]
    Unread(String),
}

/// Reads JSON as a type, and writes it again.
pub(super) type RoundTrip = fn(&str) -> Result<Json, serde_json::Error>;

pub(super) fn round_trip<T: DeserializeOwned + Serialize>(json: &str) -> Result<Json, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(json)?)
}

/// The kinds beside workloads that Plimsoll renders, exports or judges, with their types.
const KINDS: &[(&str, &str, RoundTrip)] = &[
    ("v1", "LimitRange", round_trip::<core::v1::LimitRange>),
    ("v1", "ResourceQuota", round_trip::<core::v1::ResourceQuota>),
    ("networking.k8s.io/v1", "Ingress", round_trip::<networking::v1::Ingress>),
    ("v1", "Service", round_trip::<core::v1::Service>),
    ("policy/v1", "PodDisruptionBudget", round_trip::<policy::v1::PodDisruptionBudget>),
    ("autoscaling/v2", "HorizontalPodAutoscaler", round_trip::<autoscaling::v2::HorizontalPodAutoscaler>),
    ("v1", "ServiceAccount", round_trip::<core::v1::ServiceAccount>),
    ("networking.k8s.io/v1", "NetworkPolicy", round_trip::<networking::v1::NetworkPolicy>),
    ("v1", "ConfigMap", round_trip::<core::v1::ConfigMap>),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        round_trip::<admissionregistration::v1::ValidatingAdmissionPolicy>,
    ),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        round_trip::<admissionregistration::v1::ValidatingAdmissionPolicyBinding>,
    ),
];

fn type_of(api_version: &str, kind: &str) -> Option<RoundTrip> {
    let mut workloads = WORKLOADS.iter().filter(|workload| workload.kind == kind && workload.api_version() == api_version);
    let other = || KINDS.iter().find(|(version, name, _)| *version == api_version && *name == kind);
    workloads.find_map(|workload| workload.round_trip).or_else(|| other().map(|(_, _, round_trip)| *round_trip))
}

/// Checks the text of one object against its type.
///
/// # Errors
/// Every fault: text that is not one YAML document or that YAML readers read differently, an
/// unknown kind, unknown fields, missing required fields, or the first wrong type.
pub fn check(text: &str) -> Result<ObjectId, Vec<TypeFault>> {
    let root = load_one("", text).map_err(|faults| {
        let start = Place { line: 1, column: 1 };
        let place = |source| if let Some(crate::yaml::Source::File(_, place)) = source { place } else { start };
        let typed =
            |fault: crate::yaml::Fault| TypeFault { place: place(fault.source), route: fault.route, message: fault.message };
        faults.into_iter().map(typed).collect::<Vec<_>>()
    })?;
    let json = root.to_json();
    let id = ObjectId::of(&root);
    let at_root = |message: String| vec![TypeFault { place: root.place, route: Route::root(), message }];
    // A second reader, of YAML 1.2: what both read alike, everybody does.
    match serde_yaml::from_str::<Json>(text) {
        Ok(other) if other == json => {}
        Ok(_) => return Err(at_root("is read differently by readers of YAML 1.1 and 1.2".to_owned())),
        Err(error) => return Err(at_root(format!("is refused by a reader of YAML 1.2: {error}"))),
    }
    let Some(round_trip) = type_of(&id.api_version, &id.kind) else {
        return Err(at_root(format!("the kind `{}` of `{}` is not one that Plimsoll knows", id.kind, id.api_version)));
    };
    let faults = held_against(&json, round_trip);
    if !faults.is_empty() {
        let placed = |(route, misfit): (Route, Misfit)| {
            let value = root.find(&route).filter(|_| matches!(misfit, Misfit::Unread(_)));
            let place = value.map_or_else(|| root.locate(&route).0, |node| node.place);
            TypeFault { place, route, message: misfit.to_string() }
        };
        return Err(faults.into_iter().map(placed).collect());
    }
    Ok(id)
}

/// The object in a text that was [checked](check) before; `None` if it is not one YAML document.
#[must_use]
pub fn identify(text: &str) -> Option<ObjectId> {
    load_one("", text).ok().map(|root| ObjectId::of(&root))
}

/// Why the API server would refuse an object: the first wrong type, or a required field that is missing.
/// `None` where it would not, and for kinds that are not known.
#[must_use]
pub fn refusal(api_version: &str, kind: &str, object: &Json) -> Option<(Route, String)> {
    let mut misfits = held_against(object, type_of(api_version, kind)?).into_iter();
    misfits.find(|(_, misfit)| *misfit != Misfit::Unknown).map(|(route, misfit)| (route, misfit.to_string()))
}

/// What is wrong with an object of a type: the first wrong type, or all unknown and missing fields.
fn held_against(object: &Json, round_trip: RoundTrip) -> Vec<(Route, Misfit)> {
    match round_trip(&object.to_string()) {
        Ok(typed) => {
            let mut faults = Vec::new();
            compare(object, &typed, &Path::Root, &mut faults);
            faults
        }
        Err(error) => vec![located(object, round_trip).unwrap_or_else(|| (Route::root(), Misfit::Unread(error.to_string())))],
    }
}

/// Parses once more to say where it fails: the line of an error leads back to the field when each value
/// stands on a line of its own.
fn located(object: &Json, round_trip: RoundTrip) -> Option<(Route, Misfit)> {
    let (mut json, mut lines) = (String::new(), Vec::new());
    write_lines(object, &Route::root(), &mut json, &mut lines);
    let error = round_trip(&json).err()?;
    let route = lines.get(error.line().saturating_sub(1)).cloned().unwrap_or_default();
    let message = error.to_string();
    let unplaced = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Some((route, Misfit::Unread(unplaced.to_owned())))
}

/// Writes a value as JSON, each scalar and bracket on its own line, and notes the route of each line.
fn write_lines(value: &Json, route: &Route, json: &mut String, lines: &mut Vec<Route>) {
    let line = |text: &str, json: &mut String, lines: &mut Vec<Route>| {
        json.push_str(text);
        json.push('\n');
        lines.push(route.clone());
    };
    match value {
        Json::Object(entries) => {
            line("{", json, lines);
            for (index, (key, value)) in entries.iter().enumerate() {
                json.push_str(if index > 0 { "," } else { "" });
                json.push_str(&Json::from(key.as_str()).to_string());
                json.push(':');
                write_lines(value, &route.key(key.as_str()), json, lines);
            }
            line("}", json, lines);
        }
        Json::Array(items) => {
            line("[", json, lines);
            for (index, item) in items.iter().enumerate() {
                json.push_str(if index > 0 { "," } else { "" });
                write_lines(item, &route.index(index), json, lines);
            }
            line("]", json, lines);
        }
        scalar => line(&scalar.to_string(), json, lines),
    }
}

fn compare(given: &Json, typed: &Json, path: &Path<'_>, faults: &mut Vec<(Route, Misfit)>) {
    match (given, typed) {
        (Json::Object(given), Json::Object(typed)) => {
            for (key, value) in given {
                match typed.get(key) {
                    Some(kept) => compare(value, kept, &Path::Key(path, key), faults),
                    None if value.is_null() => {}
                    None => faults.push((Path::Key(path, key).route(), Misfit::Unknown)),
                }
            }
            for key in typed.keys().filter(|key| !given.contains_key(*key)) {
                faults.push((Path::Key(path, key).route(), Misfit::Missing));
            }
        }
        (Json::Array(given), Json::Array(typed)) => {
            for (index, (given, typed)) in given.iter().zip(typed).enumerate() {
                compare(given, typed, &Path::Index(path, index), faults);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        check(text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn unknown_and_missing_fields_are_named_with_their_line() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replcas: 2\n  selector: {}\n  template:\n    spec:\n      containers:\n        - image: x\n          livenesProbe: {}\n";
        assert_eq!(
            faults(text),
            [
                "6:3: spec.replcas: is not a field of this type",
                "12:11: spec.template.spec.containers[0].livenesProbe: is not a field of this type",
                "11:11: spec.template.spec.containers[0].name: is required and missing",
            ]
        );
    }

    #[test]
    fn a_wrong_type_is_named_with_its_line() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: two\n";
        let shown = faults(text);
        assert!(shown[0].starts_with("5:13: spec.replicas: invalid type: string \"two\""), "{shown:?}");
    }

    #[test]
    fn what_readers_read_differently_is_refused() {
        let shown = faults("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes}\n");
        assert!(shown[0].contains("differently"), "{shown:?}");
        assert!(faults("apiVersion: v1\nkind: Secret\n")[0].contains("not one that Plimsoll knows"));
        assert!(faults("a: [\n")[0].contains("is not YAML"));
    }
}
