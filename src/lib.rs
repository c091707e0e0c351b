//! plimsoll
pub mod blueprint;
pub mod checklist;
pub mod cli;
pub mod formats;
pub mod manifest;
pub mod ops;
pub mod plan;
pub mod service;
pub mod workspace;
pub mod yaml;
