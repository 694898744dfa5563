//! Definitions of user-defined fields and tables (`UserFieldsMD`, `UserTablesMD`).
//!
//! A new field is visible on the node that made it, and on others only after a restart of the Service Layer (SAP manual
//! 1.22, 7.2): creating one is a step of setup, never of daily work.

use super::declare::{entity_sets, entity_types};
use super::{Collection, Entity, NewEntity};
use crate::client::Client;
use crate::error::Result;
use crate::lengths::{LengthLimits, check};
use crate::query::{Filter, Key, Query};
use crate::wire::{FieldSubType, FieldType, Record, UserTableType, YesNo};
use bytes::Bytes;
use serde::Serialize;

entity_types! {
    /// A user-defined field.
    read UserField is "UserFieldMD" {
        /// Database table: `OPCH`, `PCH1`, `@PROCORE_MAP`.
        table_name: Option<String> = "TableName",
        /// Number of the field in its table.
        field_id: Option<i32> = "FieldID",
        /// Name without `U_`.
        name: Option<String> = "Name",
        /// Description.
        description: Option<String> = "Description",
        /// Type.
        field_type: Option<FieldType> = "Type",
        /// Sub type.
        sub_type: Option<FieldSubType> = "SubType",
        /// Length of the column.
        size: Option<i32> = "Size",
        /// Length of the input.
        edit_size: Option<i32> = "EditSize",
        /// Mandatory.
        mandatory: Option<YesNo> = "Mandatory",
        /// Default.
        default_value: Option<String> = "DefaultValue",
        /// Values allowed; empty for any.
        valid_values: Vec<ValidValue> = "ValidValuesMD",
    }
}

entity_types! {
    /// A value a user-defined field allows.
    read ValidValue is "ValidValueMD" {
        /// Value.
        value: Option<String> = "Value",
        /// Description.
        description: Option<String> = "Description",
    }
}

entity_types! {
    /// A user table.
    read UserTable is "UserTablesMD" {
        /// Name without `@`.
        table_name: Option<String> = "TableName",
        /// Description.
        table_description: Option<String> = "TableDescription",
        /// Kind.
        table_type: Option<UserTableType> = "TableType",
    }
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

impl Client {
    /// Definitions of user-defined fields.
    #[must_use]
    pub fn user_fields(&self) -> Collection<UserField> {
        Collection::new(self, "UserFieldsMD")
    }
}

entity_sets! {
    UserTable by table_name = "TableName" {
        /// Definitions of user tables.
        user_tables = "UserTablesMD",
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

impl NewEntity for NewUserField {
    type Entity = UserField;

    fn body(&self) -> Bytes {
        Bytes::from(serde_json::to_vec(self).expect("texts, numbers and members serialise"))
    }

    fn check(&self, limits: &LengthLimits) -> Result<()> {
        let texts = [("Name", Some(&*self.name)), ("Description", Some(&*self.description))];
        check(&limits.findings("UserFieldsMD", None, &texts))
    }
}

impl NewEntity for NewUserTable {
    type Entity = UserTable;

    fn body(&self) -> Bytes {
        Bytes::from(serde_json::to_vec(self).expect("texts and members serialise"))
    }

    fn check(&self, limits: &LengthLimits) -> Result<()> {
        let texts = [
            ("TableName", Some(&*self.table_name)),
            ("TableDescription", Some(&*self.table_description)),
        ];
        check(&limits.findings("UserTablesMD", None, &texts))
    }
}

impl Collection<UserField> {
    /// The fields of one table.
    ///
    /// # Errors
    /// As every read.
    pub async fn of_table(&self, table_name: &str) -> Result<Vec<Record<UserField>>> {
        self.all(Query::new().filter(Filter::eq("TableName", table_name))).await
    }
}
