//! Numbers of Pods given as a number or as a percentage, rounded as Kubernetes rounds them.

use super::{Tree, reads};

/// A number, or a percentage of some total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntOrPercent {
    /// A number as it is.
    Int(i64),
    /// A percentage.
    Percent(i64),
}

impl IntOrPercent {
    /// Reads a value such as `2` or `25%`.
    ///
    /// # Errors
    /// What is wrong with the value, as half a sentence that continues its name.
    pub fn read(tree: &Tree) -> Result<Self, String> {
        if let Some(number) = tree.as_i64() {
            return Ok(Self::Int(number));
        }
        let Some(text) = tree.as_str() else { return Err("is neither a number nor a percentage".to_owned()) };
        let percent = text.strip_suffix('%').and_then(|percent| percent.parse().ok());
        percent.map(Self::Percent).ok_or_else(|| format!("is `{text}`, which is not a percentage like 25%"))
    }

    /// The number, a percentage rounded up to the next whole one.
    #[must_use]
    pub fn scaled_up(self, total: i64) -> i64 {
        self.scaled(total, 99)
    }

    /// The number, a percentage rounded down.
    #[must_use]
    pub fn scaled_down(self, total: i64) -> i64 {
        self.scaled(total, 0)
    }

    fn scaled(self, total: i64, addend: i128) -> i64 {
        match self {
            Self::Int(number) => number,
            Self::Percent(percent) => {
                let hundredths = i128::from(percent) * i128::from(total);
                let scaled = (hundredths + addend).div_euclid(100);
                i64::try_from(scaled).unwrap_or(if scaled < 0 { i64::MIN } else { i64::MAX })
            }
        }
    }
}

/// How many of `replicas` healthy Pods may be evicted at once under a `PodDisruptionBudget`'s spec,
/// as the disruption controller computes it; with neither bound it allows none.
///
/// # Errors
/// What is wrong with the bound.
pub fn disruptions_allowed(spec: &Tree, replicas: i64) -> Result<i64, String> {
    let read = |key: &str| {
        let tree = spec.get(key).filter(|tree| !tree.is_null());
        reads::note(|| tree.map_or_else(|| spec.spot_of_missing(key), Tree::spot));
        tree.map(|tree| IntOrPercent::read(tree).map_err(|message| format!("{key} {message}"))).transpose()
    };
    let healthy_needed = if let Some(most) = read("maxUnavailable")? {
        (replicas.saturating_sub(most.scaled_up(replicas))).max(0)
    } else if let Some(least) = read("minAvailable")? {
        least.scaled_up(replicas)
    } else {
        return Ok(0);
    };
    Ok(if replicas > 0 { replicas.saturating_sub(healthy_needed).max(0) } else { 0 })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn percentages_are_rounded_as_asked() {
        for (value, total, up, down) in [
            (json!(2), 10, 2, 2),
            (json!("25%"), 10, 3, 2),
            (json!("25%"), 4, 1, 1),
            (json!("0%"), 3, 0, 0),
            (json!("100%"), 3, 3, 3),
            (json!("1%"), 1, 1, 0),
            (json!("50%"), 3, 2, 1),
            (json!("150%"), 3, 5, 4),
            (json!("33%"), 0, 0, 0),
        ] {
            let share = IntOrPercent::read(&Tree::from_json(&value)).unwrap();
            assert_eq!((share.scaled_up(total), share.scaled_down(total)), (up, down), "{value} of {total}");
        }
        for wrong in [json!("25"), json!("%"), json!("a%"), json!(1.5), json!([1]), json!(null)] {
            assert!(IntOrPercent::read(&Tree::from_json(&wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn disruptions_are_those_of_the_controller() {
        for (spec, replicas, allowed) in [
            (json!({"maxUnavailable": 1}), 3, 1),
            (json!({"maxUnavailable": "25%"}), 3, 1),
            (json!({"maxUnavailable": "25%"}), 1, 1),
            (json!({"maxUnavailable": 0}), 3, 0),
            (json!({"maxUnavailable": 5}), 3, 3),
            (json!({"maxUnavailable": 1}), 0, 0),
            (json!({"minAvailable": 2}), 3, 1),
            (json!({"minAvailable": 3}), 2, 0),
            (json!({"minAvailable": "50%"}), 3, 1),
            (json!({"minAvailable": "100%"}), 3, 0),
            (json!({"minAvailable": "0%"}), 3, 3),
            (json!({}), 3, 0),
        ] {
            assert_eq!(disruptions_allowed(&Tree::from_json(&spec), replicas), Ok(allowed), "{spec} of {replicas}");
        }
        assert!(disruptions_allowed(&Tree::from_json(&json!({"minAvailable": "half"})), 3).is_err());
    }
}
