//! What a check found.

use schemars::JsonSchema;
use serde::Serialize;

use super::intake::{NotJudged, WhyNot};
use crate::checklist::Severity;
use crate::limits::Limit;

/// What a check found. The JSON report has this shape.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The checklist, by name and version.
    pub checklist: String,
    /// The shipped checklist that it extends, where it is an organisation's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// The tier by which things were judged.
    pub tier: u8,
    /// The service, where one was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How many texts were read.
    pub files: usize,
    /// What the texts are called, in their order.
    pub texts: Vec<String>,
    /// How many objects were found in them.
    pub objects: usize,
    /// What was given and not judged, by reason and kind.
    pub not_judged: Vec<NotJudged>,
    /// How many times an item held.
    pub passed: usize,
    /// What is wrong, in the order of the texts.
    pub findings: Vec<Finding>,
    /// What is wrong and waived.
    pub waived: Vec<Waived>,
    /// What could not be judged because something that is only referred to was not given.
    pub not_seen: Vec<NotSeen>,
    /// What people state of the service.
    pub attestations: Vec<Attested>,
}

impl Report {
    /// How many findings there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// How much was not judged for a reason.
    #[must_use]
    pub fn not_judged_for(&self, why: WhyNot) -> usize {
        self.not_judged.iter().filter(|it| it.why == why).map(|it| it.count).sum()
    }

    /// Whether something was not judged that should have been: a text could not be read, a rule could not be
    /// evaluated, or there was no object at all.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.objects == 0 || self.findings.iter().any(|finding| matches!(finding.cause, Cause::Unreadable | Cause::RuleError))
    }

    /// The statements that are open or past their day.
    pub fn open_attestations(&self) -> impl Iterator<Item = &Attested> {
        self.attestations.iter().filter(|attested| attested.state != AttestedState::Stated)
    }
}

/// Why there is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The item does not hold.
    Failed,
    /// The item's rule could not be evaluated: a fault of the checklist.
    RuleError,
    /// A text is not what a cluster could read.
    Unreadable,
    /// A waiver is past its end, about to end, or waives nothing.
    Waiver,
    /// Kubernetes refuses the object; it is judged by nothing else.
    Refused,
    /// Kubernetes takes the object, and drops the field without a word.
    Dropped,
    /// Kubernetes takes the object, and warns.
    Warned,
}

/// One thing that is wrong, with its place and the way out.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The item; for a text that cannot be read, a waiver or what Kubernetes itself says, a word for what is wrong.
    pub item: String,
    /// Why there is a finding.
    pub cause: Cause,
    /// The limit that was hit, where something is too big rather than wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// How severe it is.
    pub severity: Severity,
    /// What is wrong, without a full stop.
    pub message: String,
    /// The edit that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The object, as Kind/name with its namespace where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The text it stands in.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The field.
    pub field: String,
    /// Whether the field is missing; the place is then that of what is around it.
    pub missing: bool,
    /// The line's text; of a very long line the part around the column. A value that a sensitive item
    /// reports is not in it.
    pub excerpt: String,
    /// The column at which the excerpt starts, where that is not the first one.
    #[serde(default = "first_column", skip_serializing_if = "is_first_column")]
    pub excerpt_from: u32,
}

fn first_column() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_first_column(column: &u32) -> bool {
    *column == 1
}

/// A finding that a waiver covers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Waived {
    /// What would be wrong.
    pub finding: Finding,
    /// Why it is waived.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The day on which the waiver ends.
    pub expires: String,
}

/// An item that could not be judged for an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NotSeen {
    /// The item.
    pub item: String,
    /// The object.
    pub object: String,
    /// The text it stands in.
    pub file: String,
}

/// What people state of an item.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Attested {
    /// The item.
    pub item: String,
    /// Whether it is stated.
    pub state: AttestedState,
    /// How severe it is where it is not.
    pub severity: Severity,
    /// What is to be stated.
    pub statement: String,
    /// Who states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The day on which it was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Where the evidence is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The day by which it must be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
}

/// Whether something is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttestedState {
    /// Stated, and not past its day.
    Stated,
    /// Stated by nobody.
    Open,
    /// Stated, and to be looked at again.
    Overdue,
}
