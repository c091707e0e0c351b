//! What people state of a service.

use jiff::civil::Date;

use super::context::CheckContext;
use super::report::{Attested, AttestedState};
use crate::checklist::{Checklist, KeptBy, Severity};
use crate::service::Service;

/// The state of every item that people state, at the service's tier.
#[must_use]
pub fn of(checklist: &Checklist, service: &Service, context: &CheckContext) -> Vec<Attested> {
    let asked = checklist.items.iter().filter(|item| {
        item.kept_by.contains(&KeptBy::Attest) && item.severity.at(context.tier) != Severity::None && !service.waives(&item.id)
    });
    asked
        .map(|item| {
            let stated = service.attestations.iter().find(|attestation| attestation.item == item.id);
            let overdue = |day: &String| day.parse::<Date>().is_ok_and(|day| day < context.today);
            let state = match stated {
                None => AttestedState::Open,
                Some(stated) if stated.review_by.as_ref().is_some_and(overdue) => AttestedState::Overdue,
                Some(_) => AttestedState::Stated,
            };
            Attested {
                item: item.id.clone(),
                state,
                severity: item.severity.at(context.tier),
                statement: item.statement.clone().unwrap_or_else(|| item.title.en.clone()),
                by: stated.map(|stated| stated.by.clone()),
                on: stated.map(|stated| stated.on.clone()),
                link: stated.and_then(|stated| stated.link.clone()),
                review_by: stated.and_then(|stated| stated.review_by.clone()),
            }
        })
        .collect()
}
