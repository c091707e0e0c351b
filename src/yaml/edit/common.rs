//! What two lists have in common.

/// The most steps that are taken to find it.
const MOST_STEPS: usize = 4_000_000;

/// For each element of one list, its index in the other, so that as many as possible are paired and
/// none cross; `None` where that would take too long to find out.
#[must_use]
pub fn in_common<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> Option<Vec<Option<usize>>> {
    let shorter = one.len().min(other.len());
    let start = (0..shorter).take_while(|at| same(&one[*at], &other[*at])).count();
    let from_end = |at: &usize| same(&one[one.len() - 1 - at], &other[other.len() - 1 - at]);
    let end = (0..shorter - start).take_while(from_end).count();
    let (inner, inner_other) = (&one[start..one.len() - end], &other[start..other.len() - end]);
    if (inner.len() + 1) * (inner_other.len() + 1) > MOST_STEPS {
        return None;
    }
    let mut found: Vec<Option<usize>> = (0..start).map(Some).collect();
    found.extend(longest(inner, inner_other, same).into_iter().map(|index| index.map(|index| index + start)));
    found.extend((other.len() - end..other.len()).map(Some));
    Some(found)
}

fn longest<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Option<usize>> {
    let width = other.len() + 1;
    let mut longest = vec![0_u32; (one.len() + 1) * width];
    let mut equal = vec![false; one.len() * other.len()];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            let is_same = same(&one[i], &other[j]);
            equal[i * other.len() + j] = is_same;
            longest[i * width + j] = if is_same {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut found = vec![None; one.len()];
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < other.len() {
        if equal[i * other.len() + j] {
            found[i] = Some(j);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}
