//! All that an API server would say of an object.

use super::types::{Decoded, decode};
use super::{ApiFault, ObjectId, Reaction, validation, warnings};
use crate::notation::KubeVersion;
use crate::yaml::{Fault, Node, Place, Route, Source, load_keys, load_one, read_differently};

/// What an API server of a version would say of an object, in the order in which it would: what it cannot read,
/// else what its validation refuses, what it warns of, and what it drops in silence.
///
/// `twice` are the keys that stand twice in the object, with routes from its root. Nothing is said of kinds that
/// Kubernetes itself does not have.
#[must_use]
pub fn verdicts(object: &Node, twice: &[(Route, Place)], version: KubeVersion) -> Vec<ApiFault> {
    complete(decode(object, version), object, twice, version)
}

/// What is said of an object that has been read as its type.
fn complete(decoded: Decoded, object: &Node, twice: &[(Route, Place)], version: KubeVersion) -> Vec<ApiFault> {
    let stands_twice = |(route, place): &(Route, Place)| ApiFault {
        reaction: Reaction::Refused,
        place: *place,
        route: route.clone(),
        missing: false,
        message: "stands twice; keep one of them".to_owned(),
    };
    let is_refusal = |fault: &ApiFault| fault.reaction == Reaction::Refused;
    let mut faults: Vec<ApiFault> = twice.iter().map(stands_twice).collect();
    let Decoded::Read(read) = decoded else { return faults };
    faults.extend(read);
    if faults.iter().any(is_refusal) {
        faults.retain(is_refusal);
        faults.sort_by_key(|fault| fault.place);
        return faults;
    }
    let refused = validation::faults(object, version);
    if !refused.is_empty() {
        return refused;
    }
    faults.extend(warnings::faults(object, version));
    faults
}

/// Reads the object in a text, which an API server of a version must take, and other readers of YAML must read alike.
///
/// # Errors
/// Everything for which it would be refused; a kind that Kubernetes itself does not have is a fault, too.
pub fn read(text: &str, version: KubeVersion) -> Result<ObjectId, Vec<ApiFault>> {
    let root = load_one("", text).map_err(|faults| faults.into_iter().map(unread).collect::<Vec<_>>())?;
    if let Some((place, route)) = read_differently(&root) {
        let message = "is read differently by readers of YAML 1.1 and 1.2".to_owned();
        return Err(vec![ApiFault { reaction: Reaction::Refused, place, route, missing: false, message }]);
    }
    let id = ObjectId::of(&root);
    let decoded = decode(&root, version);
    if matches!(decoded, Decoded::UnknownKind) {
        let message = format!("the kind `{}` of `{}` is none of Kubernetes' own", id.kind, id.api_version);
        return Err(vec![ApiFault::at(Reaction::Refused, &root, Route::root(), message)]);
    }
    let mut faults = complete(decoded, &root, &[], version);
    faults.retain(|fault| fault.reaction == Reaction::Refused);
    if faults.is_empty() { Ok(id) } else { Err(faults) }
}

/// The object in a text that was [read](read()) before; `None` if it is not YAML.
#[must_use]
pub fn identify(text: &str) -> Option<ObjectId> {
    load_keys(text, &["apiVersion", "kind", "metadata"]).map(|root| ObjectId::of(&root))
}

fn unread(fault: Fault) -> ApiFault {
    let place = if let Some(Source::File(_, place)) = fault.source { place } else { Place { line: 1, column: 1 } };
    ApiFault { reaction: Reaction::Refused, place, route: fault.route, missing: false, message: fault.message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::NEWEST;

    fn refused(text: &str) -> Vec<String> {
        read(text, NEWEST).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_readers_read_differently_is_refused() {
        let shown = refused("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes}\n");
        assert_eq!(shown, ["4:8: data.a: is read differently by readers of YAML 1.1 and 1.2"]);
        assert!(refused("apiVersion: v1\nkind: Sekret\n")[0].contains("none of Kubernetes' own"));
        assert!(refused("a: [\n")[0].contains("is not YAML"));
        assert_eq!(refused("apiVersion: v1\nkind: Secret\nkind: Secret\n"), ["3:1: kind: stands twice; keep one of them"]);
    }

    #[test]
    fn a_refused_object_is_told_nothing_else() {
        let version = "1.29".parse().unwrap();
        let faults = |text: &str, twice: &[(Route, Place)]| verdicts(&load_one("f", text).unwrap(), twice, version);
        let text =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostUsers: false, containers: [{name: a, image: a}]}\n";
        assert_eq!(faults(text, &[]).iter().map(|fault| fault.reaction).collect::<Vec<_>>(), [Reaction::Dropped]);
        let twice = [(Route::root().key("spec"), Place { line: 2, column: 1 })];
        let told = faults(text, &twice);
        assert_eq!(told.iter().map(|fault| fault.reaction).collect::<Vec<_>>(), [Reaction::Refused]);
    }
}
