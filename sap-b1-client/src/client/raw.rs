//! Every entity set that this crate has no type for, with the same session, retries and outcomes.

use super::{Call, CallClass, Client, ResendGuard};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Key, Pager, Query, property_name};
use crate::resources::{Created, Entity};
use crate::wire::Record;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// An entity as its JSON. Its properties are read by name from the [`Record`] around it, or all at once by
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

/// Any entity set by its name: `client.any_entity_set("ItemGroups")`.
///
/// Pages of such a set are read by links, and a row that moved meanwhile may come twice or not at all: order the query by
/// the key, and drop repeated rows.
#[derive(Debug, Clone)]
pub struct EntitySet {
    client: Client,
    name: String,
}

impl Client {
    /// Any entity set by its name.
    ///
    /// # Errors
    /// When `name` cannot be the name of one.
    pub fn any_entity_set(&self, name: &str) -> Result<EntitySet> {
        Ok(EntitySet { client: self.clone(), name: property_name(name)?.to_owned() })
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

impl EntitySet {
    /// Reads one entity.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none; else as every read.
    pub async fn get(&self, key: impl Into<Key>) -> Result<Record<AnyEntity>> {
        let call = Call::get(self.address(key)?);
        let answer = self.client.send(&call, None).await?;
        let decode = |error| Error::decode("an entity", error).with_call(&call.name());
        let raw: &RawValue = serde_json::from_slice(answer.body()).map_err(decode)?;
        Record::from_raw(raw, true).map_err(decode)
    }

    /// Reads one entity; `None` where there is none.
    ///
    /// # Errors
    /// As every read.
    pub async fn find(&self, key: impl Into<Key>) -> Result<Option<Record<AnyEntity>>> {
        match self.get(key).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads rows page by page.
    ///
    /// # Errors
    /// When the query holds a name that is none.
    pub fn pages(&self, query: Query) -> Result<Pager<AnyEntity>> {
        Pager::new(self.client.clone(), self.name.clone(), query)
    }

    /// Reads all rows of a query into memory.
    ///
    /// # Errors
    /// As every read.
    pub async fn all(&self, query: Query) -> Result<Vec<Record<AnyEntity>>> {
        self.pages(query)?.all().await
    }

    /// Creates an entity from the bytes of its body.
    ///
    /// # Errors
    /// [`Error::outcome`] says whether it was created.
    pub async fn create(&self, body: Bytes, guard: Option<&dyn ResendGuard>) -> Result<Created> {
        self.client.create_raw(&self.name, body, guard).await
    }

    /// Changes properties of an entity: only those in `body`.
    ///
    /// # Errors
    /// As every write; [`ErrorKind::Conflict`] where `etag` is no longer the entity's.
    pub async fn patch(
        &self,
        key: impl Into<Key>,
        body: Bytes,
        etag: Option<&str>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        self.write(Call::patch(self.address(key)?, body), etag, guard).await
    }

    /// Deletes an entity. What is posted cannot be deleted.
    ///
    /// # Errors
    /// As every write; [`ErrorKind::NotFound`] where it is gone already.
    pub async fn delete(
        &self,
        key: impl Into<Key>,
        etag: Option<&str>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        self.write(Call::delete(self.address(key)?), etag, guard).await
    }

    /// Runs an action of an entity (`Close`, `Cancel`), with its arguments if it takes any.
    ///
    /// # Errors
    /// As every write.
    pub async fn action(
        &self,
        key: impl Into<Key>,
        action: &str,
        body: Option<Bytes>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<http::Response<Bytes>> {
        let path = format!("{}/{}", self.address(key)?, property_name(action)?);
        self.client.send(&Call::action(path, body), guard).await
    }

    async fn write(
        &self,
        call: Call,
        etag: Option<&str>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        let call = match etag {
            Some(etag) => call.if_match(etag),
            None => call,
        };
        self.client.send(&call, guard).await.map(|_| ())
    }

    fn address(&self, key: impl Into<Key>) -> Result<String> {
        Ok(format!("{}{}", self.name, key.into().render()?))
    }
}
