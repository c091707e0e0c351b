//! Shapes.

/// Shapes of kinds.
#[derive(Debug)]
pub struct Shapes;
