//! The people's files as Plimsoll goes on with them: in `k8s/`, each object a document of its own, and
//! one that is named otherwise than the workload in the file of its kind, where updates find it.

use std::collections::BTreeMap;
use std::path::Path;

use super::standing::{fault_of, shown};
use crate::adopt::{Aligned, Family, Object};
use crate::ops::OpError;
use crate::ops::check::MANIFESTS;
use crate::yaml::{self, Node, Value, write};

/// The files that hold objects of the service.
#[derive(Debug)]
pub struct Arranged {
    /// Their texts by their new paths.
    pub texts: Vec<(String, String)>,
    /// Where each of them went, by its path before.
    pub from: BTreeMap<String, String>,
    /// Objects that go out of a file of several: the object, the file, and where it goes.
    pub apart: Vec<[String; 3]>,
}

/// Arranges the files that hold objects of the service. Other files stay where they are.
///
/// # Errors
/// A list with comments, which would get lost; or a `kustomization.yaml` that names what would move.
pub fn arrange(
    dir: &Path,
    texts: &[(String, String)],
    family: &Family<'_>,
    aligned: &[Aligned<'_>],
) -> Result<Arranged, OpError> {
    let in_folder = |path: &str| path.starts_with(&format!("{MANIFESTS}/"));
    let mut arranged = Arranged { texts: Vec::new(), from: BTreeMap::new(), apart: Vec::new() };
    for (path, text) in texts {
        let named = |aligned: &&Aligned<'_>| aligned.standing.is_some_and(|object| *object.file == *shown(dir, path));
        let members: Vec<&Aligned<'_>> = aligned.iter().filter(named).collect();
        if members.is_empty() {
            continue;
        }
        let text = unfolded(dir, path, text, &members)?;
        let to = if in_folder(path) { path.clone() } else { format!("{MANIFESTS}/{path}") };
        arranged.from.insert(path.clone(), to.clone());
        arranged.texts.push((to, text));
    }
    for member in aligned {
        let is_other =
            |object: &&Object| (&object.id.name, &object.id.namespace) != (&member.rendered.name, &member.rendered.namespace);
        if let Some(object) = member.standing.filter(is_other) {
            set_apart(&mut arranged, object, &member.manifest.path);
        }
    }
    let kustomization = family.others.iter().find(|other| other.id.kind == "Kustomization");
    let moves = arranged.texts.len() > arranged.from.len() || arranged.from.iter().any(|(from, to)| from != to);
    if let Some(kustomization) = kustomization.filter(|_| moves) {
        let fault = kustomization_fault(dir, kustomization, texts);
        return Err(OpError::Faults(vec![fault]));
    }
    Ok(arranged)
}

fn kustomization_fault(dir: &Path, object: &Object, texts: &[(String, String)]) -> yaml::Fault {
    let path = texts.iter().map(|(path, _)| path).find(|path| *object.file == *shown(dir, path));
    let message = "names manifests that would move into k8s/".to_owned();
    fault_of(dir, path.map_or("kustomization.yaml", String::as_str), message)
        .hint("move the manifests into k8s/ yourself and adopt them there, or adopt what `kustomize build` writes")
}

/// A list of objects, such as `kubectl get` prints, as documents; what the server keeps of them for
/// itself does not belong into a file.
fn unfolded(dir: &Path, path: &str, text: &str, members: &[&Aligned<'_>]) -> Result<String, OpError> {
    if !members.iter().any(|member| member.standing.is_some_and(|object| object.listed)) {
        return Ok(text.to_owned());
    }
    let read = yaml::read(path, text).map_err(|fault| OpError::Faults(vec![fault]))?;
    if !read.comments.is_empty() {
        let message = "holds a list of objects with comments, which would get lost".to_owned();
        let hint = "write each object as a document of its own, with `---` between them";
        return Err(OpError::Faults(vec![fault_of(dir, path, message).hint(hint)]));
    }
    let mut documents = Vec::new();
    for document in &read.documents {
        let root = &document.root;
        let items = root.get("items").map_or(std::slice::from_ref(root), Node::items);
        documents.extend(items.iter().map(|item| write::document(&without_server_fields(item).to_json())));
    }
    Ok(documents.join("---\n"))
}

fn without_server_fields(object: &Node) -> Node {
    const SERVER: [&str; 6] = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    let mut object = object.clone();
    if let Value::Map(entries) = &mut object.value {
        entries.retain(|entry| entry.key != "status");
        for metadata in entries.iter_mut().filter(|entry| entry.key == "metadata") {
            if let Value::Map(fields) = &mut metadata.node.value {
                fields.retain(|field| !SERVER.contains(&field.key.as_str()));
            }
        }
    }
    object
}

/// Puts an object into the file in which updates look for it: under its own name it is known there only
/// by its place.
fn set_apart(arranged: &mut Arranged, object: &Object, path: &str) {
    let standing = arranged.texts.iter().position(|(_, text)| {
        yaml::load("", text).is_ok_and(|documents| documents.iter().any(|document| is(&document.root, object)))
    });
    let taken = arranged.texts.iter().any(|(known, _)| known == path);
    let Some(at) = standing.filter(|_| !taken) else { return };
    let (from, text) = arranged.texts[at].clone();
    let Ok(read) = yaml::read("", &text) else { return };
    if read.documents.iter().filter(|document| document.holds_something).count() == 1 {
        path.clone_into(&mut arranged.texts[at].0);
        for to in arranged.from.values_mut().filter(|to| **to == from) {
            path.clone_into(to);
        }
        return;
    }
    let Some(number) = read.documents.iter().position(|document| is(&document.root, object)) else { return };
    let start = if number == 0 { 0 } else { read.documents[number].span.start as usize };
    let end = read.documents.get(number + 1).map_or(text.len(), |next| next.span.start as usize);
    let own = text[start..end].strip_prefix("---\n").unwrap_or(&text[start..end]);
    arranged.texts.push((path.to_owned(), format!("{}\n", own.trim_end())));
    arranged.apart.push([format!("{}/{}", object.id.kind, object.id.name), from, path.to_owned()]);
    let rest = format!("{}{}", &text[..start], &text[end..]);
    arranged.texts[at].1 = if number == 0 { rest.strip_prefix("---\n").unwrap_or(&rest).to_owned() } else { rest };
}

fn is(root: &Node, object: &Object) -> bool {
    let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    word(root, "kind").as_ref() == Some(&object.id.kind)
        && root.get("metadata").and_then(|metadata| word(metadata, "name")).as_ref() == Some(&object.id.name)
}
