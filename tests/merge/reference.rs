//! A merge of plain trees, as simple as can be: what the merge of texts must come to.

use plimsoll::notation::Quantity;
use serde_json::{Map, Value as Json, json};

/// What a merge comes to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The ways to what changes in ours: in what it held, or around it.
    pub touched: Vec<String>,
    /// How many conflicts there are; ours stands there.
    pub conflicts: usize,
    /// Whether theirs has a list in another order, which is not taken over.
    pub reordered: bool,
    /// Whether elements that should have an identity lack one somewhere, or have it twice.
    pub by_place: bool,
    /// Whether ours has a list in another order than theirs for any reason.
    pub moved: bool,
}

/// What identifies the elements of a list, and what else pairs them; a default stands behind `=`.
fn keys_of(parent: &str, key: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match (parent, key) {
        (_, "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" | "httpHeaders")
        | ("dnsConfig", "options") => (&["name"], &[]),
        (_, "policies") => (&["type"], &[]),
        (_, "matchExpressions") => (&["key", "operator"], &["key"]),
        ("containers" | "initContainers", "ports") => (&["containerPort", "protocol=TCP", "hostIP=", "hostPort="], &["name"]),
        ("spec", "ports") => (&["port", "protocol=TCP"], &["name"]),
        (_, "ports") => (&["port=", "protocol=TCP", "endPort="], &[]),
        (_, "envFrom") => (&["configMapRef.name=", "secretRef.name=", "prefix="], &["configMapRef.name=", "secretRef.name="]),
        (_, "volumeMounts") => (&["mountPath"], &["name", "subPath="]),
        (_, "tolerations") => (&["key=", "operator=Equal", "value=", "effect="], &["key=", "operator=Equal", "effect="]),
        (_, "topologySpreadConstraints") => (&["topologyKey", "whenUnsatisfiable"], &["topologyKey"]),
        (_, "metrics") => (METRIC, &[]),
        _ => return None,
    })
}

const METRIC: &[&str] = &[
    "type",
    "resource.name=",
    "containerResource.name=",
    "containerResource.container=",
    "pods.metric.name=",
    "object.metric.name=",
    "object.describedObject.name=",
    "external.metric.name=",
];

const SETS: &[&str] = &["finalizers", "drop", "add", "resources", "namespaces"];

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

fn identity(item: &Json, parts: &[&str]) -> Option<Vec<String>> {
    let map = item.as_object().filter(|_| !parts.is_empty())?;
    let mut any = false;
    let values = parts.iter().map(|part| {
        let (path, default) = part.split_once('=').map_or((*part, None), |(path, default)| (path, Some(default)));
        let mut words = path.split('.');
        let first = words.next().and_then(|word| map.get(word));
        let found = first.and_then(|first| words.try_fold(first, |value, word| value.get(word))).and_then(text);
        let value = found.or(default.map(str::to_owned))?;
        any |= default != Some(value.as_str());
        Some(value)
    });
    let values = values.collect::<Option<Vec<_>>>()?;
    any.then_some(values)
}

/// The last two keys on a way.
#[derive(Clone, Copy)]
pub struct Keys<'k>(&'k str, &'k str);

/// A value in the one form in which everything that means the same is equal.
fn normal(value: &Json, keys: Keys<'_>) -> Json {
    match value {
        Json::Object(map) => {
            let mut sorted: Vec<_> = map.iter().map(|(key, value)| (key.clone(), normal(value, Keys(keys.1, key)))).collect();
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            sorted.into_iter().collect::<Map<_, _>>().into()
        }
        Json::Array(items) => items.iter().map(|item| normal(item, keys)).collect(),
        Json::String(_) | Json::Number(_)
            if matches!(keys.1, "cpu" | "memory" | "storage") || matches!(keys.0, "limits" | "requests") =>
        {
            let read = text(value).and_then(|text| text.parse::<Quantity>().ok());
            read.map_or_else(|| value.clone(), |quantity| json!([quantity.nanos().to_string()]))
        }
        other => other.clone(),
    }
}

/// Whether two values mean the same below the given keys.
pub fn same(one: &Json, other: &Json, keys: Keys<'_>) -> bool {
    one == other || normal(one, keys) == normal(other, keys)
}

/// Whether two objects mean the same.
pub fn same_object(one: &Json, other: &Json) -> bool {
    same(one, other, Keys("", ""))
}

impl Outcome {
    /// Merges two objects.
    pub fn object(&mut self, base: Option<&Json>, ours: &Json, theirs: &Json) -> Json {
        self.both(base, ours, theirs, Keys("", ""), "")
    }

    fn touch(&mut self, at: &str) {
        self.touched.push(at.to_owned());
    }

    fn both(&mut self, base: Option<&Json>, ours: &Json, theirs: &Json, keys: Keys<'_>, at: &str) -> Json {
        if ours == theirs || base == Some(theirs) {
            return ours.clone();
        }
        match (ours, theirs) {
            (Json::Object(ours), Json::Object(theirs)) => self.map(base, ours, theirs, keys, at),
            (Json::Array(mine), Json::Array(new)) => self.list(base, mine, new, keys, at).unwrap_or_else(|()| {
                self.conflicts += 1;
                ours.clone()
            }),
            // What theirs has only put in other words takes the place of the same words alone.
            _ if base.is_some_and(|base| same(base, ours, keys) && (base == ours || !same(base, theirs, keys))) => {
                self.touch(at);
                theirs.clone()
            }
            _ if base.is_some_and(|base| same(base, theirs, keys) || same(ours, theirs, keys)) => ours.clone(),
            _ => {
                self.conflicts += 1;
                ours.clone()
            }
        }
    }

    /// What becomes of something that theirs lacks: whether it stays.
    fn stays(&mut self, base: Option<&Json>, ours: &Json, keys: Keys<'_>) -> bool {
        let Some(base) = base else { return true };
        let changed = !same(base, ours, keys);
        self.conflicts += usize::from(changed);
        changed
    }

    /// What becomes of something that ours lacks: whether it comes.
    fn comes(&mut self, base: Option<&Json>, theirs: &Json, keys: Keys<'_>) -> bool {
        self.conflicts += usize::from(base.is_some_and(|base| !same(base, theirs, keys)));
        base.is_none()
    }

    fn map(
        &mut self,
        base: Option<&Json>,
        ours: &Map<String, Json>,
        theirs: &Map<String, Json>,
        keys: Keys<'_>,
        at: &str,
    ) -> Json {
        let mut merged = Map::new();
        let in_base = |key: &str| base.and_then(Json::as_object).and_then(|base| base.get(key));
        let mut gone = false;
        for (key, value) in ours {
            let here = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            let keys = Keys(keys.1, key);
            let value = match theirs.get(key) {
                Some(new) => Some(self.both(in_base(key), value, new, keys, &here)),
                None if self.stays(in_base(key), value, keys) => Some(value.clone()),
                None => None,
            };
            if let Some(value) = value {
                merged.insert(key.clone(), value);
            } else {
                gone = true;
                self.touch(&here);
            }
        }
        let emptied = gone && merged.is_empty();
        let mut came = false;
        for (key, value) in theirs {
            if !ours.contains_key(key) && self.comes(in_base(key), value, Keys(keys.1, key)) {
                came = true;
                merged.insert(key.clone(), value.clone());
            }
        }
        if came {
            self.touched.push(format!("{at}/+"));
        }
        if emptied {
            self.touch(at);
        }
        Json::Object(merged)
    }

    fn list(&mut self, base: Option<&Json>, ours: &[Json], theirs: &[Json], keys: Keys<'_>, at: &str) -> Result<Json, ()> {
        let of_base = base.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let known = keys_of(keys.0, keys.1).and_then(|parts| Rows::find(of_base, ours, theirs, parts)).or_else(|| {
            let sets = SETS.contains(&keys.1);
            sets.then(|| Rows::of_set(of_base, ours, theirs)).flatten()
        });
        let is_known = keys_of(keys.0, keys.1).is_some() || SETS.contains(&keys.1);
        self.by_place |=
            known.is_none() && (is_known || [of_base, ours, theirs].iter().any(|list| list.iter().any(Json::is_object)));
        let rows = known.or_else(|| Rows::find(of_base, ours, theirs, (&["name"], &[])));
        let Some(rows) = rows else { return self.ordered(base.is_some(), of_base, ours, theirs, keys, at) };
        let (conflicts, touched) = (self.conflicts, self.touched.len());
        let mut kept: Vec<Option<Json>> = ours.iter().cloned().map(Some).collect();
        let mut stands: Vec<Option<usize>> = vec![None; ours.len()];
        let mut new: Vec<(Option<usize>, usize, usize)> = Vec::new();
        for (id, row) in rows.rows.iter().enumerate() {
            let in_base = row[0].map(|index| &of_base[index]);
            match (row[1], row[2]) {
                (Some(mine), Some(other)) => {
                    kept[mine] = Some(self.both(in_base, &ours[mine], &theirs[other], keys, &format!("{at}/{mine}")));
                }
                (Some(mine), None) if !self.stays(in_base, &ours[mine], keys) => {
                    kept[mine] = None;
                    self.touch(&format!("{at}/{mine}"));
                    continue;
                }
                (None, Some(other)) if self.comes(in_base, &theirs[other], keys) => {
                    let behind =
                        (0..other).rev().find_map(|at| rows.rows.iter().find(|row| row[2] == Some(at)).and_then(|row| row[1]));
                    new.push((behind, other, id));
                }
                _ => {}
            }
            if let Some(mine) = row[1] {
                stands[mine] = Some(id);
            }
        }
        new.sort_by_key(|(behind, ..)| *behind);
        let added = new.iter().map(|(behind, other, _)| (*behind, *other)).collect();
        let result = self.place(kept, added, theirs, at);
        if rows.has_twins(result.as_array().unwrap()) {
            self.conflicts = conflicts;
            self.touched.truncate(touched);
            return Err(());
        }
        let matters = match keys.1 {
            "env" => [of_base, ours, theirs]
                .iter()
                .any(|list| list.iter().any(|item| item["value"].as_str().is_some_and(|value| value.contains("$(")))),
            "initContainers" | "envFrom" => true,
            _ => !is_known,
        };
        let ids = arrange(stands, &new.iter().map(|(behind, _, row)| (*behind, *row)).collect::<Vec<_>>());
        let Some((order, is_kept)) = rows.order(&ids, matters) else {
            self.conflicts = conflicts;
            self.touched.truncate(touched);
            return Err(());
        };
        self.reordered |= is_kept;
        self.moved |= rows.shared(&order, 1) != rows.shared(&order, 2);
        if order == ids {
            return Ok(result);
        }
        self.touched.push(format!("{at}/*"));
        let items = result.as_array().unwrap();
        Ok(order.iter().map(|row| items[ids.iter().position(|id| id == row).unwrap()].clone()).collect())
    }

    fn place(&mut self, kept: Vec<Option<Json>>, mut new: Vec<(Option<usize>, usize)>, theirs: &[Json], at: &str) -> Json {
        new.sort_by_key(|(behind, _)| *behind);
        let gone = !kept.is_empty() && kept.iter().all(Option::is_none);
        let added: Vec<(Option<usize>, Json)> = new.iter().map(|(behind, index)| (*behind, theirs[*index].clone())).collect();
        if !new.is_empty() {
            self.touched.push(format!("{at}/+"));
        }
        if gone {
            self.touch(at);
        }
        arrange(kept, &added).into()
    }

    /// Elements without identity: what stands between those that all three share.
    fn ordered(
        &mut self,
        has_base: bool,
        base: &[Json],
        ours: &[Json],
        theirs: &[Json],
        keys: Keys<'_>,
        at: &str,
    ) -> Result<Json, ()> {
        if !has_base {
            return Err(());
        }
        let (conflicts, touched) = (self.conflicts, self.touched.len());
        let (in_ours, in_theirs) = (shared(base, ours), shared(base, theirs));
        let mut kept: Vec<Option<Json>> = ours.iter().cloned().map(Some).collect();
        let mut new = Vec::new();
        let mut from = [0; 3];
        let anchors = (0..base.len()).filter_map(|at| Some([at, in_ours[at]?, in_theirs[at]?]));
        for to in anchors.chain([[base.len(), ours.len(), theirs.len()]]) {
            let (b, o, t) = (&base[from[0]..to[0]], &ours[from[1]..to[1]], &theirs[from[2]..to[2]]);
            let alike = |one: &[Json], other: &[Json]| {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other, keys))
            };
            if b != t && o != t {
                let one_each = b.len() == 1 && o.len() == 1 && t.len() == 1;
                let maps = |list: &[Json]| list[0].as_object().is_some_and(|map| !map.is_empty());
                if !(alike(b, o) || one_each && maps(o) && maps(t)) {
                    self.conflicts = conflicts;
                    self.touched.truncate(touched);
                    return Err(());
                }
                if b.len() == o.len() && o.len() == t.len() {
                    for (offset, ((b, o), t)) in b.iter().zip(o).zip(t).enumerate() {
                        let index = from[1] + offset;
                        kept[index] = Some(self.both(Some(b), o, t, keys, &format!("{at}/{index}")));
                    }
                } else {
                    kept[from[1]..to[1]].fill(None);
                    for index in from[1]..to[1] {
                        self.touch(&format!("{at}/{index}"));
                    }
                    new.extend((from[2]..to[2]).map(|index| (to[1].checked_sub(1), index)));
                }
            }
            from = to.map(|at| at + 1);
        }
        Ok(self.place(kept, new, theirs, at))
    }
}

/// What stays, each with what is added behind it.
fn arrange<T: Clone>(kept: Vec<Option<T>>, new: &[(Option<usize>, T)]) -> Vec<T> {
    let added = |after: Option<usize>| new.iter().filter(move |(behind, _)| *behind == after).map(|(_, value)| value.clone());
    let mut result: Vec<T> = added(None).collect();
    for (index, value) in kept.into_iter().enumerate() {
        result.extend(value);
        result.extend(added(Some(index)));
    }
    result
}

/// The longest run of elements that two lists share, by index.
fn shared(one: &[Json], other: &[Json]) -> Vec<Option<usize>> {
    let mut longest = vec![vec![0_usize; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            let skip = longest[i + 1][j].max(longest[i][j + 1]);
            longest[i][j] = if one[i] == other[j] { longest[i + 1][j + 1] + 1 } else { skip };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, vec![None; one.len()]);
    while i < one.len() && j < other.len() {
        if one[i] == other[j] {
            found[i] = Some(j);
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// Which elements are the same one: indexes in base, ours and theirs.
struct Rows {
    rows: Vec<[Option<usize>; 3]>,
    primary: &'static [&'static str],
}

impl Rows {
    fn find(
        base: &[Json],
        ours: &[Json],
        theirs: &[Json],
        parts: (&'static [&'static str], &'static [&'static str]),
    ) -> Option<Self> {
        let by = |list: &[Json]| list.iter().map(|item| identity(item, parts.0)).collect::<Option<Vec<_>>>();
        let other = |list: &[Json]| list.iter().map(|item| identity(item, parts.1)).collect::<Vec<_>>();
        Self::join(&[by(base)?, by(ours)?, by(theirs)?], &[other(base), other(ours), other(theirs)], parts.0)
    }

    fn of_set(base: &[Json], ours: &[Json], theirs: &[Json]) -> Option<Self> {
        let by = |list: &[Json]| list.iter().map(|item| text(item).map(|text| vec![text])).collect::<Option<Vec<_>>>();
        let none = |list: &[Json]| vec![None; list.len()];
        Self::join(&[by(base)?, by(ours)?, by(theirs)?], &[none(base), none(ours), none(theirs)], &[])
    }

    fn join(
        keys: &[Vec<Vec<String>>; 3],
        others: &[Vec<Option<Vec<String>>>; 3],
        primary: &'static [&'static str],
    ) -> Option<Self> {
        if keys.iter().any(|keys| keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key))) {
            return None;
        }
        let pair = |from: usize, to: usize| {
            let mut found: Vec<Option<usize>> =
                keys[from].iter().map(|key| keys[to].iter().position(|other| other == key)).collect();
            for at in 0..found.len() {
                let Some(key) = others[from][at].as_ref().filter(|_| found[at].is_none()) else { continue };
                let alone = others[from].iter().flatten().filter(|other| *other == key).count() == 1;
                let free: Vec<usize> = (0..keys[to].len())
                    .filter(|index| !found.contains(&Some(*index)) && others[to][*index].as_ref() == Some(key))
                    .collect();
                if let ([only], true) = (&free[..], alone) {
                    found[at] = Some(*only);
                }
            }
            found
        };
        let (in_ours, in_theirs, across) = (pair(0, 1), pair(0, 2), pair(1, 2));
        let mut rows: Vec<_> = (0..keys[0].len()).map(|at| [Some(at), in_ours[at], in_theirs[at]]).collect();
        for at in (0..keys[1].len()).filter(|at| !in_ours.contains(&Some(*at))) {
            rows.push([None, Some(at), across[at].filter(|other| !in_theirs.contains(&Some(*other)))]);
        }
        for at in 0..keys[2].len() {
            if !rows.iter().any(|row| row[2] == Some(at)) {
                rows.push([None, None, Some(at)]);
            }
        }
        Some(Self { rows, primary })
    }

    /// The rows that all three sides have, as one side has them in order.
    fn shared(&self, rows: &[usize], side: usize) -> Vec<usize> {
        let mut shared: Vec<usize> = rows.iter().copied().filter(|row| self.rows[*row].iter().all(Option::is_some)).collect();
        shared.sort_by_key(|row| self.rows[*row][side]);
        shared
    }

    /// The order of the merged list, and whether theirs has another that is not taken over; `None` where
    /// the orders of both sides contradict each other and mean something.
    fn order(&self, result: &[usize], matters: bool) -> Option<(Vec<usize>, bool)> {
        let [base, ours, theirs] = [0, 1, 2].map(|side| self.shared(result, side));
        let is_kept = base != theirs && ours != theirs && base != ours;
        let mut order = result.to_vec();
        if base != theirs && base == ours {
            order.retain(|row| self.rows[*row][2].is_some());
            order.sort_by_key(|row| self.rows[*row][2]);
            for (at, row) in result.iter().enumerate().filter(|(_, row)| self.rows[**row][2].is_none()) {
                let behind = at.checked_sub(1).and_then(|before| order.iter().position(|other| *other == result[before]));
                order.insert(behind.map_or(0, |behind| behind + 1), *row);
            }
        }
        let contradicts = |side: usize, first: usize, second: usize| {
            let at = |row: usize, side: usize| self.rows[row][side];
            let (Some(one), Some(other)) = (at(first, side), at(second, side)) else { return false };
            other < one && at(first, 0).zip(at(second, 0)).is_none_or(|(first, second)| second > first)
        };
        let wrong = (0..order.len())
            .any(|at| order[at + 1..].iter().any(|second| (1..3).any(|side| contradicts(side, order[at], *second))));
        (!matters || !is_kept && !wrong).then_some((order, is_kept))
    }

    fn has_twins(&self, items: &[Json]) -> bool {
        let key =
            |item: &Json| if self.primary.is_empty() { text(item).map(|text| vec![text]) } else { identity(item, self.primary) };
        let keys: Vec<_> = items.iter().filter_map(key).collect();
        keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key))
    }
}
