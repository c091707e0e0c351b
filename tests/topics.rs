//! The rooms that are cut by topics: who knows a topic in one of them finds it in the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::plan::{TOPICS, UPKEEP};

/// Each room, and what stands in it that is of no topic.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "src/service",
        &["answers", "combinations", "faults", "intake", "mod", "model", "own_option", "question", "schema", "waiver_file"],
    ),
    (
        "src/plan",
        &["catalogue", "contract", "defaults", "mod", "options", "planner", "schema", "topics", "value_type", "what_if"],
    ),
    ("src/adopt/readers", &["mod"]),
];

/// Rooms that a topic does not need, and why.
const NONE: &[(&str, &str, &str)] = &[
    ("security", "src/service", "`run-as-user` is a number that contradicts nothing"),
    ("disruption", "src/service", "nothing is asked: it follows from the number of Pods"),
    ("rollout", "src/service", "nothing is asked: it follows from the checklist and the start time"),
    ("dns", "src/service", "nothing is asked"),
    ("account", "src/plan", "its answers go into the plan as they are: rows of the catalogue"),
    ("metrics", "src/adopt/readers", "`metrics` of a port is read with the ports"),
    ("disruption", "src/adopt/readers", "the service file cannot say it"),
    ("rollout", "src/adopt/readers", "the service file cannot say it"),
    ("dns", "src/adopt/readers", "the service file cannot say it"),
    ("upkeep", "src/adopt/readers", "no manifest shows it"),
];

#[test]
fn every_topic_stands_in_every_room_under_its_name() {
    let topics: BTreeSet<&str> = [UPKEEP].iter().chain(TOPICS).map(|topic| topic.name).collect();
    for (room, others) in ROOMS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let files: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
        for topic in &topics {
            let reason = NONE.iter().find(|(none, in_room, _)| none == topic && in_room == room).map(|(.., why)| why);
            assert!(
                files.contains(*topic) != reason.is_some(),
                "the topic `{topic}` needs {room}/{topic}.rs, or a row of NONE with the reason why not; never both"
            );
        }
        for file in &files {
            let is_known = topics.contains(file.as_str()) != others.contains(&file.as_str());
            assert!(is_known, "{room}/{file}.rs is of no topic of src/plan/topics.rs: make it one, or add it to ROOMS");
        }
    }
    for (topic, room, _) in NONE {
        assert!(topics.contains(topic) && ROOMS.iter().any(|(known, _)| known == room), "there is no {room} of `{topic}`");
    }
}
