//! What a blueprint says of itself: the shipped ones, and one made of data alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::blueprint::source::{SHIPPED, Templates};
use plimsoll::blueprint::{Blueprint, Renderer};
use plimsoll::checklist::{self, Checklist};
use plimsoll::manifest::Manifest;
use plimsoll::plan;
use plimsoll::service::{self, Answers};
use plimsoll::yaml::{Fault, Route, RouteStep, shape, write};
use serde_json::{Value as Json, json};

use crate::released::{files, versions};
use crate::support::golden;
use crate::support::judge::{check_service, rules, shown};

/// Answers that change no manifest although they are taken, and why.
const STATEMENTS: &[(&str, &str)] = &[("probes.readiness.reason", "a readiness probe needs no reason, and refuses one")];

/// A blueprint with what renders it.
struct Made {
    blueprint: Blueprint,
    renderer: Renderer,
    checklist: Checklist,
}

impl Made {
    fn new(blueprint: Blueprint, templates: Templates) -> Self {
        let fits = |shipped: &&checklist::ShippedChecklist| {
            let needed = shipped.load().unwrap().blueprints.get(&blueprint.name).cloned();
            needed.is_none_or(|needed| needed <= blueprint.version)
        };
        let checklist = checklist::SHIPPED.iter().rev().find(fits).unwrap().load().unwrap();
        Self { renderer: Renderer::new(blueprint.clone(), templates), blueprint, checklist }
    }

    /// The manifests of a service file.
    fn render(&self, text: &str) -> Result<Vec<Manifest>, Vec<Fault>> {
        let mut answers = Answers::default();
        answers.add_file("service.yaml", text)?;
        let (_, plan) = plan::of_answers(&answers, &self.checklist, self.blueprint.contract())?;
        Ok(self.renderer.render(&plan).unwrap_or_else(|error| panic!("{error}\n{text}")))
    }

    fn texts(&self, service: &Json) -> Option<Vec<String>> {
        let manifests = self.render(&write::document(service)).ok()?;
        Some(manifests.into_iter().map(|manifest| manifest.text).collect())
    }

    /// The fields that are taken, of which no golden case of a service file shows that they change a manifest.
    fn idle(&self) -> BTreeSet<String> {
        let mut idle = BTreeSet::new();
        leaves(service::schema(), service::schema(), "", &mut idle);
        let contract = self.blueprint.contract();
        let is_taken = |field: &str| contract.intake.takes(&Route::parse(field).unwrap());
        idle.retain(|field| is_taken(field) && !service::OWN.contains(&field.split('.').next().unwrap()));
        let cases = golden::cases("render").into_iter().map(|case| fs::read_to_string(case.join("service.yaml")).unwrap());
        for text in cases.chain([format!("{WORKER}{COMMAND}")]) {
            let mut service: Json = serde_yaml::from_str(&text).unwrap();
            service.as_object_mut().unwrap().retain(|field, _| !["checklist", "blueprint"].contains(&field.as_str()));
            // Another blueprint may refuse more of the case than it does not take.
            while let Err(faults) = self.render(&write::document(&service)) {
                let removed = faults.iter().filter(|fault| remove(&mut service, fault.route.steps())).count();
                assert!(removed > 0, "{faults:#?}\n{text}");
            }
            let usual = self.texts(&service).unwrap();
            let mut given = Vec::new();
            places(&service, "", &mut given);
            for pointer in given {
                let field = field_of(&pointer);
                let Some(leaf) = idle.iter().find(|leaf| field == **leaf || field.starts_with(&format!("{leaf}."))).cloned()
                else {
                    continue;
                };
                let changed = variants(&service, &pointer).iter().any(|other| self.texts(other).is_some_and(|it| it != usual));
                if changed {
                    idle.remove(&leaf);
                }
            }
        }
        idle
    }
}

/// Notes every field of a schema that holds no other known one.
fn leaves(root: &Json, schema: &Json, field: &str, found: &mut BTreeSet<String>) {
    let options = schema["anyOf"].as_array().into_iter().flatten();
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        return leaves(root, &root["$defs"][name], field, found);
    }
    if let Some(option) = options.into_iter().find(|option| option["type"] != "null") {
        return leaves(root, option, field, found);
    }
    if schema["items"].is_object() {
        return leaves(root, &schema["items"], field, found);
    }
    match schema["properties"].as_object() {
        Some(properties) => {
            for (name, property) in properties {
                let below = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                leaves(root, property, &below, found);
            }
        }
        None => _ = found.insert(field.to_owned()),
    }
}

/// Notes the pointer to every value that holds no other.
fn places(value: &Json, pointer: &str, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Json::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(key, value)| places(value, &format!("{pointer}/{}", escaped(key)), found));
        }
        Json::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{pointer}/{index}"), found));
        }
        _ => found.push(pointer.to_owned()),
    }
}

/// Takes out what stands at a route, or else what is nearest around it.
fn remove(value: &mut Json, route: &[RouteStep]) -> bool {
    let Some((step, rest)) = route.split_first() else { return false };
    match (value, step) {
        (Json::Object(fields), RouteStep::Key(key)) => match fields.get_mut(key) {
            Some(field) => remove(field, rest) || fields.remove(key).is_some(),
            None => false,
        },
        (Json::Array(items), RouteStep::Index(index)) if *index < items.len() => {
            if !remove(&mut items[*index], rest) {
                items.remove(*index);
            }
            true
        }
        _ => false,
    }
}

/// The field at a pointer, without positions in lists.
fn field_of(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).filter(|step| step.parse::<usize>().is_err());
    steps.collect::<Vec<_>>().join(".")
}

/// The service with another value at a pointer, or none.
fn variants(service: &Json, pointer: &str) -> Vec<Json> {
    let others = match service.pointer(pointer).unwrap() {
        Json::Bool(value) => vec![json!(!value)],
        Json::Number(number) => [1, -1, 10].iter().map(|more| json!(number.as_i64().unwrap() + more)).collect(),
        Json::String(text) => {
            let words = words_of(&pointer.split('/').skip(1).collect::<Vec<_>>().join("."));
            let texts = [format!("{text}1"), format!("{text}.x"), "cpu1".to_owned(), "3Gi".to_owned()];
            texts.into_iter().chain(words).map(Json::from).collect()
        }
        _ => Vec::new(),
    };
    let with = |value: Json| {
        let mut service = service.clone();
        *service.pointer_mut(pointer).unwrap() = value;
        service
    };
    let mut variants: Vec<Json> = others.into_iter().map(with).collect();
    let (around, key) = pointer.rsplit_once('/').unwrap();
    let mut without = service.clone();
    match without.pointer_mut(around).unwrap() {
        Json::Object(fields) => _ = fields.remove(&key.replace("~1", "/").replace("~0", "~")),
        Json::Array(items) => _ = items.remove(key.parse().unwrap()),
        _ => {}
    }
    variants.push(without);
    // A probe in one way is told by one in another way.
    if key == "tcp" {
        let mut other = service.clone();
        let probe = other.pointer_mut(around).unwrap().as_object_mut().unwrap();
        probe.retain(|field, _| !["tcp", "port"].contains(&field.as_str()));
        probe.insert("exec".to_owned(), json!(["/bin/up"]));
        variants.push(other);
    }
    variants
}

/// The words that a field takes.
fn words_of(field: &str) -> Vec<String> {
    let schema = Route::parse(field).ok().and_then(|route| shape::at(service::schema(), &route));
    let words = schema.and_then(|schema| schema["oneOf"].as_array()).into_iter().flatten();
    words.filter_map(|option| Some(option["const"].as_str()?.to_owned())).collect()
}

/// A blueprint of a folder beside this file, which uses the parts that the shipped ones use.
fn made_of(folder: &str, edit: fn(String) -> String) -> Made {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files = files();
    files.retain(|path, _| path.starts_with("parts/"));
    files.extend(versions::read(&folder).unwrap().into_iter().map(|(path, text)| (format!("own/{path}"), text)));
    files.entry("own/blueprint.yaml".to_owned()).and_modify(|text| *text = edit(std::mem::take(text)));
    let version = versions::all(&files).unwrap().remove(0);
    let mut files = version.files();
    let main = files.remove(0).1;
    let blueprint = Blueprint::load("blueprint.yaml", &main).unwrap_or_else(|faults| panic!("{faults:#?}"));
    // Templates are embedded in the program, and live as long as it does.
    let leaked = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    let templates: Vec<_> = files.iter().map(|(name, text)| (leaked(name), leaked(text))).collect();
    Made::new(blueprint, Vec::leak(templates))
}

fn worker() -> Made {
    made_of("worker", |text| text)
}

const WORKER: &str = "name: mailer\nimage: registry.example.com/shop/mailer:1.4.2\n";
const COMMAND: &str = "ports: [{ port: 8080 }]\nprobes: { readiness: { exec: [/bin/ready], failure-threshold: 4 } }\n";

#[test]
fn every_answer_that_is_taken_changes_what_is_rendered() {
    let shipped = SHIPPED.iter().map(|shipped| Made::new(shipped.load().unwrap(), shipped.templates));
    for made in shipped.chain([worker()]) {
        let mut idle = made.idle();
        idle.retain(|field| !STATEMENTS.iter().any(|(stated, _)| stated == field));
        let Blueprint { name, version, .. } = &made.blueprint;
        assert!(idle.is_empty(), "{name}@{version} takes {idle:?} in silence: no golden under golden/render shows a change");
    }
}

#[test]
fn a_worker_is_made_of_data_alone() {
    let lines = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worker").join(file);
        fs::read_to_string(path).unwrap().lines().count()
    };
    assert!(lines("blueprint.yaml") + lines("deployment.yaml.j2") <= 150);
    let worker = worker();
    for more in [
        "",
        "tier: 3\nscale: { fixed: 2 }\nwaivers:\n  - { item: hpa-present, reason: r, owner: o, expires: 2027-03-01 }\n",
        "probes:\n  readiness: { exec: [/bin/ready] }\n  start-seconds: 90\n",
        "config: { env: { QUEUE: mail }, files: { a.txt: b } }\nruntime: jvm\nsize: large\nscale: { min: 3, max: 9, cpu: 60 }\n",
    ] {
        let text = format!("{WORKER}{more}");
        let manifests = worker.render(&text).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let kinds: Vec<&str> = manifests.iter().map(|manifest| manifest.id.kind.as_str()).collect();
        assert!(kinds.contains(&"Deployment") && !kinds.contains(&"Service"), "{kinds:?}");
        let deployment = &manifests[0].text;
        assert!(!deployment.contains(" ports:"), "{deployment}");
        assert_eq!(deployment.contains("readinessProbe:"), more.contains("readiness"), "{deployment}");
        assert_eq!(deployment.contains("startupProbe:"), more.contains("readiness"), "{deployment}");
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &text).unwrap();
        let service = service::load(&answers, Some(&worker.blueprint.contract().intake)).service;
        let found = shown(&check_service(rules(), &service, &manifests));
        assert!(found.is_empty(), "{found:#?}\n{text}");
    }
}

#[test]
fn what_a_worker_does_not_take_is_refused_with_the_blueprints_that_do() {
    let faults = worker().render(&format!("{WORKER}exposure: cluster\nports: [{{ port: 8080 }}]\n")).unwrap_err();
    let told: Vec<String> = faults.iter().map(|fault| format!("{fault}; {}", fault.hint.as_deref().unwrap())).collect();
    let hint = "leave it out, or write `blueprint:` with one that takes it: web-service";
    let refused = [
        format!("service.yaml:3:1: exposure: is not taken by the blueprint worker; {hint}"),
        format!("service.yaml:4:1: ports: is not taken by the blueprint worker; {hint}"),
    ];
    assert_eq!(told, refused);
    let missing = worker().render("tier: 2\n").unwrap_err();
    assert_eq!(missing.iter().map(|fault| fault.route.to_string()).collect::<Vec<_>>(), ["name", "image"]);
}

#[test]
fn options_of_a_blueprint_are_answered_asked_and_rendered() {
    let with_options = |text: String| {
        let options = "options:
  queue:
    schema: { type: string, format: dns-label, description: The queue that it reads., examples: [mail] }
    prompt: { en: Which queue?, ko: 어떤 큐? }
  shell: { schema: { type: boolean }, default: false }
objects:
";
        text.replace("needs: [name, image]", "needs: [name, image, options.queue]")
            .replace("questions: [name,", "questions: [name, options.queue,")
            .replace("objects:\n", options)
            .replace("when: config.env }", "when: options.shell }")
    };
    let made = made_of("worker", with_options);
    let paths = |manifests: Vec<Manifest>| manifests.into_iter().map(|manifest| manifest.path).collect::<Vec<_>>();
    let question = &made.blueprint.questions()[1];
    assert_eq!((question.field.as_str(), question.prompt.as_str()), ("options.queue", "Which queue?"));
    let missing = made.render(WORKER).unwrap_err();
    assert_eq!(missing[0].to_string(), "service.yaml:1:1: options.queue: is missing");
    let usual = paths(made.render(&format!("{WORKER}options: {{ queue: mail }}\n")).unwrap());
    assert!(!usual.contains(&"k8s/configmap-env.yaml".to_owned()), "{usual:?}");
    let shell = paths(made.render(&format!("{WORKER}options: {{ queue: mail, shell: true }}\n")).unwrap());
    assert!(shell.contains(&"k8s/configmap-env.yaml".to_owned()), "{shell:?}");
}

#[test]
fn all_faults_of_a_blueprint_are_told_at_once() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worker/blueprint.yaml")).unwrap();
    let edits = [
        ("workload: Deployment", "workload: Deploy"),
        ("needs: [name, image]", "needs: [name, image, mesh]"),
        ("  - pull-secrets", "  - pull-secret\n  - spots\n  - platform.gke\n  - mesh\n  - waivers\n  - name"),
        ("questions: [name, tier, image, runtime,", "questions: [name, tier, image, description, options.a,"),
        ("  - dns\n", "  - dns\n  - dsn\n  - stop\n"),
        ("  stop: { drain-seconds: 60 }\n", "  ports: { http-service-port: 80 }\n"),
        ("file: pdb.yaml,", "file: ../pdb.yaml,"),
        ("file: hpa.yaml,", "file: deployment.yaml,"),
        (
            "objects:\n",
            "options:\n  a: { schema: { type: string, format: dns } }\n  b: { schema: { type: integer, minimum: 2 }, default: 1 }\nobjects:\n",
        ),
    ];
    let text = edits.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let faults = Blueprint::load("blueprint.yaml", &text).unwrap_err();
    let told: Vec<String> = faults.iter().map(|fault| format!("{fault}\n  {}\n", fault.hint.as_deref().unwrap_or("-"))).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/blueprint/faults.txt");
    golden::compare(&path, &told.concat()).unwrap();
}
