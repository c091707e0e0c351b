//! Edits of YAML text that leave every other byte as it is.
//!
//! An [`NodeEdit`] mirrors the tree of the text that is edited and says what becomes of each node; new
//! text is cut from another text and moved to where it belongs. [`Splice`] turns edits into patches.
//! Whoever edits reads the result again and compares it with what was meant.

mod block;
mod comments;
mod common;
mod cut;
mod flow;
mod indents;
mod json;
mod layout;
mod patch;
mod replace;
mod style;

use super::{Entry, Node, Span, Style, YamlText};
use indents::Indents;
use patch::Patches;

pub use comments::{CommentSpot, DocumentComments, start_of_entry, start_of_item};
pub use common::in_common;
pub use layout::comments_above;

/// What becomes of a node.
#[derive(Debug, Default)]
pub enum NodeEdit<'t> {
    /// It stays.
    #[default]
    Keep,
    /// It goes, with its key or dash and the comments that belong to it.
    Remove,
    /// Another value takes its place.
    Replace(Piece<'t>),
    /// Its entries or elements change.
    Within {
        /// One for each entry or element that stands there now.
        parts: Vec<NodeEdit<'t>>,
        /// New ones.
        added: Vec<Added<'t>>,
    },
}

/// A new entry or element.
#[derive(Debug)]
pub struct Added<'t> {
    /// Behind which of the present ones it belongs; `None` for the first place.
    pub after: Option<usize>,
    /// What is added.
    pub piece: Piece<'t>,
}

/// Something in another text.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'t> {
    /// The text.
    pub text: &'t YamlText<'t>,
    /// The entry, if this is one of a mapping.
    pub entry: Option<&'t Entry>,
    /// The value.
    pub node: &'t Node,
    /// Whether it stands in brackets or braces.
    pub in_flow: bool,
}

impl<'t> Piece<'t> {
    /// The root of a document.
    #[must_use]
    pub fn root(text: &'t YamlText<'t>, node: &'t Node) -> Self {
        Self { text, entry: None, node, in_flow: false }
    }

    /// An entry of this mapping.
    #[must_use]
    pub fn entry(self, entry: &'t Entry) -> Self {
        Self { entry: Some(entry), node: &entry.node, in_flow: self.holds_flow(), ..self }
    }

    /// An element of this list.
    #[must_use]
    pub fn element(self, node: &'t Node) -> Self {
        Self { entry: None, node, in_flow: self.holds_flow(), ..self }
    }

    fn holds_flow(self) -> bool {
        self.in_flow || self.node.writing.style == Style::Flow
    }
}

/// Why an edit cannot be made in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Uneditable {
    /// What stands in the way, as half a sentence that follows `line N`.
    pub what: &'static str,
    /// The byte at which it stands.
    pub at: u32,
}

/// What holds a value in a text: it stands behind the colon of a key or behind a dash, or is the root.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The column of the key or dash, in characters from 0.
    column: usize,
    /// The byte behind the colon or dash.
    behind: usize,
    /// Whether it stands in brackets or braces.
    in_flow: bool,
    /// Whether it is a dash.
    is_dash: bool,
}

/// A text that is being edited.
#[derive(Debug)]
pub struct Splice<'t> {
    text: &'t YamlText<'t>,
    /// How the text is laid out, if it is JSON: what is added must be JSON, too.
    json: Option<json::Layout>,
    indents: Indents,
    patches: Patches,
}

impl<'t> Splice<'t> {
    /// A text without edits.
    #[must_use]
    pub fn new(text: &'t YamlText<'t>) -> Self {
        Self { text, json: json::Layout::of(text.source), indents: Indents::of(text), patches: Patches::default() }
    }

    /// Edits the root of a document.
    ///
    /// # Errors
    /// Something that cannot be edited safely.
    pub fn document(&mut self, root: &Node, edit: &NodeEdit<'t>) -> Result<(), Uneditable> {
        let start = root.writing.span.start as usize;
        let slot = Slot { column: layout::column(self.text.source, start), behind: start, in_flow: false, is_dash: false };
        self.node(root, slot, edit)
    }

    /// Puts text at a byte.
    pub fn insert(&mut self, at: usize, text: &str) {
        self.patches.push(at..at, text.to_owned());
    }

    /// Takes bytes away.
    pub fn remove(&mut self, range: std::ops::Range<usize>) {
        self.patches.push(range, String::new());
    }

    /// The edited text, and the comments that went with what was removed.
    #[must_use]
    pub fn finish(self) -> (String, Vec<Span>) {
        let gone = self.patches.removed(&self.text.comments);
        (self.patches.apply(self.text.source, newline_of(self.text.source)), gone)
    }

    fn node(&mut self, node: &Node, slot: Slot, edit: &NodeEdit<'t>) -> Result<(), Uneditable> {
        match edit {
            NodeEdit::Keep | NodeEdit::Remove => Ok(()),
            NodeEdit::Replace(piece) => {
                self.replace(node, slot, *piece);
                Ok(())
            }
            NodeEdit::Within { parts, added } => {
                if node.writing.style == Style::Flow {
                    self.within_flow(node, slot, parts, added)
                } else {
                    self.within_block(node, slot, parts, added)
                }
            }
        }
    }
}

/// The line break that most lines of a text end with.
#[must_use]
pub fn newline_of(text: &str) -> &'static str {
    if text.matches("\r\n").count() * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}
