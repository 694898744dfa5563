//! Collections inside an entity: a `null` collection is an empty one.

use serde::{Deserialize, Deserializer};

/// Reads a collection; `null` reads as empty.
pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}
