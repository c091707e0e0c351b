//! What a blueprint says of itself, as far as deciding needs it.

use super::Defaults;
use crate::service::Intake;

/// What a blueprint says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// Which answers it takes.
    pub intake: Intake<'a>,
    /// What is decided for it.
    pub topics: &'a [String],
    /// What it decides where nobody else does.
    pub defaults: &'a Defaults,
}
