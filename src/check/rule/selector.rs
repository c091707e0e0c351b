//! Label selectors.

use super::{Tree, reads};

/// Whether a `LabelSelector` selects labels: all of `matchLabels` and `matchExpressions` must hold.
/// An empty selector selects everything, a missing one nothing; missing labels are none.
///
/// # Errors
/// What is wrong with the selector.
pub fn selects(selector: Option<&Tree>, labels: Option<&Tree>) -> Result<bool, String> {
    let Some(selector) = selector.filter(|selector| !selector.is_null()) else { return Ok(false) };
    let mut selected = selector.get("matchLabels").is_none_or(|wanted| has_all(wanted, labels));
    for requirement in selector.get("matchExpressions").map(Tree::items).unwrap_or_default() {
        selected &= holds(requirement, labels)?;
    }
    Ok(selected)
}

/// Whether labels have all of the wanted keys with their values, as the selector of a Service means
/// it; a missing selector and one without keys want nothing.
#[must_use]
pub fn has_all(wanted: &Tree, labels: Option<&Tree>) -> bool {
    wanted.entries().all(|(key, value)| {
        let label = label(labels, key);
        label.is_some() && label == value.as_str()
    })
}

fn label<'t>(labels: Option<&'t Tree>, key: &str) -> Option<&'t str> {
    let labels = labels?;
    let value = labels.get(key);
    reads::note(|| value.map_or_else(|| labels.spot_of_missing(key), Tree::spot));
    value.and_then(Tree::as_str)
}

fn holds(requirement: &Tree, labels: Option<&Tree>) -> Result<bool, String> {
    let key = requirement.get("key").and_then(Tree::as_str).ok_or("a requirement of the selector has no key")?;
    let operator = requirement.get("operator").and_then(Tree::as_str).unwrap_or_default();
    let values: Vec<&str> =
        requirement.get("values").map(Tree::items).unwrap_or_default().iter().filter_map(Tree::as_str).collect();
    let value = label(labels, key);
    let listed = value.is_some_and(|value| values.contains(&value));
    match operator {
        "In" | "NotIn" if values.is_empty() => {
            Err(format!("the requirement of `{key}` has the operator {operator} without values"))
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            Err(format!("the requirement of `{key}` has the operator {operator} with values, of which it takes none"))
        }
        "In" => Ok(listed),
        "NotIn" => Ok(!listed),
        "Exists" => Ok(value.is_some()),
        "DoesNotExist" => Ok(value.is_none()),
        _ => Err(format!(
            "the requirement of `{key}` has the operator `{operator}`, which is none of In, NotIn, Exists, DoesNotExist"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn judge(selector: &Json, labels: &Json) -> Result<bool, String> {
        selects(Some(&Tree::from_json(selector)), Some(&Tree::from_json(labels)))
    }

    #[test]
    fn selectors_select_as_in_kubernetes() {
        let labels = json!({"app": "shop", "tier": "web"});
        let one = |operator: &str, key: &str, values: &[&str]| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        for (selector, selected) in [
            (json!({}), true),
            (json!({"matchLabels": {}}), true),
            (json!({"matchLabels": {"app": "shop"}}), true),
            (json!({"matchLabels": {"app": "shop", "tier": "api"}}), false),
            (json!({"matchLabels": {"zone": "a"}}), false),
            (one("In", "tier", &["api", "web"]), true),
            (one("In", "tier", &["api"]), false),
            (one("In", "zone", &["a"]), false),
            (one("NotIn", "tier", &["api"]), true),
            (one("NotIn", "tier", &["web"]), false),
            (one("NotIn", "zone", &["a"]), true),
            (one("Exists", "tier", &[]), true),
            (one("Exists", "zone", &[]), false),
            (one("DoesNotExist", "zone", &[]), true),
            (one("DoesNotExist", "tier", &[]), false),
            (json!({"matchLabels": {"app": "shop"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}), false),
        ] {
            assert_eq!(judge(&selector, &labels), Ok(selected), "{selector}");
        }
        for wrong in [
            one("In", "tier", &[]),
            one("Exists", "tier", &["web"]),
            one("DoesNotExist", "zone", &["a"]),
            one("Near", "tier", &["x"]),
            json!({"matchExpressions": [{"operator": "Exists"}]}),
        ] {
            assert!(judge(&wrong, &labels).is_err(), "{wrong}");
        }
        assert_eq!(selects(None, None), Ok(false));
        assert_eq!(selects(Some(&Tree::from_json(&json!({}))), None), Ok(true));
    }
}
