//! Laws of the merge, held over random cases. `MERGE_LAWS=100000` holds them over as many; a case
//! that breaks one is named by its seed, which `MERGE_LAWS_SEED` runs alone.

use std::collections::BTreeSet;

use plimsoll::merge::{CommentSource, Merged, Note};
use plimsoll::yaml;
use rayon::prelude::*;
use serde_json::Value as Json;

use super::cases::{Case, Side, case, read, renders};
use super::dice::Dice;
use super::lines::{line_of, that_may_change};
use super::reference::{Outcome, same_object};
use super::{merge_texts, text_of};

/// How many cases a run takes.
const CASES: u64 = 300;

pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn merged(base: &Side, ours: &Side, theirs: &Side) -> Result<(String, Merged), String> {
    let merged = merge_texts(&base.text, &ours.text, &theirs.text, CommentSource::OfOurs)
        .map_err(|refused| format!("refused: {refused}"))?;
    let text = text_of(&merged, &ours.text).unwrap_or_default();
    Ok((text, merged))
}

fn holds(law: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(law.to_owned()) }
}

/// What the merge must come to, by the plain merge of trees.
pub struct Expected {
    pub objects: Vec<Json>,
    pub conflicts: usize,
    reordered: bool,
    moved: bool,
    by_place: bool,
    /// For each object of ours: the ways to what changes, or `None` where the whole object goes.
    touched: Vec<Option<Vec<String>>>,
}

pub fn expected(case: &Case) -> Expected {
    let find = |side: &Side, object: &Json| side.objects.iter().find(|other| other["kind"] == object["kind"]).cloned();
    let mut expected =
        Expected { objects: Vec::new(), conflicts: 0, reordered: false, moved: false, by_place: false, touched: Vec::new() };
    for ours in &case.ours.objects {
        let (base, theirs) = (find(&case.base, ours), find(&case.theirs, ours));
        let mut outcome = Outcome::default();
        match (&base, &theirs) {
            (_, Some(theirs)) => expected.objects.push(outcome.object(base.as_ref(), ours, theirs)),
            (Some(base), None) if same_object(base, ours) => {
                expected.touched.push(None);
                continue;
            }
            _ => {
                outcome.conflicts += usize::from(base.is_some());
                expected.objects.push(ours.clone());
            }
        }
        expected.conflicts += outcome.conflicts;
        expected.reordered |= outcome.reordered;
        expected.moved |= outcome.moved;
        expected.by_place |= outcome.by_place;
        expected.touched.push(Some(outcome.touched));
    }
    let mut new: Vec<&Json> = case.theirs.objects.iter().filter(|object| find(&case.ours, object).is_none()).collect();
    new.sort_by_key(|object| object["kind"].as_str().unwrap().to_owned());
    for theirs in new {
        match find(&case.base, theirs) {
            Some(base) => expected.conflicts += usize::from(!same_object(&base, theirs)),
            None => expected.objects.push(theirs.clone()),
        }
    }
    expected
}

/// The comments that people wrote.
fn comments(text: &str) -> Vec<String> {
    let read = yaml::read("text", text).unwrap();
    read.comments
        .iter()
        .map(|span| text[span.range()].trim_end().to_owned())
        .filter(|comment| comment.starts_with("# u"))
        .collect()
}

fn second_reader(text: &str) -> Option<Vec<Json>> {
    use serde::Deserialize as _;
    // It takes the byte order mark for a column.
    let text = text.trim_start_matches('\u{feff}');
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Json::deserialize(document).ok())
        .filter(|json| json != &Some(Json::Null))
        .collect()
}

fn same_reading(text: &str, objects: &[Json]) -> bool {
    second_reader(text).is_some_and(|seen| seen == objects)
}

fn hold(dice: &mut Dice, renders: &[String]) -> Result<[bool; 2], String> {
    let case = case(dice, renders);
    let Case { base, ours, theirs } = &case;
    let shown = |law: &str, result: &str| {
        format!("{law}\n== base\n{}\n== ours\n{}\n== theirs\n{}\n== result\n{result}", base.text, ours.text, theirs.text)
    };
    let (text, outcome) = merged(base, ours, theirs).map_err(|refused| shown(&refused, ""))?;
    of_the_result(&case, &text, &outcome).map_err(|law| shown(&law, &text))?;
    let result = Side { objects: read(&text).ok_or_else(|| shown("the result can be read", &text))?, text: text.clone() };

    let again = |law: &str, base: &Side, ours: &Side, theirs: &Side, wanted: &str| {
        let (text, outcome) = merged(base, ours, theirs).map_err(|refused| shown(&format!("{law}: {refused}"), ""))?;
        if text == wanted { Ok(outcome) } else { Err(shown(&format!("{law}\n-- wanted\n{wanted}\n-- got\n{text}"), "")) }
    };
    again("merge(b, o, b) is o", base, ours, base, &ours.text)?;
    again("merge(b, o, o) is o", base, ours, ours, &ours.text)?;
    let other = base.rewritten(dice, 'x');
    let quiet = again("merge(b, o, b in other words) is o", base, ours, &other, &ours.text)?;
    holds("without changes there is no conflict", quiet.conflicts.is_empty()).map_err(|law| shown(&law, &text))?;
    let other = ours.rewritten(dice, 'x');
    again("merge(b, o, o in other words) is o", base, ours, &other, &ours.text)?;
    if !text.is_empty() {
        again("merge(t, r, t) is r", theirs, &result, theirs, &text)?;
        // What had no identity in ours may have one in the result.
        if !expected(&case).by_place {
            again("merge(b, r, t) is r", base, &result, theirs, &text)?;
        }
    }
    for unedited in [base.clone(), base.rewritten(dice, 'u')] {
        let case = Case { base: base.clone(), ours: unedited, theirs: theirs.clone() };
        let shown = |law: &str, text: &str| {
            format!(
                "merge(b, b, t): {law}\n== base\n{}\n== ours\n{}\n== theirs\n{}\n== result\n{text}",
                case.base.text, case.ours.text, case.theirs.text
            )
        };
        let (text, outcome) = merged(&case.base, &case.ours, &case.theirs).map_err(|refused| shown(&refused, ""))?;
        of_the_result(&case, &text, &outcome).map_err(|law| shown(&law, &text))?;
        holds("has no conflict", outcome.conflicts.is_empty()).map_err(|law| shown(&law, &text))?;
        let seen = read(&text).unwrap();
        let means = |one: &Json| seen.iter().any(|other| same_object(one, other));
        holds("means t", expected(&case).moved || theirs.objects.iter().all(means) && seen.len() == theirs.objects.len())
            .map_err(|law| shown(&law, &text))?;
    }
    Ok([!outcome.conflicts.is_empty(), text != ours.text])
}

/// What holds of every result.
fn of_the_result(case: &Case, text: &str, outcome: &Merged) -> Result<(), String> {
    let Case { base, ours, theirs } = case;
    let expected = expected(case);
    if text.is_empty() {
        return holds("a file goes with its last object", expected.objects.is_empty());
    }
    let seen = read(text).ok_or("can be read")?;
    if base.text == ours.text && text == theirs.text {
        return Ok(());
    }
    let alike = seen.iter().zip(&expected.objects).all(|(one, other)| same_object(one, other));
    if seen.len() != expected.objects.len() || !alike {
        let diff = |side: &[Json]| side.iter().fold(String::new(), |text, object| text + &format!("{object:#}\n"));
        let (wanted, got) = (diff(&expected.objects), diff(&seen));
        let diff = similar::TextDiff::from_lines(&wanted, &got).unified_diff().header("wanted", "got").to_string();
        return Err(format!("the tree is that of the plain merge\n{diff}"));
    }
    holds(
        &format!("the same conflicts: {} wanted, {:#?}", expected.conflicts, outcome.conflicts),
        outcome.conflicts.len() == expected.conflicts,
    )?;
    let reordered = outcome.notes.iter().any(|note| matches!(note, Note::OrderKept { .. }));
    holds("an order that is not taken over is said", !expected.reordered || reordered)?;
    let others_agree = [base, ours, theirs].iter().all(|side| same_reading(&side.text, &side.objects));
    holds("a second reader agrees", !others_agree || same_reading(text, &seen))?;
    lines_and_comments(case, text, outcome, &expected)?;
    holds("the byte order mark stays", text.starts_with('\u{feff}') == ours.text.starts_with('\u{feff}'))?;
    let breaks = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
    let (returns, newlines) = breaks(&ours.text);
    let uniform = returns == 0 || returns == newlines;
    holds("line ends stay", !uniform || newlines == 0 || breaks(text).0 == if returns == 0 { 0 } else { breaks(text).1 })
}

fn lines_and_comments(case: &Case, text: &str, outcome: &Merged, expected: &Expected) -> Result<(), String> {
    let source = case.ours.text.trim_start_matches('\u{feff}');
    let ours = yaml::read("ours", source).unwrap();
    let mut may_change = BTreeSet::new();
    let full = ours.documents.iter().filter(|document| document.holds_something);
    for (document, touched) in full.zip(&expected.touched) {
        match touched {
            Some(touched) => may_change.extend(that_may_change(&ours, &document.root, touched)),
            None => {
                may_change.extend(line_of(&ours, document.span.start).saturating_sub(3)..=line_of(&ours, document.span.end) + 3);
            }
        }
    }
    // A document that goes takes what stands above it along.
    if expected.touched.iter().any(Option::is_none) {
        may_change.extend(0..source.lines().count());
    }
    let mut left = text.trim_start_matches('\u{feff}').lines();
    for (number, line) in source.lines().enumerate() {
        let foreign = line.trim_start().starts_with('#') && !line.trim_start().starts_with("# u");
        // With its last entry, a file without a last line break loses the blank lines before it.
        let at_open_end = line.trim().is_empty() && !source.ends_with('\n');
        if !may_change.contains(&number) && !foreign && !at_open_end && !left.any(|other| other == line) {
            return Err(format!(
                "line {} stays as it is: `{line}`\nmay change: {may_change:?}, {:?}",
                number + 1,
                expected.touched
            ));
        }
    }
    let dropped: Vec<&String> = outcome.files.iter().flat_map(|file| &file.dropped_comments).collect();
    let result = comments(text);
    for (span, comment) in ours.comments.iter().map(|span| (span, source[span.range()].trim_end())) {
        if !comment.starts_with("# u") || result.iter().any(|other| other == comment) {
            continue;
        }
        holds(&format!("the comment `{comment}` is there or said to be gone"), dropped.iter().any(|other| *other == comment))?;
        holds(
            &format!("the comment `{comment}` goes only with what it is about"),
            may_change.contains(&line_of(&ours, span.start)),
        )?;
    }
    Ok(())
}

#[test]
fn the_laws_hold() {
    let renders = renders();
    let (first, count) = match setting("MERGE_LAWS_SEED") {
        Some(seed) => (seed, 1),
        None => (0, setting("MERGE_LAWS").unwrap_or(CASES)),
    };
    let outcomes: Vec<(u64, Result<[bool; 2], String>)> = (first..first + count)
        .into_par_iter()
        .map(|seed| {
            let run = || hold(&mut Dice::new(seed), &renders);
            let outcome = std::panic::catch_unwind(run).unwrap_or_else(|_| Err("a panic".to_owned()));
            (seed, outcome)
        })
        .collect();
    let broken: Vec<_> = outcomes.iter().filter_map(|(seed, outcome)| Some((seed, outcome.as_ref().err()?))).collect();
    let shown: String = broken.iter().take(3).fold(String::new(), |text, (seed, law)| text + &format!("seed {seed}: {law}\n\n"));
    let mut kinds = std::collections::BTreeMap::new();
    for (seed, law) in &broken {
        kinds.entry(law.lines().next().unwrap_or_default()).or_insert_with(Vec::new).push(**seed);
    }
    assert!(broken.is_empty(), "{shown}{} of {count} break a law: {kinds:?}", broken.len());
    let count = |which: usize| outcomes.iter().filter(|(_, outcome)| outcome.as_ref().is_ok_and(|flags| flags[which])).count();
    println!("{} cases, {} with conflicts, {} with edits", outcomes.len(), count(0), count(1));
}
