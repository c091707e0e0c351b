//! Objects as trees, and what people and templates do to them.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;

/// Strings that YAML makes hard to write.
const STRINGS: &[&str] = &[
    "",
    "web",
    "registry.example.com/shop/app:1.4.2",
    "yes",
    "off",
    "8080",
    "0755",
    "1e3",
    "1_000",
    "a: b",
    "x #y",
    "#x",
    " lead",
    "trail ",
    "-Xmx512m",
    "--port=90",
    "{{ x }}",
    "[a]",
    "a,b",
    "it's",
    "say \"no\"",
    "both ' and \"",
    "ends:",
    "@at",
    "*star",
    "한글 문자열 여럿",
    "ship 🚢 ahoy",
    "two words",
    "several words that a folded or quoted scalar may break",
    "one\ntwo",
    "one\ntwo\n",
    "keep\n\n",
    "\n",
    "a\n\nb\n",
    "  first is indented\nthen not\n",
    "tab\tinside",
    "null",
    "~",
    "key: [1]\nother: x\n",
    "# no comment\ntext\n",
    "back\\slash",
    "?",
    "- item",
    "1Gi",
    "100m",
    "---",
    "a:b",
    "=",
    "<<",
    "2027-03-01",
];

/// Keys of free mappings.
const KEYS: &[&str] = &[
    "app",
    "n",
    "on",
    "true",
    "yes",
    "a b",
    "1",
    "0755",
    "한글",
    "example.com/x",
    "key: colon",
    "x.y",
    "#k",
    "-",
    "zone",
    "",
    "null",
    "it's",
    "a,b",
    "{x}",
];

/// Any scalar.
pub fn scalar(dice: &mut Dice) -> Json {
    match dice.below(12) {
        0 => json!(dice.below(70_000)),
        1 => json!(true),
        2 => json!(false),
        3 => Json::Null,
        4 => json!(0.5),
        5 => json!(-3),
        _ => json!(*dice.pick(STRINGS)),
    }
}

/// Any small value.
pub fn small(dice: &mut Dice, depth: usize) -> Json {
    match dice.below(if depth == 0 { 5 } else { 9 }) {
        5 | 6 => free_map(dice, depth - 1),
        7 | 8 => (0..dice.below(4)).map(|_| small(dice, depth - 1)).collect(),
        _ => scalar(dice),
    }
}

fn free_map(dice: &mut Dice, depth: usize) -> Json {
    let mut map = Map::new();
    for _ in 0..dice.below(5) {
        map.insert((*dice.pick(KEYS)).to_owned(), small(dice, depth));
    }
    Json::Object(map)
}

fn strings(dice: &mut Dice) -> Json {
    let mut map = Map::new();
    for _ in 0..dice.below(5) {
        map.insert((*dice.pick(KEYS)).to_owned(), json!(*dice.pick(STRINGS)));
    }
    Json::Object(map)
}

/// A new element for the list behind a key.
pub fn element(dice: &mut Dice, key: &str) -> Json {
    let name = format!("n{}", dice.below(9));
    match key {
        "containers" | "initContainers" => container(dice, &name),
        "env" => {
            let value = if dice.chance(20) { "http://$(N1)" } else { *dice.pick(STRINGS) };
            json!({"name": name.to_uppercase(), "value": value})
        }
        "envFrom" => json!({"configMapRef": {"name": name}}),
        "ports" if dice.chance(80) => {
            let mut port = json!({"containerPort": 8000 + dice.below(6)});
            if dice.chance(60) {
                port["name"] = json!(format!("p{}", dice.below(6)));
            }
            if dice.chance(40) {
                port["protocol"] = json!(*dice.pick(&["TCP", "UDP"]));
            }
            port
        }
        "volumeMounts" => json!({"name": name, "mountPath": format!("/m{}", dice.below(6))}),
        "volumes" => json!({"name": name, "emptyDir": {}}),
        "tolerations" => json!({"key": name, "operator": "Exists", "effect": *dice.pick(&["NoSchedule", "NoExecute"])}),
        "topologySpreadConstraints" => {
            json!({"topologyKey": name, "maxSkew": 1 + dice.below(3), "whenUnsatisfiable": *dice.pick(&["DoNotSchedule", "ScheduleAnyway"])})
        }
        "finalizers" => json!(name),
        "metrics" => {
            json!({"type": "Resource", "resource": {"name": *dice.pick(&["cpu", "memory"]), "target": {"averageUtilization": dice.below(90)}}})
        }
        "args" => json!(*dice.pick(STRINGS)),
        _ => small(dice, 2),
    }
}

fn list(dice: &mut Dice, key: &str, most: usize) -> Json {
    let mut items: Vec<Json> = Vec::new();
    for _ in 0..dice.below(most + 1) {
        let new = element(dice, key);
        let told_apart = |item: &Json| item.get("name") != new.get("name") || new.get("name").is_none();
        if !items.contains(&new) && items.iter().all(told_apart) {
            items.push(new);
        }
    }
    items.into()
}

fn container(dice: &mut Dice, name: &str) -> Json {
    let mut container = json!({"name": name, "image": format!("registry.example.com/app:{}", dice.below(5))});
    for key in ["args", "env", "envFrom", "ports", "volumeMounts"] {
        if dice.chance(55) {
            container[key] = list(dice, key, 4);
        }
    }
    if dice.chance(60) {
        container["resources"] = json!({
            "requests": {"cpu": *dice.pick(&["100m", "0.1", "1"]), "memory": *dice.pick(&["1Gi", "1024Mi", "2Gi"])},
            "limits": {"memory": "2Gi"},
        });
    }
    if dice.chance(40) {
        container["securityContext"] = json!({"capabilities": {"drop": ["ALL"]}, "runAsUser": 1000});
    }
    container
}

fn workload(dice: &mut Dice) -> Json {
    let mut spec = json!({"containers": list(dice, "containers", 3)});
    for key in ["initContainers", "volumes", "tolerations", "topologySpreadConstraints"] {
        if dice.chance(45) {
            spec[key] = list(dice, key, 3);
        }
    }
    let mut object = json!({"replicas": dice.below(9), "template": {"metadata": {"labels": strings(dice)}, "spec": spec}});
    if dice.chance(50) {
        object["strategy"] = json!({"rollingUpdate": {"maxSurge": *dice.pick(&["25%", "1", "2"]), "maxUnavailable": 0}});
    }
    object
}

/// Objects of one file, each of a kind of its own.
pub fn objects(dice: &mut Dice) -> Vec<Json> {
    let kinds = ["Deployment", "Service", "HorizontalPodAutoscaler", "NetworkPolicy", "Widget", "ConfigMap"];
    let mut objects = Vec::new();
    let most = if dice.chance(60) { 1 } else { 4 };
    for _ in 0..=dice.below(most) {
        let kind = *dice.pick(&kinds);
        if !objects.iter().any(|object: &Json| object["kind"] == kind) {
            objects.push(object(dice, kind));
        }
    }
    objects
}

/// An object of a kind.
pub fn object(dice: &mut Dice, kind: &str) -> Json {
    let mut object = json!({"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": "shop", "labels": strings(dice)}});
    if dice.chance(30) {
        object["metadata"]["finalizers"] = list(dice, "finalizers", 3);
    }
    match kind {
        "Deployment" => object["spec"] = workload(dice),
        "HorizontalPodAutoscaler" => {
            object["spec"] =
                json!({"minReplicas": dice.below(5), "metrics": [element(dice, "metrics")], "behavior": small(dice, 2)});
        }
        "NetworkPolicy" => {
            let rule = |dice: &mut Dice| json!({"from": [{"podSelector": {"matchLabels": strings(dice)}}], "ports": [{"port": dice.below(900), "protocol": "TCP"}]});
            object["spec"] = json!({"podSelector": {}, "ingress": (0..dice.below(4)).map(|_| rule(dice)).collect::<Vec<_>>()});
        }
        "ConfigMap" => object["data"] = strings(dice),
        _ => object["spec"] = free_map(dice, 3),
    }
    object
}

/// The way to each value below a root, but for what identifies the object.
fn places(value: &Json, pointer: &str, found: &mut Vec<String>) {
    if !matches!(pointer, "" | "/kind" | "/apiVersion" | "/metadata" | "/metadata/name" | "/metadata/namespace") {
        found.push(pointer.to_owned());
    }
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                places(value, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Json::Array(items) => items.iter().enumerate().for_each(|(at, item)| places(item, &format!("{pointer}/{at}"), found)),
        _ => {}
    }
}

/// Changes one thing in an object.
pub fn mutate(dice: &mut Dice, root: &mut Json) {
    let mut found = Vec::new();
    places(root, "", &mut found);
    if found.is_empty() {
        return;
    }
    let pointer = dice.pick(&found).clone();
    let (holder, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    if dice.chance(25) {
        match root.pointer_mut(holder) {
            Some(Json::Object(map)) => _ = map.shift_remove(&key),
            Some(Json::Array(items)) => _ = items.remove(key.parse::<usize>().unwrap()),
            _ => {}
        }
        return;
    }
    let Some(place) = root.pointer_mut(&pointer) else { return };
    match place {
        Json::Object(map) if dice.chance(75) => {
            let new = (*dice.pick(KEYS)).to_owned();
            let value = small(dice, 2);
            let at = dice.below(map.len() + 1);
            if !map.contains_key(&new) {
                map.shift_insert(at, new, value);
            }
        }
        Json::Array(items) if dice.chance(85) => {
            let at = dice.below(items.len() + 1);
            if dice.chance(12) && items.len() > 1 {
                let other = dice.below(items.len());
                let last = items.len() - 1;
                items.swap(at.min(last), other);
            } else {
                items.insert(at, element(dice, &key));
            }
        }
        Json::String(_) if dice.chance(60) => *place = json!(*dice.pick(STRINGS)),
        Json::Number(_) if dice.chance(60) => *place = json!(dice.below(9000)),
        _ if dice.chance(70) => *place = scalar(dice),
        _ => *place = small(dice, 2),
    }
}
