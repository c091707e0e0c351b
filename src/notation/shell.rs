//! Words of a POSIX shell, for commands that people paste.

use std::fmt::Write as _;

use super::is_hidden;

/// A text as one word of a POSIX shell: as it is where that is safe, else in quotes. What cannot be seen
/// is written out, so that the word can be shown, and pasted, on one line.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%,".contains(c);
    if text.contains(is_hidden) {
        return dollar_quoted(text);
    }
    // Some shells look a word up that begins with `=`.
    let is_plain = !text.is_empty() && !text.starts_with('=') && text.chars().all(plain);
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A path as one word that no command takes for an option.
#[must_use]
pub fn shell_path(path: &str) -> String {
    shell_word(&if path.starts_with('-') { format!("./{path}") } else { path.to_owned() })
}

/// A text in `$'…'`. It holds no quote: where a shell does not know the form, it is still one word.
fn dollar_quoted(text: &str) -> String {
    let mut word = "$'".to_owned();
    for c in text.chars() {
        if is_hidden(c) || matches!(c, '\'' | '\\') {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| _ = write!(word, "\\{byte:03o}"));
        } else {
            word.push(c);
        }
    }
    word + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_change_is_quoted() {
        assert_eq!(shell_word("k8s/a-b_1.yaml"), "k8s/a-b_1.yaml");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_word("=ls"), "'=ls'");
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(shell_word("a\n'$(id)'\\\u{202e}"), r"$'a\012\047$(id)\047\134\342\200\256'");
    }

    #[test]
    fn a_path_is_no_option() {
        assert_eq!(shell_path("-rf"), "./-rf");
        assert_eq!(shell_path("a b"), "'a b'");
    }
}
