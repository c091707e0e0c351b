//! Kinds and API versions that are none, and what is meant by them.

use crate::notation::{OF_OTHERS, OF_OTHERS_IN_CORE, SERVED, group_of, known_groups};
use crate::yaml::suggest;

/// A kind or API version that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misnamed {
    /// The field that is wrong: `apiVersion` or `kind`.
    pub field: &'static str,
    /// What is wrong: a sentence without a full stop.
    pub message: String,
    /// The edit that mends it, where one is likely.
    pub hint: Option<String>,
}

/// The API versions under which a kind is served, the best one first.
fn versions_of(kind: &str) -> Vec<&'static str> {
    let mut versions: Vec<&str> = SERVED.iter().filter(|(_, kinds)| kinds.contains(&kind)).map(|(version, _)| *version).collect();
    let is_stable = |version: &str| !version.contains("alpha") && !version.contains("beta");
    // The newest stands last in the table; of the groups that had a kind, the one in which it is stable has it now.
    versions.reverse();
    versions.sort_by_key(|version| (!is_stable(version), *version == "extensions/v1beta1"));
    versions
}

/// What is wrong with an API version and a kind together, as far as they are meant for what Kubernetes itself
/// serves. Kinds of others are taken as they are.
#[must_use]
pub fn misnamed(api_version: &str, kind: &str) -> Option<Misnamed> {
    let wrong = |field, message: String, hint: Option<String>| Some(Misnamed { field, message, hint });
    let parts: Vec<&str> = api_version.split('/').collect();
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
    if parts.len() > 2 || !parts.iter().all(|part| is_word(part)) {
        let hint = versions_of(kind).first().map(|version| format!("write `apiVersion: {version}`"));
        return wrong("apiVersion", format!("`{api_version}` is no API version: it must be `group/version` or `v1`"), hint);
    }
    let group = group_of(api_version);
    if SERVED.iter().any(|(version, kinds)| *version == api_version && kinds.contains(&kind)) {
        return None;
    }
    let has_group = known_groups().any(|(known, _)| known == group);
    let of_group: Vec<&str> = known_groups().filter(|(known, _)| *known == group).flat_map(|(_, kinds)| kinds).copied().collect();
    let is_of_kubernetes = SERVED.iter().any(|(version, _)| group_of(version) == group);
    if of_group.contains(&kind) {
        if !is_of_kubernetes {
            return None;
        }
        // The group has the kind, in another version.
        let served: Vec<&str> = versions_of(kind).into_iter().filter(|version| group_of(version) == group).collect();
        let hint = served.first().map(|version| format!("write `apiVersion: {version}`"));
        return wrong("apiVersion", format!("Kubernetes has never served `{kind}` in `{api_version}`"), hint);
    }
    let no_match = || format!("Kubernetes has no kind `{kind}` in `{api_version}`");
    if has_group && let Some(near) = nearest(kind, &of_group) {
        return wrong("kind", no_match(), Some(format!("did you mean `kind: {near}`?")));
    }
    let elsewhere = versions_of(kind);
    if let Some(version) = elsewhere.first() {
        let near_group = nearest_group(group).is_some();
        if is_of_kubernetes || near_group || !group.contains('.') {
            return wrong("apiVersion", no_match(), Some(format!("did you mean `apiVersion: {version}`?")));
        }
        return None;
    }
    if let Some(near) = OF_OTHERS.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(known, _)| *known)
        && nearest_group(group) == Some(near)
    {
        return wrong("apiVersion", no_match(), Some(format!("did you mean the group `{near}`?")));
    }
    // Groups of Kubernetes with a dot grow new kinds with each version; others have all that they will get.
    let is_settled = is_of_kubernetes && !group.contains('.');
    let known: Vec<&str> = SERVED.iter().flat_map(|(_, kinds)| *kinds).copied().collect();
    let near = nearest(kind, &known);
    match near {
        _ if group.is_empty() && OF_OTHERS_IN_CORE.contains(&kind) => None,
        Some(near) if is_settled || !group.contains('.') && near.eq_ignore_ascii_case(kind) => {
            let version = versions_of(near).first().copied().unwrap_or_default();
            wrong("kind", no_match(), Some(format!("did you mean `apiVersion: {version}` and `kind: {near}`?")))
        }
        None if is_settled => wrong("kind", no_match(), None),
        _ => None,
    }
}

/// Whether a word is, or is nearly, a kind that Kubernetes itself has.
#[must_use]
pub fn is_nearly_a_kind(word: &str) -> bool {
    let known: Vec<&str> = SERVED.iter().flat_map(|(_, kinds)| *kinds).copied().collect();
    nearest(word, &known).is_some()
}

/// The API version to write for a kind that stands alone, where Plimsoll knows one.
#[must_use]
pub fn api_version_for(kind: &str) -> Option<&'static str> {
    versions_of(kind).first().copied()
}

/// Whether a word is another one hardly misspelt, in case or letters.
#[must_use]
pub fn is_misspelling(word: &str, of: &str) -> bool {
    strsim::damerau_levenshtein(&word.to_lowercase(), &of.to_lowercase()) <= (of.len() / 4).clamp(1, 3)
}

/// The kind that a word is meant for: the same but for case, or hardly misspelt.
fn nearest<'k>(word: &str, kinds: &[&'k str]) -> Option<&'k str> {
    let same = kinds.iter().find(|kind| kind.eq_ignore_ascii_case(word)).copied();
    same.or_else(|| {
        let near = suggest(word, kinds.iter().copied())?;
        is_misspelling(word, near).then_some(near)
    })
}

/// The group that one with a dot is hardly a misspelling of. Experiments have `x-k8s.io` on purpose.
fn nearest_group(group: &str) -> Option<&'static str> {
    if group.contains("x-k8s.io") {
        return None;
    }
    let near = |known: &&str| *known != group && known.contains('.') && strsim::damerau_levenshtein(known, group) <= 2;
    known_groups().map(|(known, _)| known).find(|known| near(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(api_version: &str, kind: &str) -> Option<String> {
        let misnamed = misnamed(api_version, kind)?;
        Some(format!("{}: {}", misnamed.field, misnamed.hint.unwrap_or_default()))
    }

    #[test]
    fn what_is_misspelt_is_said_with_what_is_meant() {
        for (api_version, kind, expected) in [
            ("apps/v1", "deployment", "kind: did you mean `kind: Deployment`?"),
            ("apps/v1", "Deploymnet", "kind: did you mean `kind: Deployment`?"),
            ("v1", "Deployment", "apiVersion: did you mean `apiVersion: apps/v1`?"),
            ("v1", "deployment", "kind: did you mean `apiVersion: apps/v1` and `kind: Deployment`?"),
            ("app/v1", "Deployment", "apiVersion: did you mean `apiVersion: apps/v1`?"),
            ("apps/v2", "Deployment", "apiVersion: write `apiVersion: apps/v1`"),
            ("V1", "Service", "apiVersion: write `apiVersion: v1`"),
            ("v1beta1", "Deployment", "apiVersion: did you mean `apiVersion: apps/v1`?"),
            ("networking.k8s.io/v1", "ingress", "kind: did you mean `kind: Ingress`?"),
            ("networkin.k8s.io/v1", "Ingress", "apiVersion: did you mean `apiVersion: networking.k8s.io/v1`?"),
            ("monitoring.coreos.com/v1", "Servicemonitor", "kind: did you mean `kind: ServiceMonitor`?"),
            ("batch/v1beta1", "Job", "apiVersion: write `apiVersion: batch/v1`"),
            ("autoscaling/v3", "HorizontalPodAutoscaler", "apiVersion: write `apiVersion: autoscaling/v2`"),
            ("apps/v1/", "Deployment", "apiVersion: write `apiVersion: apps/v1`"),
            ("v1", "Srevice", "kind: did you mean `kind: Service`?"),
            ("apps/v1", "Frobnicator", "kind: "),
        ] {
            assert_eq!(hint(api_version, kind).as_deref(), Some(expected), "{api_version} {kind}");
        }
    }

    #[test]
    fn kinds_of_others_are_taken_as_they_are() {
        for (api_version, kind) in [
            ("apps/v1beta1", "Deployment"),
            ("extensions/v1beta1", "Ingress"),
            ("policy/v1beta1", "PodSecurityPolicy"),
            ("serving.knative.dev/v1", "Service"),
            ("v1", "Config"),
            ("v1", "Template"),
            ("v1", "Route"),
            ("skaffold/v4beta11", "Config"),
            ("monitoring.coreos.com/v1", "Alertmanager"),
            ("gateway.networking.x-k8s.io/v1alpha1", "HTTPRoute"),
            ("networking.x-k8s.io/v1alpha1", "Gateway"),
            ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
            ("metrics.k8s.io/v1beta1", "PodMetrics"),
            ("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration"),
            ("storage.k8s.io/v2", "SomethingNew"),
        ] {
            assert_eq!(misnamed(api_version, kind), None, "{api_version} {kind}");
        }
    }
}
