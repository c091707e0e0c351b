//! What the API server fills in: in a live object nobody has asked for it, and it belongs into no file.

use serde_json::{Value as Json, json};

use super::object::Object;
use crate::yaml::{Route, Step};

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
/// Defaults that hold wherever the key stands, and that people write out now and then.
const PLAIN: &[(&str, &str)] = &[
    ("dnsPolicy", "ClusterFirst"),
    ("internalTrafficPolicy", "Cluster"),
    ("ipFamilyPolicy", "SingleStack"),
    ("protocol", "TCP"),
    ("restartPolicy", "Always"),
    ("schedulerName", "default-scheduler"),
    ("scheme", "HTTP"),
    ("sessionAffinity", "None"),
    ("successThreshold", "1"),
    ("terminationMessagePath", "/dev/termination-log"),
];
/// Defaults that are somebody's wish unless the server wrote them, each with the key around it; any if
/// empty.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("Probe", "failureThreshold", "3"),
    ("Probe", "periodSeconds", "10"),
    ("Probe", "timeoutSeconds", "1"),
    ("rollingUpdate", "maxSurge", "25%"),
    ("rollingUpdate", "maxUnavailable", "25%"),
    ("spec", "progressDeadlineSeconds", "600"),
    ("spec", "revisionHistoryLimit", "10"),
    ("spec", "terminationGracePeriodSeconds", "30"),
    ("strategy", "type", "RollingUpdate"),
    ("", "terminationMessagePolicy", "File"),
];

/// Fields that the API server fills in: where they stand nobody asked for them.
#[must_use]
pub fn is_filled_in(keys: &[&str], value: &Json) -> bool {
    let is_empty = match value {
        Json::Null => true,
        Json::Object(map) => map.is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => false,
    };
    let plain = plain(value);
    match keys {
        _ if is_empty => true,
        ["status", ..] => true,
        [.., "metadata", key] if METADATA.contains(key) => true,
        [.., "annotations", key] => ANNOTATIONS.contains(key),
        ["spec", "clusterIP" | "clusterIPs" | "ipFamilies"] => !is_headless(value),
        [.., key] => PLAIN.contains(&(*key, plain.as_str())),
        [] => false,
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A Service without an address of its own was asked for.
fn is_headless(value: &Json) -> bool {
    *value == json!("None") || *value == json!(["None"])
}

/// What the server has filled into an object that was read from a cluster: the fields with their values,
/// the outermost of each. A copy of the whole object is told by its size; what people have applied with it
/// is their wish. Nothing of any other object.
#[must_use]
pub fn server_filled(object: &Object) -> Vec<(Route, Json)> {
    let mut found = Vec::new();
    if object.is_live() {
        let applied = object.annotations().into_iter().find(|(key, _)| key == LAST_APPLIED);
        let asked = applied.and_then(|(_, at)| serde_json::from_str::<Json>(at.text()?).ok());
        walk(object, &object.root.to_json(), &Route::root(), &mut found);
        found.retain(|(route, value)| {
            is_kept_by_server(route) || asked.as_ref().and_then(|asked| at(asked, route)) != Some(value)
        });
    }
    found
}

/// Whether it is what a server or a tool keeps for itself, whoever wrote it.
fn is_kept_by_server(route: &Route) -> bool {
    matches!(route.steps(), [Step::Key(key), ..] if key == "status" || key == "metadata")
}

fn at<'v>(value: &'v Json, route: &Route) -> Option<&'v Json> {
    route.steps().iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

fn walk(object: &Object, value: &Json, here: &Route, found: &mut Vec<(Route, Json)>) {
    if is_given(object, here, value) {
        // What was applied last may hold secrets.
        let is_copy = here.steps().last() == Some(&Step::Key(LAST_APPLIED.to_owned()));
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

fn is_given(object: &Object, here: &Route, value: &Json) -> bool {
    let keys: Vec<&str> = here
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    // A step into a list is no field of its own.
    if !matches!(here.steps().last(), Some(Step::Key(_))) {
        return false;
    }
    let plain = plain(value);
    let is_default = |(around, key, default): &(&str, &str, &str)| {
        let holder = keys.iter().rev().nth(1).copied().unwrap_or_default();
        keys.last() == Some(key) && plain == *default && (around.is_empty() || holder.ends_with(around))
    };
    match keys.as_slice() {
        // The last is an old name of the account, beside the new one.
        ["status"] | [.., "spec", "serviceAccount"] => true,
        [.., "metadata", key] => METADATA.contains(key),
        [.., "annotations", key] => ANNOTATIONS.contains(key),
        // Labels, settings and the like are people's, whatever they are called.
        [.., "labels" | "matchLabels" | "selector" | "data" | "binaryData" | "stringData", _] => false,
        [.., "resources" | "securityContext"] if *value == json!({}) => true,
        _ if GIVEN.iter().any(|(kind, path)| object.id.kind == *kind && keys.join(".") == *path) => !is_headless(value),
        [.., key] => PLAIN.contains(&(*key, plain.as_str())) || DEFAULTS.iter().any(is_default),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adopt::{Text, read};

    #[test]
    fn what_the_server_writes_is_told_apart_from_what_people_asked_for() {
        let live = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  uid: 1234\n  labels: {protocol: TCP}\nspec:\n  \
                    clusterIP: 10.0.0.1\n  clusterIPs: [10.0.0.1]\n  type: NodePort\n  ports:\n  - {port: 80, protocol: TCP, \
                    nodePort: 30000}\n  - {port: 53, protocol: UDP}\nstatus: {loadBalancer: {}}\n";
        let told = |text: &str| -> Vec<String> {
            let objects = read(&[Text { name: "f".into(), text: text.to_owned() }]).unwrap();
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
        let headless = told(&live.replace("10.0.0.1", "None"));
        assert!(!headless.iter().any(|line| line.contains("clusterIP")), "{headless:?}");
    }
}
