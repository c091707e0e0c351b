//! The values that a flag for a tier takes.

use clap::builder::RangedI64ValueParser;

use crate::service::Tier;

/// Every tier, by its number.
pub fn tiers() -> RangedI64ValueParser<u8> {
    let [first, .., last] = Tier::ALL;
    RangedI64ValueParser::new().range(i64::from(first.0)..=i64::from(last.0))
}
