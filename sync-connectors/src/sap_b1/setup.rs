//! The user fields and the table that the sync needs, created once.
//!
//! A new field is visible on the node that made it and on others only after a restart of the
//! Service Layer (SAP manual 1.22, 7.2): this is a step of setup, never of daily work.

use sap_b1_client::{Client, ErrorKind, NewUserField, NewUserTable};
use sync_core::{
    policy::Reference,
    ports::{LedgerError, SetupReport},
};

use super::{
    claims,
    failure::ledger_error,
    marks::{KEY_FIELD, REVISION_FIELD},
    store_row,
};

/// Tables that get the fields: a field of one marketing document's header appears on all of them.
const TABLES: [&str; 2] = ["OPCH", "OJDT"];
/// Name and length of each field.
const FIELDS: [(&str, &str, i32); 2] =
    [(KEY_FIELD, "Procore record and sequence", 100), (REVISION_FIELD, "Procore revision", 16)];

/// Creates what is missing; running it again creates nothing.
pub(super) async fn set_up(
    client: &Client,
    reference: Reference,
    claims: bool,
) -> Result<SetupReport, LedgerError> {
    let mut report = SetupReport::default();
    for table in tables(reference) {
        let known = field_names(client, table).await?;
        for (name, description, size) in FIELDS {
            let what = format!("U_{name} on {table}");
            if known.iter().any(|known| known == name) {
                report.present.push(what);
                continue;
            }
            let field = NewUserField::text(*table, name, description, size);
            note(&mut report, what, client.user_fields().create(&field, None).await.map(drop))?;
        }
    }
    store_table(client, &mut report).await?;
    if claims {
        claim_table(client, &mut report).await?;
    }
    if !report.created.is_empty() {
        report.advice.push(
            "restart the Service Layer on every node: a new field is visible at once only on the node that made it"
                .to_owned(),
        );
    }
    Ok(report)
}

/// The table with the row that tells which store feeds this company. Where SAP refuses it, the sync works without it and
/// is weaker: that is told, not failed.
async fn store_table(client: &Client, report: &mut SetupReport) -> Result<(), LedgerError> {
    let what = format!("table @{}", store_row::TABLE);
    let table = client.user_tables().find(store_row::TABLE).await;
    if table.map_err(|error| ledger_error(&error))?.is_some() {
        report.present.push(what);
    } else {
        let table = NewUserTable::plain(store_row::TABLE, "Procore sync");
        match client.user_tables().create(&table, None).await.map(drop) {
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                report.advice.push(format!(
                    "SAP refused the {what} ({}): without it two states that feed this company are told apart by \
                     their documents alone",
                    error.message()
                ));
                return Ok(());
            }
            made => note(report, what, made)?,
        }
    }
    let table = format!("@{}", store_row::TABLE);
    let known = field_names(client, &table).await?;
    for (name, description, size) in store_row::FIELDS {
        let what = format!("U_{name} on {table}");
        if known.iter().any(|known| known == name) {
            report.present.push(what);
            continue;
        }
        let field = NewUserField::text(&table, name, description, size);
        note(report, what, client.user_fields().create(&field, None).await.map(drop))?;
    }
    Ok(())
}

/// The table of the claims: a code and a name are all it needs. Without it nothing could be posted, so a refusal is an
/// error.
async fn claim_table(client: &Client, report: &mut SetupReport) -> Result<(), LedgerError> {
    let what = format!("table @{}", claims::TABLE);
    let table = client.user_tables().find(claims::TABLE).await;
    if table.map_err(|error| ledger_error(&error))?.is_some() {
        report.present.push(what);
        return Ok(());
    }
    let table = NewUserTable::plain(claims::TABLE, "Procore claims");
    note(report, what, client.user_tables().create(&table, None).await.map(drop))?;
    report.advice.push(format!(
        "try the claims before you rely on them: post one row of @{} and one document in a change set, then another \
         document under the same code, and see that only the first is there",
        claims::TABLE
    ));
    Ok(())
}

/// The tables that get the fields: none where keys stand in the documents' own references.
pub(super) const fn tables(reference: Reference) -> &'static [&'static str] {
    match reference {
        Reference::Udf => &TABLES,
        Reference::Key => &[],
    }
}

/// Whether every field exists on every table.
pub(super) async fn is_done(client: &Client, reference: Reference) -> Result<bool, LedgerError> {
    for table in tables(reference) {
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
