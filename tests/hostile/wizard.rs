//! What was found in a folder, on the terminal of somebody who is asked.

use super::inputs::{INPUTS, MARK, service};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{CTRL_C, Terminal};

fn make(name: &str, sandbox: &Sandbox) {
    (INPUTS.iter().find(|input| input.name == name).unwrap().make)(sandbox);
}

/// Nothing of the payload has reached the terminal; prompts have sequences of their own.
#[track_caller]
fn is_harmless(terminal: &Terminal) {
    let raw = terminal.raw();
    assert!(raw.contains(MARK), "{raw}");
    for sequence in ["\u{1b}]0;", "\u{1b}[35m", "\u{202e}", "\u{2066}", "\u{200b}", "\u{9b}", "\u{85}", "\u{7}", "##["] {
        assert!(!raw.contains(sequence), "{sequence:?} in {raw:?}");
    }
    assert!(!raw.lines().any(|line| line.trim_start().starts_with("::")), "{raw:?}");
}

#[test]
fn the_wizard_shows_what_it_found_harmless() {
    let sandbox = Sandbox::repository();
    make("remote and Dockerfile", &sandbox);
    let mut terminal = Terminal::start(&sandbox, &["new", "."]);
    terminal.accept(&["? Name of the service", "? How critical is it?"]);
    terminal.answer("? Container image", "registry.example.com/shop/checkout:1.4.2");
    terminal.expect("? What runs in the container?").press(CTRL_C).exits(130);
    is_harmless(&terminal);
}

#[test]
fn a_conflict_is_asked_about_harmless() {
    let sandbox = service();
    make("conflict on both sides", &sandbox);
    let mut terminal = Terminal::start(&sandbox, &["update", "svc"]);
    terminal.expect("Which one?").press(CTRL_C).exits(130);
    is_harmless(&terminal);
}
