//! Charts, patches and components: told once, or counted.

use serde_json::json;

use super::{DEPLOYMENT, SERVICE, report, unread};
use crate::support::sandbox::Sandbox;

const TEMPLATE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"cart.name\" . }}\nspec:\n  {{- toYaml .Values.spec | nindent 2 \
                        }}\n";

#[test]
fn a_chart_that_is_not_rendered_is_one_line() {
    let sandbox = Sandbox::new();
    sandbox.write("cart/Chart.yaml", "apiVersion: v2\nname: cart\nversion: 1.0.0\n");
    sandbox.write("cart/values.yaml", "replicas: 2\n");
    for number in 0..9 {
        sandbox.write(&format!("cart/templates/{number}.yaml"), TEMPLATE);
        sandbox.write(&format!("cart/charts/sub/templates/{number}.yaml"), TEMPLATE);
    }
    sandbox.write("cart/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n");
    sandbox.write("cart/templates/plain.yaml", DEPLOYMENT);
    sandbox.write("k8s/service.yaml", SERVICE);
    let (found, code) = report(&sandbox, &["."], "");
    let expected = "cart/charts/sub/templates/0.yaml:4: : belongs to a Helm chart that is not rendered: 19 templates in `cart` not judged | render \
                    it, and check what comes out: `helm template cart | plimsoll check -`";
    assert_eq!((unread(&found), code), (vec![expected.to_owned()], 2));
    assert_eq!(found["objects"], 1);
    let not_judged =
        json!([{"why": "template", "kind": "file", "count": 19}, {"why": "no-object", "kind": "document", "count": 3}]);
    assert_eq!(found["not-judged"], not_judged);
    // Its templates alone, without the chart's own file.
    let (found, code) = report(&sandbox, &["cart/templates"], "");
    assert_eq!((unread(&found).len(), code), (1, 2), "{:?}", unread(&found));
    // A chart without an action is what it installs.
    sandbox.write("static/Chart.yaml", "apiVersion: v2\nname: static\nversion: 1.0.0\n");
    sandbox.write("static/templates/service.yaml", SERVICE);
    assert_eq!(report(&sandbox, &["static"], "").0["objects"], 1);
}

#[test]
fn a_template_by_itself_is_told_once() {
    let sandbox = Sandbox::new();
    let quoted = SERVICE.replace("{name: cart}", "{name: '{{ .Release.Name }}'}");
    let values = DEPLOYMENT.replace("'cart:latest'", "'{{ .Values.image }}'");
    for text in [TEMPLATE, &quoted, &values, "{{- if .Values.on }}\na: 1\n{{- end }}\n---\n{{ include \"b\" . }}\n"] {
        let (found, code) = report(&sandbox, &["-"], text);
        assert_eq!((unread(&found).len(), code), (1, 2), "{text}\n{:?}", unread(&found));
        assert!(unread(&found)[0].contains("helm template"), "{:?}", unread(&found));
        assert_eq!(found["not-judged"], json!([{"why": "template", "kind": "file", "count": 1}]));
    }
    // Braces in data are somebody else's.
    let data = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: board}\ndata:\n  legend: '{{ pod }}'\n  rule: |\n    {{ $labels.pod }} of {{ .Values.x }}\n";
    assert_eq!(unread(&report(&sandbox, &["-"], data).0), Vec::<String>::new());
}

#[test]
fn what_a_kustomization_names_beside_objects_is_left_out_and_counted() {
    let sandbox = Sandbox::new();
    sandbox.write("base/kustomization.yaml", "resources: [service.yaml]\n");
    sandbox.write("base/service.yaml", SERVICE);
    sandbox.write(
        "prod/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\npatches:\n- path: scale.yaml\n- path: \
         json.yaml\n  target: {kind: Deployment}\npatchesStrategicMerge: [gone.yaml]\ncomponents: [../extra]\nconfigurations: [names.yaml]\n",
    );
    sandbox.write("prod/scale.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\nspec: {replicas: 3}\n");
    sandbox.write("prod/json.yaml", "- {op: remove, path: /spec/replicas}\n");
    sandbox.write("prod/gone.yaml", "$patch: delete\napiVersion: v1\nkind: Service\nmetadata: {name: old}\n");
    sandbox.write("prod/names.yaml", "nameReference:\n- {kind: Secret}\n");
    sandbox.write(
        "extra/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n",
    );
    sandbox.write("extra/more.yaml", DEPLOYMENT);
    let (found, code) = report(&sandbox, &["."], "");
    assert_eq!((found["objects"].as_u64(), unread(&found).len(), code), (Some(1), 0, found_code(&found)), "{found}");
    let expected = json!([
        {"why": "patch", "kind": "Deployment", "count": 1},
        {"why": "patch", "kind": "Service", "count": 1},
        {"why": "patch", "kind": "document", "count": 1},
        {"why": "component", "kind": "Deployment", "count": 1},
        {"why": "kustomization", "kind": "Component", "count": 1},
        {"why": "kustomization", "kind": "Kustomization", "count": 1},
        {"why": "kustomization", "kind": "document", "count": 2},
    ]);
    assert_eq!(found["not-judged"], expected);
    let text = sandbox.run(&["check", "."]).stdout;
    assert!(text.contains("Not judged (8)\n  patches: Deployment (1), Service (1), document (1)\n"), "{text}");
    assert!(text.contains("plimsoll check --kustomize FOLDER"), "{text}");
    // A patch that deletes is no object wherever it stands.
    let (found, code) = report(&sandbox, &["prod/gone.yaml"], "");
    assert_eq!((&found["findings"], &found["objects"], code), (&json!([]), &json!(0), 2));
}

/// What a report without anything unread exits with.
fn found_code(report: &serde_json::Value) -> i32 {
    i32::from(report["findings"].as_array().unwrap().iter().any(|it| it["severity"] == "error"))
}
