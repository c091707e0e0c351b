//! What the container requests.

use serde_json::Value as Json;

use super::AdoptReader;
use crate::adopt::object::ObjectField;
use crate::notation::Quantity;
use crate::service::Size;

pub fn read(r: &mut AdoptReader<'_>) {
    let amount = |kind: &str, name: &str| r.container.find(&format!("resources.{kind}"))?.get(name);
    // What a container may take at most is what it was given in the end.
    let memory = amount("limits", "memory").or_else(|| amount("requests", "memory"));
    let cpu = amount("requests", "cpu").or_else(|| amount("limits", "cpu"));
    let limit = amount("limits", "cpu");
    let mut say = |field: &str, at: &Option<ObjectField<'_>>| {
        let found = at.as_ref().and_then(|at| Some((at.scalar()?, at)));
        if let Some((text, at)) = &found {
            r.draft.say(field, text.as_str(), at);
        }
        found.is_some()
    };
    let said = [say("resources.cpu", &cpu), say("resources.memory", &memory)];
    if said != [false, false] {
        add_usual(r);
    }
    let reason = r.annotation(r.word("no-cpu-limit", "rationale-annotation"));
    if let (Some(limit), Some(reason)) = (limit, reason)
        && let (Some(cpu), Some(text)) = (limit.scalar(), reason.text())
    {
        r.draft.say("resources.cpu-limit.cpu", cpu, &limit);
        r.draft.say("resources.cpu-limit.reason", text, &reason);
    }
}

/// `resources` names cpu and memory both; what the objects leave open is the blueprint's.
fn add_usual(r: &mut AdoptReader<'_>) {
    let Some(usual) = r.judge.contract.defaults.resources.sizes.get(Size::Small.word()) else { return };
    for (field, amount) in [("resources.cpu", &usual.cpu), ("resources.memory", &usual.memory)] {
        if !r.draft.has(field) {
            r.draft.add(field, amount.as_str());
        }
    }
}

/// Local disk: the writable paths on disk have their own room in the sum. Then amounts that are those
/// of a size are named by it.
pub fn read_disk(r: &mut AdoptReader<'_>) {
    let limit = |kind: &str| r.container.find(&format!("resources.{kind}"))?.get("ephemeral-storage");
    if let Some(at) = limit("limits").or_else(|| limit("requests"))
        && let Some(total) = at.scalar().and_then(|text| text.parse::<Quantity>().ok())
        && quantity(r.decided("/resources/ephemeral_storage")).is_some_and(|usual| usual != total)
    {
        let volumes = r.decided("/volumes/writable").unwrap_or_default();
        let on_disk = volumes.as_array().into_iter().flatten().filter(|volume| volume["in_memory"] == false);
        let taken: i128 = on_disk.filter_map(|volume| quantity(Some(volume["size"].clone()))).map(|size| size.whole()).sum();
        if let Some(rest) = u64::try_from(total.whole() - taken).ok().filter(|rest| *rest > 0) {
            let text = if taken == 0 { total.as_str().to_owned() } else { Quantity::from_bytes(rest).as_str().to_owned() };
            r.draft.say("resources.ephemeral-storage", text, &at);
            add_usual(r);
        }
    }
    name_size(r);
}

fn quantity(value: Option<Json>) -> Option<Quantity> {
    value?.as_str()?.parse().ok()
}

fn name_size(r: &mut AdoptReader<'_>) {
    let Some(decided) = r.judge.decided(&r.draft) else { return };
    let resources = crate::yaml::Route::root().key("resources");
    let Some(first) = r.draft.found().iter().find(|found| resources.contains(&found.field)).cloned() else { return };
    let same = |value: &Json, amount: &Quantity| quantity(Some(value.clone())).as_ref() == Some(amount);
    let of_size =
        r.judge.contract.defaults.resources.sizes.iter().find(|(_, size)| {
            same(&decided["resources"]["cpu"], &size.cpu) && same(&decided["resources"]["memory"], &size.memory)
        });
    let Some((name, _)) = of_size else { return };
    let mut named = r.draft.clone();
    named.take_back(|found| resources.contains(&found.field));
    named.put(crate::adopt::draft::FoundField {
        field: crate::yaml::Route::root().key("size"),
        value: name.as_str().into(),
        ..first
    });
    let by_size = r.judge.decided(&named);
    let is_same = by_size.is_some_and(|by_size| {
        ["cpu_limit", "ephemeral_storage"].into_iter().all(|key| by_size["resources"][key] == decided["resources"][key])
    });
    if is_same {
        r.draft = named;
    }
}
