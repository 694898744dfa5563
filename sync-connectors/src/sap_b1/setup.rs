//! The user fields and the table that the sync needs, created once.
//!
//! A new field is visible on the node that made it and on others only after a restart of the
//! Service Layer (SAP manual 1.22, 7.2): this is a step of setup, never of daily work.

use sap_b1_client::{Client, ErrorKind, NewUserField, NewUserTable};
use sync_core::ports::{LedgerError, SetupReport};

use super::{
    failure::ledger_error,
    payload::{KEY_FIELD, REVISION_FIELD},
};

/// Tables that get the fields: a field of one marketing document's header appears on all of them.
pub(super) const TABLES: [&str; 2] = ["OPCH", "OJDT"];
/// Name and length of each field.
const FIELDS: [(&str, &str, i32); 2] =
    [(KEY_FIELD, "Procore record and sequence", 100), (REVISION_FIELD, "Procore revision", 16)];
/// The table with the row that tells who feeds this company.
const SYNC_TABLE: &str = "PROCORE_SYNC";

/// Creates what is missing; running it again creates nothing.
pub(super) async fn set_up(client: &Client) -> Result<SetupReport, LedgerError> {
    let mut report = SetupReport::default();
    for table in TABLES {
        let known = field_names(client, table).await?;
        for (name, description, size) in FIELDS {
            let what = format!("U_{name} on {table}");
            if known.iter().any(|known| known == name) {
                report.present.push(what);
                continue;
            }
            let field = NewUserField::text(table, name, description, size);
            note(&mut report, what, client.user_fields().create(&field, None).await.map(drop))?;
        }
    }
    let what = format!("table @{SYNC_TABLE}");
    let table = client.user_tables().find(SYNC_TABLE).await;
    if table.map_err(|error| ledger_error(&error))?.is_some() {
        report.present.push(what);
    } else {
        let table = NewUserTable::plain(SYNC_TABLE, "Procore sync");
        note(&mut report, what, client.user_tables().create(&table, None).await.map(drop))?;
    }
    if !report.created.is_empty() {
        report.advice.push(
            "restart the Service Layer on every node: a new field is visible at once only on the node that made it"
                .to_owned(),
        );
    }
    Ok(report)
}

/// Whether every field exists on every table.
pub(super) async fn is_done(client: &Client) -> Result<bool, LedgerError> {
    for table in TABLES {
        let known = field_names(client, table).await?;
        if !FIELDS.iter().all(|(name, _, _)| known.iter().any(|known| known == name)) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn field_names(client: &Client, table: &str) -> Result<Vec<String>, LedgerError> {
    let fields = client.user_fields().of_table(table).await;
    let fields = fields.map_err(|error| ledger_error(&error))?;
    Ok(fields.into_iter().filter_map(|field| field.value.name).collect())
}

/// Somebody else may have created it in between, which is as good.
fn note(
    report: &mut SetupReport,
    what: String,
    result: sap_b1_client::Result<()>,
) -> Result<(), LedgerError> {
    match result {
        Ok(()) => report.created.push(what),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => report.present.push(what),
        Err(error) => return Err(ledger_error(&error)),
    }
    Ok(())
}
