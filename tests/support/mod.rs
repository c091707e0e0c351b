//! What several tests share.

pub mod golden;
pub mod sandbox;
pub mod terminal;
pub mod tracer;
