//! Templates that were not rendered: of a chart, or by themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::objects::{CheckedText, Parsed};
use crate::notation::{counted, shell_path};
use crate::yaml::{Fault, Node, Place, RENDER_FIRST, Route, Source};

/// The folder of a chart in which its templates stand.
const FOLDER: &str = "templates";

/// Templates that are told as one.
#[derive(Debug)]
pub struct Unrendered {
    /// The numbers of the texts.
    pub texts: Vec<usize>,
    /// The text that is named.
    pub told_at: usize,
    /// What is said of them.
    pub fault: Fault,
}

/// The templates among texts: those of each chart together, all others each for itself.
#[must_use]
pub fn unrendered(texts: &[CheckedText], parsed: &[Parsed]) -> Vec<Unrendered> {
    let is_template: Vec<bool> = texts.iter().zip(parsed).map(|(text, parsed)| is_template(text, parsed)).collect();
    let charts: BTreeSet<&str> = texts.iter().filter_map(|text| chart_of_its_file(&text.name)).collect();
    let mut found: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
    for (number, text) in texts.iter().enumerate() {
        match chart(&text.name, &charts) {
            Some(chart) => found.entry((Some(chart), 0)).or_default().push(number),
            // Of a chart whose own file is not among the texts only what shows itself is known.
            None if is_template[number] => match folder_of_templates(&text.name) {
                Some(folder) => found.entry((Some(folder), 1)).or_default().push(number),
                None => found.entry((None, number)).or_default().push(number),
            },
            None => {}
        }
    }
    // Charts may do without any action, and are then what they install.
    let holds_one = |numbers: &[usize]| numbers.iter().any(|number| is_template[*number] || texts[*number].text.contains("{{"));
    let found = found.into_iter().filter(|(_, numbers)| holds_one(numbers));
    found.map(|((chart, _), numbers)| told(chart, numbers, texts)).collect()
}

fn told(chart: Option<&str>, numbers: Vec<usize>, texts: &[CheckedText]) -> Unrendered {
    let first = numbers.first().copied().unwrap_or_default();
    let fault = match chart {
        Some(chart) => {
            let path = if chart.is_empty() { "." } else { chart };
            let templates = counted(numbers.len(), "template");
            let message = format!("belongs to a Helm chart that is not rendered: {templates} in `{path}` not judged");
            let run = format!("render it, and check what comes out: `helm template {0} | plimsoll check -`", shell_path(path));
            Fault::new(Route::root(), message).hint(run)
        }
        None => Fault::new(Route::root(), "is a template that is not rendered, and was not judged").hint(RENDER_FIRST),
    };
    let source = Some(Source::File(texts[first].name.clone(), first_action(&texts[first].text)));
    Unrendered { texts: numbers, told_at: first, fault: Fault { source, ..fault } }
}

/// Where the first action of a template stands.
fn first_action(text: &str) -> Place {
    let at = (1..).zip(text.lines()).find_map(|(line, text)| Some((line, text.find("{{").map(|at| &text[..at])?)));
    let (line, before) = at.unwrap_or((1, ""));
    Place { line, column: u32::try_from(before.chars().count()).unwrap_or_default() + 1 }
}

/// The folder of the chart whose file a text is.
fn chart_of_its_file(name: &str) -> Option<&str> {
    match name.rsplit_once('/') {
        Some((folder, "Chart.yaml")) => Some(folder),
        None if name == "Chart.yaml" => Some(""),
        _ => None,
    }
}

/// The outermost chart of which a text is a template; charts in its `charts` are rendered with it.
fn chart<'c>(name: &str, charts: &BTreeSet<&'c str>) -> Option<&'c str> {
    let below = |chart: &&&str| {
        let rest = if chart.is_empty() { Some(name) } else { name.strip_prefix(**chart).and_then(|rest| rest.strip_prefix('/')) };
        rest.is_some_and(|rest| {
            let mut folders = rest.split('/');
            let first = folders.next();
            first == Some(FOLDER) || first == Some("charts") && folders.any(|folder| folder == FOLDER)
        })
    };
    charts.iter().filter(below).min_by_key(|chart| chart.len()).copied()
}

/// What stands in front of the outermost folder with templates in it.
fn folder_of_templates(name: &str) -> Option<&str> {
    if let Some(at) = name.find("/templates/") {
        return Some(&name[..at]);
    }
    name.starts_with("templates/").then_some("")
}

/// Whether a text is a template: it has actions, and is no YAML with them or names its object by one.
fn is_template(text: &CheckedText, parsed: &Parsed) -> bool {
    text.text.contains("{{")
        && (!parsed.faults.is_empty() && text.text.lines().any(is_action)
            || parsed.documents.iter().any(|document| is_named_by_one(&document.root) || holds_value_of_helm(&document.root)))
}

/// Whether a line has an action where YAML would have a value, key or line of its own.
fn is_action(line: &str) -> bool {
    let line = line.trim_start();
    line.match_indices("{{").any(|(at, _)| {
        let before = line[..at].trim_end();
        before.is_empty() || before.ends_with([':', '-', '}']) || line[at..].starts_with("{{-")
    })
}

fn is_named_by_one(root: &Node) -> bool {
    let is_one = |node: Option<&Node>| node.and_then(Node::as_str).is_some_and(|text| text.contains("{{"));
    let metadata = root.get("metadata");
    let named = ["name", "namespace"].iter().any(|key| is_one(metadata.and_then(|metadata| metadata.get(key))));
    is_one(root.get("apiVersion")) || is_one(root.get("kind")) || named
}

/// Whether a value of one line is asked of Helm.
fn holds_value_of_helm(node: &Node) -> bool {
    let is_asked = |text: &str| {
        let of_helm = [".Values.", ".Release.", ".Chart.", "include \""].iter().any(|word| text.contains(word));
        text.trim_start().starts_with("{{") && !text.contains('\n') && of_helm
    };
    node.as_str().is_some_and(is_asked)
        || node.items().iter().any(holds_value_of_helm)
        || node.entries().iter().any(|entry| is_asked(&entry.key) || holds_value_of_helm(&entry.node))
}
