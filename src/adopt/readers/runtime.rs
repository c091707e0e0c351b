//! The runtime that variables betray.

use super::AdoptReader;
use super::env::{derived, variables};

/// Variables by which a runtime is known where ours do not tell it, by how their names begin.
const TRACES: &[(&str, &str)] = &[
    ("JAVA_", "jvm"),
    ("JDK_", "jvm"),
    ("GOMEMLIMIT", "go"),
    ("GOMAXPROCS", "go"),
    ("GOGC", "go"),
    ("NODE_", "node"),
    ("PYTHON", "python"),
    ("RAILS_", "ruby"),
    ("RACK_", "ruby"),
    ("DOTNET_", "dotnet"),
    ("ASPNETCORE_", "dotnet"),
];
const RUNTIMES: [&str; 6] = ["jvm", "go", "node", "python", "ruby", "dotnet"];
/// The runtime whose variables are there as we would write them; else one of which there are traces.
pub fn read(r: &mut AdoptReader<'_>) {
    let variables = variables(r);
    let mut best = None;
    let mut most = 0;
    let none = derived(&r.judge, &r.draft);
    for runtime in RUNTIMES {
        let mut draft = r.draft.clone();
        draft.add("runtime", runtime);
        let told = derived(&r.judge, &draft);
        let own: Vec<_> = told.iter().filter(|(name, _)| !none.contains_key(*name)).collect();
        let there = own.iter().filter_map(|(name, value)| {
            variables.iter().find(|variable| variable.name == **name && variable.value() == value.as_str())
        });
        let there: Vec<_> = there.collect();
        // All of them must be there, and the more they are the surer it is.
        if there.len() == own.len() && there.len() > most {
            most = there.len();
            best = there.first().map(|variable| (runtime, variable.at.clone()));
        }
    }
    let traced = || {
        TRACES.iter().find_map(|(start, runtime)| {
            let variable = variables.iter().find(|variable| variable.name.starts_with(start))?;
            Some((*runtime, variable.at.clone()))
        })
    };
    if let Some((runtime, at)) = best.or_else(traced) {
        r.draft.say("runtime", runtime, &at);
    }
}
