//! Every entity set that this crate has no type for: the same [`Collection`], over entities that stay JSON.

use super::{Collection, Entity};
use crate::client::{Call, CallClass, Client};
use crate::error::{Error, Result};
use crate::query::{Key, property_name};
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// An entity as its JSON. Its properties are read by name from the [`crate::Record`] around it, or all at once by
/// [`AnyEntity::decode`].
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct AnyEntity(Box<RawValue>);

impl AnyEntity {
    /// The JSON, as the server wrote it.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// Decodes it into a type of the caller's.
    ///
    /// # Errors
    /// When the JSON does not fit.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(self.0.get())
            .map_err(|error| Error::decode("the caller's type", error))
    }
}

impl Entity for AnyEntity {
    const KEY: &'static str = "";
    /// Its key is not known, so pages are read by links; give the query an order by the key.
    const KEY_IS_SINGLE: bool = false;

    fn key(&self) -> Option<Key> {
        None
    }
}

impl Client {
    /// Any entity set by its name, its entities as their JSON: `client.any_entity_set("ItemGroups")`. Bodies are written by
    /// [`Collection::create_raw`] and [`Collection::patch_raw`].
    ///
    /// Pages of such a set are read by links, and a row that moved meanwhile may come twice or not at all: order the query
    /// by the key, and drop repeated rows; or read it with a type of your own that knows its key ([`Client::entity_set`]).
    ///
    /// # Errors
    /// When `name` cannot be the name of one.
    pub fn any_entity_set(&self, name: &str) -> Result<Collection<AnyEntity>> {
        self.entity_set(name)
    }

    /// Calls a service operation (`CompanyService_GetPathAdmin`) by POST. `class` says whether it changes anything: only
    /// the caller knows, and only a read is repeated.
    ///
    /// # Errors
    /// As every call.
    pub async fn service(
        &self,
        operation: &str,
        body: Option<Bytes>,
        class: CallClass,
    ) -> Result<http::Response<Bytes>> {
        let call = Call::new(Method::POST, property_name(operation)?, class, body);
        self.send(&call, None).await
    }
}
