//! Business partners: those that a mapping names, or every supplier.

use std::collections::BTreeMap;

use sap_b1_client::{BusinessPartner, CardType, Client, Filter, Query, Record, YesNoNone};
use serde::Deserialize;
use sync_core::{
    catalog::{Partner, Validity},
    ports::LedgerError,
};

use super::{all, all_of, currency, is_yes};

const COLUMNS: [&str; 13] = [
    "CardCode",
    "CardName",
    "CardType",
    "Currency",
    "Valid",
    "ValidFrom",
    "ValidTo",
    "Frozen",
    "FrozenFrom",
    "FrozenTo",
    "DebitorAccount",
    "PayTermsGrpCode",
    "SubjectToWithholdingTax",
];
const BRANCHES: &str = "BPBranchAssignment";

/// A branch that a partner is assigned to.
#[derive(Debug, Deserialize)]
struct Branch {
    #[serde(rename = "BPLID", default)]
    id: Option<i64>,
    #[serde(rename = "DisabledForBP", default)]
    disabled: Option<String>,
}

pub(super) async fn read(
    client: &Client,
    codes: &[String],
    with_branches: bool,
) -> Result<BTreeMap<String, Partner>, LedgerError> {
    let mut query = Query::new().select(COLUMNS);
    if with_branches {
        query = query.select([BRANCHES]);
    }
    let collection = client.business_partners();
    let rows = if codes.is_empty() {
        all(collection, query.filter(Filter::eq("CardType", "cSupplier"))).await?
    } else {
        all_of(&collection, "CardCode", codes, &query).await?
    };
    let partners = rows.into_iter().filter_map(partner);
    Ok(partners.map(|partner| (partner.card_code.clone(), partner)).collect())
}

fn partner(record: Record<BusinessPartner>) -> Option<Partner> {
    let branches = branches(&record);
    let row = record.value;
    let frozen_during = match (row.frozen_from, row.frozen_to) {
        (None, None) => None,
        (from, to) => Some(Validity { from, to }),
    };
    Some(Partner {
        card_code: row.card_code?,
        name: row.card_name.unwrap_or_default(),
        supplier: row.card_type == Some(CardType::Supplier),
        active: row.valid.as_ref().is_none_or(|valid| valid.is_yes()),
        frozen: is_yes(row.frozen.as_ref()),
        validity: Validity { from: row.valid_from, to: row.valid_to },
        frozen_during,
        currency: currency(row.currency),
        control_account: row.debitor_account.filter(|account| !account.is_empty()),
        payment_terms: row.payment_terms_code.map(i64::from),
        withholding: row.subject_to_withholding_tax == Some(YesNoNone::Yes),
        branches,
    })
}

fn branches(record: &Record<BusinessPartner>) -> Vec<i64> {
    let rows = record.rows(BRANCHES).into_iter();
    let rows = rows.filter_map(|row| serde_json::from_str::<Branch>(row.get()).ok());
    rows.filter(|branch| branch.disabled.as_deref() != Some("tYES"))
        .filter_map(|branch| branch.id)
        .collect()
}
