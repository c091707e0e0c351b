//! Names of what ships in several versions, such as `production@2026.11`.

/// Which of the shipped ones a name asks for, by position: the one of that name and version, or, where
/// no version is given, the newest. The list goes from the oldest to the newest.
#[must_use]
pub fn find_release(shipped: &[&str], wanted: &str) -> Option<usize> {
    let is_it = |id: &&str| if wanted.contains('@') { *id == wanted } else { release_name(id) == wanted };
    shipped.iter().rposition(is_it)
}

/// The name without the version.
#[must_use]
pub fn release_name(id: &str) -> &str {
    id.split_once('@').map_or(id, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_the_newest() {
        let shipped = ["a@1.9", "b@1", "a@1.10"];
        for (wanted, position) in [("a", Some(2)), ("a@1.9", Some(0)), ("b", Some(1)), ("a@1.1", None), ("c", None), ("a@", None)]
        {
            assert_eq!(find_release(&shipped, wanted), position, "{wanted}");
        }
    }
}
