//! The fields that show items, as patterns.

use std::borrow::Cow;

use super::{Checklist, Item};
use crate::notation::FieldPattern;

impl Checklist {
    /// The fields that show an item, one pattern for each kind where a name of kinds stands for several.
    #[must_use]
    pub fn patterns(&self, item: &Item) -> Vec<FieldPattern> {
        let pattern = |(object, rest): (Cow<'_, str>, &str)| FieldPattern::parse(&format!("{object}{rest}")).ok();
        self.fields(item).filter_map(pattern).collect()
    }

    /// The same as texts, which are not read: the object, and what is named in it.
    pub fn fields<'c>(&'c self, item: &'c Item) -> impl Iterator<Item = (Cow<'c, str>, &'c str)> {
        item.fields.iter().flat_map(|field| {
            let (word, rest) = field.split_at(field.find(['.', '[']).unwrap_or(field.len()));
            let kinds = self.kinds.get(word);
            // With a name, `Pod` is but one of the kinds.
            let of_kinds = kinds.into_iter().flatten().map(|kind| Cow::Owned(format!("{kind}/*")));
            of_kinds.chain(kinds.is_none().then_some(Cow::Borrowed(word))).map(move |object| (object, rest))
        })
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
        let expected = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"]
            .map(|kind| format!("{kind}/*.spec.replicas"));
        assert_eq!(patterns("min-replicas")[..5], expected);
        assert_eq!(patterns("min-replicas")[5], "HorizontalPodAutoscaler.spec.minReplicas");
        assert!(patterns("owner-known").contains(&"Pod/*.metadata.annotations".to_owned()));
        assert!(patterns("dns-light").contains(&"Pod.spec.dnsConfig.options[*]".to_owned()));
    }
}
