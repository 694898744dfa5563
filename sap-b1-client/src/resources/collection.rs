//! An entity set and what can be done with it.

use super::Created;
use crate::client::{Call, Client, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::lengths::LengthLimits;
use crate::query::{Key, Pager, Query};
use crate::wire::{Record, Udfs};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::marker::PhantomData;

/// An entity that a collection reads.
pub trait Entity: DeserializeOwned + Send + 'static {
    /// The property that is the key, by which pages are read.
    const KEY: &'static str;
    /// False where the key has several parts; such sets are read by links.
    const KEY_IS_SINGLE: bool = true;

    /// The key of this entity, if the answer had it.
    fn key(&self) -> Option<Key>;
}

/// Something that can be created in the sets that read as [`NewEntity::Entity`].
pub trait NewEntity: Sync {
    /// What it reads as.
    type Entity: Entity;

    /// The exact bytes that are sent.
    fn body(&self) -> Bytes;

    /// Refuses a text that is longer than its column, before anything is sent.
    ///
    /// # Errors
    /// Names the first property that is too long, its length and its limit.
    fn check(&self, limits: &LengthLimits) -> Result<()>;
}

/// An entity set of a client: `client.business_partners()`, or any other by its name: [`Client::any_entity_set`].
#[derive(Debug, Clone)]
pub struct Collection<T> {
    pub(crate) client: Client,
    set: Cow<'static, str>,
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> Collection<T> {
    pub(crate) fn new(client: &Client, set: impl Into<Cow<'static, str>>) -> Self {
        Self { client: client.clone(), set: set.into(), entity: PhantomData }
    }

    /// The name of the entity set in an address.
    #[must_use]
    pub fn entity_set(&self) -> &str {
        &self.set
    }

    /// Reads one entity.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where there is none; else as every read.
    pub async fn get(&self, key: impl Into<Key>) -> Result<Record<T>> {
        self.read(key, self.client.inner.keep_raw).await
    }

    /// As [`Collection::get`], with or without the raw JSON whatever the client's setting.
    pub(crate) async fn read(&self, key: impl Into<Key>, keep_raw: bool) -> Result<Record<T>> {
        let call = Call::get(self.address(key)?);
        let answer = self.client.send(&call, None).await?;
        let decode = |error| Error::decode(&self.set, error).with_call(&call.name());
        Record::from_body(answer.body(), keep_raw).map_err(decode)
    }

    /// Reads one entity; `None` where there is none.
    ///
    /// # Errors
    /// As every read.
    pub async fn find(&self, key: impl Into<Key>) -> Result<Option<Record<T>>> {
        found(self.get(key).await)
    }

    /// Reads rows page by page.
    ///
    /// # Errors
    /// When the query holds a name that is none.
    pub fn pages(&self, query: Query) -> Result<Pager<T>> {
        Pager::new(self.client.clone(), self.set.clone(), query)
    }

    /// Reads all rows of a query into memory.
    ///
    /// # Errors
    /// As every read.
    pub async fn all(&self, query: Query) -> Result<Vec<Record<T>>> {
        self.pages(query)?.all().await
    }

    /// The number of rows that meet a query's filter (`/$count`).
    ///
    /// # Errors
    /// As every read; when the query holds a name that is none.
    pub async fn count(&self, query: &Query) -> Result<u64> {
        let only_filter = Query { filter: query.filter.clone(), ..Query::default() };
        let question = only_filter.render(self.client.odata_version())?;
        let mark = if question.is_empty() { "" } else { "?" };
        let call = Call::get(format!("{}/$count{mark}{question}", self.set));
        let answer = self.client.send(&call, None).await?;
        let text = String::from_utf8_lossy(answer.body());
        text.trim().trim_start_matches('\u{feff}').parse().map_err(|_| {
            let shown: String = text.chars().take(60).collect();
            let message = format!("{shown:?} is no number of rows");
            Error::new(ErrorKind::Decode, Outcome::Done, message).with_call(&call.name())
        })
    }

    /// Creates an entity after checking the lengths of its texts.
    ///
    /// # Errors
    /// A text that is too long is an error before anything is sent; else as [`Collection::create_raw`].
    pub async fn create<N: NewEntity<Entity = T>>(
        &self,
        new: &N,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        new.check(&self.client.inner.lengths)?;
        self.create_raw(new.body(), guard).await
    }

    /// Changes properties of an entity, and only those: each by its name, user-defined fields among them.
    /// [`crate::UdfValue::Null`] empties one.
    ///
    /// # Errors
    /// When a name is none; else as every write.
    pub async fn patch(
        &self,
        key: impl Into<Key>,
        changes: &Udfs,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        for name in changes.keys() {
            crate::query::property_name(name)?;
        }
        self.patch_raw(key, body_of("changes of an entity", changes)?, None, guard).await
    }

    /// Creates an entity from the exact bytes of its body, as a host stored them before.
    ///
    /// # Errors
    /// [`Error::outcome`] says whether it was created. `guard` is the look-up by key that alone allows a second send after
    /// a lost session that looked like a rejection.
    pub async fn create_raw(
        &self,
        body: Bytes,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        self.client.create_raw(&self.set, body, guard).await
    }

    /// Changes properties of an entity: only those in `body`.
    ///
    /// # Errors
    /// As every write; [`crate::ErrorKind::Conflict`] where `etag` is no longer the entity's.
    pub async fn patch_raw(
        &self,
        key: impl Into<Key>,
        body: Bytes,
        etag: Option<&str>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        self.write(Call::patch(self.address(key)?, body), etag, guard).await
    }

    /// Deletes an entity. What is posted cannot be deleted: SAP refuses it.
    ///
    /// # Errors
    /// As every write; [`crate::ErrorKind::NotFound`] where it is gone already.
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
    /// As every write; when `action` cannot be the name of one.
    pub async fn action(
        &self,
        key: impl Into<Key>,
        action: &str,
        body: Option<Bytes>,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<http::Response<Bytes>> {
        let path = format!("{}/{}", self.address(key)?, crate::query::property_name(action)?);
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
        self.client.send(&call, guard).await.map(drop)
    }

    fn address(&self, key: impl Into<Key>) -> Result<String> {
        Ok(format!("{}{}", self.set, key.into().render()?))
    }
}

/// An entity that is not there is no error to who asked whether it is.
pub(crate) fn found<R>(read: Result<R>) -> Result<Option<R>> {
    match read {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Client {
    /// Any entity set, read as a type of your own: what this crate does not model.
    ///
    /// # Errors
    /// When `set` cannot be the name of an entity set.
    pub fn entity_set<T: Entity>(&self, set: &str) -> Result<Collection<T>> {
        Ok(Collection::new(self, crate::query::property_name(set)?.to_owned()))
    }

    /// Creates an entity of any set from the exact bytes of its body.
    ///
    /// # Errors
    /// [`Error::outcome`] says whether it was created.
    pub async fn create_raw(
        &self,
        entity_set: &str,
        body: Bytes,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        let call = Call::post(crate::query::property_name(entity_set)?, body);
        let answer = self.send(&call, guard).await?;
        Created::read(&answer).map_err(|error| error.with_call(&call.name()))
    }
}

/// The bytes of a small body of ours.
pub(crate) fn body_of<T: Serialize>(what: &str, value: &T) -> Result<Bytes> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Error::invalid(format!("{what} does not serialise")).with_source(error))?;
    Ok(Bytes::from(bytes))
}
