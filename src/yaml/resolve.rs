//! Plain scalars, resolved as Kubernetes' decoder does (YAML 1.1 as goyaml v2 reads it).

use super::Value;

/// The value of a plain scalar.
#[must_use]
pub fn resolve_plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && let Some(number) = resolve_number(text)
    {
        return number;
    }
    Value::String(text.to_owned())
}

fn resolve_number(text: &str) -> Option<Value> {
    let digits = text.replace('_', "");
    let (negative, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    if let Some(magnitude) = resolve_whole(unsigned) {
        let signed = if negative { -magnitude } else { magnitude };
        // Beyond 64 bits goyaml goes on with a float.
        #[expect(clippy::cast_precision_loss, reason = "a float is all that such a number can be")]
        return Some(i64::try_from(signed).map_or(Value::Float(signed as f64), Value::Int));
    }
    let float_like = unsigned.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && unsigned.bytes().any(|b| b.is_ascii_digit());
    let number = unsigned.parse::<f64>().ok().filter(|_| float_like)?;
    Some(Value::Float(if negative { -number } else { number }))
}

fn resolve_whole(unsigned: &str) -> Option<i128> {
    let radix = |digits: &str, radix| {
        let unsigned = digits.starts_with(|c: char| c.is_ascii_alphanumeric());
        if unsigned { i128::from_str_radix(digits, radix).ok() } else { None }
    };
    if let Some(hex) = unsigned.strip_prefix("0x") {
        return radix(hex, 16);
    }
    if let Some(octal) = unsigned.strip_prefix("0o") {
        return radix(octal, 8);
    }
    if let Some(binary) = unsigned.strip_prefix("0b") {
        return radix(binary, 2);
    }
    if unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return radix(unsigned, 8);
    }
    if unsigned.bytes().all(|b| b.is_ascii_digit()) { radix(unsigned, 10) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_kubernetes_reads() {
        let cases = [
            ("yes", Value::Bool(true)),
            ("off", Value::Bool(false)),
            ("n", Value::Bool(false)),
            ("0755", Value::Int(493)),
            ("0o17", Value::Int(15)),
            ("0x1F", Value::Int(31)),
            ("0b11", Value::Int(3)),
            ("1_000", Value::Int(1000)),
            ("-12", Value::Int(-12)),
            ("+3", Value::Int(3)),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
            ("", Value::Null),
            ("~", Value::Null),
            ("9223372036854775808", Value::Float(9_223_372_036_854_775_808.0)),
        ];
        for (text, value) in cases {
            assert_eq!(resolve_plain(text), value, "{text}");
        }
        for text in ["1.4.2", "1Gi", "500m", "-Xmx", "--", ".", "e3", "yEs", "0xg", "0x", "0x-1", "-", "1-2", "infinity"] {
            assert_eq!(resolve_plain(text), Value::String(text.to_owned()), "{text}");
        }
    }
}
