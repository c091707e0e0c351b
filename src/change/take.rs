//! Fields that a person takes from the render: the service file leaves them to nobody else from then on.

use crate::notation::{FieldPattern, shell_word};
use crate::yaml::edit::{NodeEdit, Splice};
use crate::yaml::{Fault, Node, Route, Source, read};

const FIELD: &str = "owned-elsewhere";

/// The service file without the lines of `owned-elsewhere` that name what is taken; everything else stays
/// byte for byte.
///
/// # Errors
/// A line names more than what is taken; or the file cannot be edited.
pub fn taken(name: &str, text: &str, take: &[FieldPattern]) -> Result<String, Vec<Fault>> {
    let whole = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let file = read(name, &whole).map_err(|fault| vec![fault])?;
    let Some(root) = file.documents.first().map(|document| &document.root) else { return Ok(text.to_owned()) };
    let Some(at) = root.entries().iter().position(|entry| entry.key == FIELD).filter(|_| !take.is_empty()) else {
        return Ok(text.to_owned());
    };
    let owned = &root.entries()[at].node;
    let named = |node: &Node| FieldPattern::parse(node.get("field")?.as_str()?).ok();
    let goes = |node: &Node| named(node).is_some_and(|owned| take.iter().any(|take| take.contains(&owned)));
    let fault = |index: usize, node: &Node, message: String| {
        let mut fault = Fault::new(Route::root().key(FIELD).index(index), message);
        fault.source = Some(Source::File(name.into(), node.place));
        fault
    };
    let mut faults = Vec::new();
    for (index, node) in owned.items().iter().enumerate() {
        let Some(wider) = named(node).filter(|_| !goes(node)) else { continue };
        for take in take.iter().filter(|take| wider.contains(take)) {
            let message = format!("leaves more than {} to others", take.as_str());
            faults.push(fault(index, node, message).hint(format!("take all of it: --take {}", shell_word(wider.as_str()))));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let part = |node: &Node| if goes(node) { NodeEdit::Remove } else { NodeEdit::Keep };
    let parts: Vec<NodeEdit<'_>> = owned.items().iter().map(part).collect();
    let stays = parts.iter().filter(|part| matches!(part, NodeEdit::Keep)).count();
    if stays == parts.len() {
        return Ok(text.to_owned());
    }
    let mut top: Vec<NodeEdit<'_>> = root.entries().iter().map(|_| NodeEdit::Keep).collect();
    top[at] = if stays == 0 { NodeEdit::Remove } else { NodeEdit::Within { parts, added: Vec::new() } };
    let mut splice = Splice::new(&file);
    let cannot = |error| vec![fault(0, owned, format!("cannot be edited: {error}"))];
    splice.document(root, &NodeEdit::Within { parts: top, added: Vec::new() }).map_err(cannot)?;
    let (after, _) = splice.finish();
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_taken_is_left_to_others_no_longer() {
        let pattern = |text: &str| FieldPattern::parse(text).unwrap();
        let root = "Deployment.spec.template.spec.securityContext.runAsUser";
        let text = format!(
            "name: a # mine\nowned-elsewhere:\n  # of old\n  - field: {root}\n    by: people\n  # renovate\n  - {{ field: \
             'Deployment.spec.template.spec.containers[*].image', by: renovate }}\nport: 1\n"
        );
        let first = "name: a # mine\nowned-elsewhere:\n  # renovate\n  - { field: \
                     'Deployment.spec.template.spec.containers[*].image', by: renovate }\nport: 1\n";
        let taken = |text: &str, take: &str| taken("plimsoll.yaml", text, &[pattern(take)]);
        assert_eq!(taken(&text, root).unwrap(), first);
        assert_eq!(taken(&text, "Deployment.spec.template.spec.securityContext").unwrap(), first);
        assert_eq!(taken(first, "Deployment").unwrap(), "name: a # mine\nport: 1\n");
        for nothing in ["Service", "Deployment.spec.replicas"] {
            assert_eq!(taken(&text, nothing).unwrap(), text);
        }
        let faults = taken(&text, &format!("{root}.deeper")).unwrap_err();
        assert!(faults[0].to_string().starts_with("plimsoll.yaml:4:5: owned-elsewhere[0]: leaves more than"), "{}", faults[0]);
    }
}
