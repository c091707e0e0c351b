//! The only place that asks what day it is; everything below takes it as an argument.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

#[expect(clippy::disallowed_methods, reason = "the one room that knows the day")]
/// Today, in UTC, so that it does not depend on where one is.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
