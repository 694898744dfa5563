//! Lists of objects whose nesting differs: an array, an array of arrays, or one object alone.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a list of objects of any nesting; `null` is an empty list.
///
/// The schema of purchase orders nests their potential change orders in arrays of arrays, that of work orders their
/// change order requests, and both show `attachments` as an object in one place and as an array in another.
pub(crate) fn flat<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Flat::deserialize(deserializer)?.0)
}

struct Flat<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Flat<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlatVisitor(PhantomData)).map(Self)
    }
}

struct FlatVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FlatVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut records = Vec::new();
        while let Some(Flat(more)) = list.next_element::<Flat<T>>()? {
            records.extend(more);
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[derive(Debug, serde::Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "super::flat")]
        orders: Vec<crate::resources::shapes::IdName>,
    }

    #[test]
    fn objects_are_found_at_any_depth() {
        for (body, ids) in [
            (r#"{"orders":[{"id":1},{"id":"2"}]}"#, vec![1, 2]),
            (r#"{"orders":[[{"id":1}],[],[{"id":2},{"id":3}]]}"#, vec![1, 2, 3]),
            (r#"{"orders":{"id":4}}"#, vec![4]),
            (r#"{"orders":[null]}"#, vec![]),
            (r#"{"orders":null}"#, vec![]),
            ("{}", vec![]),
        ] {
            let holder: Holder = serde_json::from_str(body).unwrap();
            let found: Vec<i64> =
                holder.orders.iter().map(|order| order.id.unwrap().get()).collect();
            assert_eq!(found, ids, "{body}");
        }
        assert!(serde_json::from_str::<Holder>(r#"{"orders":"none"}"#).is_err());
    }
}
