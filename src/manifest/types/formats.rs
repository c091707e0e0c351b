//! Scalars as Go's decoders read them.

use crate::yaml::Value;

/// A whole number: what JSON would have without point and exponent.
pub fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "the bounds are held before")]
        Value::Float(number)
            if number.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(number) =>
        {
            Some(*number as i64)
        }
        _ => None,
    }
}

/// Whether a value is a number from 0 to 255, of which a list is read as bytes.
pub fn is_byte(value: &Value) -> bool {
    *value == Value::Null || whole(value).is_some_and(|number| u8::try_from(number).is_ok())
}

/// Whether a text is a quantity, however large: its sign, digits around a point, and a suffix or exponent.
pub fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    // A lone point is nothing, and a lone sign is zero.
    let is_number = number.bytes().filter(|byte| *byte == b'.').count() <= 1 && number != ".";
    let is_zero = number.bytes().all(|byte| byte == b'0');
    let is_exponent = |suffix: &str| {
        let digits = suffix.strip_prefix(['e', 'E']);
        digits.is_some_and(|digits| digits.parse::<i64>().is_ok())
    };
    let is_suffix =
        matches!(suffix, "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei");
    !text.is_empty() && is_number && (is_suffix || is_exponent(suffix)) && (!number.is_empty() || (is_zero && suffix.is_empty()))
}

/// Whether a text is base64 with its padding; breaks of lines do not count.
pub fn is_base64(text: &str) -> bool {
    let mut bytes = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).peekable();
    let (mut count, mut padding) = (0_usize, 0_usize);
    while let Some(byte) = bytes.next() {
        count += 1;
        let is_digit = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if byte == b'=' {
            padding += 1;
        } else if !is_digit || padding > 0 {
            return false;
        }
        if byte == b'=' && bytes.peek().is_none() {
            return count.is_multiple_of(4) && padding <= 2;
        }
    }
    count.is_multiple_of(4)
}

/// Whether a text is a time of RFC 3339; with so many digits of a second, where that is given.
pub fn is_time(text: &str, digits: Option<usize>) -> bool {
    read_time(text.as_bytes(), digits).is_some()
}

fn read_time(text: &[u8], digits: Option<usize>) -> Option<()> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    byte(&mut rest, b"-")?;
    let month = number(&mut rest, 2).filter(|month| (1..=12).contains(month))?;
    byte(&mut rest, b"-")?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    number(&mut rest, 2).filter(|day| (1..=days).contains(day))?;
    byte(&mut rest, b"T")?;
    // Go takes an hour of one digit.
    let hour = if rest.get(1).is_some_and(u8::is_ascii_digit) { 2 } else { 1 };
    number(&mut rest, hour).filter(|hour| *hour < 24)?;
    byte(&mut rest, b":")?;
    number(&mut rest, 2).filter(|minute| *minute < 60)?;
    byte(&mut rest, b":")?;
    number(&mut rest, 2).filter(|second| *second < 60)?;
    match digits {
        Some(digits) => {
            byte(&mut rest, b".,")?;
            number(&mut rest, digits)?;
        }
        None if rest.first().is_some_and(|first| matches!(first, b'.' | b',')) => {
            rest = rest.get(1..)?;
            let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            rest = if end == 0 { return None } else { rest.get(end..)? };
        }
        None => {}
    }
    if rest == b"Z" {
        return Some(());
    }
    byte(&mut rest, b"+-")?;
    number(&mut rest, 2).filter(|hour| *hour <= 24)?;
    byte(&mut rest, b":")?;
    number(&mut rest, 2).filter(|minute| *minute <= 60)?;
    rest.is_empty().then_some(())
}

/// A number of exactly so many digits.
fn number(rest: &mut &[u8], digits: usize) -> Option<u32> {
    let (number, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    number.iter().all(u8::is_ascii_digit).then(|| number.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// One byte that is any of these.
fn byte(rest: &mut &[u8], any: &[u8]) -> Option<()> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    any.contains(first).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for right in [
            "0",
            "1",
            "+1",
            "-1.5",
            "1.",
            ".5",
            "1.G",
            "256M",
            "1e3",
            "1E-3",
            "1e+3",
            "12E",
            "100000000000000000000000000000",
            "-",
            "+",
        ] {
            assert!(is_quantity(right), "{right}");
        }
        for wrong in ["", "256MB", "mi", "1 Gi", "1.2.3", ".", "1e", "1e1.5", "0x10", "1K", "m", "1gi", "true", "e3", "1mm"] {
            assert!(!is_quantity(wrong), "{wrong}");
        }
    }

    #[test]
    fn base64() {
        for right in ["", "YQ==", "YWI=", "YWJj", "YW\nJj\n", "++//"] {
            assert!(is_base64(right), "{right}");
        }
        for wrong in ["Y", "YQ", "YQ=", "YQ=a", "Y===", "====", "YW Jj", "YWJ-", "YQ==YQ=="] {
            assert!(!is_base64(wrong), "{wrong}");
        }
    }

    #[test]
    fn times() {
        for right in ["2026-01-31T12:00:00Z", "2024-02-29T1:00:00.5+01:00", "2026-01-31T12:00:00,25-00:30"] {
            assert!(is_time(right, None), "{right}");
        }
        for wrong in [
            "",
            "2026-01-31",
            "2026-02-29T12:00:00Z",
            "2026-01-31t12:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00:00Zz",
        ] {
            assert!(!is_time(wrong, None), "{wrong}");
        }
        assert!(is_time("2026-01-31T12:00:00.000000Z", Some(6)));
        assert!(!is_time("2026-01-31T12:00:00Z", Some(6)));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(whole(&Value::Float(1000.0)), Some(1000));
        assert_eq!(whole(&Value::Float(1.5)), None);
        assert_eq!(whole(&Value::Float(1e30)), None);
        assert_eq!(whole(&Value::Float(f64::NAN)), None);
        assert_eq!(whole(&Value::String("1".to_owned())), None);
    }
}
