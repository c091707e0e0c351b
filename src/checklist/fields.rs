//! The fields that show items, as patterns.

use super::{Checklist, Item};
use crate::notation::FieldPattern;

impl Checklist {
    /// The fields that show an item, one pattern for each kind where a name of kinds stands for several.
    #[must_use]
    pub fn patterns(&self, item: &Item) -> Vec<FieldPattern> {
        let of_each_kind = |field: &String| {
            let end = field.find(['.', '[']).unwrap_or(field.len());
            let (word, rest) = field.split_at(end);
            match self.kinds.get(word) {
                Some(kinds) => kinds.iter().map(|kind| format!("{kind}{rest}")).collect(),
                None => vec![field.clone()],
            }
        };
        item.fields.iter().flat_map(of_each_kind).filter_map(|field| FieldPattern::parse(&field).ok()).collect()
    }
}
