//! Settings that live in ConfigMaps: those that become variables, and those that become files.

use super::AdoptReader;
use crate::adopt::object::AdoptedObject;
use crate::yaml::Route;

pub fn read(r: &mut AdoptReader<'_>) {
    let env = r.family.env_config(&r.container);
    if let Some(map) = env {
        read_data(r, "env", map);
    }
    let Some((map, mount)) =
        r.family.file_config(&r.container).filter(|(map, _)| !env.is_some_and(|env| std::ptr::eq(env, *map)))
    else {
        return;
    };
    read_data(r, "files", map);
    if let Some(at) = mount.get("mountPath") {
        r.draft.say("config.mount-path", at.text().unwrap_or_default(), &at);
    }
}

fn read_data(r: &mut AdoptReader<'_>, part: &str, map: &AdoptedObject) {
    for (key, at) in map.at().get("data").map(|data| data.words()).unwrap_or_default() {
        let field = Route::root().key("config").key(part).key(key);
        r.draft.say_at(field, at.text().unwrap_or_default(), &at);
    }
}
