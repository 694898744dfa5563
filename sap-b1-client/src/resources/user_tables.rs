//! Rows of a plain user table: `Code`, `Name` and user-defined fields. Its entity set is `U_<name>`.

use super::{Created, Entity};
use crate::client::{Call, Client, ResendGuard};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Key, Pager, Query, property_name};
use crate::wire::{Record, Udfs};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A row of a user table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserRow {
    /// Key, at most 50 characters.
    pub code: String,
    /// Name, at most 100 characters.
    pub name: String,
    /// User-defined fields by their full names.
    #[serde(flatten)]
    pub fields: Udfs,
}

/// `Code` and `Name`, as read; the fields are in the record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserRowHead {
    /// Key.
    pub code: Option<String>,
    /// Name.
    pub name: Option<String>,
}

impl Entity for UserRowHead {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

/// The rows of one user table.
#[derive(Debug, Clone)]
pub struct UserTableRows {
    client: Client,
    set: String,
}

impl Client {
    /// The rows of the user table `name`, given without `@` and `U_`.
    ///
    /// # Errors
    /// When `name` cannot be the name of a table.
    pub fn user_table(&self, name: &str) -> Result<UserTableRows> {
        Ok(UserTableRows { client: self.clone(), set: format!("U_{}", property_name(name)?) })
    }
}

impl UserTableRows {
    /// Reads one row; `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchResource`] where the table does not exist or this node does not see it; else as every read.
    pub async fn find(&self, code: &str) -> Result<Option<UserRow>> {
        let call = Call::get(format!("{}{}", self.set, Key::from(code).render()?));
        match self.client.send(&call, None).await {
            Ok(answer) => {
                let decode = |error| Error::decode("a row of a user table", error);
                let raw: &RawValue = serde_json::from_slice(answer.body()).map_err(decode)?;
                Record::from_raw(raw, true).map(row).map(Some).map_err(decode)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads rows page by page.
    ///
    /// # Errors
    /// When the query holds a name that is none.
    pub fn pages(&self, query: Query) -> Result<Pager<UserRowHead>> {
        Pager::new(self.client.clone(), self.set.clone(), query)
    }

    /// Creates a row; its code is the key, so a second one is [`ErrorKind::AlreadyExists`].
    ///
    /// # Errors
    /// As every write.
    pub async fn create(&self, row: &UserRow, guard: Option<&dyn ResendGuard>) -> Result<Created> {
        let body = super::collection::body_of("a row of a user table", row)?;
        self.client.create_raw(&self.set, body, guard).await
    }

    /// Changes fields of a row, and only those.
    ///
    /// # Errors
    /// As every write.
    pub async fn patch(
        &self,
        code: &str,
        fields: &Udfs,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        let body: Bytes = super::collection::body_of("fields of a user table", fields)?;
        let call = Call::patch(format!("{}{}", self.set, Key::from(code).render()?), body);
        self.client.send(&call, guard).await.map(|_| ())
    }
}

fn row(record: Record<UserRowHead>) -> UserRow {
    let fields = record.udfs();
    UserRow {
        code: record.value.code.unwrap_or_default(),
        name: record.value.name.unwrap_or_default(),
        fields,
    }
}
