//! Tax codes of purchases: sales tax codes, or tax groups with their rate of today.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sap_b1_client::{Client, Query, SalesTaxCode, VatCategory, VatGroup};
use sync_core::{
    catalog::{TaxCode, TaxField},
    ports::LedgerError,
};

use super::{all, is_yes};

pub(super) async fn read(
    client: &Client,
    field: TaxField,
    today: NaiveDate,
) -> Result<BTreeMap<String, TaxCode>, LedgerError> {
    let codes: Vec<TaxCode> = match field {
        TaxField::TaxCode => {
            let rows = all(client.sales_tax_codes(), Query::new()).await?;
            rows.into_iter().filter_map(|row| sales_tax_code(row.value)).collect()
        }
        TaxField::VatGroup => {
            let rows = all(client.vat_groups(), Query::new()).await?;
            rows.into_iter().filter_map(|row| vat_group(row.value, today)).collect()
        }
    };
    Ok(codes.into_iter().map(|code| (code.code.clone(), code)).collect())
}

fn sales_tax_code(row: SalesTaxCode) -> Option<TaxCode> {
    Some(TaxCode {
        code: row.code?,
        name: row.name.unwrap_or_default(),
        rate: row.rate.unwrap_or_default(),
        valid_for_purchases: is_yes(row.valid_for_ap.as_ref()),
        active: !is_yes(row.inactive.as_ref()),
    })
}

fn vat_group(row: VatGroup, today: NaiveDate) -> Option<TaxCode> {
    let in_effect = row
        .lines
        .iter()
        .filter(|line| line.effective_from.is_none_or(|from| from <= today))
        .max_by_key(|line| line.effective_from);
    Some(TaxCode {
        code: row.code?,
        name: row.name.unwrap_or_default(),
        rate: in_effect.and_then(|line| line.rate).unwrap_or_default(),
        valid_for_purchases: row.category == Some(VatCategory::InputTax),
        active: !is_yes(row.inactive.as_ref()),
    })
}
