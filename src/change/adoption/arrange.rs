//! The people's files as Plimsoll goes on with them: in `k8s/`, each object a document of its own, without
//! what a server has filled in, and one that is named otherwise than the workload in the file of its kind,
//! where updates find it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use super::standing::{fault_of, shown};
use crate::adopt::{AdoptedObject, Aligned, Family, field_of, server_filled};
use crate::blueprint::MANIFESTS;
use crate::change::ChangeError;
use crate::change::fields::without;
use crate::notation::{Field, ObjectKey, shell_word};
use crate::yaml::{self, Fault, Node, Place, Route, Source, write};

/// The files that hold objects of the service.
#[derive(Debug)]
pub struct Arranged {
    /// Their texts by their new paths.
    pub texts: Vec<(String, String)>,
    /// Where each of them went, by its path before.
    pub from: BTreeMap<String, String>,
    /// Objects that go out of a file of several: the object, the file, and where it goes.
    pub apart: Vec<[String; 3]>,
    /// What a server has filled in, and is left out.
    pub filled: Vec<Filled>,
}

/// A field that the API server has filled in, and that is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The object.
    pub object: ObjectKey,
    /// The field.
    pub field: Route,
    /// What it was.
    pub value: Json,
    /// The file that it stood in.
    pub file: String,
    /// Its place there.
    pub place: Place,
}

/// Arranges the files that hold objects of the service. Other files stay where they are; `strange` are
/// the paths of those that hold no objects.
///
/// # Errors
/// A list with comments, which would get lost; a `kustomization.yaml` that names what would move; or
/// files that stand where ours go.
pub fn arrange(
    dir: &Path,
    texts: &[(String, String)],
    strange: &[String],
    objects: &[AdoptedObject],
    family: &Family<'_>,
    aligned: &[Aligned<'_>],
) -> Result<Arranged, ChangeError> {
    let in_folder = |path: &str| path.starts_with(&format!("{MANIFESTS}/"));
    let mut arranged = Arranged { texts: Vec::new(), from: BTreeMap::new(), apart: Vec::new(), filled: Vec::new() };
    for (path, text) in texts {
        let named = |aligned: &&Aligned<'_>| aligned.standing.is_some_and(|object| *object.file == *shown(dir, path));
        let members: Vec<&Aligned<'_>> = aligned.iter().filter(named).collect();
        if members.is_empty() {
            continue;
        }
        let text = unfolded(dir, path, text, &members)?;
        let here: Vec<&AdoptedObject> = objects.iter().filter(|object| *object.file == *shown(dir, path)).collect();
        let text = without_filled(path, text, &here, &mut arranged.filled)?;
        let to = if in_folder(path) { path.clone() } else { format!("{MANIFESTS}/{path}") };
        arranged.from.insert(path.clone(), to.clone());
        arranged.texts.push((to, text));
    }
    let mut faults = Vec::new();
    for member in aligned {
        let path = member.manifest.path.as_str();
        let is_other = |object: &&AdoptedObject| {
            (&object.id.name, &object.id.namespace) != (&member.rendered.name, &member.rendered.namespace)
        };
        let other = member.standing.filter(is_other);
        if member.standing.is_some() && other.is_none() {
            continue;
        }
        // What updates would take for ours.
        let rival = family
            .others
            .iter()
            .find(|it| *it.file == *shown(dir, path) && it.id.key().known_kind() == member.manifest.id.known_kind());
        if let Some(rival) = rival {
            faults.push(taken(dir, path, member, rival));
        } else if strange.iter().any(|known| known == path) {
            let message = format!("stands where {} goes, and holds no Kubernetes objects", label(member));
            faults.push(fault_of(dir, path, message).hint("move it away, and adopt again"));
        } else {
            let is_there = |texts: &[(String, String)]| texts.iter().any(|(known, _)| known == path);
            if let Some((_, text)) = texts.iter().find(|(known, _)| known == path && !is_there(&arranged.texts)) {
                // Objects of other kinds: ours goes behind them.
                arranged.from.insert(path.to_owned(), path.to_owned());
                arranged.texts.push((path.to_owned(), text.clone()));
            }
            if let Some(object) = other {
                set_apart(&mut arranged, object, path);
            }
        }
    }
    if !faults.is_empty() {
        return Err(ChangeError::Faults(faults));
    }
    let kustomization = family.others.iter().find(|other| other.id.known_kind() == Some("Kustomization"));
    let moves = arranged.texts.len() > arranged.from.len() || arranged.from.iter().any(|(from, to)| from != to);
    if let Some(kustomization) = kustomization.filter(|_| moves) {
        let fault = kustomization_fault(dir, kustomization, texts);
        return Err(ChangeError::Faults(vec![fault]));
    }
    Ok(arranged)
}

fn kustomization_fault(dir: &Path, object: &AdoptedObject, texts: &[(String, String)]) -> Fault {
    let path = texts.iter().map(|(path, _)| path).find(|path| *object.file == *shown(dir, path));
    let message = "names manifests that would move into k8s/".to_owned();
    fault_of(dir, path.map_or("kustomization.yaml", String::as_str), message)
        .hint("move the manifests into k8s/ yourself and adopt them there, or adopt what `kustomize build` writes")
}

fn label(member: &Aligned<'_>) -> String {
    format!("{}/{}", member.manifest.id.kind, member.manifest.id.name)
}

/// The fault that another object of the same kind has the file of ours.
fn taken(dir: &Path, path: &str, member: &Aligned<'_>, rival: &AdoptedObject) -> Fault {
    let message = format!("holds {}, and {} goes into a file of that name", rival.label(), label(member));
    let elsewhere = format!("{MANIFESTS}/{}-{}.yaml", rival.id.kind.to_lowercase(), rival.id.name);
    let word = |path: &str| shell_word(&shown(dir, path));
    let mut fault = Fault::new(Route::root(), message);
    fault.source = Some(Source::File(Arc::clone(&rival.file), rival.root.place));
    fault.hint(format!("move it, as by `git mv {} {}`, and adopt again", word(path), word(&elsewhere)))
}

/// A list of objects, such as `kubectl get` prints, as documents.
fn unfolded(dir: &Path, path: &str, text: &str, members: &[&Aligned<'_>]) -> Result<String, ChangeError> {
    if !members.iter().any(|member| member.standing.is_some_and(|object| object.listed)) {
        return Ok(text.to_owned());
    }
    let read = yaml::read(path, text).map_err(|fault| ChangeError::Faults(vec![fault]))?;
    if !read.comments.is_empty() {
        let message = "holds a list of objects with comments, which would get lost".to_owned();
        let hint = "write each object as a document of its own, with `---` between them";
        return Err(ChangeError::Faults(vec![fault_of(dir, path, message).hint(hint)]));
    }
    let mut documents = Vec::new();
    for document in &read.documents {
        let root = &document.root;
        let items = root.get("items").map_or(std::slice::from_ref(root), Node::items);
        documents.extend(items.iter().map(|item| write::document(&item.to_json())));
    }
    Ok(documents.join("---\n"))
}

/// A text without what a server has filled into its objects; what that is, is noted.
fn without_filled(path: &str, text: String, here: &[&AdoptedObject], noted: &mut Vec<Filled>) -> Result<String, ChangeError> {
    let before = noted.len();
    for object in here {
        let filled = server_filled(object).into_iter().map(|(field, value)| {
            let place = object.root.locate(&field).0;
            Filled { object: object.id.key(), field, value, file: object.file.to_string(), place }
        });
        noted.extend(filled);
    }
    let gone: Vec<(ObjectKey, Field)> =
        noted[before..].iter().map(|filled| (filled.object.clone(), field_of(&filled.field))).collect();
    let texts = [(path.to_owned(), text)];
    let less = without(&texts, &gone).map_err(ChangeError::Refused)?;
    let [(_, text)] = texts;
    Ok(less.files.into_iter().find_map(|file| file.text).unwrap_or(text))
}

/// Puts an object into the file in which updates look for it: under its own name it is known there only
/// by its place.
fn set_apart(arranged: &mut Arranged, object: &AdoptedObject, path: &str) {
    let standing = arranged.texts.iter().position(|(_, text)| {
        yaml::load("", text).is_ok_and(|documents| documents.iter().any(|document| is(&document.root, object)))
    });
    let Some(at) = standing.filter(|at| arranged.texts[*at].0 != path) else { return };
    let (from, text) = arranged.texts[at].clone();
    let Ok(read) = yaml::read("", &text) else { return };
    let known = arranged.texts.iter().position(|(known, _)| known == path);
    if known.is_none() && read.documents.iter().filter(|document| document.holds_something).count() == 1 {
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
    let own = format!("{}\n", own.trim_end());
    let rest = format!("{}{}", &text[..start], &text[end..]);
    let rest = if number == 0 { rest.strip_prefix("---\n").unwrap_or(&rest).to_owned() } else { rest };
    arranged.texts[at].1 = rest;
    match known {
        Some(known) => {
            let before = arranged.texts[known].1.trim_end().to_owned();
            arranged.texts[known].1 = format!("{before}\n---\n{own}");
        }
        None => arranged.texts.push((path.to_owned(), own)),
    }
    arranged.texts.retain(|(_, text)| !text.trim().is_empty());
    arranged.apart.push([format!("{}/{}", object.id.kind, object.id.name), from, path.to_owned()]);
}

fn is(root: &Node, object: &AdoptedObject) -> bool {
    let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    word(root, "kind").as_ref() == Some(&object.id.kind)
        && root.get("metadata").and_then(|metadata| word(metadata, "name")).as_ref() == Some(&object.id.name)
}
