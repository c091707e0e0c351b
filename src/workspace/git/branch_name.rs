//! Names of branches.

pub(super) const BRANCHES: &str = "refs/heads/";

/// The name of a branch as the user writes it.
pub(super) fn short_name(full: &str) -> &str {
    full.strip_prefix(BRANCHES).unwrap_or(full)
}
