//! Secrets among words: in the arguments of programs, and in comments.

use super::secrets::{MASK, Secrets};

/// What one word says of the next.
#[derive(Clone, Copy, Default, PartialEq)]
enum Next {
    #[default]
    Nothing,
    /// It is a secret.
    Secret,
    /// It is the name of a variable, or no name of a secret.
    Name,
}

/// What the words read so far say of those that follow.
#[derive(Clone, Copy, Default)]
pub(super) struct Heard {
    next: Next,
    /// Whether a variable was named whose value is a secret.
    named: bool,
}

impl Secrets {
    /// Which of the arguments of a program hold a secret: as the value of an option or a variable, in a text
    /// for a shell too.
    pub(super) fn in_arguments<'a>(&self, arguments: impl Iterator<Item = Option<&'a str>>) -> Vec<bool> {
        let mut heard = Heard::default();
        arguments.map(|text| text.is_some_and(|text| self.tells(text, &mut heard))).collect()
    }

    /// Which comments hold a secret, of those of a text in their order: by themselves, or with those above, as
    /// where a variable is commented out.
    pub(super) fn in_comments<'c>(&self, comments: impl Iterator<Item = &'c str>) -> Vec<bool> {
        let mut heard = Heard::default();
        comments.map(|comment| self.tells(comment.trim_start_matches('#'), &mut heard)).collect()
    }

    /// A comment, by itself, without its secrets.
    #[must_use]
    pub fn masked_comment(&self, comment: &str) -> String {
        let lines: Vec<&str> = comment.lines().collect();
        let secret = self.in_comments(lines.iter().map(|line| line.trim_start()));
        let shown = |(line, is_secret): (&&str, bool)| if is_secret { format!("# {MASK}") } else { (*line).to_owned() };
        lines.iter().zip(secret).map(shown).collect::<Vec<_>>().join("\n")
    }

    fn tells(&self, text: &str, heard: &mut Heard) -> bool {
        let mut is_secret = false;
        for word in text.split_whitespace() {
            let word = word.trim_matches(['"', '\'', '`', ',', ';', '{', '}', '[', ']', '(']);
            // A dash of a list, and what a shell puts in between.
            if word.is_empty() || word.chars().all(|c| !c.is_alphanumeric()) {
                continue;
            }
            let next = std::mem::take(&mut heard.next);
            if next == Next::Name {
                heard.named = self.is_secret(word, "a value");
            }
            is_secret |= self.is_secret("", word) || (next == Next::Secret && !word.starts_with(['-', '$']));
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, value.trim_matches(['"', '\''])),
                None => (word, ""),
            };
            is_secret |= !value.starts_with('$') && self.is_secret(name.trim_start_matches('-'), value);
            is_secret |= self.is_secret("", value);
            heard.next = match word.strip_suffix(':').map(|name| name.trim_matches(['"', '\''])) {
                Some("name") => Next::Name,
                Some("value") if std::mem::take(&mut heard.named) => Next::Secret,
                Some(name) if self.labels(name) => Next::Secret,
                None if word.starts_with('-') && self.labels(word.trim_start_matches('-')) => Next::Secret,
                _ => Next::Nothing,
            };
        }
        is_secret
    }

    /// Whether what follows a word is a secret.
    fn labels(&self, name: &str) -> bool {
        !name.contains('=') && !self.is_item(name) && self.is_secret(name, "a value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::production;

    fn secrets() -> Secrets {
        Secrets::of(&production().unwrap())
    }

    #[test]
    fn arguments_tell_secrets_in_every_notation() {
        let secret = |arguments: &[&str]| secrets().in_arguments(arguments.iter().map(|text| Some(*text)));
        assert_eq!(secret(&["--db-password=x", "--port=1"]), [true, false]);
        assert_eq!(secret(&["--token", "x", "y"]), [false, true, false]);
        assert_eq!(secret(&["-c", "export API_TOKEN='x'; run --verbose"]), [false, true]);
        assert_eq!(secret(&["run --api-key x"]), [true]);
        assert_eq!(secret(&["-H", "X-Api-Key: x"]), [false, true]);
        assert_eq!(secret(&["--dsn", "--dsn=postgres://a:b@c/d", "ghp_x"]), [false, true, true]);
        for harmless in [
            &["--token-file", "/run/x"][..],
            &["--password=$(DB_PASSWORD)", "--token", "$(TOKEN)"],
            &["--token", "--verbose"],
            &["serve", "--secret-name=a"],
        ] {
            assert_eq!(secret(harmless), vec![false; harmless.len()], "{harmless:?}");
        }
    }

    #[test]
    fn comments_tell_secrets_across_lines() {
        let secret = |comments: &[&str]| secrets().in_comments(comments.iter().copied());
        assert_eq!(
            secret(&["# - name: DB_PASSWORD", "#   value: x", "# - name: MODE", "#   value: fast"]),
            [false, true, false, false]
        );
        assert_eq!(secret(&["# - { name: API_TOKEN, value: x }"]), [true]);
        assert_eq!(secret(&["# was DB_PASSWORD=x", "# DB_PASSWORD: x", "# see https://a:b@c"]), [true; 3]);
        assert_eq!(secret(&["# no-api-token: the Pods do not call the API server", "# pull-secret: a", "# token"]), [false; 3]);
        assert_eq!(secrets().masked_comment("# kept\n# password: x"), "# kept\n# ***");
    }
}
