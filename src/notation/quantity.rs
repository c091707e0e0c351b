//! Kubernetes quantities such as `500m`, `1Gi` or `0.5`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount of a resource, in the text a person wrote and as a number to compare.
///
/// `1Gi` and `1024Mi` are equal; so are `1` and `1000m`. What is finer than a billionth is rounded
/// up, as Kubernetes does.
#[derive(Clone, Debug)]
pub struct Quantity {
    text: String,
    nanos: i128,
}

const NANO: i128 = 1_000_000_000;

impl Quantity {
    /// An amount of bytes, written with the largest binary suffix that leaves a whole number.
    #[must_use]
    pub fn from_bytes(bytes: u64) -> Self {
        let (mut number, mut suffix) = (bytes, 0);
        while suffix < 4 && number > 0 && number.is_multiple_of(1024) {
            number /= 1024;
            suffix += 1;
        }
        let text = format!("{number}{}", ["", "Ki", "Mi", "Gi", "Ti"][suffix]);
        Self { text, nanos: i128::from(bytes) * NANO }
    }

    /// The amount in whole units (bytes for memory), rounded up.
    #[must_use]
    pub fn whole(&self) -> i128 {
        self.nanos.div_euclid(NANO) + i128::from(self.nanos.rem_euclid(NANO) != 0)
    }

    /// Whether the amount is a number of whole units.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.nanos.rem_euclid(NANO) == 0
    }

    /// Whether the amount is a number of whole thousandths.
    #[must_use]
    pub fn is_whole_milli(&self) -> bool {
        self.nanos.rem_euclid(NANO / 1000) == 0
    }

    /// The amount in billionths.
    #[must_use]
    pub fn nanos(&self) -> i128 {
        self.nanos
    }

    /// Whether the amount is more than nothing.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.nanos > 0
    }

    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Binary suffixes with their power of two, then decimal ones with their power of ten.
fn multiplier(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "" => (1, 0),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        exponent => {
            let digits = exponent.strip_prefix(['e', 'E'])?;
            let power = digits.parse::<i32>().ok().filter(|power| (-18..=18).contains(power))?;
            (1, power)
        }
    })
}

impl FromStr for Quantity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "is not a quantity like 500m, 2, 512Mi or 1Gi".to_owned();
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (scale, power) = multiplier(suffix).ok_or_else(wrong)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // A lone point is nothing to Kubernetes.
        if number.is_empty() || fraction.contains('.') || number.len() > 27 {
            return Err(wrong());
        }
        // digits × scale × 10^power × 10^9 / 10^(digits of the fraction)
        let digits: i128 = format!("0{whole}{fraction}").parse().map_err(|_| wrong())?;
        let shift = power + 9 - i32::try_from(fraction.len()).map_err(|_| wrong())?;
        let scaled = digits.checked_mul(scale).ok_or_else(wrong)?;
        let magnitude = 10_i128.checked_pow(shift.unsigned_abs()).ok_or_else(wrong)?;
        let nanos = if shift >= 0 {
            scaled.checked_mul(magnitude).ok_or_else(wrong)?
        } else {
            scaled.div_euclid(magnitude) + i128::from(scaled.rem_euclid(magnitude) != 0)
        };
        let nanos = if text.starts_with('-') { -nanos } else { nanos };
        Ok(Self { text: text.to_owned(), nanos })
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        text.parse().map_err(|fault| de::Error::custom(format!("`{text}` {fault}")))
    }
}

impl JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A Kubernetes quantity, such as `500m`, `2`, `512Mi` or `1Gi`.",
            "type": ["string", "number"],
            "format": "quantity",
            "examples": ["500m"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn equal_amounts_are_equal_however_written() {
        for (a, b) in
            [("1Gi", "1024Mi"), ("1", "1000m"), ("0.5", "500m"), ("1e3", "1k"), ("1.5Gi", "1536Mi"), ("+1", "1"), (".", "0")]
        {
            assert_eq!(q(a), q(b));
        }
        assert!(q("1G") < q("1Gi"));
        assert!(q("-1") < q("0"));
        assert_eq!(q("0.1n"), q("1n"));
    }

    #[test]
    fn amounts_round_up() {
        assert_eq!((q("0.0001").whole(), q("1500m").whole(), q("1Gi").whole()), (1, 2, 1 << 30));
        assert_eq!(["1.5Gi", "100m", "1500m", "0.5m"].map(|text| q(text).is_whole()), [true, false, false, false]);
        assert_eq!(["1.5Gi", "100m", "1500m", "0.5m"].map(|text| q(text).is_whole_milli()), [true, true, true, false]);
    }

    #[test]
    fn bytes_are_written_briefly() {
        for (bytes, text) in [(0, "0"), (1, "1"), (512 << 20, "512Mi"), (1 << 30, "1Gi"), ((1 << 30) + 1024, "1048577Ki")] {
            assert_eq!(Quantity::from_bytes(bytes).as_str(), text);
            assert_eq!(q(text), Quantity::from_bytes(bytes));
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "m", "1 Gi", "1gi", "1.2.3", "1e99", "--1", "０", "9".repeat(40).as_str()] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
