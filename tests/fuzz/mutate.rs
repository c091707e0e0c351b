//! Texts that nobody wrote: the repository's own, damaged at random.

use std::fs;
use std::path::Path;

/// What YAML, CEL and their readers treat in a way of their own.
const WORDS: &[&str] = &[
    "---\n",
    "...\n",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "- ",
    ": ",
    "? ",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "!!int ",
    "|2\n",
    ">-\n",
    "'",
    "\"",
    "\\",
    "#",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "~",
    "null",
    "yes",
    "0755",
    "1_000",
    ".inf",
    ".nan",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551616",
    "1e400",
    "999999999Ei",
    "-1",
    "100%",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "한",
    "🚢",
    "{{",
    "%",
    "$(A)",
    "apiVersion: v1\nkind: List\nitems:\n",
    "kind: Deployment\n",
    "&&",
    "||",
    "!",
    "?",
    ".?",
    "[?",
    ".all(c, ",
    ".exists(c, ",
    ".map(c, ",
    "size(",
    "object.",
    "variables.",
    "related.",
    ".orValue(",
    ".matches('(a*)*b')",
    "quantity('1Ei')",
    "dyn(",
    "/ 0",
    "% 0",
    "* 9223372036854775807",
    "2027-13-41",
];

/// Numbers that look random and are the same in every run of one seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another one, which is above zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// One of some things.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }
}

/// All texts below a folder of the repository whose names end in one of `endings`.
pub fn seeds(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds nothing that ends in {endings:?}");
    found
}

/// A text made of `seeds`: damaged in some places, or wholly random bytes.
pub fn text(random: &mut Random, seeds: &[String]) -> String {
    if random.below(50) == 0 {
        let bytes: Vec<u8> = (0..random.below(400)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut bytes = random.one_of(seeds).clone().into_bytes();
    for _ in 0..=random.below(6) {
        damage(random, &mut bytes, seeds);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn damage(random: &mut Random, bytes: &mut Vec<u8>, seeds: &[String]) {
    let at = random.below(bytes.len() + 1);
    let some = random.below(1 + (bytes.len() - at).min(80));
    match random.below(8) {
        0 => drop(bytes.drain(at..at + some)),
        1 => bytes.truncate(at),
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 => {
            let (piece, times) = (bytes[at..at + some].to_vec(), 1 + random.below(3));
            bytes.splice(at..at, piece.repeat(times));
        }
        4 => {
            let other = random.one_of(seeds).as_bytes();
            let from = random.below(other.len() + 1);
            let piece = other[from..from + random.below(1 + (other.len() - from).min(300))].to_vec();
            bytes.splice(at..at, piece);
        }
        5 if random.below(20) == 0 => {
            let times = random.below(3_000);
            bytes.splice(at..at, random.one_of(WORDS).as_bytes().repeat(times));
        }
        6 => drop(bytes.splice(at..at + some, random.one_of(WORDS).bytes())),
        _ => drop(bytes.splice(at..at, random.one_of(WORDS).bytes())),
    }
}
