//! How long a merge takes; `cargo test --release --test merge -- --ignored --nocapture` prints it.

use std::time::Instant;

use plimsoll::merge::{MergePolicy, SourceFile, merge};

#[test]
#[ignore = "measures, and judges nothing"]
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn a_merge_of_small_and_large_files() {
    let render = super::cases::renders().into_iter().max_by_key(String::len).unwrap();
    let ours = render.replacen("replicas", "# pinned by ops\n  replicas", 1).replace("IfNotPresent", "Always");
    let theirs = render.replacen("    spec:\n", "    spec:\n      hostNetwork: false\n", 1);
    for copies in [1, 20] {
        let many = |text: &str| {
            let copy = |number: usize| text.replacen("  name: ", &format!("  name: n{number}-"), 1);
            (0..copies).map(copy).collect::<Vec<_>>().join("---\n")
        };
        let [base, ours, theirs] = [&render, &ours, &theirs].map(|text| many(text));
        let file = |text| [SourceFile { path: "all.yaml", text }];
        let run = || merge(&file(&base), &file(&ours), &file(&theirs), &MergePolicy::default()).unwrap();
        assert_eq!((run().files.len(), run().conflicts.len()), (1, 0));
        let best = (0..100).map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        });
        println!("{} bytes: {:?}", base.len(), best.min().unwrap());
    }
}
