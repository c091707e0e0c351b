//! Texts of others cut to what a report has room for.

use crate::notation::visible;

/// The text on one line: whitespace of any kind becomes single spaces.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The text on one line of at most so many characters.
pub fn cut(text: &str, characters: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= characters {
        return text;
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

/// A path as repositories know it.
pub fn repository_path(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_is_shown() {
        assert_eq!(one_line("a\u{1b}[31mb\r\n\tc\0\u{202e}"), "a\\u{1b}[31mb c\\u{0}\\u{202e}");
        assert_eq!(cut("결제 서비스의 이름", 5), "결제 서…");
        assert_eq!(cut("12345", 5), "12345");
    }
}
