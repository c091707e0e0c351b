//! The words of a way through a tree, as people write it: `ports[0].name`, `labels["example.com/a"]`.

/// One word of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A word between dots.
    Plain(String),
    /// A key in `["…"]`.
    Quoted(String),
    /// What stands in `[…]`.
    Bracketed(String),
}

/// The words of a way, from its beginning.
///
/// # Errors
/// What is wrong with the text, as half a sentence.
pub fn route_words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, after) = quoted.split_once("\"]").ok_or("has `[\"` without `\"]`")?;
            words.push(Word::Quoted(key.to_owned()));
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('[') {
            let (label, after) = inside.split_once(']').ok_or("has `[` without `]`")?;
            words.push(Word::Bracketed(label.to_owned()));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.is_empty() {
                return Err("has an empty part".to_owned());
            }
            words.push(Word::Plain(word.to_owned()));
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            if after.is_empty() {
                return Err("ends with a dot".to_owned());
            }
            rest = after;
        }
    }
    Ok(words)
}
