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
    let (runtime, origin) = p.answer_or(p.service.runtime, "runtime", Runtime::default(), "runtime");
    p.decide("container.runtime", serde_json::json!(runtime), origin);
    let number = |p: &mut Planner<'_>, param: &str| p.asked_number(ITEM, param).value;
    let memory = amounts.memory.whole();
    let share = |percent: u32| memory * i128::from(percent) / 100;
    let told = match runtime {
        Runtime::Jvm => {
            let percent = number(p, "jvm-max-ram-percent");
            vec![("JAVA_TOOL_OPTIONS", format!("-XX:MaxRAMPercentage={percent}.0"))]
        }
        Runtime::Go => {
            let percent = number(p, "go-memory-percent");
            let per_core = number(p, "go-max-procs-per-core");
            let procs = cores(&amounts.cpu).saturating_mul(i128::from(per_core)).max(1);
            vec![("GOMEMLIMIT", format!("{}MiB", share(percent) >> 20)), ("GOMAXPROCS", procs.to_string())]
        }
        Runtime::Node => {
            let percent = number(p, "node-heap-percent");
            vec![("NODE_OPTIONS", format!("--max-old-space-size={}", share(percent) >> 20))]
        }
        Runtime::Python => vec![("WEB_CONCURRENCY", workers(p, amounts).to_string())],
        Runtime::Ruby => {
            vec![("WEB_CONCURRENCY", workers(p, amounts).to_string()), ("MALLOC_ARENA_MAX", "2".to_owned())]
        }
        Runtime::Dotnet => {
            let percent = number(p, "dotnet-heap-percent");
            // .NET reads this number as hexadecimal.
            vec![("DOTNET_GCHeapHardLimitPercent", format!("{percent:X}"))]
        }
        Runtime::Rust | Runtime::Native => Vec::new(),
    };
    told.into_iter().map(|(name, value)| (name, value, ITEM)).collect()
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
