//! Who wins where: people, unless the checklist finds fault with what they have.

use crate::adopt::Aligned;
use crate::change::fields::{fields_of, node_at};
use crate::check::{Cause, Report};
use crate::checklist::Checklist;
use crate::manifest::{WORKLOADS, Workload};
use crate::merge::{ChangeKind, Conflict, FieldChange, MergePolicy, Merged, Owned, Resolve, Side, SourceFile};
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey};
use crate::yaml::Node;

/// What leads to Pods stays: Pods that run go by these labels and port numbers until they are replaced,
/// and the API server lets some of it never change. So do the selectors of workloads.
const SELECTORS: &[&str] = &[
    "NetworkPolicy.spec.podSelector",
    "Pod.spec.topologySpreadConstraints[*].labelSelector",
    "PodDisruptionBudget.spec.selector",
    "Service.spec.ports[*].targetPort",
    "Service.spec.selector",
];

/// Fields of which one excludes the others, by the key of what holds them. An object with two of them
/// is refused by the API server.
const RIVALS: &[(&str, &[&str])] = &[
    ("env", &["value", "valueFrom"]),
    ("livenessProbe", &["exec", "grpc", "httpGet", "tcpSocket"]),
    ("preStop", &["exec", "httpGet", "sleep", "tcpSocket"]),
    ("readinessProbe", &["exec", "grpc", "httpGet", "tcpSocket"]),
    ("spec", &["maxUnavailable", "minAvailable"]),
    ("startupProbe", &["exec", "grpc", "httpGet", "tcpSocket"]),
    ("target", &["averageUtilization", "averageValue", "value"]),
    (
        "volumes",
        &["configMap", "csi", "emptyDir", "ephemeral", "hostPath", "nfs", "persistentVolumeClaim", "projected", "secret"],
    ),
];

/// Fields that go where an item finds fault with them and nothing is rendered in their place; so does the
/// number of Pods of workloads.
const GIVE_WAY: &[&str] = &[
    "Pod.spec.containers[*].securityContext.runAsNonRoot",
    "Pod.spec.containers[*].securityContext.runAsUser",
    "PodDisruptionBudget.spec.maxUnavailable",
    "PodDisruptionBudget.spec.minAvailable",
    "Service.spec.ports[*].nodePort",
];

/// Fields that the API server takes only of a Service that is reached from outside.
const ONLY_OUTSIDE: &[&str] = &[
    "Service.spec.allocateLoadBalancerNodePorts",
    "Service.spec.externalTrafficPolicy",
    "Service.spec.healthCheckNodePort",
    "Service.spec.loadBalancerClass",
    "Service.spec.loadBalancerIP",
    "Service.spec.loadBalancerSourceRanges",
    "Service.spec.ports[*].nodePort",
];

/// Fields of older versions of an autoscaler, which the one that is rendered says otherwise.
const OF_OLD_SCALING: &[&str] = &[
    "HorizontalPodAutoscaler.spec.metrics[*].resource.targetAverageUtilization",
    "HorizontalPodAutoscaler.spec.metrics[*].resource.targetAverageValue",
    "HorizontalPodAutoscaler.spec.targetCPUUtilizationPercentage",
];

/// Fields that together tell how long a probe of people's bears with a container: one without the other
/// says something else.
const PATIENCE: &[&str] = &["failureThreshold", "periodSeconds"];

/// Names that other objects may refer to: who has one keeps it.
const NAMES: &[&str] = &["Pod.spec.containers[*].ports[*].name", "Service.spec.ports[*].name"];

/// Who wins where.
pub struct WinningSides {
    owned: Vec<FieldPattern>,
    rendered_wins: Vec<FieldPattern>,
    /// Fields of people that go.
    pub gone: Vec<(ObjectKey, Field)>,
    /// Fields in which nothing changes.
    held: Vec<FieldPattern>,
    /// The objects of people into which the render goes.
    standing: Vec<ObjectKey>,
}

/// A field in which people and the render differ.
#[derive(Clone, PartialEq)]
struct Difference {
    object: ObjectKey,
    field: Field,
    /// Whether nothing is rendered there.
    goes: bool,
}

impl WinningSides {
    /// People win everywhere, as far as the versions of the API let them; in what is held, whatever is found.
    pub fn of(aligned: &[Aligned<'_>], ours: &[SourceFile<'_>], held: &[FieldPattern]) -> Self {
        let standing: Vec<ObjectKey> =
            aligned.iter().filter_map(|aligned| aligned.standing).map(|object| object.id.key()).collect();
        let of_old = fields_of(ours, &patterns(OF_OLD_SCALING)).into_iter();
        let gone = of_old.filter(|(object, _)| standing.contains(object)).collect();
        Self { owned: selectors(), rendered_wins: Vec::new(), gone, held: held.to_vec(), standing }
    }

    /// The same for a merge, and who wins in all other places.
    pub fn policy(&self, otherwise: Option<Side>) -> MergePolicy {
        let owned = |pattern: &FieldPattern| Owned { pattern: pattern.clone(), by: "people".to_owned() };
        let resolve = |pattern: &FieldPattern| Resolve { pattern: pattern.clone(), side: Side::Theirs };
        MergePolicy {
            owned: self.owned.iter().map(owned).collect(),
            resolve: self.rendered_wins.iter().map(resolve).collect(),
            otherwise,
            deleted_objects_stay: false,
            ..MergePolicy::default()
        }
    }

    /// Keeps out fields that were added beside one that excludes them; whether there were any.
    pub fn keep_rivals_out(&mut self, merged: &Merged, ours: &[SourceFile<'_>]) -> bool {
        let added = merged.changes.iter().filter(|change| change.kind == ChangeKind::Added);
        let out: Vec<FieldPattern> = added
            .filter_map(|change| {
                let object = change.object.as_ref()?;
                let field = &change.field;
                (has_rival(ours, object, field) || self.is_stepless(ours, object, field) || is_patience(ours, object, field))
                    .then(|| pattern(object, &change.field))?
            })
            .collect();
        let any = !out.is_empty();
        self.owned.extend(out);
        any
    }

    /// A rollout that stops everything first has no steps.
    fn is_stepless(&self, ours: &[SourceFile<'_>], object: &ObjectKey, field: &Field) -> bool {
        let strategy = Field::new(vec![FieldStep::Key("spec".to_owned()), FieldStep::Key("strategy".to_owned())]);
        let recreates = || {
            let kind = node_at(ours, object, &strategy).and_then(|strategy| strategy.get("type").cloned());
            kind.as_ref().and_then(Node::as_str) == Some("Recreate")
        };
        let stays = !self.rendered_wins.iter().any(|pattern| pattern.as_str().ends_with(".spec.strategy.type"));
        field.to_string() == "spec.strategy.rollingUpdate" && stays && recreates()
    }

    /// Lets the render win where an item finds fault; whether any field changed sides.
    pub fn change(&mut self, report: &Report, checklist: &Checklist, conflicts: &[Conflict], ours: &[SourceFile<'_>]) -> bool {
        let mut taken: Vec<Difference> = Vec::new();
        let differences = self.differences(conflicts, ours);
        for finding in report.findings.iter().filter(|finding| finding.cause == Cause::Failed) {
            let fields = checklist.item(&finding.item).map(|item| checklist.patterns(item)).unwrap_or_default();
            let about =
                |difference: &&Difference| fields.iter().any(|pattern| pattern.covers(&difference.object, &difference.field));
            // What is found in an object is mended in it, if it can be.
            let (here, elsewhere): (Vec<&Difference>, Vec<&Difference>) = differences
                .iter()
                .filter(about)
                .partition(|difference| finding.object.as_deref() == Some(&label(&difference.object)));
            taken.extend(if here.is_empty() { elsewhere } else { here }.into_iter().cloned());
        }
        let inside = |difference: &Difference| !difference.goes && difference.field.to_string() == "spec.type";
        if taken.iter().any(|difference| difference.object.known_kind() == Some("Service") && inside(difference)) {
            taken.extend(self.going(ours, &patterns(ONLY_OUTSIDE)).filter(|difference| !self.is_held(difference)));
        }
        taken.retain(|difference| {
            !(difference.goes && self.gone.contains(&(difference.object.clone(), difference.field.clone())))
        });
        for difference in &taken {
            if difference.goes {
                self.gone.push((difference.object.clone(), difference.field.clone()));
                // What was kept out only because of that may come in.
                let there = format!("{}/{}.", difference.object.kind, difference.object.name);
                self.owned.retain(|pattern| !pattern.as_str().starts_with(&there));
            } else {
                self.rendered_wins.extend(pattern(&difference.object, &difference.field));
            }
        }
        !taken.is_empty()
    }

    /// Where the render could win. The value of a label is people's own: what selects Pods goes by it.
    fn differences(&self, conflicts: &[Conflict], ours: &[SourceFile<'_>]) -> Vec<Difference> {
        let names = patterns(NAMES);
        let is_label = |conflict: &&Conflict| conflict.field.keys().any(|key| key == "labels");
        let differing = conflicts.iter().filter(|conflict| !is_label(conflict)).filter_map(|conflict| {
            Some(Difference { object: conflict.object.clone()?, field: conflict.field.clone(), goes: false })
        });
        let is_name = |difference: &Difference| names.iter().any(|name| name.covers(&difference.object, &difference.field));
        let gone = |difference: &Difference| self.gone.contains(&(difference.object.clone(), difference.field.clone()));
        let replicas = of_workloads(|workload| workload.replicas);
        let giving_way: Vec<FieldPattern> = patterns(GIVE_WAY).into_iter().chain(replicas).collect();
        let going = self.going(ours, &giving_way).filter(|difference| !gone(difference));
        differing.filter(|difference| !is_name(difference)).chain(going).filter(|difference| !self.is_held(difference)).collect()
    }

    /// What fits patterns in the objects into which the render goes: others in the same files are left alone.
    fn going(&self, ours: &[SourceFile<'_>], fields: &[FieldPattern]) -> impl Iterator<Item = Difference> {
        let found = fields_of(ours, fields).into_iter().filter(|(object, _)| self.standing.contains(object));
        found.map(|(object, field)| Difference { object, field, goes: true })
    }

    fn is_held(&self, difference: &Difference) -> bool {
        self.held.iter().any(|pattern| pattern.covers(&difference.object, &difference.field))
    }
}

fn patterns(fields: &[&str]) -> Vec<FieldPattern> {
    fields.iter().filter_map(|field| FieldPattern::parse(field).ok()).collect()
}

/// A field of each workload that has it.
fn of_workloads(field: fn(&Workload) -> Option<&'static str>) -> impl Iterator<Item = FieldPattern> {
    let fields = WORKLOADS.iter().filter_map(move |workload| Some((workload.kind, field(workload)?)));
    fields.filter_map(|(kind, field)| FieldPattern::parse(&format!("{kind}.{field}")).ok())
}

fn selectors() -> Vec<FieldPattern> {
    patterns(SELECTORS).into_iter().chain(of_workloads(|workload| workload.selector)).collect()
}

/// Whether a change is about what leads to Pods.
pub fn is_selector(change: &FieldChange) -> bool {
    change.object.as_ref().is_some_and(|object| selectors().iter().any(|pattern| pattern.covers(object, &change.field)))
}

/// Whether people have a field that excludes this one.
fn has_rival(ours: &[SourceFile<'_>], object: &ObjectKey, field: &Field) -> bool {
    let Some((FieldStep::Key(key), around)) = field.steps().split_last() else { return false };
    let holder = Field::new(around.to_vec());
    let row = RIVALS.iter().find(|(name, keys)| holder.keys().last() == Some(name) && keys.contains(&key.as_str()));
    let (Some((_, keys)), Some(node)) = (row, node_at(ours, object, &holder)) else { return false };
    keys.iter().any(|rival| rival != key && node.get(rival).is_some())
}

/// Whether a field would change how long a probe of people's bears with a container.
fn is_patience(ours: &[SourceFile<'_>], object: &ObjectKey, field: &Field) -> bool {
    let Some((FieldStep::Key(key), around)) = field.steps().split_last() else { return false };
    let probe = Field::new(around.to_vec());
    let is_probe = probe.keys().last().is_some_and(|holder| holder.ends_with("Probe"));
    is_probe && PATIENCE.contains(&key.as_str()) && node_at(ours, object, &probe).is_some()
}

fn pattern(object: &ObjectKey, field: &Field) -> Option<FieldPattern> {
    FieldPattern::parse(&object.field_name(field)).ok().filter(|_| !field.steps().is_empty())
}

/// An object as findings name it.
pub fn label(object: &ObjectKey) -> String {
    let ObjectKey { kind, name, namespace, .. } = object;
    namespace.as_ref().map_or_else(|| format!("{kind}/{name}"), |namespace| format!("{namespace}/{kind}/{name}"))
}
