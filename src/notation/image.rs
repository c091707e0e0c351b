//! Container image references.

use std::fmt;
use std::str::FromStr;

/// A container image reference: `[registry[:port]/]path[:tag][@algorithm:digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    /// The registry host with its port, where the reference names one.
    pub registry: Option<String>,
    /// The repository path behind the registry.
    pub path: String,
    /// The tag, without its `:`.
    pub tag: Option<String>,
    /// The digest with its algorithm, such as `sha256:…`.
    pub digest: Option<String>,
}

impl ImageRef {
    /// What the reference says of the version: the tag, else the first 12 digits of the digest.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        let short = |digest: &String| digest.split_once(':').map(|(_, hex)| hex.chars().take(12).collect());
        self.tag.clone().or_else(|| self.digest.as_ref().and_then(short))
    }
}

impl FromStr for ImageRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return Err("starts like a URL; an image reference has no scheme".to_owned());
        }
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(check_digest(digest)?)),
            None => (text, None),
        };
        // A colon before the last slash belongs to a registry's port, never to a tag.
        let last_part = named.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match named[last_part..].find(':') {
            Some(colon) => (&named[..last_part + colon], Some(check_tag(&named[last_part + colon + 1..])?)),
            None => (named, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(check_registry(first)?), rest),
            _ => (None, name),
        };
        check_path(path)?;
        if name.len() > 255 {
            return Err("is longer than the 255 characters that an image name may have".to_owned());
        }
        Ok(Self { registry, path: path.to_owned(), tag, digest })
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(registry) = &self.registry {
            write!(f, "{registry}/")?;
        }
        f.write_str(&self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

fn check_registry(text: &str) -> Result<String, String> {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let host_ok = !host.is_empty()
        && host.split('.').all(|part| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        });
    let port_ok = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n > 0));
    if host_ok && port_ok {
        return Ok(text.to_owned());
    }
    Err(format!("names a registry `{text}` that is not host or host:port"))
}

fn check_path(path: &str) -> Result<(), String> {
    let part_ok = |part: &str| {
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let separators_ok = part
            .split(edge)
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || (!gap.is_empty() && gap.bytes().all(|b| b == b'-')));
        part.starts_with(edge) && part.ends_with(edge) && separators_ok
    };
    if !path.is_empty() && path.split('/').all(part_ok) {
        return Ok(());
    }
    if path.chars().any(|c| c.is_ascii_uppercase()) {
        return Err("has upper-case letters in its path; image paths are lower-case".to_owned());
    }
    Err("is not an image reference like registry.example.com/shop/checkout:1.4.2".to_owned())
}

fn check_tag(tag: &str) -> Result<String, String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if !tag.is_empty() && tag.len() <= 128 && tag.chars().all(legal) && !tag.starts_with(['.', '-']) {
        return Ok(tag.to_owned());
    }
    Err(format!("has the tag `{tag}`: letters, digits, `_`, `.` and `-`, at most 128, are allowed"))
}

fn check_digest(digest: &str) -> Result<String, String> {
    let expected = match digest.split_once(':').map(|(algorithm, _)| algorithm) {
        Some("sha256") => 64,
        Some("sha512") => 128,
        _ => return Err("has a digest that does not start with `sha256:` or `sha512:`".to_owned()),
    };
    let hex = &digest["sha256:".len()..];
    let found = hex.len();
    if found == expected && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(digest.to_owned());
    }
    Err(format!("has a digest of {found} characters; {expected} lower-case hexadecimal digits are needed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        let image: ImageRef = "reg:5000/app".parse().unwrap();
        assert_eq!((image.registry.as_deref(), image.tag), (Some("reg:5000"), None));
        let image: ImageRef = "reg:5000/shop/app:1.2".parse().unwrap();
        assert_eq!((image.path.as_str(), image.tag.as_deref()), ("shop/app", Some("1.2")));
    }

    #[test]
    fn references_come_back_as_they_were() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for text in [
            "app",
            "shop/app:1",
            "localhost/app",
            "a.b/c__d/e-f.g:V_1.0",
            &format!("a/b@{digest}"),
            &format!("a.b:1/c:2@{digest}"),
        ] {
            assert_eq!(text.parse::<ImageRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            ":1",
            "App:1",
            "a//b",
            "https://reg.io/a:1",
            "a/b:",
            "a:b:c",
            "a b",
            "a/-b",
            "a@sha256:1",
            "a@md5:00",
            "reg:0/a",
            "reg:x/a",
            "a___b",
            "a.-b",
            "a:.1",
            "/a",
        ] {
            assert!(text.parse::<ImageRef>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_digest_alone_still_gives_a_version() {
        let image: ImageRef = format!("app@sha256:{}", "0123456789ab".repeat(5) + "cdef").parse().unwrap();
        assert_eq!(image.version().as_deref(), Some("0123456789ab"));
    }
}
