//! What a runtime is told of its container, by environment variables.

use super::planner::{PlannedEnvVar, Planner};
use super::{Origin, storage};
use crate::notation::Quantity;
use crate::service::Runtime;

const ITEM: &str = "runtime-sized";

/// What the container gets.
struct Amounts {
    cpu: Quantity,
    memory: Quantity,
}

impl Amounts {
    /// Requested cores, rounded up.
    fn cores(&self) -> i128 {
        self.cpu.whole().max(1)
    }

    /// A share of the memory in mebibytes.
    fn mebibytes(&self, percent: u32) -> i128 {
        (self.memory.whole() * i128::from(percent) / 100) >> 20
    }
}

pub fn decide(p: &mut Planner<'_>) {
    let runtime = p.service.runtime.unwrap_or_default();
    let unknown = || Origin::Derived("needs no telling, as none is given".to_owned());
    let origin = p.service.runtime.map_or_else(unknown, |_| Planner::answered("runtime"));
    p.decide("container.runtime", serde_json::json!(runtime), origin);
    let (Some(cpu), Some(memory)) = (p.amount("resources.cpu"), p.amount("resources.memory")) else { return };
    tell(p, runtime, &Amounts { cpu, memory });
}

/// Tells the runtime of its memory and cpu.
fn tell(p: &mut Planner<'_>, runtime: Runtime, amounts: &Amounts) {
    match runtime {
        Runtime::Jvm => {
            let percent = share(p, "jvm-max-ram-percent", amounts);
            let holds = |_: &str, given: &str| holds(given, &["MaxRAMPercentage", "-Xmx"]);
            told(p, "JAVA_TOOL_OPTIONS", format!("-XX:MaxRAMPercentage={percent}.0"), holds);
        }
        Runtime::Go => {
            let percent = share(p, "go-memory-percent", amounts);
            let per_core = p.asked_number(ITEM, "go-max-procs-per-core").value;
            let procs = amounts.cores().saturating_mul(i128::from(per_core)).max(1);
            told(p, "GOMEMLIMIT", format!("{}MiB", amounts.mebibytes(percent)), a_decision);
            told(p, "GOMAXPROCS", procs.to_string(), a_decision);
        }
        Runtime::Node => {
            let percent = share(p, "node-heap-percent", amounts);
            let holds = |_: &str, given: &str| holds(given, &["max-old-space-size", "max_old_space_size"]);
            told(p, "NODE_OPTIONS", format!("--max-old-space-size={}", amounts.mebibytes(percent)), holds);
        }
        Runtime::Python => tell_workers(p, amounts),
        Runtime::Ruby => {
            tell_workers(p, amounts);
            told(p, "MALLOC_ARENA_MAX", "2".to_owned(), a_decision);
        }
        Runtime::Dotnet => {
            let percent = share(p, "dotnet-heap-percent", amounts);
            // .NET reads this number as hexadecimal.
            told(p, "DOTNET_GCHeapHardLimitPercent", format!("{percent:X}"), a_decision);
        }
        Runtime::Rust | Runtime::Native => {}
    }
}

fn told(p: &mut Planner<'_>, name: &'static str, value: String, says_the_same: fn(&str, &str) -> bool) {
    p.told.push(PlannedEnvVar { name, value, item: ITEM, says_the_same });
}

/// An amount of one's own is a decision.
fn a_decision(_: &str, _: &str) -> bool {
    true
}

fn holds(given: &str, flags: &[&str]) -> bool {
    flags.iter().any(|flag| given.contains(flag))
}

/// The percentage of the memory that the heap may take. Writable paths in memory count towards the same limit, and are
/// refused where they do not fit beside it.
fn share(p: &mut Planner<'_>, param: &str, amounts: &Amounts) -> u32 {
    let percent = p.asked_number(ITEM, param).value;
    let (memory, in_memory) = (amounts.memory.whole(), storage::in_memory(p));
    let left = memory - memory * i128::from(percent) / 100;
    if in_memory > left && in_memory < memory {
        let message =
            format!("the heap may take {percent} % of {}, and the paths in memory do not fit beside it", amounts.memory);
        p.refuse(ITEM, "writable-paths", message, "give more memory, or make the paths smaller");
    }
    percent
}

/// Processes of a server that runs one for each worker: by cpu, within the memory.
fn tell_workers(p: &mut Planner<'_>, amounts: &Amounts) {
    let per_core = p.asked_number(ITEM, "workers-per-core").value;
    let each = p.asked_text(ITEM, "worker-memory");
    let by_cpu = amounts.cores() * i128::from(per_core);
    let by_memory = match each.value.parse::<Quantity>() {
        Ok(each) if each.is_positive() => amounts.memory.whole() / each.whole(),
        _ => by_cpu,
    };
    let workers = by_cpu.min(by_memory).max(1);
    let sum = format!("{per_core} for each requested core, each with {} of memory (runtime-sized)", each.value);
    p.decide("container.workers", i64::try_from(workers).unwrap_or(i64::MAX), Origin::Derived(sum));
    told(p, "WEB_CONCURRENCY", workers.to_string(), a_decision);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_ones_own_must_hold_the_limit() {
        assert!(holds("-XX:+UseZGC -XX:MaxRAMPercentage=60.0", &["MaxRAMPercentage", "-Xmx"]));
        assert!(!holds("-javaagent:/otel.jar", &["MaxRAMPercentage", "-Xmx"]));
        assert!(!holds("--enable-source-maps", &["max-old-space-size"]));
    }
}
