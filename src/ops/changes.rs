//! What changes from one checklist to another, each by name or file.

use super::{Editions, OpError};
use crate::checklist::Changes;
use crate::service::Tier;

/// What changes from one checklist to another at some tiers; each is a shipped one by its name, or a
/// file.
///
/// # Errors
/// One of them is not there or not in order; what is wrong with either.
pub fn checklist_changes(from: &str, to: &str, tiers: &[Tier]) -> Result<Changes, OpError> {
    let editions = Editions::default();
    let read = |name: &str, place: &str| editions.by_name(name, &format!("{place} {name}"));
    match (read(from, "FROM"), read(to, "TO")) {
        (Ok(from), Ok(to)) => Ok(Changes::between(&from.checklist, &to.checklist, tiers)),
        (Err(OpError::Faults(mut faults)), Err(OpError::Faults(more))) => {
            faults.extend(more);
            Err(OpError::Faults(faults))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}
