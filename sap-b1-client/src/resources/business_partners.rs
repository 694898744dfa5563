//! Business partners.
//!
//! A change of a partner merges its collections row by row (header `B1S-ReplaceCollectionsOnPatch` aside), so addresses and
//! branches that a change leaves out stay.

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::{AddressType, CardType, YesNo, YesNoNone};
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A customer, vendor or lead.
    read BusinessPartner is "BusinessPartner" {
        /// Balance of everything posted and not reconciled, local currency; what the company owes a vendor is negative.
        current_account_balance: Option<Decimal> = "CurrentAccountBalance",
        /// Day of the last change.
        update_date: Option<NaiveDate> = "UpdateDate",
        /// Addresses.
        addresses: Vec<PartnerAddress> = "BPAddresses",
        /// Branches it may be used in, in a multi-branch company.
        branches: Vec<PartnerBranch> = "BPBranchAssignment",
    }
    /// A customer, vendor or lead to create; code, name and type are enough.
    write NewBusinessPartner in "BusinessPartners" {
        /// Addresses.
        addresses: Vec<NewPartnerAddress> = "BPAddresses",
        /// Branches it may be used in, in a multi-branch company.
        branches: Vec<NewPartnerBranch> = "BPBranchAssignment",
    }
    both {
        /// Code, 15 characters; absent in a new partner whose series counts.
        card_code: Option<String> = "CardCode",
        /// Name, 100 characters.
        card_name: Option<String> = "CardName",
        /// Name in another language.
        card_foreign_name: Option<String> = "CardForeignName",
        /// Customer, vendor or lead.
        card_type: Option<CardType> = "CardType",
        /// Numbering series.
        series: Option<i32> = "Series",
        /// Group.
        group_code: Option<i32> = "GroupCode",
        /// Currency; `##` is any.
        currency: Option<String> = "Currency",
        /// Tax number.
        federal_tax_id: Option<String> = "FederalTaxID",
        /// Tax group of purchases and sales.
        vat_group: Option<String> = "VatGroup",
        /// Payment terms.
        payment_terms_code: Option<i32> = "PayTermsGrpCode",
        /// Control account.
        debitor_account: Option<String> = "DebitorAccount",
        /// Default project.
        project_code: Option<String> = "ProjectCode",
        /// Whether withholding tax applies.
        subject_to_withholding_tax: Option<YesNoNone> = "SubjectToWithholdingTax",
        /// Withholding tax code.
        wt_code: Option<String> = "WTCode",
        /// Blocked for payment.
        payment_block: Option<YesNo> = "PaymentBlock",
        /// Active.
        valid: Option<YesNo> = "Valid",
        /// Active from.
        valid_from: Option<NaiveDate> = "ValidFrom",
        /// Active until.
        valid_to: Option<NaiveDate> = "ValidTo",
        /// Inactive.
        frozen: Option<YesNo> = "Frozen",
        /// Inactive from.
        frozen_from: Option<NaiveDate> = "FrozenFrom",
        /// Inactive until.
        frozen_to: Option<NaiveDate> = "FrozenTo",
        /// E-mail address.
        email_address: Option<String> = "EmailAddress",
        /// Telephone.
        phone1: Option<String> = "Phone1",
        /// Remarks.
        free_text: Option<String> = "FreeText",
    }
}

entity_types! {
    /// An address of a partner.
    read PartnerAddress is "BPAddress" {
        /// Number of the row, from 0.
        row_num: Option<i32> = "RowNum",
    }
    /// An address of a partner to create.
    write NewPartnerAddress in "BPAddresses" {}
    both {
        /// Name of the address, its key within the partner.
        address_name: Option<String> = "AddressName",
        /// Where goods or bills go.
        address_type: Option<AddressType> = "AddressType",
        /// Street.
        street: Option<String> = "Street",
        /// Postal code.
        zip_code: Option<String> = "ZipCode",
        /// City.
        city: Option<String> = "City",
        /// State, two or three letters.
        state: Option<String> = "State",
        /// Country, two letters.
        country: Option<String> = "Country",
        /// Tax code of the address.
        tax_code: Option<String> = "TaxCode",
    }
}

entity_types! {
    /// A branch that a partner may be used in.
    read PartnerBranch is "BPBranchAssignmentItem" {}
    /// A branch that a partner to create may be used in.
    write NewPartnerBranch in "BPBranchAssignment" {}
    both {
        /// Branch.
        branch_id: Option<i32> = "BPLID",
        /// Not in this branch after all.
        disabled: Option<YesNo> = "DisabledForBP",
    }
}

new_entity!(NewBusinessPartner creates BusinessPartner with addresses, branches);

entity_sets! {
    BusinessPartner by card_code = "CardCode" {
        /// Business partners.
        business_partners = "BusinessPartners",
    }
}
