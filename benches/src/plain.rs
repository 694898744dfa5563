//! The yardstick of decoding: the fields of [`procore_client::resources::commitments::Commitment`] as a program would
//! declare them that uses serde alone, with amounts in `f64`.
//!
//! It takes each value in the one form that the page has, keeps empty texts, refuses ids that are strings and stops at
//! the first record that it cannot read. The client does none of that; what this costs is the figure.

#![allow(missing_docs, reason = "the fields are those of the client's model")]

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer};

/// A contract of a list.
#[derive(Debug, Deserialize)]
pub struct Contract {
    pub id: i64,
    pub number: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub status: Option<Status>,
    pub executed: Option<bool>,
    pub private: Option<bool>,
    pub accounting_method: Option<AccountingMethod>,
    pub vendor: Option<Vendor>,
    pub project: Option<IdName>,
    #[serde(default, deserialize_with = "number")]
    pub grand_total: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub revised_contract: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub approved_change_orders: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub pending_change_orders: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub pending_revised_contract: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub draft_change_orders_amount: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub total_requisitions_amount: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub total_draw_requests_amount: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub total_payments: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub remaining_balance_outstanding: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub percentage_paid: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub retainage_percent: Option<f64>,
    pub billing_schedule_of_values_status: Option<String>,
    pub assignee: Option<IdName>,
    pub created_by_id: Option<i64>,
    pub show_line_items_to_non_admins: Option<bool>,
    pub inclusions: Option<String>,
    pub exclusions: Option<String>,
    pub bill_to_address: Option<String>,
    pub ship_to_address: Option<String>,
    pub ship_via: Option<String>,
    pub payment_terms: Option<String>,
    pub requisitions_are_enabled: Option<bool>,
    pub contract_date: Option<NaiveDate>,
    pub issued_on_date: Option<NaiveDate>,
    pub execution_date: Option<NaiveDate>,
    pub approval_letter_date: Option<String>,
    pub letter_of_intent_date: Option<NaiveDate>,
    pub signed_contract_received_date: Option<NaiveDate>,
    pub returned_date: Option<NaiveDate>,
    pub delivery_date: Option<NaiveDate>,
    pub contract_start_date: Option<NaiveDate>,
    pub contract_estimated_completion_date: Option<NaiveDate>,
    pub actual_completion_date: Option<NaiveDate>,
    #[serde(default)]
    pub line_items: Vec<IdName>,
    #[serde(default)]
    pub change_order_packages: Vec<IdName>,
    #[serde(default)]
    pub change_order_requests: Vec<IdName>,
    #[serde(default)]
    pub potential_change_orders: Vec<IdName>,
    #[serde(default)]
    pub payments_issued: Vec<IdName>,
    #[serde(default)]
    pub invoice_contacts: Vec<IdName>,
    #[serde(default)]
    pub attachments: Vec<IdName>,
    pub currency_configuration: Option<Currency>,
    pub origin_id: Option<String>,
    pub origin_code: Option<String>,
    pub origin_data: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub enum Status {
    Draft,
    Approved,
    Processing,
    Submitted,
    #[serde(rename = "Partially Received")]
    PartiallyReceived,
    Received,
    Closed,
    #[serde(rename = "Out For Bid")]
    OutForBid,
    #[serde(rename = "Out For Signature")]
    OutForSignature,
    Complete,
    Terminated,
    Void,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountingMethod {
    Amount,
    Unit,
}

#[derive(Debug, Deserialize)]
pub struct IdName {
    pub id: Option<i64>,
    pub name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Vendor {
    pub id: Option<i64>,
    pub company: Option<String>,
    pub name: Option<String>,
    pub origin_id: Option<String>,
    pub origin_data: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Currency {
    pub currency_iso_code: Option<String>,
    pub base_currency_iso_code: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub currency_exchange_rate: Option<f64>,
}

/// Procore writes amounts as strings.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let text = Option::<&'de str>::deserialize(deserializer)?;
    text.map(str::parse).transpose().map_err(serde::de::Error::custom)
}
