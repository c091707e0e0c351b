//! What a check goes by beside the rules.

use jiff::civil::Date;

use super::waivers::PlacedWaiver;
use crate::notation::KubeVersion;
use crate::service::{Service, Tier};

/// By what things are judged.
#[derive(Clone, Debug)]
pub struct CheckContext {
    /// The tier.
    pub tier: Tier,
    /// The Kubernetes version of the oldest cluster that the manifests go to.
    pub kubernetes: KubeVersion,
    /// Whether objects are whole, and held against what Kubernetes says of them before any rule; cases of rules show
    /// only what they are about.
    pub whole: bool,
    /// The service whose manifests these are, where they are one's.
    pub service: Option<Service>,
    /// What is waived.
    pub waivers: Vec<PlacedWaiver>,
    /// The day on which things are judged.
    pub today: Date,
}
