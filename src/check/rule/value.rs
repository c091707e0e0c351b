//! Trees as values of CEL.
//!
//! Scalars are handed out as CEL's own, so that every function takes them; maps and lists stay
//! trees, so that what is selected from them keeps its place.

use cel::ExecutionError;
use cel::common::traits::{self, Adder, Container, Indexer, Iterable, Sizer, Zeroer};
use cel::common::types::{self, CelBool, CelDouble, CelInt, CelList, CelOptional, CelString, CelUInt, Kind, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use serde_json::Value as Json;

use super::tree::{Data, Scalar, TreeField};
use super::{Tree, equality, reads};

impl Tree {
    /// The tree as CEL sees it.
    pub(super) fn as_val(&self) -> &(dyn Val + 'static) {
        match self.data() {
            Data::Scalar(Scalar::Null(value)) => value,
            Data::Scalar(Scalar::Bool(value)) => value,
            Data::Scalar(Scalar::Int(value)) => value,
            Data::Scalar(Scalar::Float(value)) => value,
            Data::Scalar(Scalar::Text(value)) => value,
            Data::List(_) | Data::Map(_) => self,
        }
    }

    /// A value of CEL as a tree; what a rule made itself stands in no text. `None` for an empty
    /// optional, and for what no text can hold.
    pub(super) fn of_value(value: &dyn Val) -> Option<Self> {
        if let Some(tree) = value.downcast_ref::<Self>() {
            return Some(tree.clone());
        }
        if let Some(optional) = value.downcast_ref::<CelOptional>() {
            return optional.option().and_then(Self::of_value);
        }
        let json = match value.get_type().kind() {
            Kind::NullType => Json::Null,
            Kind::Boolean => (*value.downcast_ref::<CelBool>()?.inner()).into(),
            Kind::Int => (*value.downcast_ref::<CelInt>()?.inner()).into(),
            Kind::UInt => (*value.downcast_ref::<CelUInt>()?.inner()).into(),
            Kind::Double => (*value.downcast_ref::<CelDouble>()?.inner()).into(),
            Kind::String => value.downcast_ref::<CelString>()?.inner().into(),
            Kind::List => {
                let mut items = value.as_iterable()?.iter();
                return Some(Self::list(std::iter::from_fn(|| items.next()).filter_map(Self::of_value).collect()));
            }
            Kind::Map => {
                let (values, mut keys) = (value.as_indexer()?, value.as_iterable()?.iter());
                let entry = |key: &dyn Val| {
                    let held = Self::of_value(values.get(key).ok()?.as_ref())?;
                    Some((key.downcast_ref::<CelString>()?.inner().to_owned(), held))
                };
                return Some(Self::map(std::iter::from_fn(|| keys.next()).filter_map(entry).collect::<Vec<_>>()));
            }
            _ => return None,
        };
        Some(Self::from_json(&json))
    }

    pub(super) fn boxed(&self) -> Box<dyn Val> {
        self.as_val().clone_as_boxed()
    }

    /// The value of a key, or where it would stand, noted as read.
    fn read(&self, key: &str) -> Option<&Tree> {
        let found = self.get(key);
        reads::note(|| found.map_or_else(|| self.spot_of_missing(key), Tree::spot));
        found
    }
}

impl StaticVal for Tree {}

impl Val for Tree {
    fn get_type(&self) -> &Type {
        match self.data() {
            Data::List(_) => &types::LIST_TYPE,
            Data::Map(_) => &types::MAP_TYPE,
            Data::Scalar(_) => self.as_val().get_type(),
        }
    }

    fn cel_type() -> &'static Type {
        &types::DYN_TYPE
    }

    fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
    where
        Self: 'v,
    {
        matches!(self.data(), Data::List(_)).then_some(self as _)
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        equality::same(self, other)
    }

    handed_on!();
}

impl Adder for Tree {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let no_list = || ExecutionError::no_such_overload("_+_", vec!["list".to_owned(), other.get_type().name().to_owned()]);
        if other.get_type().kind() != Kind::List {
            return Err(no_list());
        }
        let mut others = other.as_iterable().ok_or_else(no_list)?.iter();
        let mut sum: Vec<Box<dyn Val + 'v>> = self.items().iter().map(|item| item.boxed() as Box<dyn Val + 'v>).collect();
        while let Some(item) = others.next() {
            sum.push(item.clone_as_boxed());
        }
        Ok(CowVal::owned(CelList::from(sum)))
    }
}

impl Container for Tree {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(match self.data() {
            Data::List(items) => items.iter().any(|item| equality::same(item.as_val(), value)),
            Data::Map(_) => value.downcast_ref::<CelString>().is_some_and(|key| self.read(key.inner()).is_some()),
            Data::Scalar(_) => false,
        })
    }
}

impl Indexer for Tree {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let wrong = |want: &str| ExecutionError::UnexpectedType { got: key.get_type().name().to_owned(), want: want.to_owned() };
        match self.data() {
            Data::Map(_) => {
                let key = key.downcast_ref::<CelString>().ok_or_else(|| wrong("string"))?.inner();
                self.read(key).map(|tree| CowVal::Borrowed(tree.as_val())).ok_or_else(|| ExecutionError::no_such_key(key))
            }
            Data::List(items) => {
                let index = position(key).ok_or_else(|| wrong("int"))?;
                let item = usize::try_from(index).ok().and_then(|index| items.get(index));
                let item = item.ok_or_else(|| ExecutionError::IndexOutOfBounds(index.into()))?;
                reads::note(|| item.spot());
                Ok(CowVal::Borrowed(item.as_val()))
            }
            Data::Scalar(_) => Err(wrong("map or list")),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Indexer::get(&*self, key).map(CowVal::into_owned)
    }
}

/// An index: CEL takes every number that is whole.
#[expect(clippy::cast_possible_truncation, reason = "compared with the original")]
#[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "compared with the original")]
fn position(key: &dyn Val) -> Option<i64> {
    if let Some(double) = key.downcast_ref::<CelDouble>() {
        let whole = *double.inner() as i64;
        return (whole as f64 == *double.inner()).then_some(whole);
    }
    let int = key.downcast_ref::<CelInt>().map(|int| *int.inner());
    int.or_else(|| key.downcast_ref::<CelUInt>().and_then(|uint| i64::try_from(*uint.inner()).ok()))
}

struct ValueIter<'b>(Box<dyn Iterator<Item = &'b (dyn Val + 'static)> + 'b>);

impl<'b, 'v> traits::Iterator<'b, 'v> for ValueIter<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|value| value as &'b (dyn Val + 'v))
    }
}

impl Iterable for Tree {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        let key = |field: &'b TreeField| -> &'b (dyn Val + 'static) { &field.key };
        Box::new(match self.data() {
            Data::List(items) => ValueIter(Box::new(items.iter().map(Tree::as_val))),
            Data::Map(fields) => ValueIter(Box::new(fields.iter().map(key))),
            Data::Scalar(_) => ValueIter(Box::new(std::iter::empty())),
        })
    }
}

impl Sizer for Tree {
    fn size(&self) -> CelInt {
        let size = match self.data() {
            Data::List(items) => items.len(),
            Data::Map(fields) => fields.len(),
            Data::Scalar(_) => 0,
        };
        i64::try_from(size).unwrap_or(i64::MAX).into()
    }
}

impl Zeroer for Tree {
    fn is_zero_value(&self) -> bool {
        *self.size().inner() == 0
    }
}
