//! What the wizard refuses, and when it says so.

use super::{CONTACT, CONTAINER_IMAGE, DIGEST, IMAGE, NAME, PORT, PROTOCOL, RUNTIME, SIZE, TEAM, TIER, WRITE, asked, new, shop};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{CTRL_C, ENTER, UP};

#[test]
fn a_bad_port_is_refused_as_it_is_typed() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &["--set", "name=checkout"]);
    terminal.accept(&[TIER]).answer(CONTAINER_IMAGE, IMAGE).accept(&[RUNTIME]);
    terminal.answer(PORT, "99999").expect("99999 is not between 1 and 65535").answer(PORT, "abc").expect("✘");
    terminal.answer(PORT, "9090").accept(&[PROTOCOL, SIZE, TEAM, CONTACT, WRITE]).exits(0);
    assert!(sandbox.read("plimsoll.yaml").contains("port: 9090"));
}

#[test]
fn an_image_that_moves_is_refused_as_it_is_typed() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.accept(&[NAME, TIER]).answer(CONTAINER_IMAGE, "").expect("is missing");
    terminal.answer(CONTAINER_IMAGE, "x:latest").expect("the tag `latest` moves").expect("image-pinned");
    terminal.answer(CONTAINER_IMAGE, IMAGE).expect(RUNTIME).press(CTRL_C).exits(130);
}

#[test]
fn tier_1_asks_for_more() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &[]);
    terminal.accept(&[NAME]).expect(TIER).press(UP).expect("❯ 1").press(ENTER);
    terminal.answer(CONTAINER_IMAGE, IMAGE).expect("✘").expect("digest");
    terminal.answer(CONTAINER_IMAGE, &format!("{IMAGE}{DIGEST}")).accept(&[RUNTIME, PORT, PROTOCOL, SIZE]);
    terminal.answer(TEAM, "").expect("at tier 1 a person must say whom to call");
    terminal.answer(TEAM, "-").expect("at tier 1 a person must say whom to call");
    terminal.answer(TEAM, "payments").answer(CONTACT, "#payments-oncall").accept(&[WRITE]).exits(0);
    let service = sandbox.read("plimsoll.yaml");
    assert!(service.contains("tier: 1") && service.contains("team: payments"), "{service}");
}

#[test]
fn what_is_given_and_wrong_is_told_before_the_first_question() {
    for set in ["tier=9", "image=x:latest", "ports.0.port=0", "nmae=checkout"] {
        let sandbox = shop();
        let mut terminal = new(&sandbox, &["--set", set]);
        terminal.expect(&format!("--set {set}")).exits(2);
        assert!(asked(&terminal).is_empty(), "{}", terminal.said());
    }
}

#[test]
fn an_answer_that_what_is_given_does_not_bear_is_refused() {
    let sandbox = shop();
    let mut terminal = new(&sandbox, &["--set", &format!("image={IMAGE}")]);
    terminal.accept(&[NAME]).expect(TIER).press(UP).expect("❯ 1").press(ENTER);
    terminal.expect(&format!("✘ --set image={IMAGE}: image:")).expect("digest");
    terminal.accept(&[TIER, RUNTIME, PORT, PROTOCOL, SIZE, TEAM, CONTACT, WRITE]).exits(0);
}

#[test]
fn what_is_in_the_way_is_told_before_the_first_question() {
    let written = shop();
    written.write("plimsoll.lock", "schema: 1\n");
    let foreign = shop();
    foreign.write("k8s/deployment.yaml", "kind: Deployment\n");
    let merging = shop();
    merging.write(".git/MERGE_HEAD", &merging.git(&["rev-parse", "HEAD"]));
    let bare = Sandbox::new();
    let cases = [
        (&written, "a service that Plimsoll wrote before"),
        (&foreign, "k8s/deployment.yaml"),
        (&merging, "merge"),
        (&bare, "--init"),
    ];
    for (sandbox, reason) in cases {
        let before = sandbox.files();
        let mut terminal = new(sandbox, &[]);
        terminal.expect(reason).exits(2);
        assert!(asked(&terminal).is_empty(), "{}", terminal.said());
        assert_eq!(sandbox.files(), before);
    }
}
