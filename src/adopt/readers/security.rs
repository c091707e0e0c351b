//! As whom the container runs.

use super::AdoptReader;

pub fn read(r: &mut AdoptReader<'_>) {
    let user = r.container.find("securityContext.runAsUser").or_else(|| r.pod.find("securityContext.runAsUser"));
    if let Some(at) = user
        && let Some(user) = at.number()
    {
        r.draft.say("run-as-user", user, &at);
    }
}
