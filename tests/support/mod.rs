//! What several tests share.

pub mod golden;
pub mod judge;
pub mod sandbox;
pub mod services;
pub mod terminal;
pub mod tracer;
