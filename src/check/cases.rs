//! The cases of an organisation's checklist: manifests that its items must pass, or fail at.

use jiff::civil::{Date, date};
use serde::Serialize;

use super::compiled::Rules;
use super::context::CheckContext;
use super::engine::check;
use super::intake::WhyNot;
use super::objects::CheckedText;
use super::report::{Cause, Finding, Report};
use crate::checklist::{Case, Checklist, Item, OwnChecklist, Severity};
use crate::notation::NEWEST;
use crate::service::Tier;
use crate::yaml::{Fault, Route};

/// The day on which cases are judged; nothing in them depends on it.
const TODAY: Date = date(2000, 1, 1);

/// What came of the cases of a checklist.
#[derive(Debug, Serialize)]
pub struct CasesRun {
    /// The checklist, with the one that it extends.
    pub checklist: String,
    /// The cases, in their order.
    pub cases: Vec<CaseOutcome>,
    /// The items with a rule that have no cases.
    pub without: Vec<String>,
}

/// What came of a case.
#[derive(Debug, Serialize)]
pub struct CaseOutcome {
    /// The item.
    pub item: String,
    /// The case.
    pub name: String,
    /// Where it stands: file, line and column, with colons between.
    pub place: String,
    /// The tier by which it was judged.
    pub tier: u8,
    /// Why it does not hold, where it does not.
    pub wrong: Option<String>,
}

/// Runs the cases of an organisation's checklist.
///
/// # Errors
/// A rule that cannot be compiled.
pub fn run_cases(own: &OwnChecklist) -> Result<CasesRun, Vec<Fault>> {
    Rules::compile_own(own)?;
    let (mut cases, mut without) = (Vec::new(), Vec::new());
    for (number, own_item) in own.items().iter().enumerate() {
        let Some(item) = own.checklist.item(&own_item.id).filter(|item| item.rule.is_some()) else { continue };
        if own_item.cases.is_empty() {
            without.push(item.id.clone());
            continue;
        }
        // An item by itself, so that all that is counted is its own.
        let alone = Checklist { items: vec![item.clone()], ..own.checklist.clone() };
        let rules = Rules::compile(alone)?;
        let here = Route::root().key("items").index(number).key("cases");
        let outcomes = own_item.cases.iter().enumerate();
        cases.extend(outcomes.map(|(index, case)| outcome(own, &rules, item, case, &here.index(index))));
    }
    Ok(CasesRun { checklist: own.checklist.described(), cases, without })
}

fn outcome(own: &OwnChecklist, rules: &Rules, item: &Item, case: &Case, here: &Route) -> CaseOutcome {
    let asked = |tier: &Tier| item.severity.at(*tier) != Severity::None;
    let tier = case.tier.or(Tier::ALL.into_iter().find(asked)).unwrap_or_default();
    let text = case.pass.as_ref().or(case.fail.as_ref()).cloned().unwrap_or_default();
    let context = CheckContext { tier, kubernetes: NEWEST, whole: false, service: None, waivers: Vec::new(), today: TODAY };
    let report = check(rules, &[CheckedText::new(&case.name, text)], &context);
    let wrong = if asked(&tier) { wrong(case, &report) } else { Some(format!("tier {} does not ask for the item", tier.0)) };
    CaseOutcome { item: item.id.clone(), name: case.name.clone(), place: own.place(here).to_string(), tier: tier.0, wrong }
}

/// Why a case does not hold.
fn wrong(case: &Case, report: &Report) -> Option<String> {
    if let Some(finding) = report.findings.iter().find(|finding| finding.cause != Cause::Failed) {
        let place = if finding.cause == Cause::Unreadable { format!("line {}: ", finding.line) } else { String::new() };
        return Some(format!("{place}{}", finding.message));
    }
    if report.objects == report.not_judged_for(WhyNot::NoItem) {
        return Some("it holds no object of a kind that the item is about".to_owned());
    }
    let shown = |finding: &Finding| format!("at `{}`, line {}: {}", finding.field, finding.line, finding.message);
    if case.pass.is_some() {
        return report.findings.first().map(|finding| format!("it is to pass, and fails {}", shown(finding)));
    }
    let Some(first) = report.findings.first() else {
        let why = if report.not_seen.is_empty() { "passes" } else { "is not judged, as something it refers to is not given" };
        return Some(format!("it is to fail, and {why}"));
    };
    // The field as the report writes it, however the case does.
    let at = case.at.as_deref().and_then(|at| Route::parse(at).ok()).map(|route| route.to_string())?;
    let elsewhere = report.findings.iter().all(|finding| finding.field != at);
    elsewhere.then(|| format!("it is to fail at `{at}`, and fails {}", shown(first)))
}
