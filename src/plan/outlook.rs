//! What a plan means in service: how many Pods are left when something happens.

use serde::Serialize;
use serde_json::Value as Json;

/// What happens, and what stays.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// What happens.
    pub event: &'static str,
    /// How many Pods stay, of how many.
    pub stays: String,
}

/// The numbers that an outlook is made from.
#[derive(Clone, Debug, Default)]
pub struct Replicas {
    /// The fewest Pods.
    pub min: u32,
    /// The most Pods.
    pub max: u32,
    /// How many Pods may be evicted at once.
    pub evictable: u32,
    /// How many zones there are.
    pub zones: u32,
    /// Whether Pods wait rather than be spread unevenly over zones.
    pub strict: bool,
    /// `maxSurge` of a rollout.
    pub surge: Json,
    /// Peak rate and rate of a Pod, in requests a second, from a load test.
    pub load: Option<(u32, u32)>,
}

/// What is left of the fewest Pods when something happens.
pub fn of(replicas: &Replicas) -> Vec<Outlook> {
    let Replicas { min, max, evictable, zones, .. } = *replicas;
    let in_zone = min.div_ceil(zones.max(1));
    let certain = if replicas.strict { "" } else { ", if the scheduler could spread them" };
    let mut outlook = vec![
        Outlook {
            event: "a node is lost",
            stays: format!("{} of {min} Pods, where each has a node of its own", min.saturating_sub(1)),
        },
        Outlook {
            event: "a zone is lost",
            stays: format!("{} of {min} Pods in {zones} zones{certain}", min.saturating_sub(in_zone)),
        },
        Outlook {
            event: "a node is drained",
            stays: format!("{} of {min} Pods; {evictable} may go at once", min.saturating_sub(evictable)),
        },
        Outlook {
            event: "a new version rolls out",
            stays: format!("{min} of {min} Pods; up to {} more at once", surge(&replicas.surge, min)),
        },
    ];
    if let Some((peak, per_pod)) = replicas.load {
        let left = max - max.div_ceil(zones.max(1));
        let borne = u64::from(left) * u64::from(per_pod);
        outlook.push(Outlook {
            event: "a zone is lost at peak",
            stays: format!("{left} of {max} Pods, which bear {borne}/s of {peak}/s"),
        });
    }
    outlook
}

/// `maxSurge` in Pods: percentages are rounded up, as the Deployment controller does.
fn surge(value: &Json, replicas: u32) -> u64 {
    let percent = value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|text| text.parse::<u64>().ok());
    percent.map_or(value.as_u64().unwrap_or_default(), |percent| (u64::from(replicas) * percent).div_ceil(100))
}
