//! Random service files, the same ones on every machine.

use plimsoll::change::Edition;
use plimsoll::yaml::{Route, load_one, write};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value as Json, json};

/// What draws the services. `PLIMSOLL_SEED` draws others.
pub fn runner() -> TestRunner {
    let seed = std::env::var("PLIMSOLL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2026);
    TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() })
}

/// A service file without the answers that the blueprint of an edition does not take; as it is where it takes all.
pub fn fitted(edition: &Edition, text: &str) -> String {
    let contract = edition.renderer.blueprint().contract();
    let service = load_one("service.yaml", text).unwrap().to_json();
    let taken = taken(service.clone(), &Route::root(), &|route| contract.intake.takes(route));
    if taken.as_ref() == Some(&service) { text.to_owned() } else { write::document(&taken.unwrap_or_default()) }
}

/// What is taken of a value.
fn taken(value: Json, here: &Route, takes: &impl Fn(&Route) -> bool) -> Option<Json> {
    match value {
        value if !here.steps().is_empty() && takes(here) => Some(value),
        Json::Object(map) => {
            let left = map.into_iter().filter_map(|(key, value)| Some((key.clone(), taken(value, &here.key(key), takes)?)));
            Some(left.collect::<Map<_, _>>()).filter(|left| !left.is_empty()).map(Json::from)
        }
        _ => None,
    }
}

/// Sometimes a field with a value, else nothing.
fn maybe(chance: f64, name: &'static str, value: impl Strategy<Value = Json> + 'static) -> BoxedStrategy<Option<(String, Json)>> {
    proptest::option::weighted(chance, value.prop_map(move |value| (name.to_owned(), value))).boxed()
}

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = Json> {
    proptest::sample::select(words).prop_map(Json::from)
}

fn number(range: std::ops::RangeInclusive<u32>) -> impl Strategy<Value = Json> {
    range.prop_map(Json::from)
}

fn object(fields: Vec<BoxedStrategy<Option<(String, Json)>>>) -> BoxedStrategy<Json> {
    fields.prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}

fn always(name: &'static str, value: impl Strategy<Value = Json> + 'static) -> BoxedStrategy<Option<(String, Json)>> {
    value.prop_map(move |value| Some((name.to_owned(), value))).boxed()
}

fn ports() -> BoxedStrategy<Json> {
    let one = |name: &'static str, number_range: std::ops::RangeInclusive<u32>, protocol: &'static [&'static str]| {
        object(vec![
            always("name", Just(json!(name))),
            always("port", number(number_range)),
            maybe(0.8, "protocol", pick(protocol)),
        ])
    };
    let metrics =
        object(vec![always("port", number(9100..=9200)), always("metrics", pick(&["/metrics", "/internal/prometheus"]))]);
    (
        one("main", 80..=9000, &["http", "grpc", "tcp"]),
        proptest::option::of(one("second", 9001..=9050, &["http", "grpc", "tcp"])),
        proptest::option::of(metrics),
    )
        .prop_map(|(main, second, metrics)| [Some(main), second, metrics].into_iter().flatten().collect())
        .boxed()
}

fn scale() -> BoxedStrategy<Json> {
    let metric = object(vec![
        always("type", pick(&["pods", "external"])),
        always("metric", pick(&["queue_length", "requests_per_second"])),
        always("average-value", pick(&["10", "500m", "1k"])),
    ]);
    prop_oneof![
        object(vec![
            maybe(0.5, "min", number(1..=8)),
            maybe(0.5, "max", number(1..=40)),
            maybe(0.3, "cpu", number(30..=95)),
            maybe(0.2, "memory", number(30..=95)),
            maybe(0.2, "metrics", metric.prop_map(|metric| json!([metric]))),
        ]),
        object(vec![always("peak", number(1..=5000)), always("per-pod", number(1..=500))]),
    ]
    .boxed()
}

fn probe(liveness: bool) -> BoxedStrategy<Json> {
    let timing = || {
        vec![
            maybe(0.3, "period-seconds", number(1..=30)),
            maybe(0.3, "timeout-seconds", number(1..=10)),
            maybe(0.3, "failure-threshold", number(1..=12)),
        ]
    };
    let with = |handler: BoxedStrategy<Option<(String, Json)>>| {
        let mut fields = timing();
        fields.push(handler);
        if liveness {
            fields.push(maybe(0.9, "reason", Just(json!("the event loop can hang"))));
        }
        object(fields)
    };
    prop_oneof![
        with(always("http", pick(&["/ready", "/live", "/"]))),
        with(always("tcp", Just(json!(true)))),
        with(always("exec", Just(json!(["/bin/probe", "--fast"])))),
        with(always("grpc", pick(&["", "shop.Checkout"]))),
    ]
    .boxed()
}

fn env() -> impl Strategy<Value = Json> {
    let variable = prop_oneof![
        (
            pick(&["LOG_LEVEL", "REGION", "FEATURE_X", "TOKENS_PER_SECOND", "DB_PASSWORD", "API_TOKEN", "CACHE_URL"]),
            pick(&["info", "eu", "5", "redis://cache:6379", ""])
        )
            .prop_map(|(name, value)| json!({"name": name, "value": value})),
        pick(&["DB_PASSWORD", "API_TOKEN", "SIGNING_KEY"])
            .prop_map(|name| json!({"name": name, "secret": "checkout", "key": "value"})),
    ];
    proptest::collection::vec(variable, 0..4).prop_map(|variables| {
        let mut seen = std::collections::BTreeSet::new();
        variables.into_iter().filter(|variable| seen.insert(variable["name"].to_string())).collect()
    })
}

fn waivers() -> impl Strategy<Value = Json> {
    const ITEMS: &[&str] = &[
        "image-digest",
        "owner-known",
        "hpa-bounds",
        "min-replicas",
        "no-cpu-limit",
        "spot-tolerant",
        "pdb-keeps-quorum",
        "hpa-metric-backed",
        "no-service-links",
    ];
    proptest::sample::subsequence(ITEMS, 0..=ITEMS.len()).prop_map(|items| {
        items
            .into_iter()
            .map(|item| json!({"item": item, "reason": "agreed", "owner": "shop", "expires": "2027-06-01"}))
            .collect()
    })
}

/// Service files, accepted or not.
pub fn service() -> BoxedStrategy<Json> {
    let digest = "a/b:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let image = proptest::sample::select(vec![
        "reg.example.com:5000/shop/app:1.4.2",
        digest,
        "shop/app:v2",
        "app:latest",
        "shop/app:_weird-",
    ]);
    object(vec![
        always("name", pick(&["checkout", "a", "payments-api-v2", "x1"])),
        always("image", image.prop_map(Json::from)),
        always("ports", ports()),
        maybe(0.8, "tier", number(1..=3)),
        maybe(0.5, "runtime", pick(&["jvm", "go", "node", "python", "ruby", "dotnet", "rust", "native"])),
        maybe(0.7, "owner", Just(json!({"team": "shop", "contact": "#shop"}))),
        maybe(0.3, "description", pick(&["Takes orders.", "한글 설명", "a: b # c"])),
        maybe(0.3, "dependencies", Just(json!(["inventory", "card-gateway"]))),
        maybe(0.4, "size", pick(&["small", "medium", "large"])),
        maybe(
            0.2,
            "resources",
            object(vec![
                always("cpu", pick(&["100m", "1", "2500m"])),
                always("memory", pick(&["128Mi", "1Gi", "3000M"])),
                maybe(0.3, "ephemeral-storage", pick(&["1Gi", "100Mi"])),
                maybe(0.3, "cpu-limit", Just(json!({"cpu": "4", "reason": "licensed by core"}))),
            ]),
        ),
        maybe(0.7, "scale", scale()),
        maybe(
            0.6,
            "probes",
            object(vec![
                maybe(0.6, "readiness", probe(false)),
                maybe(0.3, "liveness", probe(true)),
                maybe(0.4, "start-seconds", number(0..=600)),
            ]),
        ),
        maybe(
            0.4,
            "stop",
            object(vec![
                maybe(0.5, "drain-seconds", number(0..=120)),
                maybe(0.4, "pre-stop-seconds", number(0..=30)),
                maybe(0.2, "drains-itself", Just(json!(true))),
            ]),
        ),
        maybe(0.5, "env", env()),
        maybe(0.3, "config", Just(json!({"env": {"MODE": "fast"}, "files": {"app.yaml": "a: 1\n"}}))),
        maybe(
            0.3,
            "writable-paths",
            Just(
                json!([{"path": "/tmp"}, {"path": "/var/cache/app", "size": "1Gi"}, {"path": "/scratch", "size": "16Mi", "in-memory": true}]),
            ),
        ),
        maybe(0.1, "run-as-user", number(1..=70000)),
        maybe(0.4, "kubernetes", pick(&["1.29", "1.30", "1.33", "1.37"])),
        maybe(0.2, "environment", pick(&["production", "staging"])),
        maybe(0.2, "namespace", pick(&["shop", "default"])),
        maybe(0.2, "component", pick(&["api", "gateway"])),
        maybe(0.2, "part-of", pick(&["shop"])),
        maybe(0.4, "platform", pick(&["gke", "eks", "aks"])),
        maybe(0.2, "spot", Just(json!(true))),
        maybe(0.2, "exposure", pick(&["cluster", "internal-load-balancer"])),
        maybe(0.3, "mesh", pick(&["istio", "linkerd"])),
        maybe(0.2, "priority-class", pick(&["critical"])),
        maybe(0.2, "runtime-class", pick(&["gvisor"])),
        maybe(0.2, "service-account", Just(json!({"api-access": true}))),
        maybe(0.2, "pull-secrets", Just(json!(["registry"]))),
        maybe(0.3, "labels", Just(json!({"example.com/cost-centre": "42"}))),
        maybe(0.3, "annotations", Just(json!({"example.com/note": "x: y"}))),
        maybe(0.2, "comments", pick(&["none", "items"])),
        maybe(0.6, "waivers", waivers()),
    ])
}
