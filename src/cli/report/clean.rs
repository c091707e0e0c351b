//! Texts of others made safe to show: manifests may hold anything.

/// The text with a visible stand-in for each control character but tabs and line breaks.
///
/// What turns the direction of writing is replaced too: it makes a line read as what it is not.
pub fn visible(text: &str) -> String {
    text.chars().map(stand_in).collect()
}

/// The text on one line: whitespace of any kind becomes single spaces.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
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

/// What is shown for a character.
pub fn stand_in(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        // The block of control pictures has the order of the characters.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fffe}'
        | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_is_shown() {
        assert_eq!(one_line("a\u{1b}[31mb\r\n\tc\0\u{7f}\u{9b}\u{202e}"), "a␛[31mb c␀␡\u{fffd}\u{fffd}");
        assert_eq!(visible("a\tb\n"), "a\tb\n");
        assert_eq!(cut("결제 서비스의 이름", 5), "결제 서…");
        assert_eq!(cut("12345", 5), "12345");
    }
}
