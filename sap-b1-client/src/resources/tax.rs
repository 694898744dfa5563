//! Tax: groups in VAT countries, codes in sales tax countries, withholding tax in both.

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::{VatCategory, WithholdingBase, WithholdingCategory, YesNo};
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A tax group.
    read VatGroup is "VatGroup" {
        /// Rates over time.
        lines: Vec<VatGroupLine> = "VatGroups_Lines",
    }
    /// A tax group to create.
    write NewVatGroup in "VatGroups" {
        /// Rates over time.
        lines: Vec<NewVatGroupLine> = "VatGroups_Lines",
    }
    both {
        /// Code, 8 characters.
        code: Option<String> = "Code",
        /// Name, 50 characters.
        name: Option<String> = "Name",
        /// Input or output.
        category: Option<VatCategory> = "Category",
        /// Account.
        tax_account: Option<String> = "TaxAccount",
        /// Inactive.
        inactive: Option<YesNo> = "Inactive",
    }
}

entity_types! {
    /// A rate of a tax group.
    read VatGroupLine is "VatGroups_Line" {}
    /// A rate of a tax group to create.
    write NewVatGroupLine in "VatGroups_Lines" {}
    both {
        /// In effect from.
        effective_from: Option<NaiveDate> = "Effectivefrom",
        /// Rate, percent.
        rate: Option<Decimal> = "Rate",
    }
}

entity_types! {
    /// A sales tax code.
    read SalesTaxCode is "SalesTaxCode" {
        /// Rate, percent.
        rate: Option<Decimal> = "Rate",
        /// Parts.
        lines: Vec<SalesTaxCodeLine> = "SalesTaxCodes_Lines",
    }
    /// A sales tax code to create; its rate is the sum of its parts.
    write NewSalesTaxCode in "SalesTaxCodes" {
        /// Parts.
        lines: Vec<NewSalesTaxCodeLine> = "SalesTaxCodes_Lines",
    }
    both {
        /// Code, 8 characters.
        code: Option<String> = "Code",
        /// Name.
        name: Option<String> = "Name",
        /// For purchases.
        valid_for_ap: Option<YesNo> = "ValidForAP",
        /// For sales.
        valid_for_ar: Option<YesNo> = "ValidForAR",
        /// Inactive.
        inactive: Option<YesNo> = "Inactive",
    }
}

entity_types! {
    /// A part of a sales tax code.
    read SalesTaxCodeLine is "SalesTaxCodes_Line" {
        /// Number of the part.
        row_number: Option<i32> = "RowNumber",
        /// Rate, percent.
        effective_rate: Option<Decimal> = "EffectiveRate",
    }
    /// A part of a sales tax code to create.
    write NewSalesTaxCodeLine in "SalesTaxCodes_Lines" {}
    both {
        /// Code of the authority's tax.
        authority_code: Option<String> = "STACode",
        /// Type of the authority's tax.
        authority_type: Option<i32> = "STAType",
    }
}

entity_types! {
    /// A withholding tax code.
    read WithholdingTaxCode is "WithholdingTaxCode" {
        /// Rate in effect, percent.
        rate: Option<Decimal> = "Rate",
        /// In effect from.
        effective_from: Option<NaiveDate> = "EffectiveFrom",
        /// Rates over time.
        lines: Vec<WithholdingTaxCodeLine> = "WithholdingTaxCodes_Lines",
    }
    /// A withholding tax code to create.
    write NewWithholdingTaxCode in "WithholdingTaxCodes" {
        /// Rates over time.
        lines: Vec<NewWithholdingTaxCodeLine> = "WithholdingTaxCodes_Lines",
    }
    both {
        /// Code.
        wt_code: Option<String> = "WTCode",
        /// Name.
        wt_name: Option<String> = "WTName",
        /// Withheld with the invoice or with the payment.
        category: Option<WithholdingCategory> = "Category",
        /// What the rate applies to.
        base_type: Option<WithholdingBase> = "BaseType",
        /// Share of the base that is taxed, percent.
        base_amount: Option<Decimal> = "BaseAmount",
        /// The authority's code.
        official_code: Option<String> = "OfficialCode",
        /// Account of what is withheld.
        account: Option<String> = "Account",
        /// Least amount that is taxed.
        threshold: Option<Decimal> = "Threshold",
        /// Inactive.
        inactive: Option<YesNo> = "Inactive",
    }
}

entity_types! {
    /// A rate of a withholding tax code.
    read WithholdingTaxCodeLine is "WithholdingTaxCodes_Line" {
        /// Number of the row.
        line_num: Option<i32> = "LineNum",
    }
    /// A rate of a withholding tax code to create.
    write NewWithholdingTaxCodeLine in "WithholdingTaxCodes_Lines" {}
    both {
        /// In effect from.
        effective_from: Option<NaiveDate> = "Effectivefrom",
        /// Rate, percent.
        rate: Option<Decimal> = "Rate",
    }
}

new_entity!(NewVatGroup creates VatGroup with lines);
new_entity!(NewSalesTaxCode creates SalesTaxCode with lines);
new_entity!(NewWithholdingTaxCode creates WithholdingTaxCode with lines);

entity_sets! {
    VatGroup by code = "Code" {
        /// Tax groups.
        vat_groups = "VatGroups",
    }
    SalesTaxCode by code = "Code" {
        /// Sales tax codes.
        sales_tax_codes = "SalesTaxCodes",
    }
    WithholdingTaxCode by wt_code = "WTCode" {
        /// Withholding tax codes.
        withholding_tax_codes = "WithholdingTaxCodes",
    }
}
