//! A single file, written in one step.

use std::fs;
use std::io;
use std::path::{Path, absolute};

use super::change::replace;
use super::error::WorkspaceError;

/// Writes a file so that readers see the old bytes or the new ones. A symbolic link stays one; the
/// file that it leads to is written.
///
/// # Errors
/// The file is read-only or cannot be written; it is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WorkspaceError> {
    let fault = WorkspaceError::io("write", path);
    let target = match path.canonicalize().or_else(|_| absolute(path)) {
        Ok(target) => target,
        Err(error) => return Err(fault(error)),
    };
    let permissions = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(fault(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")));
    }
    replace(&target, bytes, permissions.as_ref()).map_err(fault)
}
