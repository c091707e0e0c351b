//! All integration tests but those of the workspace, which need a process of their own.

mod render;
mod support;
mod wizard;
