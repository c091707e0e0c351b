//! Admission policies: an item as the objects by which an API server judges it.

use serde_json::{Map, Value as Json, json};

use super::resources::Resource;
use crate::checklist::{Severity, Variable};
use crate::service::Tier;

const API_VERSION: &str = "admissionregistration.k8s.io/v1";
/// The label of namespaces by which bindings find the services of a tier.
pub const TIER_LABEL: &str = "plimsoll.dev/tier";
/// An object on its way out must be able to lose its finalizers, whatever else is wrong with it.
const NOT_LEAVING: &str = "!object.?metadata.?deletionTimestamp.hasValue()";

/// One item as an API server is to judge it. The expressions and the message stand as in the checklist.
#[derive(Clone, Debug, PartialEq)]
pub struct AdmissionPolicy {
    /// The name of its objects.
    pub name: String,
    /// The item.
    pub item: String,
    /// The checklist, by name and version.
    pub checklist: String,
    /// Why the item is asked for.
    pub why: String,
    /// The tier whose parameters it holds.
    pub tier: Tier,
    /// The severity at that tier.
    pub severity: Severity,
    /// What it is about, sorted.
    pub resources: Vec<Resource>,
    /// Where this is false the item does not apply; only what needs no variables.
    pub condition: Option<String>,
    /// The variables that are used, in their order.
    pub variables: Vec<Variable>,
    /// Where this is true the item holds.
    pub expression: String,
    /// What is wrong where the item does not hold.
    pub message: String,
    /// The same as an expression; `message` stands in where it cannot be evaluated.
    pub message_expression: Option<String>,
}

/// What an API server does with an object on which an item does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It refuses the object.
    Deny,
    /// It takes the object, and tells the sender.
    Warn,
    /// It takes the object, and notes it in its audit log.
    Audit,
}

impl Action {
    /// The action that a severity calls for.
    #[must_use]
    pub fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Deny,
            Severity::Warning => Self::Warn,
            Severity::Advice | Severity::None => Self::Audit,
        }
    }

    /// The name by which Kubernetes knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deny => "Deny",
            Self::Warn => "Warn",
            Self::Audit => "Audit",
        }
    }
}

impl AdmissionPolicy {
    /// The `ValidatingAdmissionPolicy`, and the `ValidatingAdmissionPolicyBinding` that puts it in force
    /// in the namespaces of its tier.
    #[must_use]
    pub fn objects(&self, action: Action) -> [Json; 2] {
        [
            json!({
                "apiVersion": API_VERSION,
                "kind": "ValidatingAdmissionPolicy",
                "metadata": self.metadata(&[("plimsoll.dev/why", &self.why)]),
                "spec": self.spec(),
            }),
            json!({
                "apiVersion": API_VERSION,
                "kind": "ValidatingAdmissionPolicyBinding",
                "metadata": self.metadata(&[]),
                "spec": {
                    "policyName": self.name,
                    "validationActions": [action.name()],
                    "matchResources": {"namespaceSelector": {"matchLabels": {TIER_LABEL: self.tier.0.to_string()}}},
                },
            }),
        ]
    }

    fn metadata(&self, notes: &[(&str, &str)]) -> Json {
        let checklist = [("plimsoll.dev/checklist", self.checklist.as_str())];
        let annotations: Map<String, Json> =
            checklist.iter().chain(notes).map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        json!({
            "name": self.name,
            "labels": {
                "app.kubernetes.io/managed-by": "plimsoll",
                "plimsoll.dev/item": self.item,
                TIER_LABEL: self.tier.0.to_string(),
            },
            "annotations": annotations,
        })
    }

    fn spec(&self) -> Json {
        let mut conditions = vec![json!({"name": "not-leaving", "expression": NOT_LEAVING})];
        conditions.extend(self.condition.iter().map(|when| json!({"name": "applies", "expression": when})));
        let mut validation = Map::new();
        validation.insert("expression".to_owned(), json!(self.expression));
        validation.insert("message".to_owned(), json!(self.message));
        if let Some(expression) = &self.message_expression {
            validation.insert("messageExpression".to_owned(), json!(expression));
        }
        let mut spec = Map::new();
        spec.insert("failurePolicy".to_owned(), json!("Fail"));
        spec.insert("matchConstraints".to_owned(), json!({"matchPolicy": "Equivalent", "resourceRules": self.resource_rules()}));
        spec.insert("matchConditions".to_owned(), json!(conditions));
        if !self.variables.is_empty() {
            spec.insert("variables".to_owned(), json!(self.variables));
        }
        spec.insert("validations".to_owned(), json!([validation]));
        Json::Object(spec)
    }

    /// One rule for each group and version.
    fn resource_rules(&self) -> Vec<Json> {
        let same = |one: &Resource, other: &Resource| (one.group, one.version) == (other.group, other.version);
        let rule = |resources: &[Resource]| {
            let first = resources.first()?;
            Some(json!({
                "apiGroups": [first.group],
                "apiVersions": [first.version],
                "operations": ["CREATE", "UPDATE"],
                "resources": resources.iter().map(|resource| resource.plural).collect::<Vec<_>>(),
            }))
        };
        self.resources.chunk_by(same).filter_map(rule).collect()
    }
}
