//! How often verdicts are equal, and what each difference is about.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::answers::{Said, Verdict};

/// A difference: what happens on which side, and over what.
type Group = (&'static str, String);

/// How often, in which kinds, and the first mutant of a group.
#[derive(Debug, Default)]
struct Seen {
    count: usize,
    kinds: BTreeMap<String, usize>,
    first: String,
}

/// Equal verdicts out of all that were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Share {
    /// Equal ones.
    pub equal: usize,
    /// All.
    pub of: usize,
}

impl Share {
    fn add(&mut self, equal: bool) {
        self.equal += usize::from(equal);
        self.of += 1;
    }

    /// Hundredths of a percent, rounded down.
    pub fn points(self) -> usize {
        self.equal * 10_000 / self.of.max(1)
    }

    /// Such as `97.31 %`.
    pub fn percent(self) -> String {
        format!("{}.{:02} %", self.points() / 100, self.points() % 100)
    }
}

/// The comparison with one server.
#[derive(Debug, Default)]
pub struct Table {
    /// Whether an object can be read.
    pub decoding: Share,
    /// Of those that can be: whether they are refused, and else whether they bring a warning.
    pub validation: Share,
    /// Of those that are taken: whether fields are dropped.
    pub dropping: Share,
    /// What was about the server rather than the object.
    pub apart: usize,
    groups: BTreeMap<Group, Seen>,
}

impl Table {
    /// Adds a mutant of a kind; `how` is what was done to it, and beside our verdict stands whether the version does not
    /// know a field.
    pub fn compare(&mut self, kind: &str, how: &str, theirs: &Verdict, ours: &(Verdict, bool)) {
        let mut differ = |what: &'static str, said: &[Said]| {
            let nothing = Said { field: String::new(), message: String::new() };
            let said = said.first().unwrap_or(&nothing);
            let seen = self.groups.entry((what, grouped(said))).or_default();
            seen.count += 1;
            *seen.kinds.entry(kind.to_owned()).or_default() += 1;
            if seen.first.is_empty() {
                seen.first = format!("{kind}: {how}");
            }
        };
        match (theirs, ours) {
            (Verdict::Unread(_), (Verdict::Unread(_), _)) => self.decoding.add(true),
            (Verdict::Unread(said), (Verdict::Taken { .. } | Verdict::Refused(_), unknown)) => {
                // What the version does not know is dropped by a server that is asked less strictly.
                let told = *unknown && said.iter().all(|said| said.message.contains("unknown field"));
                self.decoding.add(told);
                if !told {
                    differ("cannot be read by the server, is read by us", said);
                }
            }
            (_, (Verdict::Unread(said), _)) => {
                self.decoding.add(false);
                differ("is read by the server, not by us", said);
            }
            (Verdict::Refused(_), (Verdict::Refused(_), _)) => {
                self.decoding.add(true);
                self.validation.add(true);
            }
            (Verdict::Refused(said), (Verdict::Taken { .. }, _)) => {
                self.decoding.add(true);
                self.validation.add(false);
                differ("is refused by the server, taken by us", said);
            }
            (Verdict::Taken { .. }, (Verdict::Refused(said), _)) => {
                self.decoding.add(true);
                self.validation.add(false);
                differ("is taken by the server, refused by us", said);
            }
            (Verdict::Taken { warned, dropped }, (Verdict::Taken { warned: by_us, dropped: told }, _)) => {
                self.decoding.add(true);
                self.validation.add(warned.is_empty() == by_us.is_empty());
                self.dropping.add(dropped.is_empty() == told.is_empty());
                match (warned.is_empty(), by_us.is_empty()) {
                    (false, true) => differ("is warned of by the server, not by us", warned),
                    (true, false) => differ("is warned of by us, not by the server", by_us),
                    _ => {}
                }
                match (dropped.is_empty(), told.is_empty()) {
                    (false, true) => differ("is dropped by the server, not by us", dropped),
                    (true, false) => differ("is dropped by us, not by the server", told),
                    _ => {}
                }
            }
        }
    }

    /// The shares, and all differences by what they are about, those first that are most.
    pub fn text(&self, version: &str) -> String {
        let mut text = format!(
            "Kubernetes {version}\ndecoding {} of {}, {}\nvalidation and warnings {} of {}, {}\ndropped fields {} of {}, {}\nnot about the object {}\n",
            self.decoding.equal,
            self.decoding.of,
            self.decoding.percent(),
            self.validation.equal,
            self.validation.of,
            self.validation.percent(),
            self.dropping.equal,
            self.dropping.of,
            self.dropping.percent(),
            self.apart,
        );
        let mut kinds: BTreeMap<&str, Vec<(&String, &Seen)>> = BTreeMap::new();
        for ((what, about), seen) in &self.groups {
            kinds.entry(what).or_default().push((about, seen));
        }
        for (what, mut groups) in kinds {
            groups.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.count));
            let count: usize = groups.iter().map(|(_, seen)| seen.count).sum();
            let _ = writeln!(text, "\n# {what}: {count} in {} groups", groups.len());
            for (about, Seen { count, kinds, first }) in groups {
                let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
                let _ = writeln!(text, "{count:5}  {about}\n       {}\n       {first}", kinds.join(", "));
            }
        }
        text
    }
}

/// What a message is about, the same for all places and values of a kind.
fn grouped(said: &Said) -> String {
    let mut field = said.field.clone();
    for template in ["spec.jobTemplate.spec.template.", "spec.template.", "template."] {
        if let Some(rest) = field.strip_prefix(template) {
            field = format!("Pod.{rest}");
        }
    }
    let mut place = String::new();
    let mut depth = 0;
    for c in field.chars() {
        match c {
            '[' => {
                depth += 1;
                if depth == 1 {
                    place.push_str("[*]");
                }
            }
            ']' => depth -= 1,
            c if depth == 0 => place.push(c),
            _ => {}
        }
    }
    let mut message = String::new();
    let mut quoted = false;
    let mut escaped = false;
    for c in said.message.chars() {
        match c {
            '"' if !escaped => {
                quoted = !quoted;
                message.push('"');
            }
            c if quoted => {
                escaped = c == '\\' && !escaped;
                continue;
            }
            '0'..='9' => message.push(if message.ends_with('N') { continue } else { 'N' }),
            '\n' => message.push(' '),
            c => message.push(c),
        }
        escaped = false;
    }
    // Unknown fields and keys that stand twice are all of a kind, however many there are.
    let message = message.split(", unknown field").next().unwrap_or_default();
    let message = message.split("in map   line").next().unwrap_or_default();
    format!("{place}: {}", message.chars().take(220).collect::<String>())
}
