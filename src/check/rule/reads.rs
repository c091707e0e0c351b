//! Which fields an evaluation reads; noted only while someone asks.

use std::cell::RefCell;

use super::Spot;

thread_local! {
    static READS: RefCell<Option<Vec<Spot>>> = const { RefCell::new(None) };
}

/// Notes a read, if reads are being recorded.
pub(super) fn note(spot: impl FnOnce() -> Option<Spot>) {
    READS.with_borrow_mut(|reads| {
        if let Some(reads) = reads {
            reads.extend(spot());
        }
    });
}

/// What `work` gives, and the fields it read, in order.
pub(super) fn recorded<T>(work: impl FnOnce() -> T) -> (T, Vec<Spot>) {
    let outer = READS.replace(Some(Vec::new()));
    let result = work();
    (result, READS.replace(outer).unwrap_or_default())
}

/// What `work` gives, without noting what it reads.
pub(super) fn unrecorded<T>(work: impl FnOnce() -> T) -> T {
    let outer = READS.replace(None);
    let result = work();
    READS.replace(outer);
    result
}
