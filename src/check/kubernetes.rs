//! What Kubernetes itself says of objects, as findings.

use super::report::Cause;
use crate::checklist::Severity;
use crate::manifest::Reaction;

/// What stands in place of an item in findings about what Kubernetes says.
#[derive(Debug)]
pub struct Saying {
    /// The name, as that of an item.
    pub item: &'static str,
    /// Why there is a finding.
    pub cause: Cause,
    /// How severe it is.
    pub severity: Severity,
    /// What is asked for, as the title of an item.
    pub title: &'static str,
    /// Whether it can be waived.
    pub waivable: bool,
}

/// Everything that Kubernetes can say.
pub const SAYINGS: &[Saying] = &[
    Saying {
        item: "kubernetes-refuses",
        cause: Cause::Refused,
        severity: Severity::Error,
        title: "Kubernetes takes every object",
        waivable: false,
    },
    Saying {
        item: "kubernetes-drops",
        cause: Cause::Dropped,
        severity: Severity::Warning,
        title: "Kubernetes keeps every field",
        waivable: true,
    },
    Saying {
        item: "kubernetes-warns",
        cause: Cause::Warned,
        severity: Severity::Warning,
        title: "Kubernetes warns of nothing",
        waivable: true,
    },
];

impl Saying {
    /// What is said where an API server does so.
    #[must_use]
    pub fn of(reaction: Reaction) -> &'static Self {
        let [refused, dropped, warned] = SAYINGS else { return &SAYINGS[0] };
        match reaction {
            Reaction::Refused => refused,
            Reaction::Dropped => dropped,
            Reaction::Warned => warned,
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn named(item: &str) -> Option<&'static Self> {
        SAYINGS.iter().find(|saying| saying.item == item)
    }
}
