//! How many there are of everything.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{AttestedState, Report, WhyNot};
use crate::checklist::Severity;
use crate::notation::counted;

/// How many there are of everything in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are advice.
    pub advice: usize,
    /// Objects with a finding.
    pub objects_with_findings: usize,
    /// Findings that waivers cover.
    pub waived: usize,
    /// Items that could not be judged for an object.
    pub not_seen: usize,
    /// What was given and not judged, for whatever reason.
    pub not_judged: usize,
    /// Statements that are asked for.
    pub statements: usize,
    /// Statements that nobody has made.
    pub open: usize,
    /// Statements that are past their day.
    pub overdue: usize,
    /// Whether a text could not be read, a rule not be evaluated, or nothing was checked: more may be wrong.
    pub incomplete: bool,
}

impl Summary {
    /// Counts a report.
    pub fn of(report: &Report) -> Self {
        let with_findings: BTreeSet<_> =
            report.findings.iter().filter_map(|finding| Some((&finding.file, finding.object.as_ref()?))).collect();
        let stands = |state| report.attestations.iter().filter(|attested| attested.state == state).count();
        Self {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            advice: report.count(Severity::Advice),
            objects_with_findings: with_findings.len(),
            waived: report.waived.len(),
            not_seen: report.not_seen.len(),
            not_judged: report.not_judged.iter().map(|it| it.count).sum(),
            statements: report.attestations.len(),
            open: stands(AttestedState::Open),
            overdue: stands(AttestedState::Overdue),
            incomplete: report.is_incomplete(),
        }
    }

    /// The findings by severity, such as `3 errors, 1 advice`; none where there is no finding.
    pub fn findings(&self) -> Option<String> {
        let counts = [
            (self.errors > 0).then(|| counted(self.errors, "error")),
            (self.warnings > 0).then(|| counted(self.warnings, "warning")),
            (self.advice > 0).then(|| format!("{} advice", self.advice)),
        ];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        (!counts.is_empty()).then(|| counts.join(", "))
    }

    /// What there is beside findings, such as `4 waived` and `12 not seen`.
    pub fn others(&self) -> Vec<String> {
        let others = [
            (self.waived > 0).then(|| format!("{} waived", self.waived)),
            (self.not_judged > 0).then(|| format!("{} not judged", self.not_judged)),
            (self.not_seen > 0).then(|| format!("{} not seen", self.not_seen)),
            (self.open > 0).then(|| format!("{} of {} open", self.open, counted(self.statements, "statement"))),
            (self.overdue > 0).then(|| format!("{} overdue", counted(self.overdue, "statement"))),
        ];
        others.into_iter().flatten().collect()
    }
}

/// The whole summary on one line.
pub fn line(report: &Report) -> String {
    let summary = Summary::of(report);
    let objects = counted(report.objects, "object");
    let mut parts = vec![match summary.findings() {
        Some(findings) if summary.objects_with_findings > 0 => {
            format!("{findings} in {} of {objects}", summary.objects_with_findings)
        }
        Some(findings) => format!("{findings}, {objects}"),
        None if report.objects == 0 => nothing_checked(report),
        None => format!("no findings: {} held in {objects}", counted(report.passed, "check")),
    }];
    parts.extend(summary.others());
    parts.push(judged_by(report));
    parts.join(" · ")
}

/// What is said where there was no object.
pub fn nothing_checked(report: &Report) -> String {
    format!("nothing was checked: no objects in {}", counted(report.files, "file"))
}

/// What was not judged, one part for each reason: `no item is about Certificate (2)`.
pub fn not_judged(report: &Report, most: usize, shown: impl Fn(&str) -> String) -> Vec<String> {
    let reasons: BTreeSet<WhyNot> = report.not_judged.iter().map(|it| it.why).collect();
    let part = |why: WhyNot| {
        let of_reason = || report.not_judged.iter().filter(move |it| it.why == why);
        let mut kinds: Vec<String> = of_reason().take(most).map(|it| format!("{} ({})", shown(&it.kind), it.count)).collect();
        if of_reason().count() > most {
            kinds.push(format!("{} more kinds", of_reason().count() - most));
        }
        let kinds = kinds.join(", ");
        match why {
            WhyNot::Unreadable => format!("cannot be read as what they are meant for: {kinds}"),
            WhyNot::Template => format!("templates that are not rendered: {kinds}"),
            WhyNot::Refused => format!("refused by Kubernetes, whatever else they hold: {kinds}"),
            WhyNot::NoItem => format!("no item is about {kinds}"),
            WhyNot::Patch => format!("patches: {kinds}"),
            WhyNot::Component => format!("parts of components: {kinds}"),
            WhyNot::Kustomization => format!("kustomizations and what they read: {kinds}"),
            WhyNot::NoObject => format!("no objects of Kubernetes: {kinds}"),
        }
    };
    reasons.into_iter().map(part).collect()
}

/// Whether something was left to kustomize, which builds objects of it.
pub fn is_left_to_kustomize(report: &Report) -> bool {
    [WhyNot::Patch, WhyNot::Component].into_iter().any(|why| report.not_judged_for(why) > 0)
}

/// By what things were judged.
pub fn judged_by(report: &Report) -> String {
    let base = report.extends.as_ref().map(|base| format!(" (extends {base})")).unwrap_or_default();
    format!("{}{base}, tier {}", report.checklist, report.tier)
}
