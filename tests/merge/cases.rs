//! Random cases: base, ours and theirs as texts, from trees that are written anyhow, or from real
//! renders that are edited by hand.

use std::fs;

use plimsoll::yaml::{self, Value};
use serde_json::Value as Json;

use super::dice::Dice;
use super::golden;
use super::trees::{mutate, object, objects};
use super::writer::{Style, write};

/// One side of a case.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its text.
    pub text: String,
    /// The objects in it.
    pub objects: Vec<Json>,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Base.
    pub base: Side,
    /// Ours.
    pub ours: Side,
    /// Theirs.
    pub theirs: Side,
}

/// Every rendered file, once.
pub fn renders() -> Vec<String> {
    let mut texts: Vec<String> = golden::cases("render")
        .iter()
        .flat_map(|case| fs::read_dir(case.join("k8s")).unwrap())
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    texts.sort();
    texts.dedup();
    texts
}

/// The objects in a text, if it can be read and every key stands once.
pub fn read(text: &str) -> Option<Vec<Json>> {
    let documents = yaml::load("text", text).ok()?;
    let fine = documents.iter().all(|document| document.duplicate_keys.is_empty());
    let full = documents.iter().filter(|document| document.holds_something);
    fine.then(|| full.map(|document| document.root.to_json()).collect())
}

impl Side {
    fn written(dice: &mut Dice, style: &Style, objects: Vec<Json>) -> Self {
        let text = write(dice, style, &objects);
        let seen = read(&text).unwrap_or_else(|| panic!("cannot be read:\n{text}"));
        assert!(seen == objects, "is read as something else:\n{text}\n{seen:?}\n{objects:?}");
        Self { text, objects }
    }

    /// The same objects in any other formatting.
    pub fn rewritten(&self, dice: &mut Dice, author: char) -> Self {
        let style = Style::wild(dice, author);
        Self::written(dice, &style, self.objects.clone())
    }
}

/// Makes a case from a seed.
pub fn case(dice: &mut Dice, renders: &[String]) -> Case {
    if dice.chance(35) { rendered(dice, renders) } else { generated(dice) }
}

fn generated(dice: &mut Dice) -> Case {
    let base = objects(dice);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    if dice.chance(25) {
        let seed = dice.next();
        for side in [&mut ours, &mut theirs] {
            let mut dice = Dice::new(seed);
            let at = dice.below(side.len());
            mutate(&mut dice, &mut side[at]);
        }
    }
    for (side, most) in [(&mut ours, 5), (&mut theirs, 6)] {
        for _ in 0..dice.below(most) {
            let at = dice.below(side.len());
            mutate(dice, &mut side[at]);
        }
    }
    if dice.chance(15) {
        dice.shuffle(&mut ours);
    }
    if dice.chance(8) && ours.len() > 1 {
        ours.pop();
    }
    if dice.chance(8) && theirs.len() > 1 {
        theirs.remove(0);
    }
    for (side, kind) in [(&mut ours, "Secret"), (&mut theirs, "Gadget")] {
        if dice.chance(6) {
            side.push(object(dice, kind));
        }
    }
    let (of_base, of_ours) = match dice.below(3) {
        0 => (Style::tidy(), Style::tame(dice)),
        1 => (Style::tidy(), Style::wild(dice, 'u')),
        _ => (Style::wild(dice, 'b'), Style::wild(dice, 'u')),
    };
    let of_theirs = if dice.chance(60) { Style::tidy() } else { Style::wild(dice, 't') };
    Case {
        base: Side::written(dice, &of_base, base),
        ours: Side::written(dice, &of_ours, ours),
        theirs: Side::written(dice, &of_theirs, theirs),
    }
}

fn rendered(dice: &mut Dice, renders: &[String]) -> Case {
    let text = dice.pick(renders).clone();
    let base = Side { objects: read(&text).unwrap(), text };
    let ours = edited(dice, &base, 'u');
    let mut theirs = edited(dice, &base, 't');
    if dice.chance(40) {
        let mut objects = theirs.objects;
        mutate(dice, &mut objects[0]);
        theirs = Side::written(dice, &Style::tidy(), objects);
    }
    Case { base, ours, theirs }
}

/// A text after some edits by hand.
fn edited(dice: &mut Dice, side: &Side, author: char) -> Side {
    let mut edited = side.clone();
    for number in 0..dice.below(8) {
        let mut lines: Vec<String> = edited.text.split_inclusive('\n').map(str::to_owned).collect();
        let at = dice.below(lines.len());
        let line = lines[at].clone();
        let blanks = &line[..line.len() - line.trim_start().len()];
        match dice.below(9) {
            0 | 1 => lines.insert(at, format!("{blanks}# {author}{number};\n")),
            2 => lines[at] = format!("{} # {author}{number};\n", line.trim_end()),
            3 => lines.insert(at, "\n".to_owned()),
            4 => _ = lines.remove(at),
            5 => {
                let end = (at + 1 + dice.below(6)).min(lines.len());
                lines.drain(at..end);
            }
            6 => lines.insert(at, format!("{blanks}{}: {}\n", dice.pick(&["extra", "more", "added"]), dice.below(99))),
            7 => lines.insert(at, format!("{blanks}- name: {}\n", dice.pick(&["side", "car"]))),
            _ => {
                if let Some((key, _)) = line.split_once(": ") {
                    let value = *dice.pick(&[
                        "7",
                        "\"8\"",
                        "other",
                        "'in quotes'",
                        "{a: 1, b: [x]}",
                        "",
                        "|\n                      a text",
                    ]);
                    lines[at] = format!("{key}: {value}\n");
                }
            }
        }
        let text: String = lines.concat();
        let same_object = |objects: &[Json]| {
            let identity =
                |object: &Json| (object["kind"].clone(), object["apiVersion"].clone(), object["metadata"]["name"].clone());
            objects.len() == 1 && identity(&objects[0]) == identity(&side.objects[0])
        };
        if let Some(objects) = read(&text).filter(|objects| same_object(objects) && is_plain(&text)) {
            edited = Side { text, objects };
        }
    }
    edited
}

/// Whether a text has none of what is refused or left to people.
fn is_plain(text: &str) -> bool {
    fn has_null_key(node: &yaml::Node) -> bool {
        node.entries().iter().any(|entry| entry.span.start == entry.span.end || has_null_key(&entry.node))
            || node.items().iter().any(has_null_key)
    }
    yaml::load("text", text)
        .unwrap()
        .iter()
        .all(|document| matches!(document.root.value, Value::Map(_)) && !has_null_key(&document.root))
}
