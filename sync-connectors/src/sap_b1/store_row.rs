//! The row of `@PROCORE_SYNC`: which store feeds this company of SAP from a company of Procore.
//!
//! One row for each Procore company; `Code` is its number. The fields are texts, so that no locale or time zone of the
//! server changes them.

use chrono::{DateTime, SecondsFormat, Utc};
use sap_b1_client::{Client, ErrorKind, UdfValue, Udfs, UserRow};
use sync_core::{
    model::CompanyId,
    ports::{LedgerError, LedgerErrorKind, StoreRow, StoreRowState},
};

use super::failure::{ledger_error, malformed};

/// The table, without `@` and `U_`.
pub(super) const TABLE: &str = "PROCORE_SYNC";

/// Name, description and length of each field.
pub(super) const FIELDS: [(&str, &str, i32); 4] = [
    ("Store", "Name of the state", 50),
    ("Cycle", "Number of its newest cycle", 20),
    ("Heartbeat", "When that cycle began (UTC)", 30),
    ("Environment", "Address of Procore", 200),
];

/// What the table says.
pub(super) async fn read(
    client: &Client,
    company: CompanyId,
) -> Result<StoreRowState, LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    match rows.find(&company.to_string()).await {
        Ok(Some(row)) => Ok(StoreRowState::Present(parsed(&row)?)),
        Ok(None) => Ok(StoreRowState::Absent),
        Err(error) if error.kind() == ErrorKind::NoSuchResource => Ok(StoreRowState::NoPlace(
            format!("SAP has no table @{TABLE}, or this node does not see it"),
        )),
        Err(error) => Err(ledger_error(&error)),
    }
}

/// Changes the row, or creates it; nothing where there is no table.
pub(super) async fn write(
    client: &Client,
    company: CompanyId,
    row: &StoreRow,
) -> Result<(), LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    let fields = fields(row);
    let code = company.to_string();
    let mut written = rows.patch(&code, &fields, None).await;
    if written.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        let name = format!("Procore company {company}");
        written = rows.create(&UserRow { code, name, fields }, None).await.map(drop);
    }
    if written.as_ref().is_err_and(|error| error.kind() == ErrorKind::NoSuchResource) {
        return Ok(());
    }
    written.map_err(|error| {
        let mut error = ledger_error(&error);
        error.detail = format!("the row of @{TABLE} was not written: {}", error.detail);
        // A table that an earlier version made: the property is none of it.
        if FIELDS.iter().any(|(name, ..)| error.detail.contains(&format!("U_{name}"))) {
            error.kind = LedgerErrorKind::UserFieldsMissing;
            error.detail.push_str("; run setup");
        }
        error
    })
}

fn fields(row: &StoreRow) -> Udfs {
    let heartbeat = row.heartbeat.to_rfc3339_opts(SecondsFormat::Secs, true);
    let text = |name: &str, value: String| (format!("U_{name}"), UdfValue::from(value));
    Udfs::from([
        text("Store", row.store.clone()),
        text("Cycle", row.cycle.to_string()),
        text("Heartbeat", heartbeat),
        text("Environment", row.environment.clone()),
    ])
}

/// A row that a person emptied or changed is told, not guessed.
fn parsed(row: &UserRow) -> Result<StoreRow, LedgerError> {
    let text = |name: &str| {
        row.fields.get(&format!("U_{name}")).and_then(UdfValue::as_str).unwrap_or_default()
    };
    let wrong = |name: &str| {
        malformed(format!(
            "U_{name} of row {} in @{TABLE} holds '{}', which the sync did not write; delete the row if no other \
             state feeds this company",
            row.code,
            text(name)
        ))
    };
    let heartbeat: DateTime<Utc> = text("Heartbeat").parse().map_err(|_| wrong("Heartbeat"))?;
    if text("Store").is_empty() {
        return Err(wrong("Store"));
    }
    Ok(StoreRow {
        store: text("Store").to_owned(),
        cycle: text("Cycle").parse().map_err(|_| wrong("Cycle"))?,
        heartbeat,
        environment: text("Environment").to_owned(),
    })
}
