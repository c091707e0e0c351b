//! `plimsoll new` on a terminal.

mod refusals;

use crate::support::sandbox::{PLIMSOLL, Sandbox};
use crate::support::terminal::{CTRL_C, DOWN, ENTER, ESCAPE, Terminal};

const IMAGE: &str = "registry.example.com/shop/checkout:1.4.2";
const DIGEST: &str = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const NAME: &str = "? Name of the service";
const TIER: &str = "? How critical is it?";
const CONTAINER_IMAGE: &str = "? Container image";
const RUNTIME: &str = "? What runs in the container?";
const PORT: &str = "? Port on which it listens";
const PROTOCOL: &str = "? What does it speak there?";
const SIZE: &str = "? How large is one Pod?";
const TEAM: &str = "? Team that owns it";
const CONTACT: &str = "? Where is the team reached when it matters?";
const WRITE: &str = "? Write these files and commit them?";

/// A repository whose folder tells a name, a runtime and a port.
fn shop() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("Dockerfile", "FROM golang AS build\nFROM scratch\nEXPOSE 8080\n");
    sandbox.write("go.mod", "module example.com/shop/checkout\n");
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=more"]);
    sandbox
}

fn new(sandbox: &Sandbox, args: &[&str]) -> Terminal {
    Terminal::start(sandbox, &[&["new"], args].concat())
}

/// Answers everything at tier 2 with its default, up to the last confirmation.
#[track_caller]
fn accept_all(terminal: &mut Terminal) {
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, IMAGE).accept(&[RUNTIME, PORT, PROTOCOL, SIZE, TEAM, CONTACT]);
}

/// All that must stay when nothing is to be changed.
fn state(sandbox: &Sandbox) -> (Vec<(String, Vec<u8>)>, String) {
    (sandbox.files(), sandbox.git(&["for-each-ref"]) + &sandbox.git(&["symbolic-ref", "HEAD"]))
}

/// The questions that were asked, each once.
fn asked(terminal: &Terminal) -> Vec<&'static str> {
    let said = terminal.said();
    let all = [NAME, TIER, CONTAINER_IMAGE, RUNTIME, PORT, PROTOCOL, SIZE, TEAM, CONTACT, WRITE];
    all.into_iter().filter(|question| said.contains(question)).collect()
}

#[test]
fn defaults_and_an_image_become_a_commit() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.expect("Default from the name of the folder.").answer(NAME, "");
    terminal.expect("Default from the blueprint.").answer(TIER, "");
    terminal.answer(CONTAINER_IMAGE, IMAGE);
    terminal.expect("Default from go.mod.").answer(RUNTIME, "");
    terminal.expect("Default from EXPOSE in Dockerfile.").answer(PORT, "");
    terminal.accept(&[PROTOCOL, SIZE]).expect("Enter leaves it out.").accept(&[TEAM, CONTACT]);
    terminal.expect("work · tier 2 · web-service@1.1.0 · production@2026.12");
    terminal.expect("replicas.min 2 tier 2: min-replicas").expect("In service").expect("Files");
    for path in ["plimsoll.yaml", "k8s/deployment.yaml", "k8s/service.yaml", "plimsoll.lock"] {
        terminal.expect(path);
    }
    terminal.accept(&[WRITE]).expect("Committed").exits(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["show", "--format=%s", "--name-only"]).lines().next(), Some("Add work as a service of tier 2"));
    let service = sandbox.read("plimsoll.yaml");
    for line in ["name: work", "tier: 2", &format!("image: {IMAGE}"), "runtime: go", "port: 8080", "size: small"] {
        assert!(service.contains(line), "{line} not in {service}");
    }
}

#[test]
fn the_printed_command_does_the_same() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, IMAGE).accept(&[RUNTIME, PORT, PROTOCOL, SIZE]);
    terminal.answer(TEAM, "payments").answer(CONTACT, "the team's #payments $HOME").accept(&[WRITE]).exits(0);
    let plain = terminal.plain();
    let (_, rest) = plain.split_once("The same without questions\n").unwrap();
    let command = rest.split("\n\n").next().unwrap();
    let other = shop();
    let script = format!("plimsoll() {{ \"{PLIMSOLL}\" \"$@\"; }}\n{command}");
    let output = other.command("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(other.files(), sandbox.files());
    assert_eq!(other.git(&["rev-parse", "HEAD"]), sandbox.git(&["rev-parse", "HEAD"]));
}

#[test]
fn the_printed_command_asks_nothing_on_a_terminal() {
    let sandbox = shop();
    let image = format!("image={IMAGE}");
    new(&sandbox, &["--defaults", "--set", &image]).expect("Committed").exits(0);
}

#[test]
fn every_step_can_be_taken_back() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.answer(NAME, "<").answer(NAME, "basket").accept(&[TIER]).answer(CONTAINER_IMAGE, IMAGE);
    terminal.expect(RUNTIME).press(DOWN).expect("❯ node").press(ESCAPE);
    terminal.expect("Default from your last answer.").expect(&format!("{CONTAINER_IMAGE} ({IMAGE})")).press("<\r");
    terminal.expect(TIER).press(ESCAPE).expect("(basket)").press(ENTER);
    // A service that is not critical is not asked for a contact.
    terminal.expect(TIER).press(DOWN).expect("❯ 3").press(ENTER);
    terminal.accept(&[CONTAINER_IMAGE, RUNTIME, PORT, PROTOCOL, SIZE]).answer(TEAM, "payments");
    terminal.expect("basket · tier 3").expect(WRITE).press(ESCAPE);
    terminal.expect("- leaves it out.").expect("? Team that owns it (payments)").press("-\r");
    terminal.accept(&[WRITE]).exits(0);
    assert!(!asked(&terminal).contains(&CONTACT));
    let service = sandbox.read("plimsoll.yaml");
    assert!(service.contains("name: basket") && service.contains("tier: 3") && service.contains(IMAGE), "{service}");
    assert!(!service.contains("payments"), "{service}");
}

#[test]
fn a_step_back_leaves_one_line_for_each_answer() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, IMAGE).expect(RUNTIME).press(ESCAPE);
    terminal.answer(CONTAINER_IMAGE, "<").expect(TIER).expect("internal");
    terminal.press(ENTER).expect(CONTAINER_IMAGE).press(CTRL_C).exits(130);
    let screen = terminal.screen();
    assert_eq!(screen.matches("✔ Name of the service · work").count(), 1, "{screen}");
    assert_eq!(screen.matches("✔ How critical is it? · 2 (standard)").count(), 1, "{screen}");
    assert!(!screen.contains("✔ Container image"), "{screen}");
}

#[test]
fn control_c_leaves_without_a_trace() {
    let in_a_list = |terminal: &mut Terminal| _ = terminal.accept(&[NAME]).expect(TIER).expect("internal");
    let in_the_middle = |terminal: &mut Terminal| {
        _ = terminal.accept(&[NAME, TIER]).expect(CONTAINER_IMAGE).press("registry.exam").expect("exam");
    };
    let at_the_end = |terminal: &mut Terminal| {
        accept_all(terminal);
        terminal.expect(WRITE);
    };
    let at_first = |terminal: &mut Terminal| _ = terminal.expect(NAME);
    let places: [&dyn Fn(&mut Terminal); 4] = [&at_first, &in_a_list, &in_the_middle, &at_the_end];
    for reach in places {
        let sandbox = shop();
        let before = state(&sandbox);
        let mut terminal = new(&sandbox, &[]);
        reach(&mut terminal);
        terminal.press(CTRL_C).expect("Cancelled. Nothing was changed.").exits(130);
        assert!(terminal.shows_cursor(), "{}", terminal.screen());
        let raw = terminal.raw();
        assert!(raw.rfind("\x1b[?25h") > raw.rfind("\x1b[?25l"));
        assert_eq!(state(&sandbox), before);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn an_interrupt_from_outside_leaves_as_well() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.expect(NAME);
    let id = terminal.process_id().to_string();
    // One that comes just before the binary waits for a key is heeded after the next key only.
    for _ in 0..1000 {
        if terminal.has_ended() {
            break;
        }
        assert!(sandbox.command("kill").args(["-INT", &id]).status().unwrap().success());
    }
    terminal.expect("Cancelled. Nothing was changed.").exits(130);
}

#[test]
fn a_no_at_the_end_changes_nothing() {
    let sandbox = shop();
    let before = state(&sandbox);
    let mut terminal = new(&sandbox, &[]);
    accept_all(&mut terminal);
    terminal.expect(WRITE).press("n").expect("Nothing was changed.").exits(0);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn what_is_given_is_not_asked() {
    let sandbox = shop();
    let image = format!("image={IMAGE}");
    let set = ["--set", "name=checkout", "--set", "tier=3", "--set", &image, "--set", "ports=[{port: 9000, protocol: grpc}]"];
    let mut terminal = new(&sandbox, &set);
    terminal.accept(&[RUNTIME, SIZE, TEAM, WRITE]).exits(0);
    assert_eq!(asked(&terminal), [RUNTIME, SIZE, TEAM, WRITE]);

    let sandbox = shop();
    let rest = ["--set", "runtime=go", "--set", "resources={cpu: 300m, memory: 1Gi}", "--set", "owner.team=shop"];
    let mut terminal = new(&sandbox, &[&set[..], &rest].concat());
    terminal.expect(WRITE).press(ESCAPE).expect("Nothing was changed.").exits(0);
    assert_eq!(asked(&terminal), [WRITE]);
    assert!(!sandbox.files().iter().any(|(path, _)| path == "plimsoll.yaml"));
}

#[test]
fn a_dry_run_shows_plan_and_diff() {
    let sandbox = shop();
    let before = state(&sandbox);
    let mut terminal = new(&sandbox, &["--dry-run"]);
    accept_all(&mut terminal);
    terminal.expect("--dry-run").expect("service.name work answer: name").expect("In service");
    terminal.expect("+++ b/plimsoll.yaml").expect("+++ b/k8s/deployment.yaml").expect("Nothing was written.").exits(0);
    assert!(!asked(&terminal).contains(&WRITE));
    assert_eq!(state(&sandbox), before);
}

#[test]
fn files_can_be_written_without_a_commit() {
    let sandbox = Sandbox::new();
    let mut terminal = new(&sandbox, &["--no-commit", "--set", "ports.0.port=8080"]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, IMAGE).accept(&[RUNTIME, PROTOCOL, SIZE, TEAM, CONTACT]);
    terminal.accept(&["? Write these files, without a commit?"]).expect("not committed").exits(0);
    assert_eq!(sandbox.files().len(), 8);
    assert!(!sandbox.dir().join(".git").exists());
}

#[test]
fn a_commit_can_go_to_a_new_branch() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &["--branch", "feature"]);
    accept_all(&mut terminal);
    terminal.expect("--branch feature").accept(&["commit them on feature?"]).expect("on feature").exits(0);
    assert_eq!(sandbox.git(&["log", "--format=%s", "main..feature"]), "Add work as a service of tier 2\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_repository_can_be_made_for_it() {
    let sandbox = Sandbox::new();
    let mut terminal = new(&sandbox, &["--init"]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, IMAGE).accept(&[RUNTIME]).answer(PORT, "8080");
    terminal.accept(&[PROTOCOL, SIZE, TEAM, CONTACT]).expect("--init").accept(&[WRITE]).exits(0);
    assert_eq!(sandbox.git(&["log", "--format=%s"]), "Add work as a service of tier 2\n");
}

#[test]
fn no_color_is_respected() {
    let sandbox = shop();
    let mut terminal = Terminal::start_with(&sandbox, &["new"], 120, &[("NO_COLOR", "1")]);
    terminal.answer(NAME, "A b").expect("✘");
    accept_all(&mut terminal);
    terminal.accept(&[WRITE]).exits(0);
    let raw = terminal.raw();
    let styles =
        raw.split("\x1b[").skip(1).filter(|rest| rest.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).starts_with('m'));
    assert_eq!(styles.count(), 0, "{raw:?}");
    let coloured = shop();
    let mut terminal = new(&coloured, &[]);
    terminal.expect(NAME).press(CTRL_C).exits(130);
    assert!(terminal.raw().contains("\x1b[33m"), "{:?}", terminal.raw());
}

#[test]
fn a_narrow_terminal_stays_in_order() {
    let sandbox = shop();
    let image = format!("{IMAGE}{DIGEST}");
    let mut terminal = Terminal::start_with(&sandbox, &["new"], 60, &[]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, "registry.example.com/shop/checkout:latest").expect("image-pinned");
    terminal.answer(CONTAINER_IMAGE, &image).expect(RUNTIME).expect("native");
    let expected = format!(
        "Enter takes the default, < goes back (Esc in a list), Ctrl-C\n\
         leaves without a trace.\n\
         ✔ Name of the service · work\n\
         ✔ How critical is it? · 2 (standard)\n\
         ✔ Container image · {image}\n\
         \n\
         Decides how the program learns how much memory and cpu it\n\
         has. Default from go.mod.\n\
         ? What runs in the container? ›\n"
    );
    assert!(terminal.screen().starts_with(&expected), "{}", terminal.screen());
    terminal.press(ENTER).accept(&[PORT, PROTOCOL, SIZE, TEAM, CONTACT, WRITE]).exits(0);
    assert!(sandbox.read("plimsoll.yaml").contains(&image));
}
