//! What a person has to do in the cluster beside applying the files, with the commands in their order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::chore::{Chore, ChoreReason, ChoreStep};
use super::cluster::{Cluster, namespace_flag};
use super::kustomize::Around;
use super::owned::AUTOSCALERS;
use super::words::{is_name, short};
use super::{ExplainedChange, Update};
use crate::manifest::{CLAIM_TEMPLATES, Effect, Workload};
use crate::merge::ChangeKind;
use crate::notation::{ObjectKey, shell_word};

impl Chore {
    /// The commands with their notes as comments, a line each.
    pub fn script(&self) -> impl Iterator<Item = String> {
        let lines = |step: &ChoreStep| [step.note.as_ref().map(|note| format!("# {note}")), Some(step.command.clone())];
        self.steps.iter().flat_map(lines).flatten()
    }

    /// Why there is something to do, in a sentence that the commands follow.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |words: &[String]| words.join(", ");
        let objects = list(&self.objects);
        let several = self.objects.len() > 1;
        match &self.why {
            ChoreReason::ReplicasHandedOver { replicas } => format!(
                "{objects} falls from {replicas} Pods to 1 when it is applied, until an autoscaler acts; hand spec.replicas over \
                 before"
            ),
            ChoreReason::AutoscalerDropped => {
                format!("{objects} goes on scaling until it is deleted; do that before you apply the files")
            }
            ChoreReason::Immutable { fields } => {
                format!("{objects}: the API server refuses to change {}; delete it and create it anew", list(fields))
            }
            ChoreReason::LeftBehind { workload, from, to } => {
                let verb = if several { "stay" } else { "stays" };
                let space =
                    |name: &Option<String>| name.as_ref().map_or("its namespace".to_owned(), |name| format!("namespace {name}"));
                let there = to.as_ref().map_or("where it is applied to".to_owned(), |name| format!("in namespace {name}"));
                let from = space(from);
                let it = if several { "them" } else { "it" };
                format!(
                    "{objects} {verb} in {from}, and {workload} looks for {it} {there}; make {it} there before you apply the files"
                )
            }
            ChoreReason::Renamed { to } => {
                let verb = if several { "become other objects" } else { "becomes another object" };
                format!("{objects} {verb}, {}; the old stays in the cluster until it is deleted", list(to))
            }
            ChoreReason::Dropped => {
                let verb = if several { "stay" } else { "stays" };
                format!("{objects} {verb} in the cluster until deleted; do that once the files are applied")
            }
        }
    }
}

/// What has to be done for an update.
pub fn chores(update: &Update, around: &Around) -> Vec<Chore> {
    let mut found = Vec::new();
    let at = |explained: &ExplainedChange| Cluster::of(around, &explained.change.file);
    for explained in update.changes.iter().filter(|explained| explained.effect == Effect::RunsOnePod) {
        let Some(object) = &explained.change.object else { continue };
        found.push(replicas(object, explained, &at(explained)));
    }
    found.extend(immutable(update, around));
    found.extend(renamed(update, around));
    let is_dropped =
        |explained: &&ExplainedChange| explained.change.field.steps().is_empty() && explained.change.kind == ChangeKind::Removed;
    let (mut autoscalers, mut others) = (Vec::new(), Vec::new());
    for explained in update.changes.iter().filter(is_dropped) {
        let Some(object) = &explained.change.object else { continue };
        let side =
            if object.known_kind().is_some_and(|kind| AUTOSCALERS.contains(&kind)) { &mut autoscalers } else { &mut others };
        side.push((object.clone(), at(explained)));
    }
    for (why, dropped) in [(ChoreReason::AutoscalerDropped, autoscalers), (ChoreReason::Dropped, others)] {
        if !dropped.is_empty() {
            let objects = dropped.iter().map(|(object, _)| object.to_string()).collect();
            found.push(Chore { why, objects, steps: deletions(&dropped) });
        }
    }
    found.sort_by(|one, other| one.why.cmp(&other.why));
    found
}

/// Kubernetes' own way to leave the number of replicas to an autoscaler without a Pod that stops.
fn replicas(object: &ObjectKey, explained: &ExplainedChange, cluster: &Cluster) -> Chore {
    let number = explained.change.before.clone().unwrap_or_default();
    let (objects, replicas) = (vec![object.to_string()], short(&number));
    let api_version = Workload::of(object).map(Workload::api_version).unwrap_or_default();
    let mut metadata = json!({"name": cluster.name(object)});
    if let Some(namespace) = cluster.namespace(object) {
        metadata["namespace"] = Json::from(namespace);
    }
    let only = json!({
        "apiVersion": api_version,
        "kind": object.kind,
        "metadata": metadata,
        "spec": {"replicas": number},
    });
    let handed = format!(
        "echo {} | kubectl apply --server-side --field-manager=handover-to-hpa --validate=false -f -",
        shell_word(&only.to_string())
    );
    let steps = vec![
        ChoreStep::noted(
            "with `kubectl apply`: take spec.replicas out and save; no Pod stops",
            format!("kubectl apply edit-last-applied {}", cluster.target(object)),
        ),
        ChoreStep::noted(
            "with `kubectl apply --server-side`, as Flux does; a conflict says that the autoscaler has it already",
            handed,
        ),
    ];
    Chore { why: ChoreReason::ReplicasHandedOver { replicas }, objects, steps }
}

/// Objects with fields that the API server does not let change.
fn immutable(update: &Update, around: &Around) -> Vec<Chore> {
    let mut fields: BTreeMap<(&ObjectKey, &str), BTreeSet<String>> = BTreeMap::new();
    for ExplainedChange { change, effect, .. } in &update.changes {
        if let (Some(object), Effect::NotInPlace) = (&change.object, effect)
            && !is_name(&change.field)
        {
            fields.entry((object, &change.file)).or_default().insert(change.field.to_string());
        }
    }
    let chore = |((object, file), fields): ((&ObjectKey, &str), BTreeSet<String>)| {
        let cluster = Cluster::of(around, file);
        let deletion = format!("kubectl delete {}", cluster.target(object));
        let has_claims = || fields.iter().any(|field| field.starts_with(CLAIM_TEMPLATES));
        let note = match Workload::of(object) {
            Some(_) if has_claims() => {
                "its Pods stop, and start again with the next command; the claims that they have stay as they are"
            }
            Some(_) => "its Pods stop, and start again with the next command",
            None if object.known_kind() == Some("PersistentVolumeClaim") => "what the volume holds goes with it: save it first",
            None => "",
        };
        let note = (!note.is_empty()).then(|| note.to_owned());
        let steps = vec![ChoreStep { note, command: deletion }, ChoreStep::new(cluster.apply(&update.dir, file))];
        Chore { why: ChoreReason::Immutable { fields: fields.into_iter().collect() }, objects: vec![object.to_string()], steps }
    };
    fields.into_iter().map(chore).collect()
}

/// Objects that get another name or namespace: the new ones come first, and the old ones go last.
fn renamed(update: &Update, around: &Around) -> Option<Chore> {
    let is_renamed = |explained: &&ExplainedChange| is_name(&explained.change.field);
    let renames: Vec<&ExplainedChange> = update.changes.iter().filter(is_renamed).collect();
    let (mut to, mut objects, mut applied, mut watched) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut old: Vec<(ObjectKey, Cluster)> = Vec::new();
    for ExplainedChange { change, .. } in renames {
        let Some(object) = &change.object else { continue };
        let cluster = Cluster::of(around, &change.file);
        let after = change.after.as_ref().map(short);
        let words = match (change.field.keys().last(), after) {
            (Some("namespace"), Some(namespace)) => format!("in namespace {namespace}"),
            (Some("namespace"), None) => "in the namespace that they are applied to".to_owned(),
            (_, after) => after.unwrap_or_default(),
        };
        let mut new = object.clone();
        for other in update.changes.iter().filter(|other| other.change.object.as_ref() == Some(object)) {
            let value = other.change.after.as_ref().and_then(Json::as_str).map(str::to_owned);
            match other.change.field.keys().collect::<Vec<_>>().as_slice() {
                ["metadata", "name"] => new.name = value.unwrap_or_default(),
                ["metadata", "namespace"] => new.namespace = value,
                _ => {}
            }
        }
        push_new(&mut to, words);
        push_new(&mut objects, object.to_string());
        push_new(&mut applied, cluster.apply_folder(&update.dir, &change.file));
        // kubectl knows the rollouts of Kubernetes' own kinds.
        if Workload::of(object).is_some_and(|workload| workload.rolls_out() && workload.is_built_in()) {
            push_new(&mut watched, format!("kubectl rollout status {}", cluster.target(&new)));
        }
        if !old.iter().any(|(known, _)| known == object) {
            old.push((object.clone(), cluster));
        }
    }
    if old.is_empty() {
        return None;
    }
    let mut deletions = deletions(&old);
    // An object without a namespace went where whoever applied it was: to delete it where the new one is would
    // be the outage.
    let moves = |object: &ObjectKey, cluster: &Cluster| {
        let is_it = |change: &&ExplainedChange| {
            change.change.object.as_ref() == Some(object) && change.change.field.to_string() == "metadata.namespace"
        };
        cluster.namespace(object).is_none() && update.changes.iter().any(|change| is_it(&change))
    };
    if old.iter().any(|(object, cluster)| moves(object, cluster)) {
        for step in deletions.iter_mut().filter(|step| !step.command.contains("--namespace")) {
            step.command += " --namespace \"${OLD_NAMESPACE:?}\"";
        }
    }
    if let Some(first) = deletions.first_mut() {
        first.note = Some(if first.command.contains("OLD_NAMESPACE") {
            "once what calls the old ones calls the new ones; OLD_NAMESPACE is the namespace that they were applied to, and if that \
             is the new one there is nothing to delete"
                .to_owned()
        } else {
            "once what calls the old ones calls the new ones".to_owned()
        });
    }
    let steps = applied.into_iter().chain(watched).map(ChoreStep::new).chain(deletions).collect();
    Some(Chore { why: ChoreReason::Renamed { to }, objects, steps })
}

fn push_new(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// Deletes objects, those of each namespace together.
fn deletions(objects: &[(ObjectKey, Cluster)]) -> Vec<ChoreStep> {
    let mut by_namespace: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (object, cluster) in objects {
        by_namespace.entry(cluster.namespace(object)).or_default().push(cluster.word(object));
    }
    let delete = |(namespace, words): (Option<&str>, Vec<String>)| {
        ChoreStep::new(format!("kubectl delete {}{}", words.join(" "), namespace_flag(namespace)))
    };
    by_namespace.into_iter().map(delete).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Aftermath, FromTo, explained, what_happens};
    use crate::manifest::Secrets;
    use crate::merge::FieldChange;
    use crate::notation::{Field, FieldStep};
    use crate::service::Tier;

    /// What has to be done where one field of an object changes, and what happens to its Pods.
    fn told(kind: &str, field: &str, before: &Json, after: &Json) -> (Vec<String>, &'static str) {
        let group = Workload::of_kind(kind).map_or("", |workload| workload.group).to_owned();
        let change = FieldChange {
            file: "k8s/cart.yaml".into(),
            object: Some(ObjectKey { group, kind: kind.to_owned(), namespace: None, name: "cart".into() }),
            field: Field::new(field.split('.').map(|key| FieldStep::Key(key.to_owned())).collect()),
            kind: ChangeKind::Changed,
            before: Some(before.clone()),
            after: Some(after.clone()),
        };
        let explained = explained(change, Vec::new(), false);
        let happens = what_happens(&explained);
        let same = || FromTo { from: "a@1".into(), to: "a@1".into() };
        let update = Update {
            dir: "cart".into(),
            service: "cart".into(),
            tier: Tier(2),
            checklist: same(),
            blueprint: same(),
            causes: Vec::new(),
            changes: vec![explained],
            conflicts: Vec::new(),
            hand_edits: Vec::new(),
            missing: Vec::new(),
            notes: Vec::new(),
            dropped_comments: Vec::new(),
            aftermath: Aftermath::default(),
            read: Vec::new(),
            files: Vec::new(),
            lock: None,
            missing_files: Vec::new(),
            relied_on: Vec::new(),
            checklist_described: String::new(),
            secrets: Secrets::default(),
            newer: None,
        };
        let lines = chores(&update, &Around::default())
            .iter()
            .flat_map(|chore| std::iter::once(chore.words()).chain(chore.script()))
            .collect();
        (lines, happens)
    }

    #[test]
    fn what_cannot_change_in_place_is_deleted_and_created() {
        let refused = "cannot be applied in place";
        let anew = |object: &str, field: &str, note: &str, target: &str| {
            vec![
                format!("{object}: the API server refuses to change {field}; delete it and create it anew"),
                format!("# its Pods stop, and start again with the next command{note}"),
                format!("kubectl delete {target}"),
                "kubectl apply -f cart/k8s/cart.yaml".to_owned(),
            ]
        };
        let claims = "spec.volumeClaimTemplates";
        let lines = anew("StatefulSet/cart", claims, "; the claims that they have stay as they are", "statefulset/cart");
        assert_eq!(told("StatefulSet", claims, &json!([]), &json!([{"metadata": {"name": "data"}}])), (lines, refused));
        let selector = "spec.selector.matchLabels.app";
        let lines = anew("DaemonSet/cart", selector, "", "daemonset/cart");
        assert_eq!(told("DaemonSet", selector, &json!("a"), &json!("b")), (lines, refused));
        let image = "spec.template.spec.containers";
        assert_eq!(told("Job", image, &json!([]), &json!([{}])), (anew("Job/cart", image, "", "job/cart"), refused));
        let next = "spec.jobTemplate.spec.template.spec.containers";
        assert_eq!(told("CronJob", next, &json!([]), &json!([{}])), (Vec::new(), "no restart"));
        assert_eq!(told("StatefulSet", image, &json!([]), &json!([{}])), (Vec::new(), "restarts Pods"));
    }

    #[test]
    fn a_rollout_is_watched_where_there_is_one() {
        for (kind, is_watched) in [("StatefulSet", true), ("DaemonSet", true), ("CronJob", false), ("Rollout", false)] {
            let (lines, _) = told(kind, "metadata.name", &json!("cart"), &json!("basket"));
            let watched = format!("kubectl rollout status {}/basket", kind.to_lowercase());
            assert_eq!(lines.contains(&watched), is_watched, "{lines:#?}");
        }
    }
}
