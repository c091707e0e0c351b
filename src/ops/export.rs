//! From a checklist to what an API server can judge itself.

use super::{OpError, shipped_checklist};
use crate::check::{self, Export, Rules};
use crate::checklist::Checklist;
use crate::service::Tier;

/// What the items of the checklist come to at an API server, for the services of a tier.
///
/// # Errors
/// The shipped checklist is not in order, which a test rules out.
pub fn export(tier: Tier) -> Result<(Checklist, Export), OpError> {
    let rules = Rules::compile(shipped_checklist()?).map_err(OpError::Faults)?;
    let export = check::export(&rules, tier);
    Ok((rules.checklist, export))
}
