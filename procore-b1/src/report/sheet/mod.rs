//! CSV files: a header row, then one row per thing. An amount is plain digits with a point and at least
//! the decimals of its currency, which stands in the row; a date is `2026-03-31`; what does not apply is
//! empty.

mod reconciliation;

use sync_core::engine::ExceptionRow;

pub use reconciliation::reconciliation;

use super::{
    amount::plain,
    json::{remedy, state_name},
};

/// The records that wait for a person; `amount` is what Procore states, in `currency`.
#[must_use]
pub fn exceptions(rows: &[ExceptionRow]) -> Vec<u8> {
    let header = [
        "key",
        "state",
        "reason",
        "amount",
        "currency",
        "number",
        "title",
        "detail",
        "remedy",
        "decisions",
    ];
    let rows = rows.iter().map(|row| {
        let reason = row.cause.as_ref().map(|cause| cause.reason);
        let decisions = reason.map(|r| r.decisions().names()).unwrap_or_default();
        vec![
            row.key.to_string(),
            state_name(row.state).to_owned(),
            reason.map_or("", |reason| reason.name()).to_owned(),
            plain(row.amount, &row.currency),
            row.currency.clone(),
            guarded(&row.number),
            guarded(&row.title),
            guarded(row.cause.as_ref().map_or("", |cause| &cause.detail)),
            remedy(row).to_owned(),
            decisions.join(" "),
        ]
    });
    write(header.iter().map(|&name| name.to_owned()).collect(), rows)
}

/// Text of Procore that a spreadsheet would take for a formula gets an apostrophe in front.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn write(header: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let every = std::iter::once(header).chain(rows);
    for row in every {
        writer.write_record(&row).expect("rows have the header's length and memory takes them");
    }
    writer.into_inner().expect("memory takes every byte")
}
