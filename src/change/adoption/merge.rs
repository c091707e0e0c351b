//! What is rendered goes into the people's files: it adds, and takes the place of theirs only where
//! the checklist finds fault with what they have.

use jiff::civil::Date;

use super::sides::{self, WinningSides, label};
use crate::adopt::{self, Aligned};
use crate::change::ChangeError;
use crate::change::fields::{emptied_by, fields_of, objects, place, without};
use crate::check::{self, CheckContext, CheckedText, PlacedWaiver, Report, Rules};
use crate::merge::{self, ChangeKind, FieldChange, MergePolicy, Merged, Side, SourceFile};
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey};
use crate::service::{FILE, Service};
use crate::yaml::{self, Node};

/// The most rounds in which fields change sides; each settles at least one.
const MOST_ROUNDS: usize = 20;

/// What a result is judged by.
pub struct ResultJudge<'a> {
    /// The checklist.
    pub rules: &'a Rules,
    /// The service.
    pub service: &'a Service,
    /// The day on which it is judged.
    pub today: Date,
    /// Texts beside those that are merged: they may hold what the objects refer to.
    pub others: Vec<(String, String)>,
}

/// What a merge comes to.
pub struct AdoptedMerge {
    /// All files of the service, by their paths.
    pub files: Vec<(String, String)>,
    /// What changes.
    pub changes: Vec<FieldChange>,
    /// What stays as people wrote it and is rendered otherwise, or not at all.
    pub edits: Vec<KeptEdit>,
    /// Comments that go with what goes, each with its file.
    pub dropped_comments: Vec<(String, String)>,
    /// What the checklist finds in the result.
    pub report: Report,
}

/// Something that stays as people wrote it.
#[derive(Clone, Debug)]
pub struct KeptEdit {
    /// How it differs from what is rendered: before is rendered, after is theirs.
    pub change: FieldChange,
    /// Where it stands, as <file:line:column>; the file alone for what is missing.
    pub place: String,
}

/// Merges what is rendered into the people's texts, but for what is held: that is as if it were not
/// rendered, and nothing of people's goes for it.
///
/// # Errors
/// Every text that cannot be edited safely.
pub fn merge(
    ours: &[(String, String)],
    aligned: &[Aligned<'_>],
    held: &[FieldPattern],
    judge: &ResultJudge<'_>,
) -> Result<AdoptedMerge, ChangeError> {
    let rendered = rendered(aligned, held)?;
    let rendered = files(&rendered);
    let of_people = files(ours);
    let mut sides = WinningSides::of(aligned, &of_people, held);
    let mut rounds = 0;
    loop {
        rounds += 1;
        let thinned = without(ours, &sides.gone).map_err(ChangeError::Refused)?;
        let left = after(ours, &thinned);
        let left_files = files(&left);
        let run = |policy: &MergePolicy| merge::merge(&[], &left_files, &rendered, policy).map_err(ChangeError::Refused);
        let merged = run(&sides.policy(Some(Side::Ours)))?;
        let goes_on = rounds < MOST_ROUNDS;
        if goes_on && sides.keep_rivals_out(&merged, &left_files) {
            continue;
        }
        let result = after(&left, &merged);
        let report = judge.check(&result, aligned);
        if goes_on && sides.change(&report, &judge.rules.checklist, &run(&sides.policy(None))?.conflicts, &of_people) {
            continue;
        }
        let edits = edits(&rendered, &result, ours);
        let dropped = thinned.files.iter().chain(&merged.files).flat_map(|file| {
            let path = file.path.clone();
            file.dropped_comments.iter().map(move |comment| (path.clone(), comment.clone()))
        });
        let dropped_comments = dropped.collect();
        let mut changes: Vec<FieldChange> = thinned.changes.into_iter().chain(merged.changes).collect();
        changes.sort_by(|one, other| (&one.file, &one.object).cmp(&(&other.file, &other.object)));
        return Ok(AdoptedMerge { files: result, changes, edits, dropped_comments, report });
    }
}

fn files(texts: &[(String, String)]) -> Vec<SourceFile<'_>> {
    texts.iter().map(|(path, text)| SourceFile { path, text }).collect()
}

/// The rendered texts without what is held.
fn rendered(aligned: &[Aligned<'_>], held: &[FieldPattern]) -> Result<Vec<(String, String)>, ChangeError> {
    let is_held =
        |aligned: &&Aligned<'_>| held.iter().any(|pattern| pattern.covers(&aligned.manifest.id.key(), &Field::default()));
    let texts: Vec<(String, String)> = aligned
        .iter()
        .filter(|aligned| !is_held(aligned))
        .map(|aligned| (aligned.manifest.path.clone(), aligned.manifest.text.clone()))
        .collect();
    let thinned = without(&texts, &fields_held(aligned, &texts, held)).map_err(ChangeError::Refused)?;
    Ok(after(&texts, &thinned))
}

/// The rendered fields that are held. What comes as a whole, comes whole.
fn fields_held(aligned: &[Aligned<'_>], texts: &[(String, String)], held: &[FieldPattern]) -> Vec<(ObjectKey, Field)> {
    let stands = |object: &ObjectKey| aligned.iter().any(|it| it.standing.is_some() && it.manifest.id.key() == *object);
    fields_of(&files(texts), held).into_iter().filter(|(object, _)| stands(object)).collect()
}

/// The mappings of which nothing is rendered once the fields that are held are taken out.
pub fn emptied(aligned: &[Aligned<'_>], held: &[FieldPattern]) -> Vec<FieldPattern> {
    let texts: Vec<(String, String)> =
        aligned.iter().map(|aligned| (aligned.manifest.path.clone(), aligned.manifest.text.clone())).collect();
    let gone = fields_held(aligned, &texts, held);
    let found = emptied_by(&files(&texts), &gone).into_iter().filter_map(|(object, field)| {
        let any =
            |step: &FieldStep| if let FieldStep::Element(_) = step { FieldStep::Element("*".to_owned()) } else { step.clone() };
        let field = Field::new(field.steps().iter().map(any).collect());
        FieldPattern::parse(&format!("{}.{field}", object.kind)).ok()
    });
    found.collect()
}

impl ResultJudge<'_> {
    /// What the checklist finds in the objects of the service.
    fn check(&self, files: &[(String, String)], aligned: &[Aligned<'_>]) -> Report {
        let text = |(path, text): &(String, String)| CheckedText::new(path, text.clone());
        let texts: Vec<CheckedText> = files.iter().chain(&self.others).map(text).collect();
        let waivers = PlacedWaiver::all(&self.service.waivers, FILE, "", &Node::new(yaml::Value::Null));
        let context = CheckContext {
            tier: self.service.tier(),
            kubernetes: self.service.kubernetes(),
            whole: false,
            service: Some(self.service.clone()),
            waivers,
            today: self.today,
        };
        let mut report = check::check(self.rules, &texts, &context);
        let members: Vec<String> = aligned.iter().map(|aligned| label(&aligned.manifest.id.key())).collect();
        report.findings.retain(|finding| finding.object.as_ref().is_some_and(|object| members.contains(object)));
        report
    }
}

/// The files after a merge.
fn after(before: &[(String, String)], merged: &Merged) -> Vec<(String, String)> {
    let mut files = before.to_vec();
    for result in &merged.files {
        files.retain(|(path, _)| *path != result.path);
        files.extend(result.text.clone().map(|text| (result.path.clone(), text)));
    }
    files.sort();
    files
}

/// Whether a change is a whole object that only people have.
fn is_own_object(change: &FieldChange) -> bool {
    change.field.steps().is_empty() && change.kind == ChangeKind::Added
}

/// What people's files say beside, or instead of, what is rendered.
fn edits(rendered: &[SourceFile<'_>], result: &[(String, String)], ours: &[(String, String)]) -> Vec<KeptEdit> {
    let Ok(merged) = merge::merge(rendered, rendered, &files(result), &MergePolicy::default()) else { return Vec::new() };
    let standing: Vec<(&str, ObjectKey, Node)> =
        files(ours).iter().flat_map(|file| objects(&[*file]).into_iter().map(|(key, root)| (file.path, key, root))).collect();
    let mut edits = Vec::new();
    for change in merged.changes.into_iter().filter(|change| !change.is_reworded()) {
        let states_nothing =
            |object| adopt::is_filled_in(object, &change.field, change.after.as_ref().unwrap_or(&serde_json::Value::Null));
        let filled_in = change.kind == ChangeKind::Added && change.object.as_ref().is_some_and(states_nothing);
        let selects = change.kind == ChangeKind::Removed && sides::is_selector(&change);
        if is_own_object(&change) || filled_in || selects {
            continue;
        }
        let stands = standing.iter().find(|(_, key, _)| Some(key) == change.object.as_ref());
        let place = stands.map_or_else(
            || change.file.clone(),
            |(path, _, root)| {
                let place = place(root, &change.field);
                format!("{path}:{}:{}", place.line, place.column)
            },
        );
        edits.push(KeptEdit { change, place });
    }
    edits
}
