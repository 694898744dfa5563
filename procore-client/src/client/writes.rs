//! Whether a client may write at all, and what a write may carry.

use serde_json::value::RawValue;

use super::Client;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::request::Request;
use crate::wire;

/// What a client may change in Procore. A client that was not told may read only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WriteAccess {
    /// Nothing: every write is refused before it is sent.
    #[default]
    ReadOnly,
    /// Everything but `origin_id`, `origin_code` and `origin_data`: a body that names one is refused before it is sent.
    Write,
    /// Everything, origin fields too.
    ///
    /// Setting `origin_id` has consequences for the people who work in Procore: direct costs, subcontractor invoices,
    /// payment applications and payments that have one **can no longer be changed by anyone**, and the others show a
    /// banner that says so. One integration alone can use the field of an object; a second one conflicts with it. It
    /// is unique per company and type of object (source: Procore documentation, tutorial on financial tools).
    WriteWithOrigin,
}

/// Depth at which a body is no longer searched but refused.
const DEPTH_MAX: usize = 32;

impl Client {
    /// Returns what this client may change.
    #[must_use]
    pub fn write_access(&self) -> WriteAccess {
        self.shared().writes
    }

    /// Checks that a write is allowed, and every company, project and origin field that its body names.
    pub(super) fn check_write(&self, request: &Request) -> Result<()> {
        if !request.method().is_write() {
            return Ok(());
        }
        if self.write_access() == WriteAccess::ReadOnly {
            return Err(read_only(
                "this client reads only; build it with allow_writes to let it change something",
            ));
        }
        let Some(body) = request.body() else {
            return Ok(());
        };
        let body: &RawValue = serde_json::from_slice(body)
            .map_err(|_| Error::configuration("the body of the request is not JSON"))?;
        self.check_value(body, 0)?;
        if request.path().trim_end_matches('/').ends_with("/projects/sync") {
            self.check_synced_projects(body)?;
        }
        Ok(())
    }

    fn check_value(&self, json: &RawValue, depth: usize) -> Result<()> {
        if depth > DEPTH_MAX {
            return Err(Error::configuration("the body is nested too deeply"));
        }
        match json.get().as_bytes().first() {
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json.get()).unwrap_or_default();
                items.into_iter().try_for_each(|item| self.check_value(item, depth + 1))
            }
            Some(b'{') => {
                let fields: Fields<'_> = serde_json::from_str(json.get())
                    .map_err(|_| Error::configuration("the body of the request is not JSON"))?;
                fields.0.into_iter().try_for_each(|(name, value)| {
                    self.check_field(&name, value)?;
                    self.check_value(value, depth + 1)
                })
            }
            _ => Ok(()),
        }
    }

    fn check_field(&self, name: &str, value: &RawValue) -> Result<()> {
        let ids = || -> Result<Vec<i64>> {
            let read = |token: &RawValue| {
                wire::text(token).ok().flatten().map(|text| super::fence::number(&text)).transpose()
            };
            match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
                Ok(items) => items.into_iter().filter_map(|item| read(item).transpose()).collect(),
                Err(_) => Ok(read(value)?.into_iter().collect()),
            }
        };
        match name {
            "project_id" | "project_ids" => {
                ids()?.into_iter().try_for_each(|id| self.check_project(id.into()))
            }
            "company_id" | "company_ids" => {
                ids()?.into_iter().try_for_each(|id| self.check_company(id))
            }
            "origin_id" | "origin_code" | "origin_data"
                if self.write_access() < WriteAccess::WriteWithOrigin =>
            {
                Err(read_only(format!(
                    "{name} was not asked for: it can make records unchangeable for everyone; \
                     build the client with WriteAccess::WriteWithOrigin to set it"
                )))
            }
            _ => Ok(()),
        }
    }

    /// A sync of projects must not touch a project outside the allow-list, nor make one.
    fn check_synced_projects(&self, body: &RawValue) -> Result<()> {
        #[derive(serde::Deserialize)]
        struct Body<'a> {
            #[serde(borrow, default)]
            updates: Vec<Entry<'a>>,
        }
        #[derive(serde::Deserialize)]
        struct Entry<'a> {
            #[serde(borrow, default)]
            id: Option<&'a RawValue>,
        }
        let body: Body<'_> = serde_json::from_str(body.get())
            .map_err(|_| Error::configuration("a sync body must hold a list of updates"))?;
        for entry in body.updates {
            let id = entry.id.and_then(|id| wire::text(id).ok().flatten()).unwrap_or_default();
            self.check_project(super::fence::number(&id)?.into())?;
        }
        Ok(())
    }
}

/// All fields of an object in their order, repeated ones too: a map would keep one of two `project_id`s.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry::<String, &'de RawValue>()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

fn read_only(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ReadOnly, Outcome::NotSent, message)
}
