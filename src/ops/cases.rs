//! From the file of an organisation's checklist to what its cases come to.

use std::path::Path;

use super::OpError;
use super::checklist_name::read_own;
use crate::check::{self, CasesRun};
use crate::yaml::{Fault, Source};

/// Runs the cases of an organisation's checklist.
///
/// # Errors
/// The file is not in order.
pub fn run_cases(path: &Path) -> Result<CasesRun, OpError> {
    let run = read_own(path).and_then(|own| check::run_cases(&own));
    run.map_err(|mut faults: Vec<Fault>| {
        for fault in faults.iter_mut().filter(|fault| fault.source.is_none()) {
            fault.source = Some(Source::Given(path.display().to_string()));
        }
        OpError::Faults(faults)
    })
}
