//! User fields, user tables and the rows of user tables.

use super::{
    entity::{EntitySet, family, is_standard_table},
    error::{CODE_UNPUBLISHED, Refusal},
    state::State,
    uri::Key,
    value::{Record, Value},
};

const FIELDS: &str = "UserFieldsMD";
const TABLES: &str = "UserTablesMD";

/// `POST UserFieldsMD`: the field appears on every table of its family.
pub(crate) fn create_field(state: &mut State, body: &Record) -> Result<Key, Refusal> {
    let table = body.text("TableName").to_owned();
    let name = body.text("Name").to_owned();
    if table.is_empty() || name.is_empty() {
        return Err(Refusal::bare());
    }
    // SAP's own rule for names is not published; it is no wider than this.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Refusal::bare());
    }
    let known = match table.strip_prefix('@') {
        Some(user_table) => state.row(TABLES, user_table).is_some(),
        None => is_standard_table(&table),
    };
    if !known {
        return Err(Refusal::bad(-1004, format!("Table definition not found for '{table}'.")));
    }
    let body = with_sizes(body.clone())?;
    if body.is_yes("Mandatory") && !table.starts_with('@') && body.filled("DefaultValue").is_none()
    {
        return Err(Refusal::business("A default value must be defined for a mandatory field"));
    }
    let tables: Vec<String> = family(&table).into_iter().map(str::to_owned).collect();
    let exists = state
        .table(FIELDS)
        .rows()
        .any(|row| tables.iter().any(|t| t == row.text("TableName")) && row.text("Name") == name);
    if exists {
        return Err(Refusal::exists());
    }
    let mut made = None;
    for member in tables {
        let id = state
            .table(FIELDS)
            .rows()
            .filter(|row| row.text("TableName") == member)
            .filter_map(|row| row.integer("FieldID"))
            .max()
            .map_or(0, |last| last + 1);
        let mut row = body.clone();
        row.set("TableName", Value::Text(member.clone()));
        row.set("FieldID", Value::Integer(id));
        let key = Key::Field(member.clone(), id);
        if member == table {
            made = Some(key.clone());
        }
        state.table_mut(FIELDS).insert(key, row);
    }
    made.ok_or_else(Refusal::bare)
}

/// Type and size of a field, with SAP's limits.
fn with_sizes(mut body: Record) -> Result<Record, Refusal> {
    if body.filled("Type").is_none() {
        body.set("Type", Value::from("db_Alpha"));
    }
    if body.filled("SubType").is_none() {
        body.set("SubType", Value::from("st_None"));
    }
    if body.filled("Mandatory").is_none() {
        body.set("Mandatory", Value::from("tNO"));
    }
    let (default, max) = match body.text("Type") {
        "db_Alpha" => (10, 254),
        "db_Numeric" => (11, 11),
        _ => return Ok(body),
    };
    let size = body.integer("Size").or(body.integer("EditSize")).unwrap_or(default);
    if !(1..=max).contains(&size) {
        return Err(Refusal::business(format!("Field size deviates from legal range [1..{max}]")));
    }
    body.set("Size", Value::Integer(size));
    if body.get("EditSize").is_none() {
        body.set("EditSize", Value::Integer(size));
    }
    Ok(body)
}

/// `POST UserTablesMD`: the entity set `U_<NAME>` exists from then on.
pub(crate) fn create_table(state: &mut State, mut body: Record) -> Result<Key, Refusal> {
    let name = body.text("TableName").trim_start_matches('@').to_owned();
    if name.is_empty() {
        return Err(Refusal::bare());
    }
    if state.row(TABLES, &name).is_some() {
        return Err(Refusal::exists());
    }
    if body.filled("TableType").is_none() {
        body.set("TableType", Value::from("bott_NoObject"));
    }
    body.set("TableName", Value::Text(name.clone()));
    let key = Key::Text(name);
    state.table_mut(TABLES).insert(key.clone(), body);
    Ok(key)
}

/// `POST U_<NAME>`: one row; its `Code` is the primary key.
pub(crate) fn create_row(
    state: &mut State,
    set: &EntitySet,
    mut body: Record,
) -> Result<Key, Refusal> {
    let code = body.text("Code").to_owned();
    if code.is_empty() {
        return Err(Refusal::business(format!("Code undefined  [{}.Code]", set.table)));
    }
    let key = Key::Text(code.clone());
    if state.table(&set.name).get(&key).is_some() {
        return Err(Refusal::exists());
    }
    // On a user table a mandatory field is a column that allows no nulls.
    let missing = state
        .user_fields(&set.table)
        .into_iter()
        .find(|field| field.mandatory && matches!(body.get(&field.name), None | Some(Value::Null)));
    if let Some(field) = missing {
        return Err(Refusal::bad(
            CODE_UNPUBLISHED,
            format!(
                "[Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Cannot insert the value NULL into column '{}', table '{}.dbo.{}'; column does not allow nulls. INSERT fails.",
                field.name, state.company.database, set.table
            ),
        ));
    }
    if body.get("Name").is_none() {
        body.set("Name", Value::Text(code));
    }
    state.table_mut(&set.name).insert(key.clone(), body);
    Ok(key)
}

/// `DELETE UserFieldsMD(...)`: the field goes from every table of its family.
pub(crate) fn delete_field(state: &mut State, key: &Key) {
    let Some(field) = state.table_mut(FIELDS).remove(key) else { return };
    let name = field.text("Name");
    for member in family(field.text("TableName")) {
        remove_fields(state, |row| row.text("TableName") == member && row.text("Name") == name);
    }
}

/// `DELETE UserTablesMD('X')`: its rows and fields go with it.
pub(crate) fn delete_table(state: &mut State, key: &Key) {
    state.table_mut(TABLES).remove(key);
    state.tables.remove(&format!("U_{}", key.plain()));
    let table = format!("@{}", key.plain());
    remove_fields(state, |row| row.text("TableName") == table);
}

fn remove_fields(state: &mut State, goes: impl Fn(&Record) -> bool) {
    let keys: Vec<Key> = state
        .table(FIELDS)
        .iter()
        .filter(|(_, row)| goes(row))
        .map(|(key, _)| key.clone())
        .collect();
    for key in &keys {
        state.table_mut(FIELDS).remove(key);
    }
}

/// Gives new rows the default values of the user fields they do not set.
pub(crate) fn with_defaults(state: &State, table: &str, record: &mut Record) {
    for field in state.user_fields(table) {
        if let Some(default) = field.default
            && record.get(&field.name).is_none()
        {
            record.set(field.name, default);
        }
    }
}
