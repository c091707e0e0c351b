//! Services of one repository.

use super::sandbox::Sandbox;

/// What starts a service without questions.
pub const NEW: &[&str] =
    &["new", "--set", "name=checkout", "--set", "image=reg:5000/shop/checkout:1.4.2", "--set", "ports.0.port=8080"];

/// The services of [`three_services`].
pub const SERVICES: [&str; 3] = ["cart", "pay", "web"];

/// Three services whose service files ask for more than was rendered, beside edits of people and
/// work that is not committed.
pub fn three_services() -> Sandbox {
    let sandbox = Sandbox::repository();
    for name in SERVICES {
        let named = format!("name={name}");
        sandbox.run(&[NEW, &["--set", &named, name]].concat()).exits(0);
        let service = sandbox.read(&format!("{name}/plimsoll.yaml"));
        sandbox.write(&format!("{name}/plimsoll.yaml"), &format!("{service}scale: {{ max: 12 }}\n"));
        let deployment = sandbox.read(&format!("{name}/k8s/deployment.yaml"));
        sandbox.write(&format!("{name}/k8s/deployment.yaml"), &format!("# Ours, by hand.\n{deployment}"));
    }
    let service = sandbox.read("web/plimsoll.yaml");
    sandbox.write("web/plimsoll.yaml", &format!("{service}tier: 3\n"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=edits"]);
    sandbox.write("others/staged", "staged\n");
    sandbox.git(&["add", "others/staged"]);
    sandbox.write("others/untracked", "untracked\n");
    sandbox
}
