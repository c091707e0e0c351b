//! The container itself: its name and image, and where the image's credentials are.

use super::AdoptReader;

pub fn read(r: &mut AdoptReader<'_>) {
    for (field, key) in [("container", "name"), ("image", "image")] {
        if let Some(at) = r.container.get(key)
            && let Some(text) = at.text()
        {
            r.draft.say(field, text, &at);
        }
    }
    let account = r.family.account.map(|account| account.at().list("imagePullSecrets")).unwrap_or_default();
    let pod = r.pod.list("imagePullSecrets");
    let mut names: Vec<&str> = Vec::new();
    for at in account.iter().chain(&pod) {
        let Some(name) = at.get("name").and_then(|name| name.text()).filter(|name| !names.contains(name)) else { continue };
        r.draft.say(&format!("pull-secrets[{}]", names.len()), name, at);
        names.push(name);
    }
}
