//! Business partners.

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::{CardType, YesNo, date};
use chrono::NaiveDate;
use serde::Deserialize;

/// A customer, vendor or lead.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BusinessPartner {
    /// Code.
    #[serde(rename = "CardCode")]
    pub card_code: Option<String>,
    /// Name.
    #[serde(rename = "CardName")]
    pub card_name: Option<String>,
    /// Name in another language.
    #[serde(rename = "CardForeignName")]
    pub card_foreign_name: Option<String>,
    /// Customer, vendor or lead.
    #[serde(rename = "CardType")]
    pub card_type: Option<CardType>,
    /// Group.
    #[serde(rename = "GroupCode")]
    pub group_code: Option<i32>,
    /// Currency; `##` is any.
    #[serde(rename = "Currency")]
    pub currency: Option<String>,
    /// Tax number.
    #[serde(rename = "FederalTaxID")]
    pub federal_tax_id: Option<String>,
    /// Tax group of purchases and sales.
    #[serde(rename = "VatGroup")]
    pub vat_group: Option<String>,
    /// Payment terms.
    #[serde(rename = "PayTermsGrpCode")]
    pub payment_terms_code: Option<i32>,
    /// Control account.
    #[serde(rename = "DebitorAccount")]
    pub debitor_account: Option<String>,
    /// Default project.
    #[serde(rename = "ProjectCode")]
    pub project_code: Option<String>,
    /// Whether withholding tax applies (`boYES`, `boNO`).
    #[serde(rename = "SubjectToWithholdingTax")]
    pub subject_to_withholding_tax: Option<String>,
    /// Withholding tax code.
    #[serde(rename = "WTCode")]
    pub wt_code: Option<String>,
    /// Blocked for payment.
    #[serde(rename = "PaymentBlock")]
    pub payment_block: Option<YesNo>,
    /// Active.
    #[serde(rename = "Valid")]
    pub valid: Option<YesNo>,
    /// Active from.
    #[serde(rename = "ValidFrom", deserialize_with = "date::option::deserialize")]
    pub valid_from: Option<NaiveDate>,
    /// Active until.
    #[serde(rename = "ValidTo", deserialize_with = "date::option::deserialize")]
    pub valid_to: Option<NaiveDate>,
    /// Inactive.
    #[serde(rename = "Frozen")]
    pub frozen: Option<YesNo>,
    /// Inactive from.
    #[serde(rename = "FrozenFrom", deserialize_with = "date::option::deserialize")]
    pub frozen_from: Option<NaiveDate>,
    /// Inactive until.
    #[serde(rename = "FrozenTo", deserialize_with = "date::option::deserialize")]
    pub frozen_to: Option<NaiveDate>,
    /// E-mail address.
    #[serde(rename = "EmailAddress")]
    pub email_address: Option<String>,
    /// Day of the last change.
    #[serde(rename = "UpdateDate", deserialize_with = "date::option::deserialize")]
    pub update_date: Option<NaiveDate>,
}

impl Entity for BusinessPartner {
    const KEY: &'static str = "CardCode";

    fn key(&self) -> Option<Key> {
        self.card_code.clone().map(Key::from)
    }
}

impl Client {
    /// Business partners.
    #[must_use]
    pub fn business_partners(&self) -> Collection<BusinessPartner> {
        Collection::new(self, "BusinessPartners")
    }
}
