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
