//! Journal entries.
//!
//! An entry in foreign currency is sent with both amounts of each line: the foreign one, and the local
//! one at the rate of the posting, so that it balances in both whatever SAP would round.

use rust_decimal::Decimal;
use sap_b1_client::{NewJournalEntry, NewJournalEntryLine, YesNo};
use sync_core::{
    catalog::Catalog,
    model::{JournalEntry, JournalLine, JournalTarget},
    policy::Reference,
    ports::LedgerError,
};

use super::{super::marks, branch, filled, fit, unwritable};

/// The entry as SAP takes it; system currency is left to SAP.
pub(super) fn entry(
    reference: Reference,
    of: &JournalEntry,
    catalog: &Catalog,
) -> Result<NewJournalEntry, LedgerError> {
    let header = &of.header;
    let rest: Decimal =
        sync_core::money::sum(of.lines.iter().map(|line| line.amount)).map_err(unwritable)?;
    if !rest.is_zero() {
        return Err(unwritable(format!(
            "the journal entry {} is out of balance by {rest}",
            header.key
        )));
    }
    let due_date = of.lines.iter().find_map(|line| line.due_date).unwrap_or(header.posting_date);
    let branch = branch(header)?;
    let local = local_amounts(of, catalog)?;
    let lines =
        of.lines.iter().zip(local).map(|(line, local)| row(line, local, of, branch, catalog));
    Ok(NewJournalEntry {
        reference_date: Some(header.posting_date),
        due_date: Some(due_date),
        tax_date: Some(header.tax_date),
        memo: filled(&fit::cut(&header.memo, catalog.memo_length)),
        reference: filled(&header.reference),
        reference2: Some(match reference {
            Reference::Udf => header.key.to_string(),
            Reference::Key => marks::written(header),
        }),
        project_code: header.project.clone(),
        journal_entry_lines: lines.collect(),
        udfs: marks::user_fields(reference, header),
        ..NewJournalEntry::default()
    })
}

/// Each line in local currency, where the entry is in another one and names its rate. Without a rate SAP
/// converts the lines itself, and refuses what then does not balance.
fn local_amounts(
    of: &JournalEntry,
    catalog: &Catalog,
) -> Result<Vec<Option<Decimal>>, LedgerError> {
    let foreign = of.header.currency != catalog.local_currency;
    let Some(rate) = of.header.exchange_rate.filter(|_| foreign) else {
        return Ok(vec![None; of.lines.len()]);
    };
    let amounts: Vec<Decimal> = of.lines.iter().map(|line| line.amount).collect();
    let local = rate.balanced(&amounts, catalog.scale(&catalog.local_currency));
    Ok(local.map_err(unwritable)?.into_iter().map(Some).collect())
}

fn row(
    line: &JournalLine,
    local: Option<Decimal>,
    of: &JournalEntry,
    branch: Option<i32>,
    catalog: &Catalog,
) -> NewJournalEntryLine {
    let mut row = NewJournalEntryLine {
        reference1: Some(line.mark.to_string()),
        line_memo: filled(&fit::cut(&line.description, catalog.memo_length)),
        branch_id: branch,
        payment_block: line.payment_block.then_some(YesNo::Yes),
        ..NewJournalEntryLine::default()
    };
    match &line.target {
        JournalTarget::Account(coding) => {
            let [first, second, third, fourth, fifth] = coding.dimensions.clone();
            row.account_code = filled(&coding.account);
            row.costing_code = first;
            row.costing_code2 = second;
            row.costing_code3 = third;
            row.costing_code4 = fourth;
            row.costing_code5 = fifth;
            row.project_code = coding.project.clone();
        }
        JournalTarget::Partner { card_code, control_account, project } => {
            row.short_name = filled(card_code);
            row.control_account = filled(control_account);
            row.project_code = project.clone();
            row.due_date = Some(line.due_date.unwrap_or(of.header.posting_date));
        }
    }
    let (debit, credit) = sides(line.amount);
    if of.header.currency == catalog.local_currency {
        (row.debit, row.credit) = (debit, credit);
        return row;
    }
    row.fc_currency = Some(of.header.currency.clone());
    (row.fc_debit, row.fc_credit) = (debit, credit);
    // On the side of the foreign amount, also where the local one rounds to nothing.
    (row.debit, row.credit) = match debit {
        Some(_) => (local, None),
        None => (None, local.map(|local| -local)),
    };
    row
}

/// An amount on its side; SAP gets no negative one.
fn sides(amount: Decimal) -> (Option<Decimal>, Option<Decimal>) {
    if amount.is_sign_negative() { (None, Some(-amount)) } else { (Some(amount), None) }
}
