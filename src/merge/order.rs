//! The order of a list whose elements have identities, merged from three.

use std::collections::BTreeMap;

use super::pairs::PairedElement;

/// Up to how many elements each pair is looked at; of longer lists only neighbours are.
const MOST_PAIRED: usize = 2_000;

/// What becomes of the order.
#[derive(Debug, PartialEq, Eq)]
pub enum Order {
    /// It is that of ours.
    Stays,
    /// It is that of ours, though theirs has another one too; it means nothing.
    Kept,
    /// It becomes another one: for each place, the place from which the element there comes.
    Becomes(Vec<usize>),
    /// What it means to one side is not so in the result.
    Contradicts,
}

/// Merges the order. `result` has the row of each element of the merged list, as ours has them in order;
/// `matters` says that an order means something.
#[must_use]
pub fn merged(rows: &[PairedElement], result: &[usize], matters: bool) -> Order {
    let shared = |side: fn(&PairedElement) -> Option<usize>| {
        let all = result.iter().copied().filter(|row| rows[*row].base.is_some() && rows[*row].theirs.is_some());
        let mut order: Vec<usize> = all.filter(|row| rows[*row].ours.is_some()).collect();
        order.sort_by_key(|row| side(&rows[*row]));
        order
    };
    let (base, ours, theirs) = (shared(|row| row.base), shared(|row| row.ours), shared(|row| row.theirs));
    let is_kept = theirs != base && theirs != ours && ours != base;
    let order = if theirs != base && ours == base { as_theirs(rows, result) } else { result.to_vec() };
    if matters && (is_kept || contradicts(rows, &order)) {
        return Order::Contradicts;
    }
    if order == result {
        return if is_kept { Order::Kept } else { Order::Stays };
    }
    let from: BTreeMap<usize, usize> = result.iter().enumerate().map(|(at, row)| (*row, at)).collect();
    Order::Becomes(order.iter().map(|row| from[row]).collect())
}

/// The elements of theirs in their order there, those that only ours has behind the one of theirs that
/// they follow.
fn as_theirs(rows: &[PairedElement], result: &[usize]) -> Vec<usize> {
    let mut first = Vec::new();
    let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut leader = None;
    for row in result.iter().copied() {
        match (rows[row].theirs, leader) {
            (Some(_), _) => leader = Some(row),
            (None, Some(leader)) => followers.entry(leader).or_default().push(row),
            (None, None) => first.push(row),
        }
    }
    let mut of_theirs: Vec<usize> = result.iter().copied().filter(|row| rows[*row].theirs.is_some()).collect();
    of_theirs.sort_by_key(|row| rows[*row].theirs);
    first
        .into_iter()
        .chain(of_theirs.into_iter().flat_map(|row| [vec![row], followers.remove(&row).unwrap_or_default()].concat()))
        .collect()
}

/// Whether two elements stand in another order than a side has put them in.
fn contradicts(rows: &[PairedElement], order: &[usize]) -> bool {
    let sides: [fn(&PairedElement) -> Option<usize>; 2] = [|row| row.ours, |row| row.theirs];
    sides.iter().any(|side| {
        let of_side: Vec<(usize, Option<usize>)> =
            order.iter().filter_map(|row| Some((side(&rows[*row])?, rows[*row].base))).collect();
        // The side has the second before the first; it did not put them so if base has it, too.
        let is_new = |first: (usize, Option<usize>), second: (usize, Option<usize>)| {
            second.0 < first.0 && !matches!((first.1, second.1), (Some(first), Some(second)) if second < first)
        };
        let reach = if of_side.len() > MOST_PAIRED { 1 } else { of_side.len() };
        of_side.iter().enumerate().any(|(at, first)| of_side[at + 1..].iter().take(reach).any(|second| is_new(*first, *second)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders of single letters; the result is that of ours, with what is new in theirs behind what it
    /// follows there, as lists are merged.
    fn order(base: &str, ours: &str, theirs: &str, matters: bool) -> Order {
        let mut labels: Vec<char> = [base, ours, theirs].concat().chars().collect();
        labels.sort_unstable();
        labels.dedup();
        let rows: Vec<PairedElement> = labels
            .iter()
            .map(|label| PairedElement {
                label: label.to_string(),
                base: base.find(*label),
                ours: ours.find(*label),
                theirs: theirs.find(*label),
            })
            .collect();
        let mut result: Vec<char> = ours.chars().filter(|label| theirs.contains(*label) || !base.contains(*label)).collect();
        for (at, label) in theirs.char_indices().filter(|(_, label)| !base.contains(*label) && !ours.contains(*label)) {
            let before = theirs[..at].chars().rev().find_map(|before| result.iter().position(|other| *other == before));
            result.insert(before.map_or(0, |before| before + 1), label);
        }
        let row = |label: &char| labels.binary_search(label).unwrap();
        merged(&rows, &result.iter().map(row).collect::<Vec<_>>(), matters)
    }

    #[test]
    fn the_side_that_moved_something_decides() {
        assert_eq!(order("abc", "abc", "abc", true), Order::Stays);
        assert_eq!(order("abc", "bac", "abc", true), Order::Stays);
        assert_eq!(order("abc", "abc", "cab", true), Order::Becomes(vec![2, 0, 1]));
        assert_eq!(order("abc", "cab", "cab", true), Order::Stays);
        assert_eq!(order("abc", "abxc", "cab", false), Order::Becomes(vec![3, 0, 1, 2]));
    }

    #[test]
    fn two_orders_contradict_each_other_where_order_matters() {
        assert_eq!(order("abc", "bac", "acb", true), Order::Contradicts);
        assert_eq!(order("abc", "bac", "acb", false), Order::Kept);
        // Theirs has put `x` before `b`, and ours `b` before `a`.
        assert_eq!(order("ab", "ba", "axb", true), Order::Contradicts);
        assert_eq!(order("ab", "ba", "axb", false), Order::Stays);
        assert_eq!(order("ab", "axb", "ayb", true), Order::Stays);
    }
}
