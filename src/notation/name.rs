//! Names and keys, judged as the API server judges them.
//!
//! Each function returns half a sentence that continues "`value` …" when the value is not legal.

fn too_long(value: &str, most: usize) -> Result<(), String> {
    match value.len() {
        0 => Err("is empty".to_owned()),
        length if length > most => Err(format!("is {length} characters long; {most} are allowed")),
        _ => Ok(()),
    }
}

fn lower_alphanumeric(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn starts_and_ends(value: &str, legal: fn(char) -> bool) -> bool {
    value.starts_with(legal) && value.ends_with(legal)
}

/// An RFC 1123 label: lower-case letters, digits and `-`, at most 63 characters.
///
/// # Errors
/// What is wrong with the value.
pub fn dns_label(value: &str) -> Result<(), String> {
    too_long(value, 63)?;
    if value.chars().all(|c| lower_alphanumeric(c) || c == '-') && starts_and_ends(value, lower_alphanumeric) {
        return Ok(());
    }
    Err("is not a DNS-1123 label: lower-case letters, digits and `-`, starting and ending with a letter or digit".into())
}

/// An RFC 1035 label, which Services need: a DNS-1123 label that starts with a letter.
///
/// # Errors
/// What is wrong with the value.
pub fn service_name(value: &str) -> Result<(), String> {
    dns_label(value)?;
    if value.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    Err("starts with a digit; the name of a Service must start with a letter".to_owned())
}

/// An RFC 1123 subdomain: labels joined by dots, at most 253 characters.
///
/// # Errors
/// What is wrong with the value.
pub fn dns_subdomain(value: &str) -> Result<(), String> {
    too_long(value, 253)?;
    let label = |part: &str| part.chars().all(|c| lower_alphanumeric(c) || c == '-') && starts_and_ends(part, lower_alphanumeric);
    if value.split('.').all(label) {
        return Ok(());
    }
    Err("is not a DNS-1123 subdomain: lower-case letters, digits, `-` and `.`".to_owned())
}

/// The name of a port: at most 15 lower-case letters, digits and single `-`, with at least one letter.
///
/// # Errors
/// What is wrong with the value.
pub fn port_name(value: &str) -> Result<(), String> {
    too_long(value, 15)?;
    let legal = value.chars().all(|c| lower_alphanumeric(c) || c == '-')
        && starts_and_ends(value, lower_alphanumeric)
        && !value.contains("--")
        && value.contains(|c: char| c.is_ascii_lowercase());
    if legal {
        return Ok(());
    }
    Err("is not a port name: lower-case letters, digits and single `-`, with at least one letter".to_owned())
}

/// The name of an environment variable, by the rule that every supported Kubernetes version accepts.
///
/// # Errors
/// What is wrong with the value.
pub fn env_name(value: &str) -> Result<(), String> {
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if value.is_empty() {
        return Err("is empty".to_owned());
    }
    if value == "." || value.starts_with("..") {
        return Err("is `.` or starts with `..`".to_owned());
    }
    if value.chars().all(rest) && !value.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err("is not the name of an environment variable: letters, digits, `_`, `-` and `.`, not starting with a digit".into())
}

/// The name of an environment variable, by the rule of Kubernetes since 1.32.
///
/// # Errors
/// What is wrong with the value.
pub fn any_env_name(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("is empty".to_owned());
    }
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=') {
        return Ok(());
    }
    Err("is not the name of an environment variable: characters of ASCII that can be printed, and no `=`".to_owned())
}

/// A domain that names are looked for in: a subdomain whose labels may begin with and hold `_`.
///
/// # Errors
/// What is wrong with the value.
pub fn search_domain(value: &str) -> Result<(), String> {
    too_long(value, 253)?;
    let inside = |c: char| lower_alphanumeric(c) || matches!(c, '-' | '_');
    let label = |part: &str| {
        let part = part.strip_prefix('_').unwrap_or(part);
        part.chars().all(inside) && starts_and_ends(part, lower_alphanumeric)
    };
    if value.split('.').all(label) {
        return Ok(());
    }
    Err("is not a domain: lower-case letters, digits, `-`, `_` and `.`".to_owned())
}

/// A subdomain whose first label is `*`.
///
/// # Errors
/// What is wrong with the value.
pub fn wildcard_domain(value: &str) -> Result<(), String> {
    let wrong = |_| "is not a wildcard such as `*.example.com`".to_owned();
    value.strip_prefix("*.").ok_or(String::new()).and_then(dns_subdomain).map_err(wrong)?;
    too_long(value, 253)
}

/// A name that can be part of a path.
///
/// # Errors
/// What is wrong with the value.
pub fn path_segment(value: &str) -> Result<(), String> {
    if value == "." || value == ".." || value.contains(['/', '%']) {
        return Err("cannot be part of a path: it is `.` or `..`, or holds `/` or `%`".to_owned());
    }
    Ok(())
}

/// A key of a `ConfigMap` or `Secret`.
///
/// # Errors
/// What is wrong with the value.
pub fn config_key(value: &str) -> Result<(), String> {
    too_long(value, 253)?;
    if value == "." || value.starts_with("..") {
        return Err("is `.` or starts with `..`".to_owned());
    }
    if value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Ok(());
    }
    Err("is not a ConfigMap key: letters, digits, `-`, `_` and `.`".to_owned())
}

fn qualified_part(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && starts_and_ends(value, |c| c.is_ascii_alphanumeric())
}

/// The key of a label or annotation: `name` or `prefix/name`.
///
/// # Errors
/// What is wrong with the value.
pub fn annotation_or_label_key(value: &str) -> Result<(), String> {
    let name = match value.split_once('/') {
        Some((prefix, name)) => {
            dns_subdomain(prefix).map_err(|fault| format!("has the prefix `{prefix}`, which {fault}"))?;
            name
        }
        None => value,
    };
    too_long(name, 63)?;
    if qualified_part(name) {
        return Ok(());
    }
    Err("is not a label or annotation key: letters, digits, `-`, `_` and `.`, with an optional DNS prefix and `/`".into())
}

/// The value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`.
///
/// # Errors
/// What is wrong with the value.
pub fn label_value(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    too_long(value, 63)?;
    if qualified_part(value) {
        return Ok(());
    }
    Err("is not a label value: letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit".into())
}

/// The path of an HTTP request.
///
/// # Errors
/// What is wrong with the value.
pub fn http_path(value: &str) -> Result<(), String> {
    if !value.starts_with('/') {
        return Err("is not a path: it must start with `/`".to_owned());
    }
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("holds white space or a control character".to_owned());
    }
    Ok(())
}

/// An absolute path inside a container, where a volume can be mounted.
///
/// # Errors
/// What is wrong with the value.
pub fn mount_path(value: &str) -> Result<(), String> {
    if !value.starts_with('/') || value == "/" {
        return Err("is not an absolute path below `/`".to_owned());
    }
    if value.contains(':') || value.chars().any(char::is_control) {
        return Err("holds `:` or a control character".to_owned());
    }
    if value.split('/').any(|part| part == ".." || part == ".") || value.contains("//") || value.ends_with('/') {
        return Err("holds `.`, `..`, an empty part or a `/` at its end".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_the_api_server_does() {
        type Judge = fn(&str) -> Result<(), String>;
        let long = "A".repeat(300);
        let cases: &[(Judge, &[&str], &[&str])] = &[
            (dns_label, &["a", "a-1", "1a"], &["", "-a", "a-", "A", "a.b", "한글"]),
            (service_name, &["a1"], &["1a"]),
            (dns_subdomain, &["a.b-c"], &["a..b", ".a", "a_b"]),
            (port_name, &["http", "h2c-1"], &["80", "a--b", "sixteen-letters-"]),
            (env_name, &["A", "_a.b-c", &long], &["1A", "A=B", ""]),
            (any_env_name, &["A", "1A", "a b", "."], &["A=B", "", "é", "a\n"]),
            (search_domain, &["a.b", "_tcp.a_b"], &["", "A", "a..b", "__a"]),
            (wildcard_domain, &["*.a", "*.a.b"], &["*", "a.*", "*.*.a", "*.A"]),
            (path_segment, &["a", "A:b", ""], &[".", "..", "a/b", "50%"]),
            (config_key, &["app.yaml", "1"], &["a/b", "..", ""]),
            (annotation_or_label_key, &["a", "example.com/A_b.c"], &["/a", "A.com/a", "a/", "a b"]),
            (label_value, &["", "A_b.c"], &["-a", "a b"]),
            (http_path, &["/", "/ready?full=1"], &["ready", "/a b"]),
            (mount_path, &["/tmp", "/var/lib/한글"], &["/", "tmp", "/a/../b", "/a:b", "/a/"]),
        ];
        for (judge, good, bad) in cases {
            for value in *good {
                assert_eq!(judge(value), Ok(()), "{value}");
            }
            for value in *bad {
                assert!(judge(value).is_err(), "{value}");
            }
        }
        assert!(dns_label(&"a".repeat(63)).is_ok());
        assert!(dns_label(&"a".repeat(64)).is_err());
    }
}
