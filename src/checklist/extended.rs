//! A shipped checklist with an organisation's changes put over it.

use std::collections::BTreeSet;

use super::changed_param::changed;
use super::extension::{Case, Extension, OwnItem};
use super::model::{Checklist, Item, Severity};
use crate::yaml::{Fault, Route, suggest};

/// The name that rules have for an item's own parameters.
const PARAMS: &str = "params";

impl Checklist {
    /// The checklist with an organisation's changes put over it, under the organisation's name.
    ///
    /// # Errors
    /// Everything that does not fit the checklist, with its route in the organisation's file.
    pub fn extended(base: Self, extension: &Extension) -> Result<Self, Vec<Fault>> {
        let mut extending = Extending { checklist: base, extension, faults: Vec::new() };
        extending.head();
        extending.parameters();
        extending.severities();
        extending.off();
        extending.kinds();
        extending.variables();
        extending.sources_and_groups();
        extending.items();
        if extending.faults.is_empty() { Ok(extending.checklist) } else { Err(extending.faults) }
    }
}

struct Extending<'a> {
    checklist: Checklist,
    extension: &'a Extension,
    faults: Vec<Fault>,
}

fn at(name: &str) -> Route {
    Route::root().key(name)
}

impl Extending<'_> {
    fn refuse(&mut self, route: Route, message: impl Into<String>, hint: impl Into<String>) {
        self.faults.push(Fault::new(route, message).hint(hint));
    }

    /// Refuses a name that is not known, with the one that may be meant.
    fn unknown<'k>(&mut self, route: Route, message: String, word: &str, known: impl IntoIterator<Item = &'k str>) {
        let fault = Fault::new(route, message);
        self.faults.push(match suggest(word, known) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault,
        });
    }

    fn head(&mut self) {
        if self.extension.name == self.checklist.name {
            let message = format!("`{}` is the name of the shipped checklist", self.extension.name);
            self.refuse(at("name"), message, "give yours a name of its own");
        }
        self.checklist.extends = Some(self.checklist.id());
        self.checklist.name.clone_from(&self.extension.name);
        self.checklist.version.clone_from(&self.extension.version);
        if let Some(title) = &self.extension.title {
            self.checklist.title = title.clone().into();
        }
    }

    /// The shipped item of that id; else the fault that there is none.
    fn shipped(&mut self, id: &str, route: &Route) -> Option<&mut Item> {
        if let Some(position) = self.checklist.items.iter().position(|item| item.id == id) {
            return self.checklist.items.get_mut(position);
        }
        let base = self.checklist.extends.clone().unwrap_or_default();
        if self.extension.items.iter().any(|item| item.id == id) {
            let message = format!("`{id}` is an item of this file, not of {base}");
            self.refuse(route.clone(), message, "change the item itself");
        } else {
            let known: Vec<String> = self.checklist.items.iter().map(|item| item.id.clone()).collect();
            self.unknown(route.clone(), format!("`{id}` is no item of {base}"), id, known.iter().map(String::as_str));
        }
        None
    }

    fn parameters(&mut self) {
        for (id, params) in &self.extension.parameters {
            let here = at("parameters").key(id.clone());
            let Some(item) = self.shipped(id, &here) else { continue };
            let mut faults = Vec::new();
            for (name, given) in params {
                let here = here.key(name.clone());
                let Some(shipped) = item.params.get_mut(name) else {
                    let known: Vec<&str> = item.params.keys().map(String::as_str).collect();
                    let fault = Fault::new(here, format!("`{name}` is no parameter of `{id}`"));
                    faults.push(match (suggest(name, known.iter().copied()), known.as_slice()) {
                        (Some(near), _) => fault.hint(format!("did you mean `{near}`?")),
                        (None, []) => fault.hint("the item has none"),
                        (None, _) => fault.hint(format!("its parameters are {}", known.join(", "))),
                    });
                    continue;
                };
                match changed(shipped, given) {
                    Ok(param) => *shipped = param,
                    Err(refusals) => faults.extend(
                        refusals
                            .into_iter()
                            .map(|(key, message)| Fault::new(key.map_or_else(|| here.clone(), |key| here.key(key)), message)),
                    ),
                }
            }
            self.faults.extend(faults);
        }
    }

    fn severities(&mut self) {
        for (id, given) in &self.extension.severities {
            if let Some(item) = self.shipped(id, &at("severities").key(id.clone())) {
                item.severity = given.over(item.severity);
            }
        }
    }

    fn off(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, off) in self.extension.off.iter().enumerate() {
            let here = at("off").index(index).key("item");
            let id = off.item.as_str();
            if !seen.insert(id) {
                self.refuse(here.clone(), format!("`{id}` is switched off twice"), "keep one of them");
            }
            for (what, changes) in [
                ("parameters", self.extension.parameters.contains_key(id)),
                ("severities", self.extension.severities.contains_key(id)),
            ] {
                if changes {
                    let message = format!("`{id}` is switched off, and changed under `{what}`");
                    self.refuse(here.clone(), message, "keep one of them");
                }
            }
            let Some(item) = self.shipped(id, &here) else { continue };
            item.severity.tier_1 = Severity::None;
            item.severity.tier_2 = Severity::None;
            item.severity.tier_3 = Severity::None;
            item.off = Some(off.reason.clone());
        }
    }

    fn kinds(&mut self) {
        for (name, kinds) in &self.extension.kinds {
            let here = at("kinds").key(name.clone());
            for (index, kind) in kinds.iter().enumerate().filter(|(_, kind)| !is_kind(kind)) {
                let message = format!("`{kind}` is no kind of object: their names begin with a capital letter");
                self.refuse(here.index(index), message, "a set of kinds lists kinds, not other sets");
            }
            if self.checklist.kinds.contains_key(name) {
                self.taken(here, name, "set of kinds");
                continue;
            }
            self.checklist.kinds.insert(name.clone(), kinds.clone());
        }
    }

    fn variables(&mut self) {
        for (index, variable) in self.extension.variables.iter().enumerate() {
            let here = at("variables").index(index).key("name");
            let name = &variable.name;
            if name == PARAMS {
                self.refuse(here.clone(), "`params` stands for the parameters of the item", "give the variable another name");
            } else if self.checklist.variables.iter().any(|known| known.name == *name) {
                self.taken(here.clone(), name, "variable");
            }
            if !is_identifier(name) {
                let message = format!("`{name}` cannot be named in an expression");
                self.refuse(here, message, "letters, digits and `_`, not beginning with a digit");
            }
            self.checklist.variables.push(variable.clone());
        }
    }

    fn sources_and_groups(&mut self) {
        for (key, source) in &self.extension.sources {
            if self.checklist.sources.contains_key(key) {
                self.taken(at("sources").key(key.clone()), key, "source");
                continue;
            }
            self.checklist.sources.insert(key.clone(), source.clone());
        }
        for (index, group) in self.extension.groups.iter().enumerate() {
            if self.checklist.groups.iter().any(|known| known.id == group.id) {
                self.taken(at("groups").index(index).key("id"), &group.id, "group");
                continue;
            }
            self.checklist.groups.push(group.clone().into());
        }
    }

    fn taken(&mut self, route: Route, name: &str, what: &str) {
        self.refuse(route, format!("the {what} `{name}` is there already"), "give yours another name");
    }

    fn items(&mut self) {
        for (index, own) in self.extension.items.iter().enumerate() {
            let here = at("items").index(index);
            self.own_item(own, &here);
            let item = Item::from(own.clone());
            let faults = self.checklist.faults_of(&item, &here);
            self.faults.extend(faults);
            self.checklist.items.push(item);
        }
    }

    fn own_item(&mut self, own: &OwnItem, here: &Route) {
        if own.rule.is_none() && own.statement.is_none() {
            let hint = "add a `rule` that a manifest is held against, or a `statement` that a person makes";
            self.refuse(here.clone(), format!("`{}` has neither `rule` nor `statement`", own.id), hint);
        }
        for (index, kind) in own.rule.iter().flat_map(|rule| &rule.kinds).enumerate() {
            if kind == "*" || is_kind(kind) || self.checklist.kinds.contains_key(kind) {
                continue;
            }
            let known: Vec<String> = self.checklist.kinds.keys().cloned().collect();
            let route = here.key("rule").key("kinds").index(index);
            let message = format!("`{kind}` is neither a kind of object nor a set of kinds");
            self.unknown(route, message, kind, known.iter().map(String::as_str));
        }
        for (index, case) in own.cases.iter().enumerate() {
            let here = here.key("cases").index(index);
            if own.rule.is_none() {
                self.refuse(here.clone(), "there is no rule that a case could show at work", "add a `rule`, or leave it out");
            }
            self.case(case, &here);
        }
    }

    fn case(&mut self, case: &Case, here: &Route) {
        match (&case.pass, &case.fail) {
            (Some(_), Some(_)) => {
                self.refuse(here.key("fail"), "a case has either `pass` or `fail`", "make two cases of them");
            }
            (None, None) => self.refuse(here.clone(), "has neither `pass` nor `fail`", "add manifests under one of them"),
            (Some(_), None) if case.at.is_some() => {
                self.refuse(here.key("at"), "says where a case fails, and this one is to pass", "leave it out");
            }
            _ => {}
        }
        if let Some(Err(error)) = case.at.as_deref().map(Route::parse) {
            self.refuse(here.key("at"), format!("the field {error}"), "write it as in `spec.containers[0].image`");
        }
    }
}

fn is_kind(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
}

fn is_identifier(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_ascii_digit())
        && !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
