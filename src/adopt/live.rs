//! What the API server fills in: in a live object nobody has asked for it, and it belongs into no file.

use serde_json::{Value as Json, json};

use super::object::{AdoptedObject, ObjectField};
use crate::manifest::{Stated, default_of};
use crate::notation::{self, Field, ObjectKey};
use crate::yaml::{Route, RouteStep};

/// Metadata that the server keeps.
const METADATA: [&str; 6] = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
/// Annotations that `kubectl` and controllers keep.
const ANNOTATIONS: [&str; 2] = ["deployment.kubernetes.io/revision", LAST_APPLIED];
/// A copy of the object as it was applied last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Addresses and other names that the server or a controller gives: the kind, and the field.
const GIVEN: &[(&str, &str)] = &[
    ("PersistentVolumeClaim", "spec.volumeName"),
    ("Pod", "spec.nodeName"),
    ("Service", "spec.clusterIP"),
    ("Service", "spec.clusterIPs"),
    ("Service", "spec.ipFamilies"),
    ("ServiceAccount", "secrets"),
];
/// Fields that the API server fills in: where they stand nobody asked for them.
#[must_use]
pub fn is_filled_in(object: &ObjectKey, field: &Field, value: &Json) -> bool {
    let is_empty = match value {
        Json::Null => true,
        Json::Object(map) => map.is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => false,
    };
    let keys: Vec<&str> = field.keys().collect();
    match keys.as_slice() {
        _ if is_empty => true,
        ["status", ..] => true,
        [.., "metadata", key] if METADATA.contains(key) => true,
        [.., "annotations", key] => ANNOTATIONS.contains(key),
        ["spec", "clusterIP" | "clusterIPs" | "ipFamilies"] => !is_headless(value),
        _ => states_default(object, field, value) == Some(Stated::Nobody),
    }
}

/// What it says that a field holds this value, where it is the one that Kubernetes goes by anyway.
fn states_default(object: &ObjectKey, field: &Field, value: &Json) -> Option<Stated> {
    default_of(object, field).filter(|default| default.value == *value).map(|default| default.stated)
}

/// Whether a field was written by the API server: nobody asked for what it holds.
#[must_use]
pub fn is_of_server(at: &ObjectField<'_>) -> bool {
    at.object.is_live() && is_given(at.object, &at.route, &at.node.to_json())
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A Service without an address of its own was asked for.
fn is_headless(value: &Json) -> bool {
    *value == json!("None") || *value == json!(["None"])
}

/// The number behind a key, or the one that Kubernetes goes by where there is none.
#[must_use]
pub fn number_or_default(at: &ObjectField<'_>, key: &str) -> i64 {
    let default = || default_of(&at.object.id.key(), &field_of(&at.route.key(key)))?.value.as_i64();
    at.get(key).and_then(|at| at.number()).or_else(default).unwrap_or_default()
}

/// What the server has filled into an object that was read from a cluster: the fields with their values,
/// the outermost of each. A copy of the whole object is told by its size; what people have applied with it
/// is their wish. Nothing of any other object.
#[must_use]
pub fn server_filled(object: &AdoptedObject) -> Vec<(Route, Json)> {
    let mut found = Vec::new();
    if object.is_live() {
        let applied = object.annotations().into_iter().find(|(key, _)| key == LAST_APPLIED);
        let asked = applied.and_then(|(_, at)| serde_json::from_str::<Json>(at.text()?).ok());
        walk(object, &object.root.to_json(), &Route::root(), &mut found);
        found.retain(|(route, value)| {
            is_kept_by_server(route) || asked.as_ref().and_then(|asked| route.value_in(asked)) != Some(value)
        });
    }
    found
}

/// Whether it is what a server or a tool keeps for itself, whoever wrote it.
fn is_kept_by_server(route: &Route) -> bool {
    matches!(route.steps(), [RouteStep::Key(key), ..] if key == "status" || key == "metadata")
}

fn walk(object: &AdoptedObject, value: &Json, here: &Route, found: &mut Vec<(Route, Json)>) {
    if is_given(object, here, value) {
        // What was applied last may hold secrets.
        let is_copy = here.steps().last() == Some(&RouteStep::Key(LAST_APPLIED.to_owned()));
        let told = if is_copy { format!("{} bytes", plain(value).len()).into() } else { value.clone() };
        found.push((here.clone(), told));
        return;
    }
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| walk(object, value, &here.key(key.as_str()), found)),
        Json::Array(list) => list.iter().enumerate().for_each(|(index, value)| walk(object, value, &here.index(index), found)),
        _ => {}
    }
}

/// The same way in the words of a manifest.
#[must_use]
pub fn field_of(route: &Route) -> Field {
    let step = |step: &RouteStep| match step {
        RouteStep::Key(key) => notation::FieldStep::Key(key.clone()),
        RouteStep::Index(index) => notation::FieldStep::Element(index.to_string()),
    };
    Field::new(route.steps().iter().map(step).collect())
}

fn is_given(object: &AdoptedObject, here: &Route, value: &Json) -> bool {
    let keys: Vec<&str> = here
        .steps()
        .iter()
        .filter_map(|step| match step {
            RouteStep::Key(key) => Some(key.as_str()),
            RouteStep::Index(_) => None,
        })
        .collect();
    // A step into a list is no field of its own.
    if !matches!(here.steps().last(), Some(RouteStep::Key(_))) {
        return false;
    }
    match keys.as_slice() {
        // The last is an old name of the account, beside the new one.
        ["status"] | [.., "spec", "serviceAccount"] => true,
        [.., "metadata", key] => METADATA.contains(key),
        [.., "annotations", key] => ANNOTATIONS.contains(key),
        [.., "resources" | "securityContext"] if *value == json!({}) => true,
        _ if GIVEN.iter().any(|(kind, path)| object.id.known_kind() == Some(kind) && keys.join(".") == *path) => {
            !is_headless(value)
        }
        _ => {
            let stated = states_default(&object.id.key(), &field_of(here), value);
            matches!(stated, Some(Stated::Nobody | Stated::Server))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adopt::{AdoptedText, read};

    #[test]
    fn what_the_server_writes_is_told_apart_from_what_people_asked_for() {
        let live = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  uid: 1234\n  labels: {protocol: TCP}\nspec:\n  \
                    clusterIP: 10.0.0.1\n  clusterIPs: [10.0.0.1]\n  type: NodePort\n  ports:\n  - {port: 80, protocol: TCP, \
                    nodePort: 30000}\n  - {port: 53, protocol: UDP}\nstatus: {loadBalancer: {}}\n";
        let told = |text: &str| -> Vec<String> {
            let objects = read(&[AdoptedText { name: "f".into(), text: text.to_owned() }]).unwrap();
            server_filled(&objects[0]).iter().map(|(route, value)| format!("{route}={value}")).collect()
        };
        assert_eq!(
            told(live),
            [
                "metadata.uid=1234",
                "spec.clusterIP=\"10.0.0.1\"",
                "spec.clusterIPs=[\"10.0.0.1\"]",
                "spec.ports[0].protocol=\"TCP\"",
                "status={\"loadBalancer\":{}}"
            ]
        );
        assert_eq!(told(&live.replace("  uid: 1234\n", "")), Vec::<String>::new());
        // What people have applied is their wish.
        let applied = "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: \
                       '{\"spec\":{\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"port\":80,\"protocol\":\"TCP\"}]}}'\n  labels";
        let left = told(&live.replace("  labels", applied));
        assert!(left.contains(&"spec.clusterIPs=[\"10.0.0.1\"]".to_owned()), "{left:?}");
        assert!(!left.iter().any(|line| line.starts_with("spec.clusterIP=") || line.contains("protocol")), "{left:?}");
        assert!(left[1].starts_with("metadata.annotations") && left[1].ends_with(" bytes\""), "{left:?}");
        // A sidecar is told from what runs once by nothing else.
        let pods = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, uid: 1}\nspec:\n  replicas: 1\n  template:\n    \
                    spec:\n      restartPolicy: Always\n      initContainers:\n      - {name: b, restartPolicy: Always, \
                    terminationMessagePath: /dev/termination-log}\n";
        let expected = [
            "metadata.uid=1",
            "spec.template.spec.restartPolicy=\"Always\"",
            "spec.template.spec.initContainers[0].terminationMessagePath=\"/dev/termination-log\"",
        ];
        assert_eq!(told(pods), expected);
        assert_eq!(told(&pods.replace("kind: Deployment", "kind: StatefulSet")), expected);
        let headless = told(&live.replace("10.0.0.1", "None"));
        assert!(!headless.iter().any(|line| line.contains("clusterIP")), "{headless:?}");
    }
}
