//! Texts that take part in merges, each read once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::documents::object_key;
use super::meaning::equal;
use super::{MergeRefusal, SourceFile, refuse};
use crate::notation::ObjectKey;
use crate::yaml::YamlText;

/// Merges and compares texts, and keeps what it has read of them: what an update merges it compares
/// and explains as well, and most of ours is base to the byte.
#[derive(Debug, Default)]
pub struct TextReader<'t>(RefCell<BTreeMap<&'t str, Rc<YamlText<'t>>>>);

impl<'t> TextReader<'t> {
    /// Reads a file that takes part in a merge.
    ///
    /// # Errors
    /// Everything in it that keeps it from being edited safely.
    pub fn read(&self, file: SourceFile<'t>) -> Result<Rc<YamlText<'t>>, Vec<MergeRefusal>> {
        if let Some(known) = self.0.borrow().get(file.text) {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(refuse::read(file.path, file.text)?);
        self.0.borrow_mut().insert(file.text, Rc::clone(&read));
        Ok(read)
    }

    /// The path of the file that has an object.
    #[must_use]
    pub fn file_of(&self, files: &[SourceFile<'t>], object: &ObjectKey) -> Option<&'t str> {
        let has = |text: &YamlText<'_>| text.documents.iter().any(|document| object_key(&document.root).as_ref() == Some(object));
        files.iter().find(|file| self.read(**file).is_ok_and(|text| has(&text))).map(|file| file.path)
    }

    /// Whether two texts hold the same documents. What cannot be merged is not compared.
    #[must_use]
    pub fn means_the_same(&self, one: &'t str, other: &'t str) -> bool {
        if one == other {
            return true;
        }
        let read = |text| self.read(SourceFile { path: "", text });
        let (Ok(one), Ok(other)) = (read(one), read(other)) else { return false };
        let (ones, others) = (&one.documents, &other.documents);
        ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| equal(&one.root, &other.root))
    }
}
