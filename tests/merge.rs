//! `golden/merge/<case>/`: base, ours and theirs, and what comes of them: the merged file, byte for
//! byte, the conflicts, or why nothing is merged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]
#![allow(clippy::disallowed_methods, reason = "tests make the files that are read")]

#[path = "merge/both.rs"]
mod both;
#[path = "merge/cases.rs"]
mod cases;
#[path = "merge/dice.rs"]
mod dice;
#[path = "merge/folders.rs"]
mod folders;
#[allow(dead_code, reason = "no case of a merge is a folder of files to compare as a whole")]
#[path = "support/golden.rs"]
mod golden;
#[path = "merge/laws.rs"]
mod laws;
#[path = "merge/lines.rs"]
mod lines;
#[path = "merge/reference.rs"]
mod reference;
#[path = "merge/speed.rs"]
mod speed;
#[path = "merge/trees.rs"]
mod trees;
#[path = "merge/writer.rs"]
mod writer;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use plimsoll::merge::{CommentSource, MergePolicy, Merged, SourceFile, merge};

fn read(case: &Path, name: &str) -> String {
    fs::read_to_string(case.join(name)).unwrap()
}

fn merge_texts(base: &str, ours: &str, theirs: &str, comments: CommentSource) -> Result<Merged, String> {
    let file = |text| [SourceFile { path: "ours.yaml", text }];
    merge(&file(base), &file(ours), &file(theirs), &MergePolicy { comments, ..MergePolicy::default() })
        .map_err(|refusals| refusals.iter().fold(String::new(), |text, refusal| text + &refusal.to_string() + "\n"))
}

/// The merged text; `None` where the file goes.
fn text_of(merged: &Merged, ours: &str) -> Option<String> {
    merged.files.first().map_or(Some(ours.to_owned()), |file| file.text.clone())
}

fn conflicts(merged: &Merged) -> String {
    let mut text = String::new();
    for conflict in &merged.conflicts {
        writeln!(text, "{}:{}: {}: {}", conflict.line, conflict.column, conflict.name(), conflict.reason).unwrap();
        for (side, value) in [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
            writeln!(text, "  {side}: {}", value.as_ref().map_or("absent".to_owned(), ToString::to_string)).unwrap();
        }
    }
    text
}

/// Compares a file that a case has only where there is something to say.
fn compare(case: &Path, name: &str, got: Option<&str>) -> Result<(), String> {
    let path = case.join(name);
    match got {
        Some(text) => golden::compare(&path, text),
        None if path.exists() && golden::updating() => fs::remove_file(&path).map_err(|error| error.to_string()),
        None if path.exists() => Err(format!("{}: nothing was got", path.display())),
        None => Ok(()),
    }
}

#[test]
fn every_case_is_merged_byte_for_byte() {
    let mut faults = Vec::new();
    for case in golden::cases("merge") {
        let [base, ours, theirs] = ["base.yaml", "ours.yaml", "theirs.yaml"].map(|name| read(&case, name));
        let outcome = merge_texts(&base, &ours, &theirs, CommentSource::OfBoth);
        let (merged, listed, refused) = match &outcome {
            Ok(merged) => (text_of(merged, &ours), Some(conflicts(merged)).filter(|text| !text.is_empty()), None),
            Err(refused) => (None, None, Some(refused)),
        };
        faults.extend(compare(&case, "merged.yaml", merged.as_deref()).err());
        faults.extend(compare(&case, "conflicts.txt", listed.as_deref()).err());
        faults.extend(compare(&case, "refused.txt", refused.map(String::as_str)).err());
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
