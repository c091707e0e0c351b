//! What points at nothing once objects have changed.

mod found;
mod target;
mod ways;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::kustomization::{KustomizePart, KustomizeParts};
use super::objects::{Account, CheckedText, Object, Parsed, parse};
use crate::yaml::Route;
use found::{patched, pointers};

/// Something of people's own that points at an object or port that an update takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Lost {
    /// The object that points there, such as `Ingress/shop`.
    pub object: String,
    /// Its file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
    /// The field.
    pub field: String,
    /// What it points at, such as `port 8081 of Service/shop`.
    pub target: String,
}

/// Finds what pointed at something in texts as they were, and points at nothing in the texts as they
/// will be.
#[must_use]
pub fn lost(before: &[CheckedText], after: &[CheckedText]) -> Vec<Lost> {
    let known: BTreeMap<&str, &str> = after.iter().map(|text| (&*text.name, text.text.as_str())).collect();
    let stays = |text: &CheckedText| known.get(&*text.name) == Some(&text.text.as_str());
    let (gone, _) = read(before, |text| !stays(text));
    let (left, patches) = read(after, |_| true);
    let mut found: Vec<Lost> = Vec::new();
    let of_patch = |patch: &Object| vec![(patch.tree.clone(), patched(patch))];
    let all = left.iter().map(|object| (object, pointers(object)));
    for (object, pointers) in all.chain(patches.iter().map(|patch| (patch, of_patch(patch)))) {
        for (at, target) in pointers {
            // What stays as it was is as much there as before.
            if !target.is_among(&gone) || target.is_among(&left) {
                continue;
            }
            let spot = at.spot();
            let place = spot.as_ref().map_or(object.place, |spot| spot.place);
            let lost = Lost {
                object: object.label().trim_end_matches('/').to_owned(),
                file: after[object.text].name.to_string(),
                line: place.line,
                column: place.column,
                field: spot.map_or_else(Route::root, |spot| spot.route).to_string(),
                target: target.words(),
            };
            if !found.contains(&lost) {
                found.push(lost);
            }
        }
    }
    found
}

/// The objects of texts, and apart from them the patches that kustomizations among them name, which look
/// alike.
fn read(texts: &[CheckedText], is_asked: impl Fn(&CheckedText) -> bool) -> (Vec<Object>, Vec<Object>) {
    let account = Account::default();
    let asked = texts.iter().enumerate().filter(|(_, text)| is_asked(text));
    let parsed: Vec<(usize, Parsed)> = asked.map(|(number, text)| (number, parse(text, &account))).collect();
    let documents = parsed
        .iter()
        .flat_map(|(number, parsed)| parsed.documents.iter().map(|document| (&*texts[*number].name, &document.root)));
    let parts = KustomizeParts::of(documents);
    let mut objects: Vec<Object> = Vec::new();
    for (number, parsed) in parsed {
        let first = objects.len();
        objects.extend(parsed.objects(number, first, None));
    }
    objects.into_iter().partition(|object| parts.part(&texts[object.text].name) != KustomizePart::Patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_of_overlays_are_no_objects_and_want_one_to_patch() {
        let overlay = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../..]\npatches:\n  - path: more.yaml\n  - \
                       target: {kind: Deployment, name: shop}\n    patch: '[]'\n  - target: {kind: Deployment, name: sh.*}\n    patch: \
                       '[]'\nreplicas:\n  - {name: shop, count: 3}\n";
        let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {paused: true}\n";
        let texts = |service: &str| {
            [("overlays/prod/kustomization.yaml", overlay), ("overlays/prod/more.yaml", patch), ("k8s.yaml", service)]
                .map(|(name, text)| CheckedText::new(name, text.to_owned()))
        };
        let renamed = DEPLOYMENT.replace("{name: shop}", "{name: till}");
        let shown = |lost: Lost| format!("{}:{}: {}", lost.file, lost.line, lost.target);
        let lost: Vec<String> = lost(&texts(DEPLOYMENT), &texts(&renamed)).into_iter().map(shown).collect();
        let expected = [
            "overlays/prod/kustomization.yaml:6: Deployment/shop",
            "overlays/prod/kustomization.yaml:11: an object shop",
            "overlays/prod/more.yaml:1: Deployment/shop",
        ];
        assert_eq!(lost, expected);
    }

    const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: shop, labels: {app: shop}}\nspec:\n  selector: {app: shop}\n  \
                           ports: [{name: http, port: 80}]\n";
    const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    metadata: {labels: \
                              {app: shop}}\n    spec: {serviceAccountName: shop, containers: [{name: a, envFrom: [{configMapRef: {name: env}}]}]}\n";
    const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shop}\n";
    const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\n";

    /// What is lost of one's own object when the objects of the service change.
    fn lost_of(own: &str, change: impl Fn(&str) -> String) -> Vec<String> {
        let standing = [SERVICE, DEPLOYMENT, ACCOUNT, CONFIG].join("---\n");
        let changed = change(&standing);
        let texts =
            |service: &str| [CheckedText::new("own.yaml", own.to_owned()), CheckedText::new("k8s.yaml", service.to_owned())];
        let shown = |lost: Lost| format!("{}:{}: {}: {}: {}", lost.file, lost.line, lost.object, lost.field, lost.target);
        assert_eq!(lost(&texts(&standing), &texts(&standing)), []);
        lost(&texts(&standing), &texts(&changed)).into_iter().map(shown).collect()
    }

    #[test]
    fn a_route_to_a_port_that_goes_points_at_nothing() {
        let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec:\n  rules:\n    - backendRefs:\n        \
                     - {name: shop, port: 80}\n";
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n    - http: {paths: [{backend: \
                       {service: {name: shop, port: {name: http}}}}]}\n";
        let mesh = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec:\n  http:\n    - route:\n        - \
                    destination: {host: shop.default.svc.cluster.local, port: {number: 80}}\n";
        let other_port = |text: &str| text.replace("{name: http, port: 80}", "{name: grpc, port: 81}");
        assert_eq!(
            lost_of(route, other_port),
            ["own.yaml:7: HTTPRoute/r: spec.rules[0].backendRefs[0]: port 80 of Service/shop"]
        );
        assert_eq!(
            lost_of(ingress, other_port),
            ["own.yaml:6: Ingress/i: spec.rules[0].http.paths[0].backend.service: port http of Service/shop"]
        );
        let lost = lost_of(mesh, other_port);
        assert!(lost[0].ends_with(": port 80 of Service/shop"), "{lost:?}");
        assert_eq!(lost_of(route, |text| text.replace("{app: shop}", "{app: till}")), [""; 0]);
        let elsewhere = route.replace("name: shop, port: 80", "name: other, port: 80");
        assert_eq!(lost_of(&elsewhere, other_port), [""; 0]);
    }

    #[test]
    fn what_names_a_container_port_that_goes_points_at_nothing() {
        let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec:\n  podSelector: {matchLabels: {app: \
                      shop}}\n  ingress:\n    - ports: [{port: web}, {port: 8080}]\n";
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: second}\nspec:\n  selector: {app: shop}\n  ports: [{port: 81, \
                       targetPort: web}]\n";
        let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m}\nspec:\n  selector: {matchLabels: {app: \
                       shop}}\n  podMetricsEndpoints: [{port: web}]\n";
        let texts = |own: &str, port: &str| {
            let container =
                format!("{{name: a, ports: [{{name: {port}, containerPort: 8080}}], livenessProbe: {{httpGet: {{port: web}}}}}}");
            let workload = DEPLOYMENT.replace("{name: a, envFrom: [{configMapRef: {name: env}}]}", &container);
            assert!(workload.contains("livenessProbe"));
            [CheckedText::new("own.yaml", own.to_owned()), CheckedText::new("k8s.yaml", workload)]
        };
        for (own, line) in [(policy, 7), (service, 6), (monitor, 6)] {
            let shown = |lost: Lost| format!("{}:{}: {}", lost.file, lost.line, lost.target);
            assert_eq!(lost(&texts(own, "web"), &texts(own, "web")), []);
            let lost: Vec<String> = lost(&texts(own, "web"), &texts(own, "http")).into_iter().map(shown).collect();
            assert_eq!(lost, [format!("own.yaml:{line}: container port web"), "k8s.yaml:7: container port web".to_owned()]);
        }
    }

    #[test]
    fn what_names_or_selects_a_renamed_object_points_at_nothing() {
        let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  scaleTargetRef: {kind: Deployment, \
                      name: shop}\n";
        let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: m}\nspec:\n  selector: {matchLabels: {app: \
                       shop}}\n  endpoints:\n    - port: http\n";
        let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n  selector: {matchLabels: {app: shop}}\n";
        let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nsubjects:\n  - {kind: ServiceAccount, \
                       name: shop}\n";
        let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec: {containers: [{name: a, env: [{name: A, \
                   valueFrom: {configMapKeyRef: {name: env, key: a}}}]}]}\n";
        let renamed = |text: &str| {
            text.replace("name: shop", "name: till").replace("app: shop", "app: till").replace("Name: shop", "Name: till")
        };
        for (own, line, target) in [
            (scaler, 5, "Deployment/shop"),
            (budget, 5, "Pods by their labels"),
            (binding, 5, "ServiceAccount/shop"),
            (job, 6, "ConfigMap/env"),
        ] {
            let renamed = |text: &str| renamed(text).replace("name: env", "name: env-2");
            let lost = lost_of(own, renamed);
            assert!(lost[0].starts_with(&format!("own.yaml:{line}: ")) && lost[0].ends_with(&format!(": {target}")), "{lost:?}");
        }
        let lost = lost_of(monitor, renamed);
        assert_eq!(lost.len(), 2, "{lost:?}");
        let port_renamed = lost_of(monitor, |text| text.replace("name: http, port", "name: web, port"));
        assert_eq!(port_renamed, ["own.yaml:7: ServiceMonitor/m: spec.endpoints[0].port: port http of Services by their labels"]);
        let moved = lost_of(scaler, |text| text.replace("name: shop}\nspec", "name: shop, namespace: other}\nspec"));
        assert!(moved[0].ends_with(": spec.scaleTargetRef: Deployment/shop"), "{moved:?}");
    }
}
