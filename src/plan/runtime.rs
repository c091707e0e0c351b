//! What a runtime is told of its container, by environment variables.

use super::Origin;
use super::container::Amounts;
use super::planner::Planner;
use crate::formats::Quantity;
use crate::service::Runtime;

const ITEM: &str = "runtime-sized";

/// A variable's name and value, and the item that asks for it.
type Variable = (&'static str, String, &'static str);

/// The variables that tell the runtime of its memory and cpu.
pub fn variables(p: &mut Planner<'_>, amounts: &Amounts) -> Vec<Variable> {
    let runtime = p.service.runtime.unwrap_or_default();
    let unknown = || Origin::Derived("needs no telling, as none is given".to_owned());
    let origin = p.service.runtime.map_or_else(unknown, |_| Planner::answered("runtime"));
    p.decide("container.runtime", serde_json::json!(runtime), origin);
    let number = |p: &mut Planner<'_>, param: &str| p.asked_number(ITEM, param).value;
    let memory = amounts.memory.whole();
    let share = |percent: u32| memory * i128::from(percent) / 100;
    let told = match runtime {
        Runtime::Jvm => {
            let percent = number(p, "jvm-max-ram-percent");
            leave_room(p, amounts, percent);
            vec![("JAVA_TOOL_OPTIONS", format!("-XX:MaxRAMPercentage={percent}.0"))]
        }
        Runtime::Go => {
            let percent = number(p, "go-memory-percent");
            leave_room(p, amounts, percent);
            let per_core = number(p, "go-max-procs-per-core");
            let procs = cores(&amounts.cpu).saturating_mul(i128::from(per_core)).max(1);
            vec![("GOMEMLIMIT", format!("{}MiB", share(percent) >> 20)), ("GOMAXPROCS", procs.to_string())]
        }
        Runtime::Node => {
            let percent = number(p, "node-heap-percent");
            leave_room(p, amounts, percent);
            vec![("NODE_OPTIONS", format!("--max-old-space-size={}", share(percent) >> 20))]
        }
        Runtime::Python => vec![("WEB_CONCURRENCY", workers(p, amounts).to_string())],
        Runtime::Ruby => {
            vec![("WEB_CONCURRENCY", workers(p, amounts).to_string()), ("MALLOC_ARENA_MAX", "2".to_owned())]
        }
        Runtime::Dotnet => {
            let percent = number(p, "dotnet-heap-percent");
            leave_room(p, amounts, percent);
            // .NET reads this number as hexadecimal.
            vec![("DOTNET_GCHeapHardLimitPercent", format!("{percent:X}"))]
        }
        Runtime::Rust | Runtime::Native => Vec::new(),
    };
    told.into_iter().map(|(name, value)| (name, value, ITEM)).collect()
}

/// Refuses writable paths in memory that take the room beside the heap; they count towards the limit.
fn leave_room(p: &mut Planner<'_>, amounts: &Amounts, percent: u32) {
    let memory = amounts.memory.whole();
    let left = memory - memory * i128::from(percent) / 100;
    if amounts.in_memory > left && amounts.in_memory < memory {
        let message =
            format!("the heap may take {percent} % of {}, and the paths in memory do not fit beside it", amounts.memory);
        p.refuse(ITEM, "writable-paths", message, "give more memory, or make the paths smaller");
    }
}

/// Whether a variable of one's own still says what ours would have said in its place.
pub fn says_the_same(name: &str, ours: &str, given: &str) -> bool {
    let holds = |flags: &[&str]| flags.iter().any(|flag| given.contains(flag));
    match name {
        "JAVA_TOOL_OPTIONS" => holds(&["MaxRAMPercentage", "-Xmx"]),
        "NODE_OPTIONS" => holds(&["max-old-space-size", "max_old_space_size"]),
        "OTEL_SERVICE_NAME" => given == ours,
        "OTEL_RESOURCE_ATTRIBUTES" => ours.split(',').all(|pair| given.split(',').any(|given| given.trim() == pair)),
        // An amount of one's own is a decision.
        _ => true,
    }
}

/// Requested cores, rounded up.
fn cores(cpu: &Quantity) -> i128 {
    cpu.whole().max(1)
}

/// Processes of a server that runs one for each worker: by cpu, within the memory.
fn workers(p: &mut Planner<'_>, amounts: &Amounts) -> i128 {
    let per_core = p.asked_number(ITEM, "workers-per-core").value;
    let each = p.asked_text(ITEM, "worker-memory");
    let by_cpu = cores(&amounts.cpu) * i128::from(per_core);
    let by_memory = match each.value.parse::<Quantity>() {
        Ok(each) if each.is_positive() => amounts.memory.whole() / each.whole(),
        _ => by_cpu,
    };
    let workers = by_cpu.min(by_memory).max(1);
    let sum = format!("{per_core} for each requested core, each with {} of memory (runtime-sized)", each.value);
    p.decide("container.workers", i64::try_from(workers).unwrap_or(i64::MAX), Origin::Derived(sum));
    workers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_in_the_place_of_ours_says_the_same() {
        let cases = [
            ("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75.0", "-XX:+UseZGC -XX:MaxRAMPercentage=60.0", true),
            ("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75.0", "-javaagent:/otel.jar", false),
            ("NODE_OPTIONS", "--max-old-space-size=384", "--enable-source-maps", false),
            ("WEB_CONCURRENCY", "4", "1", true),
            ("OTEL_SERVICE_NAME", "shop", "store", false),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=2", "c=3, b=2,a=1", true),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=2", "b=2", false),
        ];
        for (name, ours, given, same) in cases {
            assert_eq!(says_the_same(name, ours, given), same, "{name}={given}");
        }
    }
}
