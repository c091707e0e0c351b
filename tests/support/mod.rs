//! What several tests share.

pub mod fleet;
pub mod golden;
pub mod judge;
pub mod sandbox;
pub mod services;
pub mod terminal;
// Reads the registers of a process that is traced.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod tracer;

/// By how much the tests that try very many cases try fewer: 1 where `THOROUGH` is set, as in CI.
pub fn thinned() -> usize {
    if std::env::var_os("THOROUGH").is_some() { 1 } else { 3 }
}
