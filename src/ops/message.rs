//! The commit message: what changed, and which items asked for it.

use super::kustomize::Listing;
use super::{Prepared, Toolbox};
use crate::checklist::{Item, KeptBy};
use crate::formats::{inert, visible};

/// Columns of a line in a commit message.
const WIDTH: usize = 72;

/// The message of the commit that adds a service.
pub fn of_new(toolbox: &Toolbox, prepared: &Prepared, kustomizations: &[Listing]) -> String {
    let (service, checklist) = (&prepared.service, &toolbox.checklist);
    let mut message = format!("Add {} as a service of tier {}\n", service.name, service.tier().0);
    for manifest in &prepared.manifests {
        let shown_by = |item: &&Item| {
            item.kept_by.contains(&KeptBy::Render)
                && item.severity.at(service.tier()) != crate::checklist::Severity::None
                && !service.waives(&item.id)
                && item.fields.iter().any(|field| field.split('.').next() == Some(manifest.id.kind.as_str()))
        };
        let items: Vec<&str> = checklist.items.iter().filter(shown_by).map(|item| item.id.as_str()).collect();
        let kind = format!("{}, as asked for by ", manifest.id.kind);
        let line = if items.is_empty() { manifest.id.kind.clone() } else { kind + &items.join(", ") };
        message.push('\n');
        message.push_str(&wrapped(&format!("{}: {line}", manifest.path)));
    }
    for listing in kustomizations.iter().map(Listing::words) {
        message.push('\n');
        message.push_str(&wrapped(&listing));
    }
    let (blueprint, checklist) = (toolbox.blueprint_id(), checklist.described());
    message + &format!("\nPlimsoll-Blueprint: {}\nPlimsoll-Checklist: {}\n", inert(&blueprint), inert(&checklist))
}

/// Breaks a paragraph into lines; what it is made of cannot add any, such as a trailer.
pub(super) fn wrapped(text: &str) -> String {
    let text = visible(text);
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.lines().map(|line| format!("{}\n", inert(line))).collect()
}
