//! Pinning a service to a version of its checklist, in the text of its service file.

use crate::checklist::ShippedChecklist;
use crate::yaml::edit::{Added, NodeEdit, Piece, Splice};
use crate::yaml::{Fault, Node, Route, Source, read};

const FIELD: &str = "checklist";

/// The service file with another checklist; everything else stays byte for byte.
///
/// # Errors
/// The version does not ship; the service has a checklist of its own, which no version moves; or its file
/// cannot be edited.
pub fn pinned(name: &str, text: &str, to: &str) -> Result<String, Vec<Fault>> {
    let file = read(name, text).map_err(|fault| vec![fault])?;
    let empty = Node::new(crate::yaml::Value::Null);
    let root = file.documents.first().map_or(&empty, |document| &document.root);
    let standing = root.entries().iter().position(|entry| entry.key == FIELD);
    let here = |message: String| {
        let place = standing.map_or(root.place, |at| root.entries()[at].place);
        let mut fault = Fault::new(Route::root().key(FIELD), message);
        fault.source = Some(Source::File(name.into(), place));
        fault
    };
    let named = standing.and_then(|at| root.entries()[at].node.as_str()).unwrap_or_default();
    if named.contains(['/', '\\']) || named.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "yaml" | "yml")) {
        let fault = here(format!("is {named}, a checklist of your own, which --to does not move"));
        return Err(vec![fault.hint(format!("change `extends` in {named}"))]);
    }
    let id = if to.contains('@') {
        to.to_owned()
    } else {
        format!("{}@{to}", named.split('@').next().filter(|name| !name.is_empty()).unwrap_or("production"))
    };
    ShippedChecklist::named(&id).map_err(|mut fault| {
        fault.route = Route::root().key(FIELD);
        fault.source = Some(Source::Given(format!("--to {to}")));
        vec![fault]
    })?;
    if named == id {
        return Ok(text.to_owned());
    }
    let line = format!("{FIELD}: {id}\n");
    let new = read("", &line).map_err(|fault| vec![fault])?;
    let (Some(document), false) = (new.documents.first(), root.entries().is_empty()) else {
        return Err(vec![here("cannot be put into the service file".to_owned())]);
    };
    let entry = &document.root.entries()[0];
    let piece = Piece { text: &new, entry: Some(entry), node: &entry.node, in_flow: false };
    let mut parts: Vec<NodeEdit<'_>> = root.entries().iter().map(|_| NodeEdit::Keep).collect();
    let mut added = Vec::new();
    match standing {
        Some(at) => parts[at] = NodeEdit::Replace(piece),
        None => added.push(Added { after: Some(parts.len() - 1), piece }),
    }
    let whole = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let file = read(name, &whole).map_err(|fault| vec![fault])?;
    let mut splice = Splice::new(&file);
    let root = &file.documents[0].root;
    splice
        .document(root, &NodeEdit::Within { parts, added })
        .map_err(|error| vec![here(format!("cannot be edited: {error}"))])?;
    let (text, _) = splice.finish();
    Ok(text)
}

/// The service file with its pin at the newest version; one that pins no shipped version stays as it is.
///
/// # Errors
/// As for [`pinned`].
pub fn pinned_to_latest(name: &str, text: &str) -> Result<String, Vec<Fault>> {
    let file = read(name, text).map_err(|fault| vec![fault])?;
    let pin = file.documents.first().and_then(|document| document.root.get(FIELD)?.as_str());
    let Some((checklist, _)) = pin.and_then(|pin| pin.split_once('@')).filter(|(name, _)| !name.contains('/')) else {
        return Ok(text.to_owned());
    };
    match ShippedChecklist::named(checklist) {
        Ok(newest) => pinned(name, text, newest.id),
        // What is named does not ship; whoever reads the pin says so.
        Err(_) => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pin_is_all_that_changes() {
        let cases = [
            (
                "name: a\nchecklist: production@2026.11 # agreed\nport: 1\n",
                "name: a\nchecklist: production@2026.12 # agreed\nport: 1\n",
            ),
            ("# mine\nname: a", "# mine\nname: a\nchecklist: production@2026.12\n"),
            ("name: a\nchecklist: 'production'\n", "name: a\nchecklist: 'production@2026.12'\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(pinned("plimsoll.yaml", text, "2026.12").unwrap(), expected);
            assert_eq!(pinned("plimsoll.yaml", expected, "production@2026.12").unwrap(), expected);
        }
        let latest = |text: &str| pinned_to_latest("plimsoll.yaml", text).unwrap();
        assert_eq!(
            latest("checklist: production@2026.11\n"),
            format!("checklist: {}\n", crate::checklist::SHIPPED.last().unwrap().id)
        );
        for open in ["name: a\n", "checklist: production\n", "checklist: ./acme@1.yaml\n", "checklist: acme@1\n"] {
            assert_eq!(latest(open), open);
        }
        let faults = pinned("plimsoll.yaml", "name: a\n", "2019.01").unwrap_err();
        assert!(faults[0].to_string().starts_with("--to 2019.01: checklist: "), "{}", faults[0]);
        let faults = pinned("plimsoll.yaml", "name: a\nchecklist: ./acme.yaml\n", "2026.12").unwrap_err();
        assert!(faults[0].to_string().starts_with("plimsoll.yaml:2:1: checklist: is ./acme.yaml"), "{}", faults[0]);
    }
}
