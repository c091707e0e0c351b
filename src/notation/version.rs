//! Kubernetes minor versions.

use std::fmt;
use std::str::FromStr;

/// A Kubernetes minor version such as `1.32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubeVersion {
    /// The part after `1.`.
    pub minor: u16,
}

/// The oldest Kubernetes that manifests can be rendered for.
pub const OLDEST: KubeVersion = KubeVersion { minor: 29 };
/// The newest Kubernetes that the table of types knows.
pub const NEWEST: KubeVersion = KubeVersion { minor: 37 };

impl FromStr for KubeVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let minor = text
            .strip_prefix("1.")
            .and_then(|minor| minor.parse::<u16>().ok().filter(|n| n.to_string() == minor))
            .ok_or_else(|| format!("is not a Kubernetes minor version like \"{NEWEST}\"; known are {OLDEST} to {NEWEST}"))?;
        let version = Self { minor };
        if (OLDEST..=NEWEST).contains(&version) {
            return Ok(version);
        }
        Err(format!("is outside the supported Kubernetes versions, {OLDEST} to {NEWEST}"))
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supported_versions_only() {
        assert_eq!("1.29".parse(), Ok(OLDEST));
        assert_eq!("1.37".parse(), Ok(NEWEST));
        for bad in ["1.28", "1.38", "1.030", "1", "v1.30", "1.30.1", "2.30"] {
            assert!(bad.parse::<KubeVersion>().is_err(), "{bad}");
        }
    }
}
