//! The names by which a rewritten expression calls the operators that know trees.

/// Our equality, inequality, membership, and reversal of lists alone.
pub(super) const EQUAL: &str = "@equal";
pub(super) const UNEQUAL: &str = "@unequal";
pub(super) const WITHIN: &str = "@within";
pub(super) const REVERSE: &str = "@reverse";
