//! Branches and payment terms.
//!
//! SAP Business One has two things called branch: `BusinessPlaces`, the branches of a multi-branch company that documents
//! are posted to (`BPL_IDAssignedToInvoice`), and `Branches`, a list of names that employees belong to.

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::{PaymentTermsStart, YesNo};
use rust_decimal::Decimal;

entity_types! {
    /// A branch that documents are posted to.
    read BusinessPlace is "BusinessPlace" {
        /// Key.
        id: Option<i32> = "BPLID",
        /// Name.
        name: Option<String> = "BPLName",
        /// The main branch.
        is_main: Option<YesNo> = "MainBPL",
        /// Disabled.
        disabled: Option<YesNo> = "Disabled",
        /// Tax registration number.
        vat_registration: Option<String> = "VATRegNum",
        /// Default vendor.
        default_vendor: Option<String> = "DefaultVendorID",
        /// Default tax code.
        default_tax_code: Option<String> = "DefaultTaxCode",
    }
}

entity_types! {
    /// A branch that employees belong to; no document is posted to it.
    read Branch is "Branch" {
        /// Key.
        code: Option<i32> = "Code",
    }
    /// A branch that employees belong to, to create.
    write NewBranch in "Branches" {}
    both {
        /// Name.
        name: Option<String> = "Name",
        /// Description.
        description: Option<String> = "Description",
    }
}

entity_types! {
    /// Payment terms.
    read PaymentTermsType is "PaymentTermsType" {
        /// Key.
        group_number: Option<i32> = "GroupNumber",
    }
    /// Payment terms to create.
    write NewPaymentTermsType in "PaymentTermsTypes" {}
    both {
        /// Name.
        payment_terms_group_name: Option<String> = "PaymentTermsGroupName",
        /// What the months and days are added to.
        start_from: Option<PaymentTermsStart> = "StartFrom",
        /// Months added to the due date.
        number_of_additional_months: Option<i32> = "NumberOfAdditionalMonths",
        /// Days added to the due date.
        number_of_additional_days: Option<i32> = "NumberOfAdditionalDays",
        /// Days of grace.
        number_of_tolerance_days: Option<i32> = "NumberOfToleranceDays",
        /// Installments.
        number_of_installments: Option<i32> = "NumberOfInstallments",
        /// Discount on every document, percent.
        general_discount: Option<Decimal> = "GeneralDiscount",
    }
}

new_entity!(NewBranch creates Branch);
new_entity!(NewPaymentTermsType creates PaymentTermsType);

entity_sets! {
    BusinessPlace by id = "BPLID" {
        /// Branches of a multi-branch company, which documents are posted to.
        business_places = "BusinessPlaces",
    }
    Branch by code = "Code" {
        /// Branches that employees belong to; documents name [`Client::business_places`](crate::Client::business_places).
        branches = "Branches",
    }
    PaymentTermsType by group_number = "GroupNumber" {
        /// Payment terms.
        payment_terms_types = "PaymentTermsTypes",
    }
}
