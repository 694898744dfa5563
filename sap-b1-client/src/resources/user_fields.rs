//! Definitions of user-defined fields and tables (`UserFieldsMD`, `UserTablesMD`).
//!
//! A new field is visible on the node that made it, and on others only after a restart of the Service Layer (SAP manual
//! 1.22, 7.2): creating one is a step of setup, never of daily work.

use super::collection::body_of;
use super::{Collection, Entity};
use crate::client::Client;
use crate::error::Result;
use crate::query::{Filter, Key, Query};
use crate::wire::Record;
use crate::wire::{FieldSubType, FieldType, UserTableType, YesNo, list};
use serde::Deserialize;
use serde::Serialize;

/// A user-defined field.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct UserField {
    /// Database table: `OPCH`, `PCH1`, `@PROCORE_MAP`.
    #[serde(rename = "TableName")]
    pub table_name: Option<String>,
    /// Number of the field in its table.
    #[serde(rename = "FieldID")]
    pub field_id: Option<i32>,
    /// Name without `U_`.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// Description.
    #[serde(rename = "Description")]
    pub description: Option<String>,
    /// Type.
    #[serde(rename = "Type")]
    pub field_type: Option<FieldType>,
    /// Sub type.
    #[serde(rename = "SubType")]
    pub sub_type: Option<FieldSubType>,
    /// Length of the column.
    #[serde(rename = "Size")]
    pub size: Option<i32>,
    /// Length of the input.
    #[serde(rename = "EditSize")]
    pub edit_size: Option<i32>,
    /// Mandatory.
    #[serde(rename = "Mandatory")]
    pub mandatory: Option<YesNo>,
    /// Default.
    #[serde(rename = "DefaultValue")]
    pub default_value: Option<String>,
    /// Values allowed; empty for any.
    #[serde(rename = "ValidValuesMD", deserialize_with = "list::deserialize")]
    pub valid_values: Vec<ValidValue>,
}

/// A value a user-defined field allows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ValidValue {
    /// Value.
    #[serde(rename = "Value")]
    pub value: Option<String>,
    /// Description.
    #[serde(rename = "Description")]
    pub description: Option<String>,
}

/// A user table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct UserTable {
    /// Name without `@`.
    #[serde(rename = "TableName")]
    pub table_name: Option<String>,
    /// Description.
    #[serde(rename = "TableDescription")]
    pub table_description: Option<String>,
    /// Kind.
    #[serde(rename = "TableType")]
    pub table_type: Option<UserTableType>,
}

impl Entity for UserField {
    const KEY: &'static str = "FieldID";
    const KEY_IS_SINGLE: bool = false;

    fn key(&self) -> Option<Key> {
        Some(Key::Parts(vec![
            ("TableName", self.table_name.clone()?.into()),
            ("FieldID", self.field_id?.into()),
        ]))
    }
}

impl Entity for UserTable {
    const KEY: &'static str = "TableName";

    fn key(&self) -> Option<Key> {
        self.table_name.clone().map(Key::from)
    }
}

impl Client {
    /// Definitions of user-defined fields.
    #[must_use]
    pub fn user_fields(&self) -> Collection<UserField> {
        Collection::new(self, "UserFieldsMD")
    }

    /// Definitions of user tables.
    #[must_use]
    pub fn user_tables(&self) -> Collection<UserTable> {
        Collection::new(self, "UserTablesMD")
    }
}

/// A user-defined field to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewUserField {
    /// Database table: `OPCH`, `@PROCORE_MAP`. A field of one marketing document's header appears on all.
    pub table_name: String,
    /// Name without `U_`.
    pub name: String,
    /// Description.
    pub description: String,
    /// Type.
    #[serde(rename = "Type")]
    pub field_type: FieldType,
    /// Sub type; `st_None` for texts.
    pub sub_type: FieldSubType,
    /// Length of the column; at most 254 for texts, 11 for whole numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<i32>,
    /// Length of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_size: Option<i32>,
    /// Mandatory; leave at no, since a mandatory field of a user table fails with the database's own text.
    pub mandatory: YesNo,
}

impl NewUserField {
    /// A text field of `size` characters.
    #[must_use]
    pub fn text(
        table_name: impl Into<String>,
        name: impl Into<String>,
        description: impl Into<String>,
        size: i32,
    ) -> Self {
        Self {
            table_name: table_name.into(),
            name: name.into(),
            description: description.into(),
            field_type: FieldType::Alpha,
            sub_type: FieldSubType::None,
            size: Some(size),
            edit_size: Some(size),
            mandatory: YesNo::No,
        }
    }
}

/// A user table to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewUserTable {
    /// Name without `@`.
    pub table_name: String,
    /// Description.
    pub table_description: String,
    /// Kind.
    pub table_type: UserTableType,
}

impl NewUserTable {
    /// A plain table, read and written as entity set `U_<name>`.
    #[must_use]
    pub fn plain(table_name: impl Into<String>, table_description: impl Into<String>) -> Self {
        Self {
            table_name: table_name.into(),
            table_description: table_description.into(),
            table_type: UserTableType::NoObject,
        }
    }
}

impl Collection<UserField> {
    /// Creates a field.
    ///
    /// # Errors
    /// [`crate::ErrorKind::AlreadyExists`] where it is there; else as every write.
    pub async fn create(&self, field: &NewUserField) -> Result<()> {
        self.create_raw(body_of("a user-defined field", field)?, None).await.map(|_| ())
    }

    /// The fields of one table.
    ///
    /// # Errors
    /// As every read.
    pub async fn of_table(&self, table_name: &str) -> Result<Vec<Record<UserField>>> {
        self.all(Query::new().filter(Filter::eq("TableName", table_name))).await
    }
}

impl Collection<UserTable> {
    /// Creates a table.
    ///
    /// # Errors
    /// [`crate::ErrorKind::AlreadyExists`] where it is there; else as every write.
    pub async fn create(&self, table: &NewUserTable) -> Result<()> {
        self.create_raw(body_of("a user table", table)?, None).await.map(|_| ())
    }
}
