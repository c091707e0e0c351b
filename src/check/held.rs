//! What Secrets and secret variables hold, taken out of every finding, whatever it is about.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::at;
use super::excerpt::hidden;
use super::objects::{CheckedText, Object};
use super::report::{Cause, Finding};
use crate::manifest::{MASK, SHORTEST, Secrets, may_hold_a_secret};
use crate::yaml::{Route, RouteStep};

/// What is secret in one text.
#[derive(Default)]
struct HeldSecrets {
    lines: BTreeSet<u32>,
    values: BTreeSet<String>,
}

/// Takes secret values out of excerpts, messages and fixes. An excerpt keeps its key.
pub fn hide_held<With>(secrets: &Secrets, texts: &[CheckedText], objects: &[Object], findings: &mut [(Finding, With)]) {
    let names: BTreeMap<&str, usize> = texts.iter().enumerate().map(|(number, text)| (&*text.name, number)).collect();
    let told: BTreeSet<usize> = findings.iter().filter_map(|(finding, _)| names.get(finding.file.as_str()).copied()).collect();
    let mut held: BTreeMap<usize, HeldSecrets> = BTreeMap::new();
    for object in objects.iter().filter(|object| told.contains(&object.text)) {
        let json = object.tree.to_json();
        for route in secrets.routes(&json) {
            let held = held.entry(object.text).or_default();
            held.lines.insert(at::spot(&object.tree, &route).place.line);
            held.values.extend(value(&json, &route).filter(|value| value.len() >= SHORTEST));
        }
    }
    let any_of: BTreeMap<usize, Option<Regex>> = held.iter().map(|(text, held)| (*text, held.any_value())).collect();
    let suspect: BTreeSet<usize> = told.into_iter().filter(|text| may_hold_a_secret(&texts[*text].text)).collect();
    for (finding, _) in findings {
        let Some(number) = names.get(finding.file.as_str()) else { continue };
        if finding.cause == Cause::Unreadable && finding.object.is_none() && suspect.contains(number) {
            MASK.clone_into(&mut finding.excerpt);
        }
        if let Some((before, comment)) = finding.excerpt.split_once('#') {
            finding.excerpt = format!("{before}{}", secrets.masked_comment(&format!("#{comment}")));
        }
        let (Some(held), Some(any)) = (held.get(number), any_of.get(number)) else { continue };
        if held.lines.contains(&finding.line) {
            finding.excerpt = hidden(finding);
        }
        for text in [&mut finding.excerpt, &mut finding.message].into_iter().chain(&mut finding.fix) {
            *text = match any {
                Some(any) => any.replace_all(text, MASK).into_owned(),
                // There is too much of it to look for.
                None => MASK.to_owned(),
            };
        }
    }
}

impl HeldSecrets {
    /// What finds any of the values, the longest first; `None` where they are too many for that.
    fn any_value(&self) -> Option<Regex> {
        let mut values: Vec<String> = self.values.iter().map(|value| regex::escape(value)).collect();
        values.sort_by_key(|value| Reverse(value.len()));
        // No character is neither a blank nor anything else.
        let any = if values.is_empty() { r"[^\s\S]".to_owned() } else { values.join("|") };
        Regex::new(&any).ok()
    }
}

/// A string in an object.
fn value(json: &serde_json::Value, route: &Route) -> Option<String> {
    let found = route.steps().iter().try_fold(json, |json, step| match step {
        RouteStep::Key(key) => json.get(key.as_str()),
        RouteStep::Index(index) => json.get(*index),
    });
    found?.as_str().map(str::to_owned)
}
