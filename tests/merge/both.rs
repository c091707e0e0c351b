//! Laws of a merge between people, held over random cases: nothing of either side is lost in silence.
//! `MERGE_LAWS` and `MERGE_LAWS_SEED` are as for the other laws.

use std::collections::BTreeMap;

use plimsoll::merge::{CommentSource, Conflict, Merged};
use plimsoll::yaml;
use rayon::prelude::*;

use super::cases::{Case, Side, case, read, renders};
use super::dice::Dice;
use super::laws::{expected, setting};
use super::{merge_texts, text_of};

/// How many cases a run takes.
const CASES: u64 = 300;

fn merged(base: &Side, ours: &Side, theirs: &Side) -> Result<(String, Merged), String> {
    let merged = merge_texts(&base.text, &ours.text, &theirs.text, CommentSource::OfBoth)
        .map_err(|refused| format!("refused: {refused}"))?;
    let text = text_of(&merged, &ours.text).unwrap_or_default();
    Ok((text, merged))
}

/// How often each comment stands in a text.
fn comments(text: &str) -> BTreeMap<String, usize> {
    let text = text.trim_start_matches('\u{feff}');
    let mut counts = BTreeMap::new();
    for span in yaml::read("text", text).unwrap().comments {
        *counts.entry(text[span.range()].trim_end().to_owned()).or_default() += 1;
    }
    counts
}

fn hold(dice: &mut Dice, renders: &[String]) -> Result<(), String> {
    let case = case(dice, renders);
    let Case { base, ours, theirs } = &case;
    let (text, outcome) = merged(base, ours, theirs)?;
    let shown = |law: &str| {
        format!("{law}\n== base\n{}\n== ours\n{}\n== theirs\n{}\n== result\n{text}", base.text, ours.text, theirs.text)
    };
    values(&case, &text, &outcome).map_err(|law| shown(&law))?;
    if !text.is_empty() {
        both_comments(&case, &text, &outcome).map_err(|law| shown(&law))?;
    }
    for (law, sides, wanted) in [
        ("merge(b, o, b) is o", [base, ours, base], &ours.text),
        ("merge(b, b, t) is t", [base, base, theirs], &theirs.text),
        ("merge(b, o, o) is o", [base, ours, ours], &ours.text),
    ] {
        let (text, outcome) = merged(sides[0], sides[1], sides[2]).map_err(|refused| shown(&format!("{law}: {refused}")))?;
        if text != *wanted || !outcome.conflicts.is_empty() {
            return Err(shown(&format!("{law}\n-- got\n{text}\n{:#?}", outcome.conflicts)));
        }
    }
    Ok(())
}

/// Values, their types and the order of lists are those of the plain merge of trees.
fn values(case: &Case, text: &str, outcome: &Merged) -> Result<(), String> {
    let expected = expected(case);
    let seen = if text.is_empty() { Vec::new() } else { read(text).ok_or("can be read")? };
    if case.base.text == case.ours.text {
        return if seen == case.theirs.objects { Ok(()) } else { Err("what nobody edited is theirs".to_owned()) };
    }
    if seen != expected.objects {
        return Err("the tree is that of the plain merge, to the type".to_owned());
    }
    let told = outcome.conflicts.iter().filter(|conflict| conflict.reason != plimsoll::merge::ConflictReason::Comment).count();
    if told == expected.conflicts { Ok(()) } else { Err(format!("as many conflicts: {told}, not {}", expected.conflicts)) }
}

/// What a side has written beside what base has is there, or said to be gone or in conflict.
fn both_comments(case: &Case, text: &str, outcome: &Merged) -> Result<(), String> {
    let (base, result) = (comments(&case.base.text), comments(text));
    let dropped: Vec<&String> = outcome.files.iter().flat_map(|file| &file.dropped_comments).collect();
    let in_conflict = |line: &str| {
        let told = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.lines().any(|other| other == line));
        // Or it stands in an object that is one as a whole.
        let is_whole = |conflict: &Conflict| conflict.field.steps().is_empty();
        outcome.conflicts.iter().any(|conflict| is_whole(conflict) || conflict.theirs.as_ref().is_some_and(told))
    };
    let count = |counts: &BTreeMap<String, usize>, line: &str| counts.get(line).copied().unwrap_or_default();
    for (side, text) in [("ours", &case.ours.text), ("theirs", &case.theirs.text)] {
        for (line, times) in comments(text) {
            let is_new = times > count(&base, &line);
            if is_new && count(&result, &line) == 0 && !dropped.contains(&&line) && !in_conflict(&line) {
                return Err(format!(
                    "the comment `{line}` of {side} is there or said to be gone: {dropped:?} {:?}",
                    outcome.conflicts
                ));
            }
        }
    }
    Ok(())
}

#[test]
fn nothing_of_either_side_is_lost_in_silence() {
    let renders = renders();
    let (first, count) = match setting("MERGE_LAWS_SEED") {
        Some(seed) => (seed, 1),
        None => (0, setting("MERGE_LAWS").unwrap_or(CASES)),
    };
    let broken: Vec<(u64, String)> = (first..first + count)
        .into_par_iter()
        .filter_map(|seed| {
            let run = || hold(&mut Dice::new(seed), &renders);
            let outcome = std::panic::catch_unwind(run).unwrap_or_else(|_| Err("a panic".to_owned()));
            Some((seed, outcome.err()?))
        })
        .collect();
    let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (seed, law) in &broken {
        kinds.entry(law.lines().next().unwrap_or_default()).or_default().push(*seed);
    }
    let first = broken.first().map(|(_, law)| law.as_str()).unwrap_or_default();
    assert!(broken.is_empty(), "{first}\n{} of {count} break a law: {kinds:?}", broken.len());
}
