//! `JUnit` XML: a suite for each file, a test case for each item and object with something wrong.
//!
//! Advice never fails a check, and so no test case; a file with nothing wrong is one that passed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::excerpt::ShownLine;
use super::summary::{judged_by, not_judged, nothing_checked};
use crate::check::{Cause, Finding, Report, Waived};
use crate::checklist::{Checklist, Severity};
use crate::cli::escapes::{xml, xml_attribute};

/// What is wrong with an object by an item.
#[derive(Default)]
struct TestCase<'a> {
    item: &'a str,
    object: Option<&'a str>,
    findings: Vec<&'a Finding>,
    waived: Vec<&'a Waived>,
}

/// The cases of a file.
struct Suite<'a> {
    file: &'a str,
    cases: Vec<TestCase<'a>>,
}

/// How many cases ended in a way.
#[derive(Clone, Copy, Default)]
struct CaseCounts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// All suites as one document.
pub fn write(report: &Report, checklist: &Checklist) -> String {
    let mut counts = CaseCounts::default();
    let mut body = String::new();
    for suite in suites(report) {
        let (text, of_suite) = suite.text(checklist);
        body += &text;
        counts.add(of_suite);
    }
    let (text, of_rest) = rest(report);
    body += &text;
    counts.add(of_rest);
    let name = xml_attribute(&format!("plimsoll: {}", judged_by(report)));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {}>\n{body}</testsuites>\n",
        counts.attributes()
    )
}

/// What no file stands for: that there was nothing to check, and what was not judged.
fn rest(report: &Report) -> (String, CaseCounts) {
    let case = |name: &str, outcome: String| {
        let name = xml_attribute(name);
        format!("    <testcase name=\"{name}\" classname=\"plimsoll\" time=\"0\">\n      {outcome}\n    </testcase>\n")
    };
    let (mut counts, mut body) = (CaseCounts::default(), String::new());
    if report.objects == 0 && report.findings.is_empty() {
        counts.add(CaseCounts { tests: 1, errors: 1, ..CaseCounts::default() });
        body += &case("objects", format!("<error message=\"{}\" type=\"error\"/>", xml_attribute(&nothing_checked(report))));
    }
    for part in not_judged(report, usize::MAX, str::to_owned) {
        counts.add(CaseCounts { tests: 1, skipped: 1, ..CaseCounts::default() });
        let told = format!("not judged: {part}");
        body += &case(&told, format!("<skipped message=\"{}\"/>", xml_attribute(&told)));
    }
    if body.is_empty() {
        return (body, counts);
    }
    (format!("  <testsuite name=\"plimsoll\" {}>\n{body}  </testsuite>\n", counts.attributes()), counts)
}

/// The suites in the order of the texts.
fn suites(report: &Report) -> Vec<Suite<'_>> {
    let mut suites = Suites::default();
    for file in &report.texts {
        suites.of(file);
    }
    for finding in &report.findings {
        suites.case(finding).findings.push(finding);
    }
    for waived in &report.waived {
        suites.case(&waived.finding).waived.push(waived);
    }
    suites.order
}

/// Suites as they are filled.
#[derive(Default)]
struct Suites<'a> {
    order: Vec<Suite<'a>>,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Suites<'a> {
    fn of(&mut self, file: &'a str) -> &mut Suite<'a> {
        let at = *self.index.entry(file).or_insert(self.order.len());
        if at == self.order.len() {
            self.order.push(Suite { file, cases: Vec::new() });
        }
        &mut self.order[at]
    }

    /// The case to which a finding belongs.
    fn case(&mut self, finding: &'a Finding) -> &mut TestCase<'a> {
        let cases = &mut self.of(&finding.file).cases;
        let object = finding.object.as_deref();
        let at = cases.iter().position(|case| case.item == finding.item && case.object == object).unwrap_or(cases.len());
        if at == cases.len() {
            cases.push(TestCase { item: &finding.item, object, ..TestCase::default() });
        }
        &mut cases[at]
    }
}

impl Suite<'_> {
    fn text(&self, checklist: &Checklist) -> (String, CaseCounts) {
        let file = xml_attribute(self.file);
        let mut counts = CaseCounts::default();
        let mut body = String::new();
        for case in &self.cases {
            counts.add(case.counts());
            body += &case.text(&file, checklist);
        }
        if self.cases.is_empty() {
            counts.tests = 1;
            _ = writeln!(body, "    <testcase name=\"no findings\" classname=\"{file}\" time=\"0\"/>");
        }
        let head = format!("  <testsuite name=\"{file}\" {}>\n", counts.attributes());
        (format!("{head}{body}  </testsuite>\n"), counts)
    }
}

impl TestCase<'_> {
    /// The highest severity among the findings.
    fn severity(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::None)
    }

    fn is_error(&self) -> bool {
        self.findings.iter().any(|finding| matches!(finding.cause, Cause::RuleError | Cause::Unreadable))
    }

    fn fails(&self) -> bool {
        self.severity() >= Severity::Warning
    }

    fn counts(&self) -> CaseCounts {
        CaseCounts {
            tests: 1,
            failures: usize::from(self.fails() && !self.is_error()),
            errors: usize::from(self.fails() && self.is_error()),
            skipped: usize::from(self.findings.is_empty()),
        }
    }

    fn text(&self, file: &str, checklist: &Checklist) -> String {
        let name = match self.object {
            Some(object) => format!("{}: {object}", self.item),
            None => self.item.to_owned(),
        };
        let outcome = match self.findings.first() {
            Some(first) if self.fails() => {
                let element = if self.is_error() { "error" } else { "failure" };
                let (message, severity) = (xml_attribute(&first.message), self.severity().word());
                let body = xml(&self.body(checklist));
                format!("<{element} message=\"{message}\" type=\"{severity}\">{body}</{element}>")
            }
            Some(_) => format!("<system-out>{}</system-out>", xml(&self.body(checklist))),
            None => {
                let terms: Vec<String> = self.waived.iter().map(|waived| terms(waived)).collect();
                format!("<skipped message=\"{}\"/>", xml_attribute(&terms.join("; ")))
            }
        };
        let name = xml_attribute(&name);
        format!("    <testcase name=\"{name}\" classname=\"{file}\" time=\"0\">\n      {outcome}\n    </testcase>\n")
    }

    /// All that is wrong, why it matters, and what else is waived.
    fn body(&self, checklist: &Checklist) -> String {
        let mut lines = Vec::new();
        for finding in &self.findings {
            let Finding { severity, message, file, line, column, field, .. } = finding;
            lines.push(format!("{file}:{line}:{column}: {}: {message}", severity.word()));
            if !field.is_empty() {
                lines.push(format!("{}: {field}", if finding.missing { "missing" } else { "field" }));
            }
            if !finding.excerpt.trim().is_empty() {
                lines.push(format!("{line} | {}", ShownLine::of_finding(finding).text));
            }
            lines.extend(finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
        }
        let failed = self.findings.iter().any(|finding| finding.cause == Cause::Failed);
        lines.extend(
            checklist.item(self.item).filter(|item| failed && !item.why.is_empty()).map(|item| format!("why: {}", item.why)),
        );
        lines.extend(self.waived.iter().map(|waived| terms(waived)));
        lines.join("\n")
    }
}

fn terms(waived: &Waived) -> String {
    let Waived { finding, reason, owner, expires } = waived;
    format!("{}; waived by {owner} until {expires}: {reason}", finding.message)
}

impl CaseCounts {
    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
    }

    fn attributes(self) -> String {
        let Self { tests, failures, errors, skipped } = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\"")
    }
}
