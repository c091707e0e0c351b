//! The service file that manifests ask for.

use serde_json::{Map, Value as Json};

use super::draft::{Draft, FoundField};
use super::draft_judge::{DraftJudge, Refused};
use super::family::Family;
use super::readers::{self, AdoptReader};
use crate::notation::shell_word;
use crate::service::{self, Answers, Service};
use crate::yaml::{Fault, Route, Source, shape};

/// A service file, and how it came about.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What the objects say and the person answered, together.
    pub answers: Answers,
    /// The text of the service file.
    pub text: String,
    /// What the objects say, each with its place there, in the order of the service file.
    pub found: Vec<FoundField>,
    /// What the objects have and the checklist, or the service file, does not allow.
    pub refused: Vec<Refused>,
    /// What is still wrong: answers that only a person can give.
    pub missing: Vec<Fault>,
}

/// Proposes a service file for a workload and what belongs to it.
///
/// # Errors
/// The Deployment has no container.
pub fn propose(family: &Family<'_>, judge: DraftJudge<'_>) -> Result<Proposal, Vec<Fault>> {
    let container = family.container(&judge.contract.defaults.image.container).map_err(|fault| vec![fault])?;
    let pod = family.pod().unwrap_or_else(|| container.clone());
    let tier = service::load(judge.given, None).service.tier.unwrap_or_default();
    let mut reader = AdoptReader { family, pod, container, judge, tier, draft: Draft::default() };
    readers::read(&mut reader);
    let mut draft = reader.draft;
    let (refused, _) = judge.settle(&mut draft);
    judge.drop_defaults(&mut draft);
    let answers = judge.answers(&draft);
    let planned = judge.plan(&draft);
    let text = match &planned {
        Ok((service, _)) => text_of(service)?,
        Err(_) => unfinished(&answers),
    };
    let routes = draft.built().1;
    let found = draft.found().iter().zip(routes).map(|(found, field)| FoundField { field, ..found.clone() }).collect();
    let missing = planned.err().unwrap_or_default().into_iter().map(|fault| asked(fault, &draft)).collect();
    Ok(Proposal { answers, text, found, refused, missing })
}

/// A fault of what is proposed, with the place where that was read, and the flag that answers it.
fn asked(mut fault: Fault, draft: &Draft) -> Fault {
    let routes = draft.built().1;
    let origin = draft
        .found()
        .iter()
        .zip(&routes)
        .find(|(_, route)| fault.route.contains(route))
        .and_then(|(found, _)| found.origin.clone());
    if matches!(&fault.source, Some(Source::File(name, _)) if **name == *service::FILE) {
        fault.source = origin.map(|origin| Source::File(origin.file, origin.place));
    }
    let flag = format!("answer it with --set {}=…", shell_word(&fault.route.to_string()));
    let hint = fault.hint.take().map_or_else(|| flag.clone(), |hint| format!("{hint}; {flag}"));
    fault.hint(hint)
}

fn text_of(service: &Service) -> Result<String, Vec<Fault>> {
    service::text(service).map_err(|error| vec![Fault::new(Route::root(), format!("cannot be written: {error}"))])
}

/// A service file that lacks answers, its fields in the usual order.
fn unfinished(answers: &Answers) -> String {
    let mut fields = answers.merged().0.to_json();
    order(&mut fields, &Route::root());
    let name = fields["name"].as_str().unwrap_or_default().to_owned();
    service::text_of(&name, &fields)
}

fn order(fields: &mut Json, here: &Route) {
    let known = shape::at(service::schema(), here).and_then(|schema| schema["properties"].as_object());
    match fields {
        Json::Object(map) => {
            let mut left = std::mem::take(map);
            let mut ordered = Map::new();
            for key in known.into_iter().flat_map(Map::keys) {
                ordered.extend(left.shift_remove(key).map(|value| (key.clone(), value)));
            }
            ordered.extend(left);
            *map = ordered;
            map.iter_mut().for_each(|(key, value)| order(value, &here.key(key.as_str())));
        }
        Json::Array(list) => list.iter_mut().for_each(|value| order(value, &here.index(0))),
        _ => {}
    }
}
