//! Rows of a plain user table: `Code`, `Name` and user-defined fields. Its entity set is `U_<name>`.

use super::collection::{body_of, found};
use super::{Collection, Created, Entity};
use crate::client::{Client, ResendGuard};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
use crate::query::{Key, Pager, Query, property_name};
use crate::wire::{Record, Udfs};
use serde::{Deserialize, Serialize};

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
pub struct UserTableRows(Collection<UserRowHead>);

impl Client {
    /// The rows of the user table `name`, given without `@` and `U_`.
    ///
    /// # Errors
    /// When `name` cannot be the name of a table.
    pub fn user_table(&self, name: &str) -> Result<UserTableRows> {
        let set = format!("U_{}", property_name(name)?);
        Ok(UserTableRows(Collection::new(self, set)))
    }
}

impl UserTableRows {
    /// Reads one row; `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchResource`] where the table does not exist or this node does not see it; else as every read.
    pub async fn find(&self, code: &str) -> Result<Option<UserRow>> {
        // The fields are in the raw JSON, whatever the client keeps of other entities.
        Ok(found(self.0.read(code, true).await)?.map(row))
    }

    /// Reads rows page by page.
    ///
    /// # Errors
    /// When the query holds a name that is none.
    pub fn pages(&self, query: Query) -> Result<Pager<UserRowHead>> {
        self.0.pages(query)
    }

    /// Reads all rows of a query into memory, with their fields; the client must keep the raw JSON, as it does by default.
    ///
    /// # Errors
    /// As every read.
    pub async fn all(&self, query: Query) -> Result<Vec<UserRow>> {
        Ok(self.0.all(query).await?.into_iter().map(row).collect())
    }

    /// Creates a row; its code is the key, so a second one is [`ErrorKind::AlreadyExists`].
    ///
    /// # Errors
    /// As every write.
    pub async fn create(&self, row: &UserRow, guard: Option<&dyn ResendGuard>) -> Result<Created> {
        self.0.create_raw(body_of("a row of a user table", row)?, guard).await
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
        self.0.patch(code, fields, guard).await
    }

    /// Deletes a row.
    ///
    /// # Errors
    /// As every write; [`ErrorKind::NotFound`] where it is gone already.
    pub async fn delete(&self, code: &str) -> Result<()> {
        self.0.delete(code, None, None).await
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
