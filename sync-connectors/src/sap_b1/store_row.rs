//! The row of `@PROCORE_SYNC`: which store feeds this company of SAP from a company of Procore.
//!
//! The newest of a Procore company's rows counts; `Code` is `<company>#<turn>` with ten digits. Rows of a user table have
//! no version that a change could be tied to, as far as is published, but their `Code` can be created only once. So a cycle
//! does not change a row, it creates the one of the next turn: of two states that read the same turn only one can. The
//! rows before it are deleted afterwards; one that stays does no harm.
//!
//! The fields are texts, so that no locale or time zone of the server changes them.

use chrono::{DateTime, SecondsFormat, Utc};
use sap_b1_client::{Client, ErrorKind, Filter, Order, Query, UdfValue, Udfs, UserRow};
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

/// The code of a company's turn; in the order of turns, whatever their digits.
fn code(company: CompanyId, turn: u64) -> String {
    format!("{company}#{turn:010}")
}

/// What the table says: its newest row of the company.
pub(super) async fn read(
    client: &Client,
    company: CompanyId,
) -> Result<StoreRowState, LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    let of_company = Filter::starts_with("Code", format!("{company}#"));
    let newest = Query::new().filter(of_company).order_by("Code", Order::Descending).top(1);
    match rows.all(newest).await {
        Ok(found) => match found.first() {
            Some(row) => Ok(StoreRowState::Present(parsed(row)?)),
            None => Ok(StoreRowState::Absent),
        },
        Err(error) if error.kind() == ErrorKind::NoSuchResource => Ok(StoreRowState::NoPlace(
            format!("SAP has no table @{TABLE}, or this node does not see it"),
        )),
        Err(error) => Err(ledger_error(&error)),
    }
}

/// Creates the row of the next turn; nothing where there is no table.
pub(super) async fn write(
    client: &Client,
    company: CompanyId,
    row: &StoreRow,
) -> Result<(), LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    let name = format!("Procore company {company}");
    let new = UserRow { code: code(company, row.turn), name, fields: fields(row) };
    match rows.create(&new, None).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NoSuchResource => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(taken(&new.code)),
        Err(error) => return Err(not_written(&error)),
    }
    // A turn that was passed and deleted while we waited can be created again; then a later one stands.
    let newest = match read(client, company).await? {
        StoreRowState::Present(newest) => newest.turn,
        _ => 0,
    };
    let (gone, outcome) = match newest {
        later if later > row.turn => (Some(row.turn), Err(taken(&new.code))),
        _ => (row.turn.checked_sub(1).filter(|turn| *turn > 0), Ok(())),
    };
    if let Some(turn) = gone {
        // What stays is older than the newest, which alone counts.
        let _ = rows.delete(&code(company, turn)).await;
    }
    outcome
}

fn taken(code: &str) -> LedgerError {
    LedgerError::new(
        LedgerErrorKind::StoreRowTaken,
        format!(
            "another state began a cycle in the same moment: row {code} of @{TABLE} was written since it was looked \
             for; let one state only feed this company"
        ),
    )
}

fn not_written(error: &sap_b1_client::Error) -> LedgerError {
    let mut error = ledger_error(error);
    error.detail = format!("the row of @{TABLE} was not written: {}", error.detail);
    // A table that an earlier version made: the property is none of it.
    if FIELDS.iter().any(|(name, ..)| error.detail.contains(&format!("U_{name}"))) {
        error.kind = LedgerErrorKind::UserFieldsMissing;
        error.detail.push_str("; run setup");
    }
    error
}

fn fields(row: &StoreRow) -> Udfs {
    let heartbeat = row.heartbeat.to_rfc3339_opts(SecondsFormat::Nanos, true);
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
        turn: turn_of(row)?,
    })
}

fn turn_of(row: &UserRow) -> Result<u64, LedgerError> {
    let turn = row.code.split_once('#').and_then(|(_, turn)| turn.parse().ok());
    turn.ok_or_else(|| malformed(format!("row '{}' of @{TABLE} names no turn", row.code)))
}
