//! The fields that show items, as patterns.

use super::{Checklist, Item};
use crate::notation::FieldPattern;

impl Checklist {
    /// The fields that show an item, one pattern for each kind where a name of kinds stands for several.
    #[must_use]
    pub fn patterns(&self, item: &Item) -> Vec<FieldPattern> {
        let of_each_kind = |field: &String| {
            let end = field.find(['.', '[']).unwrap_or(field.len());
            let (word, rest) = field.split_at(end);
            match self.kinds.get(word) {
                // With a name, `Pod` is but one of the kinds.
                Some(kinds) => kinds.iter().map(|kind| format!("{kind}/*{rest}")).collect(),
                None => vec![field.clone()],
            }
        };
        item.fields.iter().flat_map(of_each_kind).filter_map(|field| FieldPattern::parse(&field).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::checklist;

    #[test]
    fn a_set_of_kinds_stands_for_each_of_them_and_pod_for_itself() {
        let list = checklist::production().unwrap();
        let patterns = |item: &str| -> Vec<String> {
            let patterns = list.patterns(list.item(item).unwrap());
            patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect()
        };
        let expected = ["Deployment", "StatefulSet", "ReplicaSet", "Rollout"].map(|kind| format!("{kind}/*.spec.replicas"));
        assert_eq!(patterns("min-replicas")[..4], expected);
        assert_eq!(patterns("min-replicas")[4], "HorizontalPodAutoscaler.spec.minReplicas");
        assert!(patterns("owner-known").contains(&"Pod/*.metadata.annotations".to_owned()));
        assert!(patterns("dns-light").contains(&"Pod.spec.dnsConfig.options[*]".to_owned()));
    }
}
