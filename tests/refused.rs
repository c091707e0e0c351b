//! What a service file cannot ask for: refused at its place, before anything is rendered.

use plimsoll::change::Edition;
use plimsoll::service::Answers;

const BASE: &str = "name: shop\nimage: r.example.com/a/b:1.0\nports: [{ port: 8080 }, { port: 9090, metrics: /m }]\n";

/// The faults of a service file that goes on as given, each with its line; the given part begins at 1.
fn faults(edition: &Edition, rest: &str) -> Vec<String> {
    let mut answers = Answers::default();
    answers.add_file("", &format!("{BASE}{rest}")).unwrap();
    let faults = edition.plan(&answers).err().unwrap_or_default();
    let line = |fault: &plimsoll::yaml::Fault| match &fault.source {
        Some(plimsoll::yaml::Source::File(_, place)) => place.line.saturating_sub(3),
        _ => 0,
    };
    faults.iter().map(|fault| format!("{} {}: {}", line(fault), fault.route, fault.message)).collect()
}

#[test]
fn what_the_api_server_would_refuse_is_refused_first() {
    let edition = Edition::newest().unwrap();
    let huge = |what: &str, bytes: usize| format!("{what}: {{ a: {} }}\n", "x".repeat(bytes));
    let cases: &[(&str, &[&str])] = &[
        // A key may stand once, and no waiver changes that.
        ("annotations: { prometheus.io/scrape: \"false\" }", &["1 annotations[\"prometheus.io/scrape\"]: this annotation is"]),
        (
            "mesh: linkerd\nannotations: { linkerd.io/inject: disabled }",
            &["2 annotations[\"linkerd.io/inject\"]: this annotation"],
        ),
        (
            "mesh: istio\nlabels: { sidecar.istio.io/inject: \"false\" }",
            &["2 labels[\"sidecar.istio.io/inject\"]: this label is"],
        ),
        (
            "platform: gke\nannotations: { cloud.google.com/neg: \"{}\" }",
            &["2 annotations[\"cloud.google.com/neg\"]: this annotation"],
        ),
        (
            "config: { env: { A: b } }\nannotations: { plimsoll.dev/config-checksum: x }",
            &["2 annotations[\"plimsoll.dev/config-"],
        ),
        (
            "annotations: { a8r.io/owner: me }\nwaivers: [{ item: owner-known, reason: r, owner: o, expires: 2027-01-01 }]",
            &["1 annotations[\"a8r.io/owner\"]: this annotation"],
        ),
        (
            "labels: { team: me, pod-template-hash: x }",
            &["1 labels.team: this label", "1 labels.pod-template-hash: the Deployment"],
        ),
        // A path is mounted once, and nothing is mounted inside a read-only folder.
        (
            "config: { files: { a: b } }\nwritable-paths: [{ path: /etc/config }]",
            &["2 writable-paths[0].path: the configuration"],
        ),
        (
            "config: { files: { a: b } }\nwritable-paths: [{ path: /etc/config/x }]",
            &["2 writable-paths[0].path: the configuration"],
        ),
        ("config: { files: { a: b } }\nwritable-paths: [{ path: /etc/config2 }]", &[]),
        ("config: { mount-path: /tmp, files: { a: b } }", &["1 config.mount-path: the configuration"]),
        // Sizes.
        (&huge("annotations", 300_000), &["1 annotations: hold 300001 bytes"]),
        (&huge("config:\n  files", 1 << 20), &["2 config.files: holds 1048577 bytes"]),
        (
            "scale: { max: 1 }\nwaivers: [{ item: hpa-bounds, reason: r, owner: o, expires: 2027-01-01 }]",
            &["1 scale.max: 1 is below the 2 Pods"],
        ),
        // Objects of metrics.
        (
            "scale: { metrics: [{ type: object, metric: m, value: 1, object: { api-version: a/b/c, kind: x y, name: z } }] }",
            &["1 scale.metrics[0].object.api-version: `a/b/c`", "1 scale.metrics[0].object.kind: `x y`"],
        ),
    ];
    check(&edition, cases);
}

#[test]
fn what_cannot_work_is_refused() {
    let edition = Edition::newest().unwrap();
    let cases: &[(&str, &[&str])] = &[
        ("resources: { cpu: 500, memory: 1Gi }", &["1 resources.cpu: 500 cores"]),
        ("resources: { cpu: 512Mi, memory: 512m }", &["1 resources.cpu: 512Mi cores", "1 resources.memory: 512m holds"]),
        ("resources: { cpu: 0.0001, memory: 0 }", &["1 resources.cpu: 0.0001 is finer", "1 resources.memory: 0 is not more"]),
        ("resources: { cpu: 1, memory: 1Gi, ephemeral-storage: 9Ei }", &["1 resources.ephemeral-storage: 9Ei is more"]),
        ("resources: { cpu: 1500m, memory: 1.5Gi, ephemeral-storage: 1G }", &[]),
        (
            "resources: { cpu: 1, memory: 64Mi }\nwritable-paths: [{ path: /a, in-memory: true }]",
            &["2 writable-paths: the paths in memory may take all"],
        ),
        (
            "runtime: jvm\nsize: small\nwritable-paths: [{ path: /a, size: 192Mi, in-memory: true }]",
            &["3 writable-paths: the heap may take 75 % of 512Mi"],
        ),
        ("runtime: jvm\nsize: small\nwritable-paths: [{ path: /a, size: 128Mi, in-memory: true }]", &[]),
        ("stop: { drains-itself: true, pre-stop-seconds: 10 }", &["1 stop.pre-stop-seconds: an application"]),
        ("probes: { readiness: { exec: [\"\"] } }", &["1 probes.readiness.exec: names no program"]),
        ("pull-secrets: [a, b, a]", &["1 pull-secrets[2]: the Secret `a` is taken"]),
    ];
    check(&edition, cases);
}

#[test]
fn what_a_checklist_item_forbids_is_refused_unless_waived() {
    let edition = Edition::newest().unwrap();
    let cases: &[(&str, &str, &[&str])] = &[
        ("runtime-sized", "runtime: jvm\nenv: [{ name: JAVA_TOOL_OPTIONS, value: -Da=b }]", &["2 env[0].value: takes the place"]),
        ("runtime-sized", "runtime: node\nconfig: { env: { NODE_OPTIONS: --inspect } }", &["2 config.env.NODE_OPTIONS: takes"]),
        ("runtime-sized", "runtime: jvm\nenv: [{ name: JAVA_TOOL_OPTIONS, value: -Xmx1g }]", &[]),
        ("runtime-sized", "runtime: jvm\nenv: [{ name: JAVA_TOOL_OPTIONS, secret: s }]", &[]),
        ("tracing", "env: [{ name: OTEL_SERVICE_NAME, value: other }]", &["1 env[0].value: takes the place"]),
        ("tracing", "env: [{ name: OTEL_RESOURCE_ATTRIBUTES, value: service.version=2 }]", &["1 env[0].value: takes the place"]),
        ("tracing", "env: [{ name: OTEL_RESOURCE_ATTRIBUTES, value: service.criticality=high }]", &[]),
        (
            "secrets-by-reference",
            "config: { files: { tls.pem: \"-----BEGIN PRIVATE KEY-----\\nx\" }, env: { a.token: x } }",
            &["1 config.files[\"tls.pem\"]: `tls.pem` looks", "1 config.env[\"a.token\"]: `a.token` looks"],
        ),
    ];
    for (item, rest, expected) in cases {
        check(&edition, &[(rest, expected)]);
        let waiver = format!("{rest}\nwaivers: [{{ item: {item}, reason: r, owner: o, expires: 2027-01-01 }}]");
        check(&edition, &[(&waiver, &[])]);
    }
}

fn check(edition: &Edition, cases: &[(&str, &[&str])]) {
    for (rest, expected) in cases {
        let got = faults(edition, rest);
        let as_expected = |(got, expected): (&String, &&str)| got.starts_with(*expected);
        let shown = rest.get(..200).unwrap_or(rest);
        assert!(got.len() == expected.len() && got.iter().zip(*expected).all(as_expected), "{shown}\ngave {got:#?}");
    }
}
