//! What is said of the checklist, held against it.

use super::planner::Planner;
use crate::yaml::{self, Fault, Route};

/// Refuses a waiver that names no item of the checklist.
pub fn decide(p: &mut Planner<'_>) {
    for (index, waiver) in p.service.waivers.iter().enumerate() {
        if p.checklist.item(&waiver.item).is_some() {
            continue;
        }
        let known = p.checklist.items.iter().map(|item| item.id.as_str());
        let message = format!("`{}` is no item of {}", waiver.item, p.checklist.id());
        let fault = Fault::new(Route::root().key("waivers").index(index).key("item"), message);
        p.faults.push(match yaml::suggest(&waiver.item, known) {
            Some(id) => fault.hint(format!("did you mean `{id}`?")),
            None => fault,
        });
    }
}
