//! Objects that stand in other files than the render has them in.

use plimsoll::merge::{ConflictReason, MergePolicy, Merged, Note, SourceFile, merge};

fn object(kind: &str, name: &str, rest: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n{rest}")
}

fn files<'t>(side: &'t [(&'t str, String)]) -> Vec<SourceFile<'t>> {
    side.iter().map(|(path, text)| SourceFile { path, text }).collect()
}

fn merged(base: &[(&str, String)], ours: &[(&str, String)], theirs: &[(&str, String)], policy: &MergePolicy) -> Merged {
    merge(&files(base), &files(ours), &files(theirs), policy).unwrap()
}

fn texts(merged: &Merged) -> Vec<(&str, Option<&str>)> {
    merged.files.iter().map(|file| (file.path.as_str(), file.text.as_deref())).collect()
}

fn service(kind: &str) -> String {
    object("Service", "web", &format!("spec:\n  type: {kind}\n"))
}

fn config(value: &str) -> String {
    object("ConfigMap", "web", &format!("data:\n  level: {value}\n"))
}

#[test]
fn an_object_is_found_in_the_file_to_which_it_was_moved() {
    let base = [("a.yaml", service("ClusterIP")), ("b.yaml", config("info"))];
    let theirs = [("a.yaml", service("NodePort")), ("b.yaml", config("info"))];
    let moved = [("net/service.yaml", format!("# moved\n{}", service("ClusterIP"))), ("b.yaml", config("info"))];
    let merge = merged(&base, &moved, &theirs, &MergePolicy::default());
    assert_eq!(texts(&merge), [("net/service.yaml", Some(format!("# moved\n{}", service("NodePort")).as_str()))]);
    assert!(merge.conflicts.is_empty());
}

#[test]
fn two_files_that_were_joined_stay_one() {
    let base = [("a.yaml", service("ClusterIP")), ("b.yaml", config("info"))];
    let theirs = [("a.yaml", service("NodePort")), ("b.yaml", config("warn"))];
    let joined = |kind: &str, level: &str| format!("{}---\n# with its settings\n{}", service(kind), config(level));
    let merge = merged(&base, &[("all.yaml", joined("ClusterIP", "info # quiet"))], &theirs, &MergePolicy::default());
    assert_eq!(texts(&merge), [("all.yaml", Some(joined("NodePort", "warn # quiet").as_str()))]);
}

#[test]
fn a_file_of_json_stays_one() {
    let json = |spec: &str| {
        format!("{{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {{\"name\": \"web\"}}, \"spec\": {{{spec}}}}}\n")
    };
    let base = [("a.yaml", service("ClusterIP"))];
    let ours = [("a.json", json("\"type\": \"ClusterIP\""))];
    let changed = merged(&base, &ours, &[("a.yaml", service("NodePort"))], &MergePolicy::default());
    let theirs = [("a.yaml", format!("{}  ports:\n    - port: 80\n", service("ClusterIP")))];
    let added = merged(&base, &ours, &theirs, &MergePolicy::default());
    for (merge, expected) in [(changed, r#"{"type":"NodePort"}"#), (added, r#"{"type":"ClusterIP","ports":[{"port":80}]}"#)] {
        let [("a.json", Some(text))] = texts(&merge)[..] else { panic!("{merge:?}") };
        let read: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(read["spec"], serde_json::from_str::<serde_json::Value>(expected).unwrap());
    }
}

#[test]
fn a_deleted_object_stays_deleted_and_is_told() {
    let base = [("a.yaml", service("ClusterIP")), ("b.yaml", config("info"))];
    let theirs = [("a.yaml", service("NodePort")), ("b.yaml", config("warn"))];
    let ours = [("a.yaml", service("ClusterIP"))];
    let stays = MergePolicy { deleted_objects_stay: true, ..MergePolicy::default() };
    let merge = merged(&base, &ours, &theirs, &stays);
    assert_eq!(texts(&merge), [("a.yaml", Some(service("NodePort").as_str()))]);
    assert!(matches!(merge.notes.as_slice(), [Note::StaysDeleted { object, .. }] if object.kind == "ConfigMap"));
    let merge = merged(&base, &ours, &theirs, &MergePolicy::default());
    assert_eq!(merge.conflicts.iter().map(|conflict| conflict.reason).collect::<Vec<_>>(), [ConflictReason::OursRemoved]);
}

#[test]
fn an_object_that_both_have_renamed_alike_is_compared_with_the_old_one() {
    let renamed = |text: &str| text.replace("name: web", "name: shop");
    let base = [("a.yaml", object("ConfigMap", "web", "data:\n  level: info\n  colour: red\n"))];
    let ours = [("a.yaml", renamed(&config("info")))];
    let theirs = [("a.yaml", renamed(&base[0].1).replace("info", "warn"))];
    let merge = merged(&base, &ours, &theirs, &MergePolicy::default());
    assert_eq!(texts(&merge), [("a.yaml", Some(renamed(&config("warn")).as_str()))]);
    assert!(merge.conflicts.is_empty());
}

#[test]
fn files_come_and_go_with_their_objects() {
    let merge = merged(
        &[("a.yaml", service("ClusterIP"))],
        &[("a.yaml", service("ClusterIP"))],
        &[("b.yaml", config("info"))],
        &MergePolicy::default(),
    );
    assert_eq!(texts(&merge), [("a.yaml", None), ("b.yaml", Some(config("info").as_str()))]);
}

#[test]
fn a_file_that_is_no_yaml_is_in_the_way_only_where_it_may_hold_an_object() {
    let base = [("a.yaml", service("ClusterIP"))];
    let theirs = [("a.yaml", service("NodePort"))];
    let template = ("chart.yaml", "{{ if .x }}\na: {{ .y }}\n{{ end }}\n".to_owned());
    let ours = [("a.yaml", service("ClusterIP")), template.clone()];
    assert_eq!(texts(&merged(&base, &ours, &theirs, &MergePolicy::default())), [("a.yaml", Some(service("NodePort").as_str()))]);
    let refused = merge(&files(&base), &files(&[template]), &files(&theirs), &MergePolicy::default()).unwrap_err();
    assert_eq!(refused[0].file, "chart.yaml");
}

#[test]
fn damaged_texts_are_merged_or_refused_without_a_panic() {
    let mut dice = super::dice::Dice::new(7);
    let renders = super::cases::renders();
    for _ in 0..400 {
        let case = super::cases::case(&mut dice, &renders);
        let mut sides = [case.base.text, case.ours.text, case.theirs.text].map(|text| text.chars().collect::<Vec<char>>());
        for _ in 0..=dice.below(3) {
            let side = &mut sides[dice.below(3)];
            let at = dice.below(side.len() + 1).min(side.len().saturating_sub(1));
            match dice.below(3) {
                0 => _ = side.remove(at),
                1 => side.truncate(at.max(1)),
                _ => side.insert(
                    at,
                    *dice.pick(&[
                        ' ', '\n', '\t', ':', '-', '{', '}', '[', ']', '"', '\'', '#', '&', '*', '!', '|', '?', '%', ',',
                        '\u{feff}',
                    ]),
                ),
            }
        }
        let [base, ours, theirs] = sides.map(|side| side.into_iter().collect::<String>());
        let Ok(merged) = super::merge_texts(&base, &ours, &theirs, plimsoll::merge::CommentSource::OfBoth) else { continue };
        let text = super::text_of(&merged, &ours).unwrap_or_default();
        assert!(plimsoll::yaml::read("merged", &text).is_ok(), "{base}\n===\n{ours}\n===\n{theirs}\n===\n{text}");
    }
}
