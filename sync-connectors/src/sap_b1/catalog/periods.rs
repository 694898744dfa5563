//! Posting periods with their three windows, in the order of their posting dates.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use futures_util::future::try_join_all;
use sap_b1_client::{Client, FinancePeriod, PeriodStatus as Lock};
use sync_core::{
    catalog::{Period, PeriodStatus, Validity},
    ports::LedgerError,
};

use super::super::failure::ledger_error;

pub(super) async fn read(client: &Client) -> Result<Vec<Period>, LedgerError> {
    let categories = client.periods().await.map_err(|error| ledger_error(&error))?;
    let entries = categories.into_iter().filter_map(|category| category.absolute_entry);
    let years = try_join_all(entries.map(|entry| async move {
        let periods = client.finance_periods(entry).await.map_err(|error| ledger_error(&error))?;
        Ok::<_, LedgerError>((entry, periods))
    }))
    .await?;
    let names = names(&years);
    let mut periods: Vec<Period> = years
        .into_iter()
        .flat_map(|(entry, periods)| periods.into_iter().map(move |period| (entry, period)))
        .map(|(entry, row)| period(row, names.get(&entry).cloned().unwrap_or_default()))
        .collect();
    periods.sort_by_key(|period| (period.posting.from, period.posting.to));
    Ok(periods)
}

/// A fiscal year is a period category, named by the year in which it ends; of two that end in one
/// year the category's number tells them apart.
fn names(years: &[(i32, Vec<FinancePeriod>)]) -> BTreeMap<i32, String> {
    let ends: BTreeMap<i32, Option<i32>> = years
        .iter()
        .map(|(entry, periods)| {
            let last = periods.iter().filter_map(|period| period.posting_date_to).max();
            (*entry, last.map(|day| day.year()))
        })
        .collect();
    let name = |entry: i32, end: Option<i32>| match end {
        Some(year) if ends.values().filter(|other| **other == Some(year)).count() == 1 => {
            year.to_string()
        }
        Some(year) => format!("{year}/{entry}"),
        None => format!("category {entry}"),
    };
    ends.iter().map(|(entry, end)| (*entry, name(*entry, *end))).collect()
}

fn period(row: FinancePeriod, fiscal_year: String) -> Period {
    let locked = row.locked.as_ref().is_some_and(|locked| locked.is_yes());
    let open = match row.period_status {
        Some(Lock::Unlocked | Lock::UnlockedExceptSales) => !locked,
        // A status of a newer version is not taken for an open one.
        Some(_) => false,
        None => !locked,
    };
    Period {
        name: row.period_code.or(row.period_name).unwrap_or_default(),
        fiscal_year,
        posting: Validity { from: row.posting_date_from, to: row.posting_date_to },
        tax: Validity { from: row.tax_date_from, to: row.tax_date_to },
        due: Validity { from: row.value_date_from, to: row.value_date_to },
        status: if open { PeriodStatus::Open } else { PeriodStatus::Closed },
    }
}
