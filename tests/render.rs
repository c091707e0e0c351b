//! Service files and the manifests they render to, as raw files under `golden/render/`.

use std::collections::BTreeMap;
use std::fs;

use plimsoll::ops::Toolbox;
use plimsoll::service::Answers;

use crate::support::golden;

#[test]
fn every_case_renders_to_its_golden() {
    let toolbox = Toolbox::shipped().unwrap();
    let mut faults = Vec::new();
    for case in golden::cases("render") {
        let text = fs::read_to_string(case.join("service.yaml")).unwrap();
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &text).unwrap();
        let (_, plan) = match toolbox.plan(&answers) {
            Ok(planned) => planned,
            Err(refused) => {
                faults.extend(refused.iter().map(|fault| format!("{}: {fault}", case.display())));
                continue;
            }
        };
        let manifests = toolbox.renderer.render(&plan).unwrap();
        let got: BTreeMap<String, String> =
            manifests.into_iter().map(|manifest| (manifest.path.replace("k8s/", ""), manifest.text)).collect();
        faults.extend(golden::compare_folder(&case.join("k8s"), &got));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
