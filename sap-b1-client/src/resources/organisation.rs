//! Branches (`BusinessPlaces`, what documents name as `BPL_IDAssignedToInvoice`) and payment terms.

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::YesNo;
use serde::Deserialize;

/// A branch that documents are posted to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BusinessPlace {
    /// Key.
    #[serde(rename = "BPLID")]
    pub id: Option<i32>,
    /// Name.
    #[serde(rename = "BPLName")]
    pub name: Option<String>,
    /// The main branch.
    #[serde(rename = "MainBPL")]
    pub is_main: Option<YesNo>,
    /// Disabled.
    #[serde(rename = "Disabled")]
    pub disabled: Option<YesNo>,
    /// Tax registration number.
    #[serde(rename = "VATRegNum")]
    pub vat_registration: Option<String>,
    /// Default vendor.
    #[serde(rename = "DefaultVendorID")]
    pub default_vendor: Option<String>,
    /// Default tax code.
    #[serde(rename = "DefaultTaxCode")]
    pub default_tax_code: Option<String>,
}

/// Payment terms.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PaymentTermsType {
    /// Key.
    #[serde(rename = "GroupNumber")]
    pub group_number: Option<i32>,
    /// Name.
    #[serde(rename = "PaymentTermsGroupName")]
    pub payment_terms_group_name: Option<String>,
    /// Months added to the due date.
    #[serde(rename = "NumberOfAdditionalMonths")]
    pub number_of_additional_months: Option<i32>,
    /// Days added to the due date.
    #[serde(rename = "NumberOfAdditionalDays")]
    pub number_of_additional_days: Option<i32>,
    /// Installments.
    #[serde(rename = "NumberOfInstallments")]
    pub number_of_installments: Option<i32>,
}

impl Entity for BusinessPlace {
    const KEY: &'static str = "BPLID";

    fn key(&self) -> Option<Key> {
        self.id.map(Key::from)
    }
}

impl Entity for PaymentTermsType {
    const KEY: &'static str = "GroupNumber";

    fn key(&self) -> Option<Key> {
        self.group_number.map(Key::from)
    }
}

impl Client {
    /// Branches of a multi-branch company.
    #[must_use]
    pub fn business_places(&self) -> Collection<BusinessPlace> {
        Collection::new(self, "BusinessPlaces")
    }

    /// Payment terms.
    #[must_use]
    pub fn payment_terms_types(&self) -> Collection<PaymentTermsType> {
        Collection::new(self, "PaymentTermsTypes")
    }
}
