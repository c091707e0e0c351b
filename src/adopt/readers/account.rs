//! The account of the Pods.

use super::AdoptReader;
use crate::yaml::Route;

pub fn read(r: &mut AdoptReader<'_>) {
    let token = |at: crate::adopt::object::ObjectField<'_>| {
        at.get("automountServiceAccountToken").is_some_and(|token| token.is_flag(true))
    };
    let account = r.family.account;
    if token(r.pod.clone()) || account.is_some_and(|account| token(account.at())) {
        let at = r.pod.get("automountServiceAccountToken").or_else(|| account?.at().get("automountServiceAccountToken"));
        if let Some(at) = at {
            r.draft.say("service-account.api-access", true, &at);
        }
    }
    let Some(account) = account else { return };
    let own = r.decided("/annotations/own");
    for (key, at) in account.annotations() {
        let is_own = own.as_ref().and_then(|own| own.get(&key)).and_then(serde_json::Value::as_str) == at.text();
        if !is_own && !key.starts_with("kubectl.kubernetes.io/") && !key.starts_with("meta.helm.sh/") {
            let field = Route::root().key("service-account").key("annotations").key(key.as_str());
            r.draft.say_at(field, at.text().unwrap_or_default(), &at);
        }
    }
    // Who is given rights in the API is meant to use it.
    let binding = r.family.others.iter().find_map(|other| {
        let subjects = other.at().get("subjects").filter(|_| other.id.kind.ends_with("RoleBinding"))?;
        subjects.items().into_iter().find(|subject| {
            let word = |key: &str| subject.get(key).and_then(|at| at.text());
            word("kind") == Some("ServiceAccount") && word("name") == Some(&account.id.name)
        })
    });
    let said = r.pod.get("automountServiceAccountToken").or_else(|| account.at().get("automountServiceAccountToken"));
    if let Some(at) = binding.filter(|_| said.is_none()) {
        r.draft.say("service-account.api-access", true, &at);
    }
}
