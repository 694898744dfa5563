//! The chart of accounts.

use sap_b1_client::{AccountType, ChartOfAccount, Client, Query};
use sync_core::{
    catalog::{Account, Accounts, Validity},
    ports::LedgerError,
};

use super::{all, currency, is_yes};

pub(super) async fn read(client: &Client) -> Result<Accounts, LedgerError> {
    let rows = all(client.chart_of_accounts(), Query::new()).await?;
    Ok(rows.into_iter().filter_map(|row| account(row.value)).collect())
}

fn account(row: ChartOfAccount) -> Option<Account> {
    let (frozen, validity) = freeze(&row);
    let dimensions_required = [
        is_yes(row.distribution_rule_relevant.as_ref()),
        is_yes(row.distribution_rule2_relevant.as_ref()),
        is_yes(row.distribution_rule3_relevant.as_ref()),
        is_yes(row.distribution_rule4_relevant.as_ref()),
        is_yes(row.distribution_rule5_relevant.as_ref()),
    ];
    let income_statement =
        matches!(row.account_type, Some(AccountType::Revenues | AccountType::Expenses));
    Some(Account {
        code: row.code?,
        format_code: row.format_code.filter(|code| !code.is_empty()),
        name: row.name.unwrap_or_default(),
        postable: is_yes(row.active_account.as_ref()),
        control: is_yes(row.lock_manual_transaction.as_ref()),
        cash: is_yes(row.cash_account.as_ref()),
        income_statement,
        frozen,
        validity,
        currency: currency(row.acct_currency),
        project_required: is_yes(row.project_relevant.as_ref()),
        dimensions_required,
    })
}

/// Whether the account is frozen as a whole, and when it is valid.
///
/// `ValidFor` with dates limits it to them; `FrozenFor` without dates freezes it, with one end it
/// ends or begins there, with both it counts as frozen as a whole, which errs on the safe side.
/// Both at `tNO` is an account without limits.
fn freeze(row: &ChartOfAccount) -> (bool, Validity) {
    let mut validity = Validity { from: row.valid_from, to: row.valid_to };
    if !is_yes(row.valid_for.as_ref()) {
        validity = Validity::default();
    }
    if !is_yes(row.frozen_for.as_ref()) {
        return (false, validity);
    }
    match (row.frozen_from, row.frozen_to) {
        (Some(from), None) => {
            let last = from.pred_opt();
            validity.to = validity.to.into_iter().chain(last).min();
            (false, validity)
        }
        (None, Some(to)) => {
            let first = to.succ_opt();
            validity.from = validity.from.into_iter().chain(first).max();
            (false, validity)
        }
        _ => (true, validity),
    }
}
