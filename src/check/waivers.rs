//! Waivers: findings that a service may have, for a stated reason and time.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{ToSpan as _, Unit};

use super::excerpt::Excerpt;
use super::kubernetes::Saying;
use super::objects::CheckedText;
use super::report::{Cause, Finding, Waived};
use crate::checklist::{Checklist, Severity};
use crate::service::Waiver;
use crate::yaml::{Node, Place, Route, suggest};

/// A waiver and where it stands.
#[derive(Clone, Debug)]
pub struct PlacedWaiver {
    /// The waiver.
    pub waiver: Waiver,
    /// The file it stands in.
    pub file: Arc<str>,
    /// Where in the file.
    pub place: Place,
    /// What its line shows.
    pub excerpt: Excerpt,
}

impl PlacedWaiver {
    /// Waivers with their places in a file; `root` is its tree, in which they stand under `waivers`.
    #[must_use]
    pub fn all(waivers: &[Waiver], name: &str, text: &str, root: &Node) -> Vec<Self> {
        let file: Arc<str> = name.into();
        let source = CheckedText::new(name, text.to_owned());
        let list = Route::root().key("waivers");
        let place = |(index, waiver): (usize, &Waiver)| {
            let (place, _) = root.locate(&list.index(index));
            let excerpt = Excerpt::of(&source, place);
            Self { waiver: waiver.clone(), file: Arc::clone(&file), place, excerpt }
        };
        waivers.iter().enumerate().map(place).collect()
    }
}

/// Takes out of the findings what is waived, and adds what is wrong with the waivers themselves.
/// `containers` names, for each finding, the container that its field belongs to.
#[must_use]
pub fn apply(
    checklist: &Checklist,
    waivers: &[PlacedWaiver],
    today: Date,
    findings: Vec<(Finding, Option<String>)>,
) -> (Vec<Finding>, Vec<Waived>) {
    let (mut open, mut waived) = (Vec::new(), Vec::new());
    let states: Vec<State> = waivers.iter().map(|placed| State::of(checklist, &placed.waiver, today)).collect();
    let mut used = vec![false; waivers.len()];
    for (finding, container) in findings {
        let covering = waivers.iter().position(|placed| covers(&placed.waiver, &finding, container.as_deref()));
        let Some(index) = covering.filter(|_| is_waivable(finding.cause)) else {
            open.push(finding);
            continue;
        };
        if let Some(used) = used.get_mut(index) {
            *used = true;
        }
        match (waivers.get(index), states.get(index)) {
            (Some(PlacedWaiver { waiver, .. }), Some(State::Good | State::EndsSoon(_))) => waived.push(Waived {
                finding,
                reason: waiver.reason.clone(),
                owner: waiver.owner.clone(),
                expires: waiver.expires.clone(),
            }),
            _ => open.push(finding),
        }
    }
    for ((placed, state), used) in waivers.iter().zip(&states).zip(used) {
        open.extend(state.finding(placed, used));
    }
    (open, waived)
}

fn is_waivable(cause: Cause) -> bool {
    matches!(cause, Cause::Failed | Cause::Dropped | Cause::Warned)
}

fn covers(waiver: &Waiver, finding: &Finding, container: Option<&str>) -> bool {
    let names_object = |wanted: &String| {
        finding.object.as_deref().is_some_and(|object| object == wanted || object.rsplit('/').next() == Some(wanted))
    };
    waiver.item == finding.item
        && waiver.object.as_ref().is_none_or(names_object)
        && waiver.container.as_deref().is_none_or(|wanted| container == Some(wanted))
}

/// What can be said of a waiver whatever it covers.
#[derive(Debug, PartialEq)]
enum State {
    Good,
    EndsSoon(Date),
    Ended(Date),
    TooLong(i32),
    NotWaivable,
    Unknown(Option<String>),
}

impl State {
    fn of(checklist: &Checklist, waiver: &Waiver, today: Date) -> Self {
        let said = Saying::named(&waiver.item).map(|saying| saying.waivable);
        match checklist.item(&waiver.item).map(|item| item.waivable).or(said) {
            Some(true) => {}
            Some(false) => return Self::NotWaivable,
            None => {
                let near = suggest(&waiver.item, checklist.items.iter().map(|item| item.id.as_str()));
                return Self::Unknown(near.map(str::to_owned));
            }
        }
        // The schema has seen to it that the day is one.
        let Ok(end) = waiver.expires.parse::<Date>() else { return Self::Ended(today) };
        let terms = &checklist.waivers;
        let longest = today.checked_add(terms.longest_months.months()).unwrap_or(Date::MAX);
        if end < today {
            Self::Ended(end)
        } else if end > longest {
            Self::TooLong(terms.longest_months)
        } else if today.until((Unit::Day, end)).is_ok_and(|left| left.get_days() <= terms.warn_days) {
            Self::EndsSoon(end)
        } else {
            Self::Good
        }
    }

    fn finding(&self, placed: &PlacedWaiver, used: bool) -> Option<Finding> {
        let item = &placed.waiver.item;
        let (severity, message, fix) = match self {
            Self::Good if used => return None,
            Self::Good => (Severity::Warning, format!("the waiver of `{item}` waives nothing"), "take it out".to_owned()),
            Self::EndsSoon(end) if used => {
                (Severity::Warning, format!("the waiver of `{item}` ends on {end}"), "keep the item by then".to_owned())
            }
            Self::EndsSoon(end) => {
                (Severity::Warning, format!("the waiver of `{item}` waives nothing, and ends on {end}"), "take it out".to_owned())
            }
            Self::Ended(end) => (
                Severity::Error,
                format!("the waiver of `{item}` ended on {end}"),
                "keep the item, or agree on a new end".to_owned(),
            ),
            Self::TooLong(months) => (
                Severity::Error,
                format!("the waiver of `{item}` ends more than {months} months ahead"),
                "choose an earlier end".to_owned(),
            ),
            Self::NotWaivable => {
                (Severity::Error, format!("`{item}` cannot be waived"), "take the waiver out, and keep the item".to_owned())
            }
            Self::Unknown(near) => {
                let fix = near.as_ref().map_or("take it out".to_owned(), |near| format!("did you mean `{near}`?"));
                (Severity::Error, format!("the waiver names `{item}`, which is no item of the checklist"), fix)
            }
        };
        Some(Finding {
            item: item.clone(),
            cause: Cause::Waiver,
            limit: None,
            severity,
            message,
            fix: Some(fix),
            object: None,
            file: placed.file.to_string(),
            line: placed.place.line,
            column: placed.place.column,
            field: "waivers".to_owned(),
            missing: false,
            excerpt: placed.excerpt.text.clone(),
            excerpt_from: placed.excerpt.from,
        })
    }
}
