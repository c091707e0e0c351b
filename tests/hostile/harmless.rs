//! What every output must be, by where it is shown.

use serde_json::Value as Json;

/// Where an output is shown, and so which notation it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// A terminal, or the log of a system of CI. Colours are forced.
    People,
    /// A program that reads JSON.
    Json,
    /// A program that reads XML.
    Xml,
    /// The log of GitHub Actions, with annotations.
    Annotations,
    /// A page or a comment.
    Markdown,
    /// A commit, which a forge reads.
    Message,
}

/// The colours that we use.
const COLOURS: &[&str] =
    &["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[4m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[36m"];

/// The HTML that we write into Markdown.
const TAGS: &[&str] =
    &["<!-- plimsoll -->", "<!-- -->", "<br>", "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"];

/// What is wrong with an output, if anything is.
pub fn fault(sink: Sink, text: &str) -> Option<String> {
    let text = COLOURS.iter().fold(text.to_owned(), |text, colour| match sink {
        Sink::People => text.replace(colour, ""),
        _ => text,
    });
    let acting = text.chars().find(|c| *c != '\n' && acts(*c)).map(|c| format!("U+{:04X} is raw", u32::from(c)));
    let commands = text.lines().find_map(|line| command(sink, line));
    acting.or(commands).or_else(|| match sink {
        Sink::People | Sink::Annotations => None,
        Sink::Json => serde_json::from_str::<Json>(&text).err().map(|error| error.to_string()),
        Sink::Xml => roxmltree::Document::parse(&text).err().map(|error| error.to_string()),
        Sink::Markdown => prose(&text).find_map(markup),
        Sink::Message => text.lines().find_map(call),
    })
}

/// What a line of a commit message has a forge do.
fn call(line: &str) -> Option<String> {
    let chars: Vec<char> = line.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or(' ');
    let calls = |(index, c): (usize, &char)| match c {
        '@' => !(index > 0 && at(index - 1).is_alphanumeric()) && at(index + 1).is_alphanumeric(),
        '#' | '!' => at(index + 1).is_ascii_digit(),
        _ => false,
    };
    let skips = ["[skip ci]", "[ci skip]"].iter().any(|word| line.to_lowercase().contains(word));
    (skips || chars.iter().enumerate().any(calls)).then(|| format!("a call in {line}"))
}

/// The lines of Markdown that are no code: a block of code ends with the fence that it began with.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fence = None;
    text.lines().filter(move |line| match fence {
        Some(open) if *line == open => {
            fence = None;
            false
        }
        Some(_) => false,
        None => {
            fence = line.strip_suffix("sh").filter(|line| line.len() >= 3 && line.bytes().all(|byte| byte == b'`'));
            fence.is_none()
        }
    })
}

/// Whether a character acts on a terminal, or hides.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// What makes a line a command, unless it is an annotation of ours.
fn command(sink: Sink, line: &str) -> Option<String> {
    if let Some((_, rest)) = line.split_once("##")
        && rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
    {
        return Some(format!("a command: {line}"));
    }
    let rest = line.trim_start().strip_prefix("::")?;
    let is_ours = || {
        let (head, _) = rest.split_once("::")?;
        if head == "notice" {
            return Some(true);
        }
        let (level, properties) = head.split_once(' ')?;
        let keys: Vec<&str> = properties.split(',').map(|property| property.split('=').next().unwrap_or_default()).collect();
        Some(["error", "warning", "notice"].contains(&level) && keys == ["file", "line", "col", "title"])
    };
    let fine = sink == Sink::Annotations && line.starts_with("::") && is_ours() == Some(true);
    (!fine).then(|| format!("a command: {line}"))
}

/// What a line of Markdown has that is not text, and not ours.
fn markup(line: &str) -> Option<String> {
    let prose = without_code(line);
    let prose = TAGS.iter().fold(prose, |text, tag| text.replace(tag, "\u{1}"));
    let wrong = |what: &str| Some(format!("{what} in {line}"));
    let chars: Vec<char> = prose.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or(' ');
    for (index, c) in chars.iter().enumerate() {
        let before = if index == 0 { ' ' } else { at(index - 1) };
        match c {
            '<' => return wrong("a tag"),
            '`' if before != '\\' => return wrong("a backtick"),
            '[' | ']' if before != '\\' => return wrong("a link"),
            '@' if !before.is_alphanumeric() && at(index + 1).is_alphanumeric() => return wrong("a mention"),
            '#' if at(index + 1).is_ascii_digit() => return wrong("an issue"),
            ':' if at(index + 1) == '/' && at(index + 2) == '/' => return wrong("an address"),
            _ => {}
        }
    }
    if line.starts_with('|') {
        let bars = prose.replace("\\\\", "").replace("\\|", "").matches('|').count();
        // The tables of findings, of changes and of conflicts, and that of items.
        return if [5, 6, 7].contains(&bars) { None } else { wrong("another cell") };
    }
    None
}

/// A line without its code spans; those in `<code>` are held to the rules of prose.
fn without_code(line: &str) -> String {
    let mut prose = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let is_escaped = rest[..at].ends_with('\\');
        let end = rest[at + 1..].find('`').map(|end| at + 1 + end);
        let (Some(end), false) = (end, is_escaped) else {
            prose += &rest[..=at];
            rest = &rest[at + 1..];
            continue;
        };
        prose += &rest[..at];
        // A bar ends a cell even in code.
        prose += &"|".repeat(rest[at..end].matches('|').count());
        rest = &rest[end + 1..];
    }
    prose + rest
}

#[test]
fn what_acts_is_seen() {
    for (sink, text) in [
        (Sink::People, "a\u{1b}[35m"),
        (Sink::People, "a\n \t::set-output name=x::y"),
        (Sink::People, "a ##vso[task.complete]"),
        (Sink::People, "a\u{202e}"),
        (Sink::Annotations, "::set-output name=x::y"),
        (Sink::Annotations, " ::error file=a,line=1,col=1,title=b::c"),
        (Sink::Json, "{\"a\": \"\u{2066}\"}"),
        (Sink::Json, "{"),
        (Sink::Xml, "<a>"),
        (Sink::Markdown, "a <img src=x>"),
        (Sink::Markdown, "a @org/team"),
        (Sink::Markdown, "a [b](c)"),
        (Sink::Message, "asks @team"),
        (Sink::Message, "Fixes a/b#1"),
        (Sink::Message, "[skip ci]"),
        (Sink::Markdown, "| `a|b` | c | d | e | f | g |"),
    ] {
        assert!(fault(sink, text).is_some(), "{sink:?} {text:?}");
    }
    assert_eq!(fault(Sink::People, "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m a\\n::b\n"), None);
    assert_eq!(fault(Sink::Annotations, "::error file=a,line=1,col=1,title=b::c%0A::d\n"), None);
    assert_eq!(fault(Sink::Markdown, "- \\[a\\] `<b> @c` @<!-- -->d <code>e\\|f</code>\n"), None);
}
