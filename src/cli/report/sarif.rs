//! SARIF 2.1.0, which code scanning of several hosts reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::clean::{one_line, repository_path};
use super::item_text;
use super::summary::{Summary, not_judged, nothing_checked};
use crate::check::{Cause, Finding, Report, Saying, Waived};
use crate::checklist::{Checklist, Severity};
use crate::cli::{escapes, markdown};
use crate::notation::sha256;
use crate::service::Tier;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The version of how fingerprints are made; a change makes every finding a new one.
const FINGERPRINT: &str = "plimsollFinding/v1";

/// A log with one run, its parts in the order of their fields.
#[derive(Serialize)]
struct Log<'a, Results, Notifications> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [SarifRun<Results, Notifications>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<Results, Notifications> {
    tool: Json,
    invocations: [Invocation<Notifications>; 1],
    original_uri_base_ids: Json,
    column_kind: &'static str,
    results: Results,
    properties: Json,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<Notifications> {
    execution_successful: bool,
    tool_execution_notifications: Notifications,
}

/// A list of which one element at a time is in memory: there may be very many findings.
struct Each<Make>(Make);

impl<Made: Iterator<Item = Json>, Make: Fn() -> Made> Serialize for Each<Make> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// The report as one run.
pub fn write(report: &Report, checklist: &Checklist) -> String {
    let rules = Descriptors::of(report);
    let version = env!("CARGO_PKG_VERSION");
    let run = SarifRun {
        tool: json!({"driver": {
            "name": "plimsoll",
            "version": version,
            "semanticVersion": version,
            "rules": rules.described(report, checklist),
        }}),
        invocations: [Invocation {
            execution_successful: !report.is_incomplete(),
            tool_execution_notifications: Each(|| notifications(report, &rules)),
        }],
        original_uri_base_ids: json!({"%SRCROOT%": {"description": {"text": "The folder in which plimsoll ran."}}}),
        column_kind: "unicodeCodePoints",
        results: Each(|| results(report, &rules)),
        properties: json!({
            "checklist": report.checklist,
            "tier": report.tier,
            "service": report.service,
            "summary": Summary::of(report),
        }),
    };
    escapes::json(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// The items that occur, in the order in which they first do.
struct Descriptors<'a> {
    order: Vec<&'a Finding>,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Descriptors<'a> {
    fn of(report: &'a Report) -> Self {
        let mut rules = Self { order: Vec::new(), index: BTreeMap::new() };
        for finding in report.findings.iter().chain(report.waived.iter().map(|waived| &waived.finding)) {
            rules.index.entry(&finding.item).or_insert_with(|| {
                rules.order.push(finding);
                rules.order.len() - 1
            });
        }
        rules
    }

    fn index(&self, item: &str) -> Option<usize> {
        self.index.get(item).copied()
    }

    fn described(&self, report: &Report, checklist: &Checklist) -> Vec<Json> {
        self.order.iter().map(|finding| rule(finding, report, checklist)).collect()
    }
}

/// What the checklist says of an item; what is no item is described by why there is a finding.
fn rule(finding: &Finding, report: &Report, checklist: &Checklist) -> Json {
    let Some(item) = checklist.item(&finding.item) else {
        let said = || Saying::named(&finding.item).map_or(finding.item.as_str(), |saying| saying.title);
        let text = match finding.cause {
            Cause::Unreadable => "Every text can be read",
            Cause::Waiver => "Every waiver is in force and waives something",
            Cause::Failed | Cause::RuleError | Cause::Refused | Cause::Dropped | Cause::Warned => said(),
        };
        return json!({
            "id": finding.item,
            "shortDescription": {"text": text},
            "defaultConfiguration": {"level": level(finding.severity)},
        });
    };
    let fix = item_text::fix(item, report.tier);
    let sources = item_text::sources(checklist, item);
    let mut text = one_line(&item.why);
    let mut marked = markdown::prose(&text);
    if let Some(fix) = fix {
        _ = write!(text, "\n\nFix: {fix}");
        _ = write!(marked, "\n\n**Fix:** {}", markdown::prose(&fix));
    }
    if !sources.is_empty() {
        let titles: Vec<&str> = sources.iter().map(|(title, _)| title.as_str()).collect();
        let links = sources.iter().map(|(title, url)| match url {
            Some(url) => format!("\n- {}", markdown::link(title, url)),
            None => format!("\n- {}", markdown::text(title)),
        });
        _ = write!(text, "\n\nSources: {}", titles.join("; "));
        _ = write!(marked, "\n\n**Sources:**\n{}", links.collect::<String>());
    }
    json!({
        "id": item.id,
        "shortDescription": {"text": one_line(&item.title.en)},
        "fullDescription": {"text": item_text::asks(item, report.tier)},
        "help": {"text": text, "markdown": marked},
        "defaultConfiguration": {"level": level(item.severity.at(Tier(report.tier)))},
        "properties": {"tags": [item.group]},
    })
}

fn results<'r>(report: &'r Report, rules: &'r Descriptors<'r>) -> impl Iterator<Item = Json> + 'r {
    let mut fingerprints = Fingerprints::default();
    let open = report.findings.iter().map(|finding| (finding, json!([])));
    let waived = report.waived.iter().map(|Waived { finding, reason, owner, expires }| {
        let justification = format!("{reason} ({owner}, until {expires})");
        (finding, json!([{"kind": "external", "status": "accepted", "justification": justification}]))
    });
    let result = move |(finding, suppressions): (&Finding, Json)| {
        json!({
            "ruleId": finding.item,
            "ruleIndex": rules.index(&finding.item),
            "level": level(finding.severity),
            "message": {"text": message(finding)},
            "locations": [location(finding)],
            "partialFingerprints": {FINGERPRINT: fingerprints.next(finding)},
            "suppressions": suppressions,
            "properties": {"cause": finding.cause},
        })
    };
    open.chain(waived).map(result)
}

/// What kept the run from judging everything.
fn notifications<'r>(report: &'r Report, rules: &'r Descriptors<'r>) -> impl Iterator<Item = Json> + 'r {
    let incomplete = report.findings.iter().filter(|finding| matches!(finding.cause, Cause::Unreadable | Cause::RuleError));
    let notification = move |finding: &Finding| {
        json!({
            "level": "error",
            "message": {"text": sentence(&finding.message)},
            "locations": [location(finding)],
            "associatedRule": {"id": finding.item, "index": rules.index(&finding.item)},
        })
    };
    let nothing = (report.objects == 0).then(|| json!({"level": "error", "message": {"text": nothing_checked(report)}}));
    let left = not_judged(report, usize::MAX, str::to_owned)
        .into_iter()
        .map(|part| json!({"level": "note", "message": {"text": sentence(&format!("Not judged: {part}"))}}));
    incomplete.map(notification).chain(nothing).chain(left)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
        Severity::None => "none",
    }
}

/// What is wrong, where it is in the object, and the way out.
fn message(finding: &Finding) -> String {
    let mut text = sentence(&finding.message);
    if !finding.field.is_empty() {
        let word = if finding.missing { "Missing" } else { "Field" };
        _ = write!(text, "\n{word}: {}", plain(&finding.field));
    }
    if let Some(fix) = &finding.fix {
        _ = write!(text, "\nFix: {}", plain(fix));
    }
    text
}

/// Viewers show the first sentence alone where there is little room.
fn sentence(text: &str) -> String {
    let text = plain(text);
    if text.ends_with(['.', '!', '?', ':']) { text } else { text + "." }
}

/// A message in which nothing reads as a link, which SARIF has in plain text too.
fn plain(text: &str) -> String {
    one_line(text).replace("](", "] (")
}

fn location(finding: &Finding) -> Json {
    let mut physical = json!({
        "artifactLocation": artifact(&finding.file),
        "region": {"startLine": finding.line.max(1), "startColumn": finding.column.max(1)},
    });
    if !finding.excerpt.is_empty() {
        let mut context = json!({"startLine": finding.line.max(1)});
        if finding.excerpt_from > 1 {
            context["startColumn"] = finding.excerpt_from.into();
        }
        context["snippet"] = json!({"text": finding.excerpt});
        physical["contextRegion"] = context;
    }
    let mut location = json!({"physicalLocation": physical});
    let logical = logical(finding);
    if !logical.is_empty() {
        location["logicalLocations"] = Json::Array(logical);
    }
    location
}

/// The object, and the field in it.
fn logical(finding: &Finding) -> Vec<Json> {
    let Finding { object, field, .. } = finding;
    let object = object.as_deref();
    let resource =
        object.map(|object| json!({"kind": "resource", "name": object.rsplit('/').next(), "fullyQualifiedName": object}));
    let property = (!field.is_empty()).then(|| {
        let whole = object.map_or_else(|| field.clone(), |object| format!("{object}#{field}"));
        json!({"kind": "property", "name": field, "fullyQualifiedName": whole})
    });
    resource.into_iter().chain(property).collect()
}

/// Where a file is, as a URI: below the folder in which the check ran, unless its path is absolute.
fn artifact(file: &str) -> Json {
    let path = repository_path(file);
    if path.starts_with('/') {
        return json!({"uri": format!("file://{}", encoded(path))});
    }
    json!({"uri": encoded(path), "uriBaseId": "%SRCROOT%"})
}

/// A path with everything percent-encoded that is not the same in every part of a URI.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}

/// What findings are known by from one run to the next, whatever their lines and files.
#[derive(Default)]
struct Fingerprints {
    seen: BTreeMap<String, usize>,
}

impl Fingerprints {
    /// The fingerprint of a finding; one that is like others before it is told apart by its number.
    fn next(&mut self, finding: &Finding) -> String {
        let object = finding.object.as_ref().unwrap_or(&finding.file);
        let plain = sha256(&[finding.item.as_str(), object, &finding.field]);
        let before = self.seen.entry(plain.clone()).or_default();
        *before += 1;
        if *before == 1 { plain } else { sha256(&[plain, before.to_string()]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(encoded("k8s/100%,a:b#c?/결제 .yaml"), "k8s/100%25%2Ca%3Ab%23c%3F/%EA%B2%B0%EC%A0%9C%20.yaml");
        assert_eq!(artifact("./a.yaml"), json!({"uri": "a.yaml", "uriBaseId": "%SRCROOT%"}));
        assert_eq!(artifact("/tmp/a b"), json!({"uri": "file:///tmp/a%20b"}));
    }

    #[test]
    fn messages_are_sentences_without_links() {
        assert_eq!(sentence("see [a](http://b)"), "see [a] (http://b).");
    }
}
