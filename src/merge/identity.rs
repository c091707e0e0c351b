//! What identifies the elements of Kubernetes' lists.
//!
//! Where the API declares merge keys (`listMapKey` and `patchMergeKey` in its types, as of
//! Kubernetes 1.34), they stand here. Container ports are told apart by host address and port too where
//! a list has two that differ in these alone, which the API accepts. Where the API takes a list as a whole though
//! people edit its elements one by one (HPA metrics and policies, tolerations, envFrom, Ingress rules,
//! RBAC subjects), the table says what tells them apart: a merge of texts need not be one of the API.
//! So it does for the lists of a kustomization. Lists that it does not know, as objects of other groups
//! have them, are told apart by `name` where every element has one of its own.

use crate::yaml::{Node, Value};

/// How the elements of a list are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By fields.
    Keys {
        /// What identifies an element.
        primary: &'static [Part],
        /// By what elements are paired that changed their primary keys.
        secondary: &'static [Part],
    },
    /// By the value itself.
    Set,
    /// By what stands before the `=` of a scalar.
    Assignments,
    /// By place only.
    Order,
}

/// One of the fields that identify an element together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field that every element has, by its path.
    Needed(&'static str),
    /// A field that may be absent, and the value that it then has.
    Optional(&'static str, &'static str),
}

use Part::{Needed, Optional};

/// A row of the table: the list's field, the field that holds the list (any if empty), the identity.
type IdentityRow = (&'static str, &'static str, &'static [Part], &'static [Part]);

const NAME: &[Part] = &[Needed("name")];
const NONE: &[Part] = &[];

/// A patch of a kustomization: its file, or else what it is for.
const PATCH: &[Part] = &[
    Optional("path", ""),
    Optional("target.group", ""),
    Optional("target.kind", ""),
    Optional("target.namespace", ""),
    Optional("target.name", ""),
    Optional("target.labelSelector", ""),
    Optional("target.annotationSelector", ""),
];

const KEYED: &[IdentityRow] = &[
    ("claims", "", NAME, NONE),
    ("conditions", "", &[Needed("type")], NONE),
    ("configMapGenerator", "", &[Needed("name"), Optional("namespace", "")], NONE),
    ("containers", "", NAME, NONE),
    ("endpoints", "", &[Optional("port", ""), Optional("targetPort", ""), Optional("path", "")], &[Optional("port", "")]),
    ("env", "", NAME, NONE),
    (
        "envFrom",
        "",
        &[Optional("configMapRef.name", ""), Optional("secretRef.name", ""), Optional("prefix", "")],
        &[Optional("configMapRef.name", ""), Optional("secretRef.name", "")],
    ),
    ("ephemeralContainers", "", NAME, NONE),
    ("groups", "spec", NAME, NONE),
    ("helmCharts", "", &[Needed("name"), Optional("releaseName", "")], NONE),
    ("hostAliases", "", &[Needed("ip")], NONE),
    ("httpHeaders", "", NAME, NONE),
    ("imagePullSecrets", "", NAME, NONE),
    ("images", "", NAME, NONE),
    ("initContainers", "", NAME, NONE),
    (
        "items",
        "",
        &[Optional("key", ""), Optional("kind", ""), Optional("metadata.namespace", ""), Optional("metadata.name", "")],
        NONE,
    ),
    ("matchConditions", "", NAME, NONE),
    ("matchExpressions", "", &[Needed("key"), Needed("operator")], &[Needed("key")]),
    (
        "metrics",
        "",
        &[
            Needed("type"),
            Optional("resource.name", ""),
            Optional("containerResource.name", ""),
            Optional("containerResource.container", ""),
            Optional("pods.metric.name", ""),
            Optional("object.metric.name", ""),
            Optional("object.describedObject.name", ""),
            Optional("external.metric.name", ""),
        ],
        NONE,
    ),
    ("options", "dnsConfig", NAME, NONE),
    ("ownerReferences", "", &[Needed("uid")], NONE),
    ("patches", "", PATCH, NONE),
    ("patchesJson6902", "", PATCH, NONE),
    ("paths", "", &[Optional("path", ""), Optional("pathType", "")], &[Optional("path", "")]),
    ("policies", "", &[Needed("type")], NONE),
    ("ports", "containers", &[Needed("containerPort"), Optional("protocol", "TCP")], NAME),
    ("ports", "ephemeralContainers", &[Needed("containerPort"), Optional("protocol", "TCP")], NAME),
    ("ports", "initContainers", &[Needed("containerPort"), Optional("protocol", "TCP")], NAME),
    ("ports", "spec", &[Needed("port"), Optional("protocol", "TCP")], NAME),
    ("ports", "", &[Optional("port", ""), Optional("protocol", "TCP"), Optional("endPort", "")], NONE),
    ("readinessGates", "", &[Needed("conditionType")], NONE),
    (
        "replacements",
        "",
        &[Optional("path", ""), Optional("source.kind", ""), Optional("source.name", ""), Optional("source.fieldPath", "")],
        NONE,
    ),
    ("replicas", "", NAME, NONE),
    ("resizePolicy", "", &[Needed("resourceName")], NONE),
    ("resourceClaims", "", NAME, NONE),
    ("rules", "groups", &[Optional("alert", ""), Optional("record", "")], NONE),
    ("rules", "spec", &[Needed("host")], NONE),
    ("schedulingGates", "", NAME, NONE),
    ("secretGenerator", "", &[Needed("name"), Optional("namespace", "")], NONE),
    ("secrets", "", NAME, NONE),
    (
        "sources",
        "projected",
        &[
            Optional("configMap.name", ""),
            Optional("secret.name", ""),
            Optional("serviceAccountToken.path", ""),
            Optional("clusterTrustBundle.path", ""),
        ],
        NONE,
    ),
    ("subjects", "", &[Needed("kind"), Optional("namespace", ""), Needed("name")], NONE),
    ("sysctls", "", NAME, NONE),
    ("tls", "", &[Needed("secretName")], NONE),
    (
        "tolerations",
        "",
        &[Optional("key", ""), Optional("operator", "Equal"), Optional("value", ""), Optional("effect", "")],
        &[Optional("key", ""), Optional("operator", "Equal"), Optional("effect", "")],
    ),
    ("topologySpreadConstraints", "", &[Needed("topologyKey"), Needed("whenUnsatisfiable")], &[Needed("topologyKey")]),
    ("variables", "spec", NAME, NONE),
    ("vars", "", NAME, NONE),
    ("volumeClaimTemplates", "", &[Needed("metadata.name")], NONE),
    ("volumeDevices", "", &[Needed("devicePath")], NAME),
    ("volumeMounts", "", &[Needed("mountPath")], &[Needed("name"), Optional("subPath", "")]),
    ("volumes", "", NAME, NONE),
    ("webhooks", "", NAME, NONE),
];

/// What tells container ports apart where two have the same keys.
const HOST_PORT: &[Part] =
    &[Needed("containerPort"), Optional("protocol", "TCP"), Optional("hostIP", ""), Optional("hostPort", "")];

/// Lists whose elements are scalars that stand once.
const SETS: &[&str] = &[
    "accessModes",
    "add",
    "apiGroups",
    "bases",
    "components",
    "configurations",
    "crds",
    "drop",
    "envs",
    "finalizers",
    "generators",
    "hostnames",
    "matchLabelKeys",
    "namespaces",
    "patchesStrategicMerge",
    "policyTypes",
    "resourceNames",
    "resources",
    "transformers",
    "validators",
    "verbs",
];

/// Lists of `KEY=value` of a generator.
const ASSIGNMENTS: &[&str] = &["files", "literals"];

/// Lists with identities whose elements work in their order: one runs before the next, or the last of two
/// that say something else counts.
const IN_ORDER: &[&str] = &[
    "components",
    "envFrom",
    "generators",
    "initContainers",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "transformers",
];

/// How the elements of the list at the end of these keys may be told apart, the best first; the nearest
/// key comes last.
pub fn of_list(parent: &str, key: &str) -> impl Iterator<Item = Identity> {
    let table = in_table(parent, key);
    let finer = match table {
        Identity::Keys { primary: [Needed("containerPort"), Optional("protocol", _)], secondary } => {
            Some(Identity::Keys { primary: HOST_PORT, secondary })
        }
        _ => None,
    };
    [Some(table), finer, Some(BY_NAME)].into_iter().flatten()
}

const BY_NAME: Identity = Identity::Keys { primary: NAME, secondary: NONE };

fn in_table(parent: &str, key: &str) -> Identity {
    let fits = |row: &&IdentityRow| row.0 == key && (row.1.is_empty() || row.1 == parent);
    if let Some((_, _, primary, secondary)) = KEYED.iter().find(fits) {
        return Identity::Keys { primary, secondary };
    }
    if parent.ends_with("Generator") && ASSIGNMENTS.contains(&key) {
        return Identity::Assignments;
    }
    if SETS.contains(&key) { Identity::Set } else { Identity::Order }
}

/// Whether the order of the elements of a list means something, though they have identities.
pub fn order_matters<'n>(parent: &str, key: &str, mut items: impl Iterator<Item = &'n Node>) -> bool {
    let expands = |item: &Node| item.get("value").and_then(Node::as_str).is_some_and(|value| value.contains("$("));
    match key {
        "env" => items.any(expands),
        // Nothing is known of a list that only the names in it tell apart.
        _ => IN_ORDER.contains(&key) || in_table(parent, key) == Identity::Order,
    }
}

/// What identifies an element in its list: its key for comparison, and its name for people.
pub(super) fn name_of(node: &Node, identity: Identity) -> Option<(String, String)> {
    match identity {
        Identity::Keys { primary, .. } => key_of(node, primary),
        Identity::Set => text(node).map(|text| (text.clone(), text)),
        Identity::Assignments => {
            let name = text(node)?.split('=').next()?.to_owned();
            Some((name.clone(), name))
        }
        Identity::Order => None,
    }
}

/// What identifies an element: its key for comparison, and its name for people.
pub(super) fn key_of(node: &Node, parts: &[Part]) -> Option<(String, String)> {
    if !matches!(node.value, Value::Map(_)) || parts.is_empty() {
        return None;
    }
    keyed(parts, |path| path.split('.').try_fold(node, |node, key| node.get(key)).and_then(text))
}

/// What names an element for people where its declared keys tell it apart, such as `name=app`; `at` gives
/// the text of one of its fields by the path to it.
#[must_use]
pub fn element_name(parent: &str, list: &str, at: impl Fn(&str) -> Option<String>) -> Option<String> {
    match in_table(parent, list) {
        Identity::Keys { primary, .. } => keyed(primary, at).map(|(_, label)| label),
        Identity::Set | Identity::Assignments | Identity::Order => None,
    }
}

fn keyed(parts: &[Part], at: impl Fn(&str) -> Option<String>) -> Option<(String, String)> {
    let (mut key, mut label) = (String::new(), String::new());
    for part in parts {
        let (path, default) = match part {
            Needed(path) => (path, None),
            Optional(path, default) => (path, Some(*default)),
        };
        let found = at(path);
        let value = found.as_deref().or(default)?;
        if Some(value) != default {
            label += if label.is_empty() { "" } else { "," };
            label += path.rsplit('.').next().unwrap_or(path);
            label.push('=');
            label += value;
        }
        key += value;
        key.push('\0');
    }
    // An element that has none of its optional fields is not told apart by them.
    (!label.is_empty()).then_some((key, label))
}

/// A scalar as text.
pub(super) fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::default_of;
    use crate::notation::{Field, FieldStep, ObjectKey};
    use crate::yaml::load_one;

    #[test]
    fn the_table_is_in_order_and_more_special_rows_come_first() {
        let mut rows: Vec<_> = KEYED.iter().map(|row| (row.0, row.1.is_empty(), row.1)).collect();
        rows.sort_unstable();
        assert!(rows.iter().map(|row| row.0).eq(KEYED.iter().map(|row| row.0)));
        assert!(rows.iter().map(|row| row.2).eq(KEYED.iter().map(|row| row.1)));
        assert!(SETS.is_sorted() && ASSIGNMENTS.is_sorted() && IN_ORDER.is_sorted());
    }

    /// The lists for which the API's own types declare keys, by the field that holds them.
    const DECLARED: &[(&str, &str, &[&str])] = &[
        ("resources", "claims", &["name"]),
        ("containers", "ports", &["containerPort", "protocol"]),
        ("initContainers", "ports", &["containerPort", "protocol"]),
        ("ephemeralContainers", "ports", &["containerPort", "protocol"]),
        ("containers", "env", &["name"]),
        ("containers", "volumeMounts", &["mountPath"]),
        ("containers", "volumeDevices", &["devicePath"]),
        ("spec", "volumes", &["name"]),
        ("spec", "initContainers", &["name"]),
        ("spec", "containers", &["name"]),
        ("spec", "ephemeralContainers", &["name"]),
        ("spec", "imagePullSecrets", &["name"]),
        ("spec", "hostAliases", &["ip"]),
        ("spec", "topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
        ("spec", "schedulingGates", &["name"]),
        ("spec", "resourceClaims", &["name"]),
        ("spec", "ports", &["port", "protocol"]),
        ("", "secrets", &["name"]),
        ("status", "conditions", &["type"]),
        ("spec", "matchConditions", &["name"]),
        ("spec", "variables", &["name"]),
        ("", "webhooks", &["name"]),
        ("metadata", "ownerReferences", &["uid"]),
    ];

    #[test]
    fn what_the_api_declares_is_in_the_table() {
        for (parent, list, declared) in DECLARED {
            let Identity::Keys { primary, .. } = in_table(parent, list) else { panic!("{parent}.{list}") };
            let paths = primary.iter().map(|part| match part {
                Needed(path) | Optional(path, _) => *path,
            });
            assert!(paths.eq(declared.iter().copied()), "{parent}.{list}");
        }
    }

    #[test]
    fn what_is_absent_is_what_kubernetes_goes_by() {
        let field = |text: &str| {
            let step = |word: &str| match word {
                "*" => FieldStep::Element("*".to_owned()),
                key => FieldStep::Key(key.to_owned()),
            };
            Field::new(text.split('.').map(step).collect())
        };
        let cases = [
            ("apps", "Deployment", "containers", "spec.template.spec.containers.*.ports.*.protocol"),
            ("apps", "StatefulSet", "initContainers", "spec.template.spec.initContainers.*.ports.*.protocol"),
            ("", "Service", "spec", "spec.ports.*.protocol"),
            ("networking.k8s.io", "NetworkPolicy", "ingress", "spec.ingress.*.ports.*.protocol"),
        ];
        for (group, kind, parent, path) in cases {
            let object = ObjectKey { group: group.to_owned(), kind: kind.to_owned(), namespace: None, name: "a".to_owned() };
            let known = default_of(&object, &field(path)).unwrap().value;
            let Identity::Keys { primary, .. } = in_table(parent, "ports") else { panic!("{parent}") };
            assert!(primary.iter().any(|part| matches!(part, Optional("protocol", or) if known == *or)), "{path}");
        }
    }

    #[test]
    fn elements_are_named_by_what_tells_them_apart() {
        let label = |parent: &str, key: &str, text: &str| {
            name_of(&load_one("f", text).unwrap(), in_table(parent, key)).map(|(_, label)| label)
        };
        assert_eq!(label("spec", "containers", "{name: app}").as_deref(), Some("name=app"));
        assert_eq!(label("containers", "ports", "{containerPort: 53, protocol: TCP}").as_deref(), Some("containerPort=53"));
        assert_eq!(
            label("containers", "ports", "{containerPort: 53, protocol: UDP}").as_deref(),
            Some("containerPort=53,protocol=UDP")
        );
        assert_eq!(
            label("spec", "metrics", "{type: Resource, resource: {name: cpu}}").as_deref(),
            Some("type=Resource,name=cpu")
        );
        assert_eq!(label("spec", "tolerations", "{effect: NoSchedule}").as_deref(), Some("effect=NoSchedule"));
        assert_eq!(label("spec", "containers", "{image: a}"), None);
    }
}
