//! The engine: every rule over every object.

use rayon::prelude::*;

use super::attestations;
use super::compiled::{Body, CompiledItem, Rules};
use super::context::CheckContext;
use super::excerpt::{Excerpt, hide_secrets};
use super::held::hide_held;
use super::intake::{self, SortedTexts, Tally, WhyNot};
use super::kubernetes::Saying;
use super::objects::{self, Account, CheckedText, Object};
use super::related::{Relations, relate};
use super::report::{Cause, Finding, NotSeen, Report};
use super::rule::{Failure, Scope, Spot, Tree, Verdict, evaluate, text, truth};
use super::waivers;
use super::{at, builtin};
use crate::checklist::Severity;
use crate::limits::Limit;
use crate::manifest::{ApiFault, Reaction, Secrets};
use crate::yaml::{Fault, Place, Route, Source};

/// What findings about texts and objects that no cluster could read name in place of an item.
const UNREADABLE: &str = "readable";

/// What came of an object.
#[derive(Default)]
struct Judged {
    findings: Vec<(Finding, Option<String>)>,
    not_seen: Vec<NotSeen>,
    passed: usize,
    /// What it cost.
    cost: usize,
}

/// How many objects are judged before what came of them is counted.
const AT_ONCE: usize = 64;
/// What judging an object may cost, however many there are.
const COST_OF_EACH: usize = 200_000;

/// Checks texts together: objects that belong to each other may stand in any of them.
#[must_use]
pub fn check(rules: &Rules, texts: &[CheckedText], context: &CheckContext) -> Report {
    let account = Account::default();
    let parsed: Vec<objects::Parsed> = texts.par_iter().map(|text| objects::parse(text, &account)).collect();
    let mut findings: Vec<(Finding, Option<String>)> = Vec::new();
    let SortedTexts { parsed, faults, mut tally } = intake::sort(texts, parsed);
    findings.extend(faults.iter().map(|(text, fault)| (unreadable(fault, &texts[*text]), None)));
    let mut first = 0;
    let numbered: Vec<(usize, usize, objects::Parsed)> = parsed
        .into_iter()
        .enumerate()
        .map(|(number, parsed)| {
            let from = first;
            first += parsed.count();
            (number, from, parsed)
        })
        .collect();
    let (objects, relations) = if let Some(limit) = account.refused(texts) {
        (Vec::new(), Err(limit))
    } else {
        let version = context.whole.then_some(context.kubernetes);
        let objects: Vec<Object> =
            numbered.into_par_iter().flat_map_iter(|(number, from, parsed)| parsed.objects(number, from, version)).collect();
        let relations = relate(&objects);
        (objects, relations)
    };
    let mut judged = Judged::default();
    let refused = match &relations {
        Ok(relations) => {
            let engine = Engine { rules, texts, objects: &objects, relations, context, service: service_tree(context) };
            engine.judge_all(&mut judged)
        }
        Err(limit) => Some(*limit),
    };
    if let (Some(limit), Some(text)) = (refused, texts.first()) {
        findings.push((unreadable(&Fault::beyond(limit), text), None));
    }
    findings.extend(judged.findings);

    count_unknown(rules, &objects, &mut tally);
    let mut report = Report {
        checklist: rules.checklist.id(),
        extends: rules.checklist.extends.clone(),
        tier: context.tier.0,
        service: context.service.as_ref().map(|service| service.name.clone()),
        files: texts.len(),
        texts: texts.iter().map(|text| text.name.to_string()).collect(),
        objects: objects.len(),
        not_judged: tally.list(),
        passed: judged.passed,
        not_seen: judged.not_seen,
        ..Report::default()
    };
    let order = |(finding, _): &(Finding, Option<String>)| {
        (finding.file.clone(), finding.line, finding.column, finding.item.clone(), finding.message.clone())
    };
    findings.sort_by_cached_key(order);
    // Several missing fields of one parent are one thing to mend.
    findings.dedup_by(|one, other| {
        order(one) == order(other) && (one.0.field == other.0.field || (one.0.missing && other.0.missing))
    });
    hide_secrets(&rules.checklist, &mut findings);
    hide_held(&Secrets::of(&rules.checklist), texts, &objects, &mut findings);
    (report.findings, report.waived) = waivers::apply(&rules.checklist, &context.waivers, context.today, findings);
    if let Some(service) = &context.service {
        report.attestations = attestations::of(&rules.checklist, service, context);
    }
    report
}

fn service_tree(context: &CheckContext) -> Tree {
    let name = context.service.as_ref().map(|service| service.name.clone()).unwrap_or_default();
    Tree::from_json(&serde_json::json!({"tier": context.tier.0, "kubernetes": context.kubernetes.to_string(), "name": name}))
}

fn unreadable(fault: &Fault, text: &CheckedText) -> Finding {
    let place = match &fault.source {
        Some(Source::File(_, place)) => *place,
        _ => Place { line: 1, column: 1 },
    };
    let excerpt = Excerpt::of(text, place);
    Finding {
        item: UNREADABLE.to_owned(),
        cause: Cause::Unreadable,
        limit: fault.limit,
        severity: Severity::Error,
        message: fault.message.clone(),
        fix: fault.hint.clone(),
        object: None,
        file: text.name.to_string(),
        line: place.line,
        column: place.column,
        field: fault.route.to_string(),
        missing: false,
        excerpt: excerpt.text,
        excerpt_from: excerpt.from,
    }
}

/// About how many bytes a finding takes.
fn size(finding: &Finding) -> usize {
    let texts = [&finding.item, &finding.message, &finding.file, &finding.field, &finding.excerpt];
    let optional = [&finding.fix, &finding.object].into_iter().flatten();
    size_of::<Finding>() + texts.into_iter().chain(optional).map(String::len).sum::<usize>()
}

/// Counts the objects that no item judges: those of kinds that none is about in particular, and those that
/// Kubernetes refuses.
fn count_unknown(rules: &Rules, objects: &[Object], tally: &mut Tally) {
    for object in objects {
        if !object.id.known_kind().is_some_and(|kind| rules.knows(kind)) {
            tally.add(WhyNot::NoItem, object.id.full_kind(), 1);
        } else if object.said.iter().any(|fault| fault.reaction == Reaction::Refused) {
            tally.add(WhyNot::Refused, object.id.full_kind(), 1);
        }
    }
}

struct Engine<'a> {
    rules: &'a Rules,
    texts: &'a [CheckedText],
    objects: &'a [Object],
    relations: &'a Relations,
    context: &'a CheckContext,
    service: Tree,
}

impl Engine<'_> {
    /// Judges all objects; the limit that stopped it, where one did.
    fn judge_all(&self, all: &mut Judged) -> Option<Limit> {
        let mut bytes = 0;
        let mut left = Limit::RunCost.most().saturating_add(self.objects.len().saturating_mul(COST_OF_EACH));
        for from in (0..self.objects.len()).step_by(AT_ONCE) {
            let to = self.objects.len().min(from + AT_ONCE);
            let judged: Vec<Judged> = (from..to).into_par_iter().map(|number| self.judge(number, left / AT_ONCE)).collect();
            for judged in judged {
                left = left.saturating_sub(judged.cost);
                bytes += judged.findings.iter().map(|(finding, _)| size(finding)).sum::<usize>();
                all.findings.extend(judged.findings);
                all.not_seen.extend(judged.not_seen);
                all.passed += judged.passed;
                all.cost += judged.cost;
            }
            if to == self.objects.len() {
                break;
            }
            if bytes > Limit::FindingsBytes.most() {
                return Some(Limit::FindingsBytes);
            }
            // What is left must do for each of the next ones.
            if left < AT_ONCE * COST_OF_EACH {
                return Some(Limit::RunCost);
            }
        }
        None
    }

    fn judge(&self, number: usize, most: usize) -> Judged {
        let mut judged = Judged::default();
        let Some(object) = self.objects.get(number) else { return judged };
        let related = self.relations.of(number, self.objects);
        judged.findings.extend(object.said.iter().map(|fault| self.said(fault, object)));
        if object.said.iter().any(|fault| fault.reaction == Reaction::Refused) {
            return judged;
        }
        let scope = Scope::within(most, object.tree.clone(), related, self.service.clone(), &self.rules.variables);
        for compiled in self.rules.about(object.id.known_kind()) {
            let severity = self.rules.severity(compiled, self.context.tier);
            if severity == Severity::None {
                continue;
            }
            let scope = scope.with_params(self.rules.params(compiled, self.context.tier));
            self.judge_item(compiled, severity, object, &scope, &mut judged);
        }
        judged.cost = scope.spent();
        judged
    }

    /// What Kubernetes says of an object.
    fn said(&self, fault: &ApiFault, object: &Object) -> (Finding, Option<String>) {
        let saying = Saying::of(fault.reaction);
        let field = fault.route.to_string();
        let subject = if field.is_empty() { "this object".to_owned() } else { format!("`{field}`") };
        let excerpt = self.excerpt(object.text, fault.place);
        let finding = Finding {
            item: saying.item.to_owned(),
            cause: saying.cause,
            limit: None,
            severity: saying.severity,
            message: format!("{subject} {}", fault.message),
            fix: None,
            object: Some(object.label()),
            file: self.file(object.text).to_owned(),
            line: fault.place.line,
            column: fault.place.column,
            field,
            missing: fault.missing,
            excerpt: excerpt.text,
            excerpt_from: excerpt.from,
        };
        (finding, at::container(&object.tree, &fault.route))
    }

    fn judge_item(&self, compiled: &CompiledItem, severity: Severity, object: &Object, scope: &Scope<'_>, judged: &mut Judged) {
        let asked = |expression: &Option<_>| expression.as_ref().map_or(Ok(true), |expression| truth(expression, scope));
        match asked(&compiled.when) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return judged.findings.push((self.rule_error(compiled, object, &error), None)),
        }
        match asked(&compiled.seen) {
            Ok(true) => {}
            Ok(false) => {
                let file = self.file(object.text).to_owned();
                return judged.not_seen.push(NotSeen { item: self.rules.id(compiled).to_owned(), object: object.label(), file });
            }
            Err(error) => return judged.findings.push((self.rule_error(compiled, object, &error), None)),
        }
        let verdict = match &compiled.body {
            Body::Expression(expression) => evaluate(expression, scope),
            Body::Builtin(name) => builtin::judge(name, object),
        };
        match verdict {
            Verdict::Pass => judged.passed += 1,
            Verdict::Error(error) => judged.findings.push((self.rule_error(compiled, object, &error), None)),
            Verdict::Fail(spots) => {
                let message = match &compiled.message {
                    Ok(message) => message.clone(),
                    Err(expression) => text(expression, scope).unwrap_or_else(|_| self.title(compiled)),
                };
                let spots = compiled.at.as_ref().map_or(spots, |route| vec![at::spot(&object.tree, route)]);
                let told = spots.iter().take(Limit::Places.most());
                judged.findings.extend(told.map(|spot| self.failed(compiled, severity, &message, spot, object)));
                if spots.len() > Limit::Places.most() {
                    let message = format!("{message} ({} of this object)", Limit::Places.refusal());
                    let whole = at::spot(&object.tree, &Route::root());
                    let (finding, _) = self.failed(compiled, severity, &message, &whole, object);
                    judged.findings.push((Finding { limit: Some(Limit::Places), ..finding }, None));
                }
            }
        }
    }

    fn failed(
        &self,
        compiled: &CompiledItem,
        severity: Severity,
        message: &str,
        spot: &Spot,
        judged: &Object,
    ) -> (Finding, Option<String>) {
        let object = self.objects.get(spot.object).unwrap_or(judged);
        let item = self.rules.item(compiled);
        let excerpt = self.excerpt(object.text, spot.place);
        let finding = Finding {
            item: self.rules.id(compiled).to_owned(),
            cause: Cause::Failed,
            limit: None,
            severity,
            message: message.to_owned(),
            fix: item.and_then(|item| item.fix_at(self.context.tier)),
            object: Some(object.label()),
            file: self.file(object.text).to_owned(),
            line: spot.place.line,
            column: spot.place.column,
            field: spot.route.to_string(),
            missing: spot.missing,
            excerpt: excerpt.text,
            excerpt_from: excerpt.from,
        };
        (finding, at::container(&object.tree, &spot.route))
    }

    /// What stands for a message that cannot be worked out, as in an API server.
    fn title(&self, compiled: &CompiledItem) -> String {
        self.rules.item(compiled).map(|item| item.title.en.clone()).unwrap_or_default()
    }

    fn rule_error(&self, compiled: &CompiledItem, object: &Object, failure: &Failure) -> Finding {
        let excerpt = self.excerpt(object.text, object.place);
        Finding {
            item: self.rules.id(compiled).to_owned(),
            cause: Cause::RuleError,
            limit: failure.limit,
            severity: Severity::Error,
            message: format!("the item's rule cannot be evaluated: {failure}"),
            fix: Some("mend the rule in the checklist".to_owned()),
            object: Some(object.label()),
            file: self.file(object.text).to_owned(),
            line: object.place.line,
            column: object.place.column,
            field: Route::root().to_string(),
            missing: false,
            excerpt: excerpt.text,
            excerpt_from: excerpt.from,
        }
    }

    fn file(&self, text: usize) -> &str {
        self.texts.get(text).map_or("", |text| &text.name)
    }

    fn excerpt(&self, text: usize, place: Place) -> Excerpt {
        self.texts.get(text).map(|text| Excerpt::of(text, place)).unwrap_or_default()
    }
}
