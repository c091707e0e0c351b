//! From a checklist to what an API server can judge itself.

use super::{Editions, OpError};
use crate::check::{self, AdmissionExport};
use crate::checklist::Checklist;
use crate::service::Tier;

/// What the items of the checklist come to at an API server, for the services of a tier; `name` is the
/// checklist where one is given.
///
/// # Errors
/// The checklist is not there or not in order.
pub fn export(name: Option<&str>, tier: Tier) -> Result<(Checklist, AdmissionExport), OpError> {
    let edition = Editions::default().here(name)?;
    let export = check::export(edition.rules().map_err(OpError::Faults)?, tier);
    Ok((edition.checklist.clone(), export))
}
