//! Known traps of other tools, and the mistakes of our own sources.

use crate::check::{check_texts, rules};

/// The items that a set of manifests fails at tier 2.
fn failed(texts: &[(&str, &str)]) -> Vec<String> {
    let report = check_texts(rules(), 2, texts);
    let mut items: Vec<String> = report.findings.iter().map(|finding| finding.item.clone()).collect();
    items.sort();
    items.dedup();
    items
}

fn fails(item: &str, texts: &[(&str, &str)]) -> bool {
    failed(texts).iter().any(|found| found == item)
}

/// A Deployment with some fields of its specification, of its Pods' and of its container.
fn deployment(spec: &str, pod: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n{spec}  selector: {{matchLabels: {{app: shop, part: web}}}}\n  \
         template:\n    metadata:\n      labels: {{app: shop, part: web}}\n    spec:\n{pod}      containers:\n        - name: shop\n{container}"
    )
}

const IMAGE: &str = "          image: registry.example.com/shop:1.2.3\n";

fn budget(spec: &str) -> String {
    format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: shop}}\nspec: {{{spec}}}\n")
}

fn autoscaler(min: u32, max: u32) -> String {
    format!(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: shop}}\nspec:\n  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: shop}}\n  minReplicas: {min}\n  maxReplicas: {max}\n"
    )
}

const SELECTS: &str = "selector: {matchLabels: {app: shop, part: web}}, unhealthyPodEvictionPolicy: AlwaysAllow";

#[test]
fn the_port_of_a_registry_is_no_tag() {
    let untagged = deployment("", "", "          image: reg:5000/app\n");
    assert!(fails("image-pinned", &[("d", &untagged)]));
    let tagged = deployment("", "", "          image: reg:5000/app:1.2.3\n");
    assert!(!fails("image-pinned", &[("d", &tagged)]));
}

#[test]
fn a_budget_that_shares_one_of_two_labels_does_not_count() {
    let shop = deployment("  replicas: 3\n", "", IMAGE);
    let other =
        budget("maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: shop, part: api}}");
    assert!(fails("pdb-present", &[("d", &shop), ("p", &other)]));
    let ours = budget(&format!("maxUnavailable: 1, {SELECTS}"));
    assert!(!fails("pdb-present", &[("d", &shop), ("p", &ours)]));
    let by_expression = budget(
        "maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchExpressions: [{key: app, operator: In, values: [shop]}]}",
    );
    assert!(!fails("pdb-present", &[("d", &shop), ("p", &by_expression)]));
}

#[test]
fn two_budgets_over_one_workload_are_an_error() {
    let shop = deployment("  replicas: 3\n", "", IMAGE);
    let one = budget(&format!("maxUnavailable: 1, {SELECTS}"));
    let two = one.replace("name: shop", "name: second");
    assert!(fails("pdb-present", &[("d", &shop), ("p", &one), ("q", &two)]));
}

#[test]
fn a_budget_blocks_drains_where_nothing_may_go() {
    let scaled = deployment("", "", IMAGE);
    let all = budget(&format!("minAvailable: 2, {SELECTS}"));
    assert!(
        fails("pdb-allows-drain", &[("d", &scaled), ("p", &all), ("h", &autoscaler(2, 6))]),
        "minAvailable equals minReplicas"
    );
    assert!(!fails("pdb-allows-drain", &[("d", &scaled), ("p", &all), ("h", &autoscaler(3, 6))]));
    let single = deployment("  replicas: 1\n", "", IMAGE);
    let one = budget(&format!("minAvailable: 1, {SELECTS}"));
    assert!(fails("pdb-allows-drain", &[("d", &single), ("p", &one)]), "one replica");
    let percent = budget(&format!("minAvailable: 50%, {SELECTS}"));
    assert!(fails("pdb-allows-drain", &[("d", &single), ("p", &percent)]), "50 % of one is rounded up");
    let none = budget(&format!("maxUnavailable: 0%, {SELECTS}"));
    assert!(fails("pdb-allows-drain", &[("d", &scaled), ("p", &none), ("h", &autoscaler(3, 6))]));
}

#[test]
fn equal_amounts_are_equal_however_written() {
    let with = |request: &str, limit: &str| {
        let resources =
            format!("{IMAGE}          resources: {{requests: {{cpu: 1, memory: {request}}}, limits: {{memory: {limit}}}}}\n");
        fails("memory-limit-equals-request", &[("d", &deployment("", "", &resources))])
    };
    assert!(!with("1Gi", "1024Mi") && !with("1073741824", "1Gi") && with("1Gi", "1G"));
}

#[test]
fn yaml_booleans_are_those_of_kubernetes() {
    let security = |word: &str| {
        let context = format!("{IMAGE}          securityContext: {{runAsNonRoot: {word}}}\n");
        fails("non-root", &[("d", &deployment("", "", &context))])
    };
    assert!(!security("yes") && !security("on") && security("off") && security("no"));
}

#[test]
fn topology_spread_is_all_that_is_asked() {
    let spread = "      topologySpreadConstraints:\n        - {topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, nodeTaintsPolicy: Honor, matchLabelKeys: [pod-template-hash], labelSelector: {matchLabels: {app: shop}}}\n        - {topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, nodeTaintsPolicy: Honor, matchLabelKeys: [pod-template-hash], labelSelector: {matchLabels: {app: shop}}}\n";
    let items = failed(&[("d", &deployment("  replicas: 3\n", spread, IMAGE))]);
    for item in ["zone-spread", "host-spread", "spread-selects-own-pods", "no-required-anti-affinity"] {
        assert!(!items.contains(&item.to_owned()), "{item}");
    }
}

#[test]
fn the_mistakes_of_the_source_are_found() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: spread-host-az, labels: {app: web-server}}\nspec:\n  replicas: 10\n  selector: {matchLabels: {app: web-server}}\n  template:\n    metadata: {labels: {app: web-server}}\n    spec:\n      topologySpreadConstraints:\n      - maxSkew: 1\n        topologyKey: \"topology.kubernetes.io/zone\"\n        whenUnsatisfiable: ScheduleAnyway\n        labelSelector:\n          matchLabels:\n            app: express-test\n      containers:\n      - {name: web-app, image: nginx:1.16-alpine}\n";
    let budget = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: my-svc-pdb}\nspec:\n  minAvailable: 3\n  selector: {matchLabels: {app: my-svc}}\n";
    let report = check_texts(rules(), 2, &[("deployment.yaml", deployment), ("pdb.yaml", budget)]);
    let found = |item: &str| report.findings.iter().find(|finding| finding.item == item);
    let spread = found("spread-selects-own-pods").unwrap();
    assert!(spread.file == "deployment.yaml" && (11..=16).contains(&spread.line), "{spread:?}");
    let version = found("stable-api-versions").unwrap();
    assert_eq!((version.file.as_str(), version.line), ("pdb.yaml", 1));
}

#[test]
fn inputs_of_all_shapes_are_read() {
    let rules = rules();
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: example.com/v1\n  kind: Thing\n";
    let json = "{\"apiVersion\": \"v1\", \"kind\": \"ServiceAccount\", \"metadata\": {\"name\": \"a\"}}";
    let broken = "a: [\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n# nothing\n";
    let values = "image: {tag: 1}\n";
    let report = check_texts(rules, 2, &[("list", list), ("json", json), ("broken", broken), ("values", values)]);
    assert_eq!((report.files, report.objects), (4, 4));
    let not_judged: Vec<String> = report.not_judged.iter().map(|it| format!("{:?} {} {}", it.why, it.kind, it.count)).collect();
    assert_eq!(not_judged, ["Unreadable document 1", "NoItem Thing of example.com 1", "NoObject document 1"]);
    let unreadable: Vec<_> = report.findings.iter().filter(|finding| finding.item == "readable").collect();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(unreadable[0].file, "broken");
    assert!(report.is_incomplete());
    assert!(report.findings.iter().any(|finding| finding.item == "controlled-workload"), "a naked Pod");
}
