//! An organisation's checklist as it was read: what it comes to, and where its parts stand.

use std::sync::Arc;

use serde_json::Value as Json;

use super::extension::{Extension, OwnItem};
use super::{Checklist, ShippedChecklist, own_schema};
use crate::limits::Limit;
use crate::notation::{release_name, sha256};
use crate::yaml::{Fault, Node, Place, Route, RouteStep, Source, load_one, place_within, shape};

/// An organisation's checklist: a file, and what it makes of the shipped checklist that it extends.
#[derive(Clone, Debug)]
pub struct OwnChecklist {
    /// The shipped checklist with the changes of the file.
    pub checklist: Checklist,
    /// The digest of the file and of the shipped checklist, in hexadecimal.
    pub digest: String,
    file: OwnFile,
    items: Vec<OwnItem>,
    /// How many items and variables come before the file's own.
    before: (usize, usize),
}

/// A text with its tree.
#[derive(Clone, Debug)]
struct OwnFile {
    name: Arc<str>,
    text: String,
    root: Node,
}

impl OwnChecklist {
    /// Reads an organisation's checklist; `name` is what faults call the text.
    ///
    /// # Errors
    /// Every fault of the text: its shape, and what does not fit the checklist that it extends.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        Self::over(name, text, None)
    }

    /// The same where `locked` is the version to extend, if the text leaves that open.
    ///
    /// # Errors
    /// As for [`load`](Self::load).
    pub fn over(name: &str, text: &str, locked: Option<&str>) -> Result<Self, Vec<Fault>> {
        if text.len() > Limit::ChecklistBytes.most() {
            let source = Some(Source::File(name.into(), Place { line: 1, column: 1 }));
            return Err(vec![Fault { source, ..Fault::beyond(Limit::ChecklistBytes) }]);
        }
        let root = load_one(name, text)?;
        let mut mended = root.clone();
        let mut faults = shape::check(own_schema(), &mut mended);
        let file = OwnFile { name: name.into(), text: text.to_owned(), root };
        let extension: Extension = match serde_json::from_value(mended.to_json()) {
            Ok(extension) => extension,
            Err(error) => {
                // What cannot be mended has been reported; the rest is held against a whole only.
                if faults.is_empty() {
                    faults.push(Fault::new(Route::root(), format!("cannot be read as a checklist: {error}")));
                }
                return Err(file.placed(faults));
            }
        };
        let extends = extension.extends.as_str();
        let locked = locked.filter(|locked| !extends.contains('@') && release_name(locked) == extends);
        let extended = ShippedChecklist::named(locked.unwrap_or(extends)).and_then(|shipped| {
            let checklist =
                shipped.load().map_err(|error| Fault::new(Route::root(), format!("{} is faulty: {error}", shipped.id)))?;
            Ok((checklist, shipped.digest))
        });
        let (base, base_digest) = match extended {
            Ok(extended) => extended,
            Err(mut fault) => {
                fault.route = Route::root().key("extends");
                faults.push(fault);
                return Err(file.placed(faults));
            }
        };
        let before = (base.items.len(), base.variables.len());
        faults.extend(beyond(&extension, before.0));
        match Checklist::extended(base, &extension) {
            Ok(checklist) if faults.is_empty() => {
                Ok(Self { checklist, digest: sha256(&[text, base_digest]), file, items: extension.items, before })
            }
            Ok(_) => Err(file.placed(faults)),
            Err(more) => {
                // What stands in for a faulty value is not the organisation's.
                let shapes = faults.len();
                for fault in more {
                    if !faults[..shapes].iter().any(|known| known.route.contains(&fault.route)) {
                        faults.push(fault);
                    }
                }
                Err(file.placed(faults))
            }
        }
    }

    /// The file's own items, with their cases.
    #[must_use]
    pub fn items(&self) -> &[OwnItem] {
        &self.items
    }

    /// The place of a field of the file.
    #[must_use]
    pub fn place(&self, route: &Route) -> Source {
        self.file.source(route)
    }

    /// A fault of the whole checklist as one of the file, with its place there. `within` is a line and
    /// column of the text that the field holds, where the fault is about a part of it.
    #[must_use]
    pub fn own_fault(&self, mut fault: Fault, within: Option<(usize, usize)>) -> Fault {
        fault.route = self.own_route(&fault.route);
        let place = within.and_then(|within| self.file.place_within(&fault.route, within));
        let source = self.file.source(&fault.route);
        fault.source = Some(place.map_or(source, |place| Source::File(Arc::clone(&self.file.name), place)));
        fault
    }

    /// A field of the whole checklist as one of the file: own items and variables follow the shipped.
    fn own_route(&self, route: &Route) -> Route {
        let mut steps = route.steps().to_vec();
        if let [RouteStep::Key(list), RouteStep::Index(index), ..] = steps.as_mut_slice() {
            let before = match list.as_str() {
                "items" => self.before.0,
                "variables" => self.before.1,
                _ => 0,
            };
            *index = index.saturating_sub(before);
        }
        Route::from_steps(&steps)
    }
}

/// The lists of an own checklist that are too long.
fn beyond(extension: &Extension, shipped: usize) -> Vec<Fault> {
    let items = Route::root().key("items");
    let cases = extension.items.iter().enumerate().filter(|(_, item)| item.cases.len() > Limit::Cases.most());
    let mut faults: Vec<Fault> =
        cases.map(|(index, _)| Fault { route: items.index(index).key("cases"), ..Fault::beyond(Limit::Cases) }).collect();
    if shipped + extension.items.len() > Limit::Items.most() {
        faults.push(Fault { route: items, ..Fault::beyond(Limit::Items) });
    }
    faults
}

impl OwnFile {
    fn source(&self, route: &Route) -> Source {
        Source::File(Arc::clone(&self.name), self.root.locate(route).0)
    }

    /// The faults with their places, in the order of the text.
    fn placed(&self, mut faults: Vec<Fault>) -> Vec<Fault> {
        for fault in &mut faults {
            fault.source = Some(self.source(&fault.route));
        }
        faults.sort_by(|one, other| one.source.cmp(&other.source));
        faults
    }

    fn place_within(&self, route: &Route, within: (usize, usize)) -> Option<Place> {
        let node = self.root.find(route)?;
        place_within(&self.text, node.place, node.as_str()?, within)
    }
}

/// The JSON Schema of an organisation's checklist, made from the type: what the shipped file has to be.
#[must_use]
pub fn own_schema_of_type() -> Json {
    schemars::schema_for!(Extension).to_value()
}
