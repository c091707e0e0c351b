//! Hostile answers: whatever a free-text field holds, the manifests hold exactly that, in its place.

use std::collections::BTreeMap;

use plimsoll::change::Edition;
use plimsoll::manifest::Manifest;
use plimsoll::service::Answers;
use plimsoll::yaml::{load_one, write};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Texts that YAML, templates and shells have been known to trip over.
const NASTY: &[&str] = &[
    "",
    " ",
    "yes",
    "~",
    "null",
    "1_000",
    "0x1F",
    "1e3",
    "-",
    "- a",
    "? a",
    "a: b",
    "a #b",
    "#",
    "'",
    "\"",
    "''",
    "\\",
    "{{ service.name }}",
    "{% raw %}",
    "{# x #}",
    "${HOME}",
    "$(OTEL_SERVICE_NAME)",
    "`id`",
    "---",
    "...",
    "--- a",
    "&a",
    "*a",
    "!!str",
    "|",
    ">",
    "%",
    "@",
    "<<",
    "=",
    "[",
    "]",
    "{",
    "}",
    ",",
    "a\nb",
    "a\n",
    "\na",
    "a\r\nb",
    "\ta",
    "a\t",
    "\u{feff}a",
    "\u{85}",
    "\u{2028}",
    "\u{200b}",
    "\u{202e}a",
    "\u{7f}",
    "\u{1b}[31m",
    "한글 설명: '따옴표' # 끝",
    "🚢",
    "\u{1f6a2}\u{fe0f}",
    "a\n  # zone-spread\n---\nkind: Secret",
    "x\n    evil: true",
    "key: |\n  text",
    "2027-03-01",
    "12:30:45",
    "0o17",
    "..",
    "a\n\n\n",
    " leading\nlines",
    "  \n a",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(NASTY).prop_map(str::to_owned),
        2 => (proptest::sample::select(NASTY), proptest::sample::select(NASTY)).prop_map(|(a, b)| format!("{a}{b}")),
        2 => any::<String>(),
        1 => "[ -~\n\t]{0,200}",
    ]
    .prop_filter("no environment carries a null character", |text| !text.contains('\0'))
}

/// A text on one line that is not blank, as descriptions and the like must be.
fn line() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace(char::is_control, " ")).prop_filter("blank", |text| !text.trim().is_empty())
}

/// Every free-text field of a service.
#[derive(Clone, Debug)]
struct Free {
    description: String,
    contact: String,
    runbook: String,
    repository: String,
    dependency: String,
    env: String,
    config: String,
    file: String,
    annotation: String,
    account_annotation: String,
    command: Vec<String>,
    grpc_service: String,
    liveness_reason: String,
    limit_reason: String,
    metric: String,
}

prop_compose! {
    fn free()(
        lines in proptest::collection::vec(line(), 7),
        texts in proptest::collection::vec(text(), 5),
        command in proptest::collection::vec(text(), 1..4),
        grpc in text(),
        metric in line(),
    ) -> Free {
        let [description, contact, runbook, repository, dependency, liveness_reason, limit_reason] = lines.try_into().unwrap();
        let command = std::iter::once("probe".to_owned()).chain(command).collect();
        let [env, config, file, annotation, account_annotation] = texts.try_into().unwrap();
        Free {
            description, contact, runbook, repository, dependency, env, config, file, annotation, account_annotation, command,
            grpc_service: grpc.replace(char::is_control, " "),
            liveness_reason, limit_reason,
            metric: format!("m{}", metric.replace(['/', '%'], "_")),
        }
    }
}

fn service(free: &Free) -> Json {
    json!({
        "name": "checkout",
        "tier": 2,
        "image": "registry.example.com/shop/checkout:1.4.2",
        "description": free.description,
        "owner": {"team": "shop", "contact": free.contact, "runbook": free.runbook},
        "repository": free.repository,
        "dependencies": [free.dependency],
        "ports": [{"port": 8080}, {"port": 9090, "protocol": "grpc"}],
        "resources": {"cpu": "1", "memory": "1Gi", "cpu-limit": {"cpu": "2", "reason": free.limit_reason}},
        "scale": {"metrics": [{"type": "external", "metric": free.metric, "average-value": "10"}]},
        "probes": {
            "readiness": {"exec": free.command, "timeout-seconds": 2, "period-seconds": 5},
            "liveness": {"grpc": free.grpc_service, "reason": free.liveness_reason},
        },
        "env": [{"name": "FREE", "value": free.env}],
        "config": {"env": {"SETTING": free.config}, "files": {"app.conf": free.file}},
        "annotations": {"example.com/free": free.annotation},
        "service-account": {"annotations": {"example.com/account": free.account_annotation}},
        "waivers": [{"item": "no-cpu-limit", "reason": "licensed by core", "owner": "shop", "expires": "2027-06-01"}],
    })
}

fn render(edition: &Edition, service: &Json) -> Vec<Manifest> {
    let mut answers = Answers::default();
    let text = write::document(service);
    answers.add_file("service.yaml", &text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    let (_, plan) = edition.plan(&answers).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    });
    edition.renderer.render(&plan).unwrap()
}

/// All scalars of all manifests by file and route.
fn leaves(manifests: &[Manifest]) -> BTreeMap<String, Json> {
    fn walk(json: &Json, route: String, leaves: &mut BTreeMap<String, Json>) {
        match json {
            Json::Object(map) => map.iter().for_each(|(key, value)| walk(value, format!("{route}/{key}"), leaves)),
            Json::Array(items) => {
                items.iter().enumerate().for_each(|(index, value)| walk(value, format!("{route}/{index}"), leaves));
            }
            leaf => _ = leaves.insert(route, leaf.clone()),
        }
    }
    let mut all = BTreeMap::new();
    for manifest in manifests {
        let root = load_one(&manifest.path, &manifest.text).unwrap();
        walk(&root.to_json(), manifest.path.clone(), &mut all);
    }
    all
}

/// Where each answer must be found; `None` for what follows from several.
fn expected(free: &Free) -> BTreeMap<String, Option<String>> {
    let container = "k8s/deployment.yaml/spec/template/spec/containers/0";
    let annotations = "k8s/deployment.yaml/metadata/annotations";
    let on_service = "k8s/service.yaml/metadata/annotations";
    let mut places = BTreeMap::from([
        (format!("{annotations}/a8r.io/description"), Some(free.description.clone())),
        (format!("{on_service}/a8r.io/description"), Some(free.description.clone())),
        (format!("{on_service}/a8r.io/support"), Some(free.contact.clone())),
        (format!("{on_service}/a8r.io/runbook"), Some(free.runbook.clone())),
        (format!("{on_service}/a8r.io/repository"), Some(free.repository.clone())),
        (format!("{annotations}/a8r.io/support"), Some(free.contact.clone())),
        (format!("{annotations}/a8r.io/runbook"), Some(free.runbook.clone())),
        (format!("{annotations}/a8r.io/repository"), Some(free.repository.clone())),
        (format!("{annotations}/a8r.io/dependencies"), Some(free.dependency.clone())),
        (format!("{annotations}/plimsoll.dev/liveness-rationale"), Some(free.liveness_reason.clone())),
        (format!("{annotations}/plimsoll.dev/cpu-limit-rationale"), Some(free.limit_reason.clone())),
        (format!("{container}/env/0/value"), Some(free.env.clone())),
        ("k8s/configmap-env.yaml/data/SETTING".to_owned(), Some(free.config.clone())),
        ("k8s/configmap-files.yaml/data/app.conf".to_owned(), Some(free.file.clone())),
        ("k8s/hpa.yaml/spec/metrics/0/external/metric/name".to_owned(), Some(free.metric.clone())),
        ("k8s/serviceaccount.yaml/metadata/annotations/example.com/account".to_owned(), Some(free.account_annotation.clone())),
        ("k8s/deployment.yaml/spec/template/metadata/annotations/plimsoll.dev/config-checksum".to_owned(), None),
    ]);
    for (index, word) in free.command.iter().enumerate().skip(1) {
        places.insert(format!("{container}/readinessProbe/exec/command/{index}"), Some(word.clone()));
    }
    if !free.grpc_service.is_empty() {
        places.insert(format!("{container}/livenessProbe/grpc/service"), Some(free.grpc_service.clone()));
    }
    let files = ["deployment", "service", "pdb", "hpa", "serviceaccount", "networkpolicy", "configmap-env", "configmap-files"];
    for file in files {
        places.insert(format!("k8s/{file}.yaml/metadata/annotations/example.com/free"), Some(free.annotation.clone()));
    }
    let template = "k8s/deployment.yaml/spec/template/metadata/annotations/example.com/free";
    places.insert(template.to_owned(), Some(free.annotation.clone()));
    places
}

/// A service whose free texts are all tame, with the shape of another one.
fn tame(free: &Free) -> Free {
    let tame = || "tame".to_owned();
    let service = if free.grpc_service.is_empty() { String::new() } else { tame() };
    Free {
        description: tame(),
        contact: tame(),
        runbook: tame(),
        repository: tame(),
        dependency: tame(),
        env: tame(),
        config: tame(),
        file: tame(),
        annotation: tame(),
        account_annotation: tame(),
        command: free.command.iter().enumerate().map(|(index, word)| if index == 0 { word.clone() } else { tame() }).collect(),
        grpc_service: service,
        liveness_reason: tame(),
        limit_reason: tame(),
        metric: tame(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_stay_in_their_place(free in free()) {
        thread_local!(static EDITION: Edition = Edition::newest().unwrap());
        EDITION.with(|edition| {
            let hostile = leaves(&render(edition, &service(&free)));
            let places = expected(&free);
            for (place, answer) in &places {
                let found = hostile.get(place).unwrap_or_else(|| panic!("nothing at {place}"));
                if let Some(answer) = answer {
                    assert_eq!(found, &Json::from(answer.as_str()), "{place}");
                }
            }
            // Everything else is what it is with tame texts.
            let rest = |leaves: BTreeMap<String, Json>| {
                leaves.into_iter().filter(|(place, _)| !places.contains_key(place)).collect::<BTreeMap<_, _>>()
            };
            let (got, tame) = (rest(hostile), rest(leaves(&render(edition, &service(&tame(&free))))));
            let differing: Vec<_> = got.iter().filter(|(place, leaf)| tame.get(*place) != Some(*leaf)).collect();
            assert!(differing.is_empty() && got.len() == tame.len(), "{differing:#?}");
        });
    }

    #[test]
    fn scalars_and_documents_are_read_back_by_both_readers(text in text(), other in text()) {
        let value = json!({"a": text, "list": [other, text], "map": {"nested": other}});
        let written = write::document(&value);
        prop_assert_eq!(load_one("f", &written).unwrap().to_json(), value.clone());
        prop_assert_eq!(serde_yaml::from_str::<Json>(&written).unwrap(), value, "{}", written);
        let inline = format!("k: {}\n", write::scalar(&text));
        prop_assert_eq!(serde_yaml::from_str::<Json>(&inline).unwrap(), json!({"k": text}), "{}", inline);
    }

    #[test]
    fn the_loader_never_panics(text in any::<String>(), nasty in proptest::collection::vec(proptest::sample::select(NASTY), 0..20)) {
        let _ = plimsoll::yaml::load("f", &text);
        let _ = plimsoll::yaml::load("f", &nasty.concat());
    }

    #[test]
    fn any_values_file_is_taken_or_refused(keys in proptest::collection::vec((proptest::sample::select(&["name", "tier", "image", "ports", "scale", "env", "probes", "labels", "x", "config", "size"][..]), text()), 0..8)) {
        let text: String = keys.iter().flat_map(|(key, value)| [*key, ": ", value, "\n"]).collect();
        let mut answers = Answers::default();
        if answers.add_file("f", &text).is_ok() {
            thread_local!(static EDITION: Edition = Edition::newest().unwrap());
            EDITION.with(|edition| _ = edition.plan(&answers));
        }
    }
}
