//! Enumerations of master data and of the company's settings; those of documents and user fields are in [`super::names`].

use super::names::sap_enum;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

sap_enum! {
    /// Yes, no, or neither.
    YesNoNone is "BoYesNoNoneEnum" {
        /// Yes.
        Yes = "boYES",
        /// No.
        No = "boNO",
        /// Neither.
        None = "boNONE",
    }
}
sap_enum! {
    /// What an address of a partner is for.
    AddressType is "BoAddressType" {
        /// Where goods go.
        ShipTo = "bo_ShipTo" | "S",
        /// Where bills go.
        BillTo = "bo_BillTo" | "B",
    }
}
sap_enum! {
    /// How totals in a currency are rounded.
    CurrencyRounding is "RoundingSysEnum" {
        /// Not.
        None = "rsNoRounding" | "0",
        /// To 0.05.
        FiveHundredths = "rsRoundToFiveHundredth" | "4",
        /// To 0.10.
        TenHundredths = "rsRoundToTenHundredth" | "1",
        /// To 1.
        One = "rsRoundToOne" | "2",
        /// To 10.
        Ten = "rsRoundToTen" | "3",
    }
}
sap_enum! {
    /// What a due date is counted from: due date = start + months + days (SAP's SDK reference,
    /// `PaymentTermsTypes.NumberOfAdditionalDays`).
    PaymentTermsStart is "BoPayTermDueTypes" {
        /// The end of the month.
        MonthEnd = "pdt_MonthEnd" | "E",
        /// The half of the month.
        HalfMonth = "pdt_HalfMonth" | "H",
        /// The beginning of the month.
        MonthStart = "pdt_MonthStart" | "Y",
        /// The date of the document itself.
        None = "pdt_None" | "N",
    }
}
sap_enum! {
    /// What an amount is, by which the company rounds it.
    RoundingContext is "RoundingContextEnum" {
        /// A total.
        Sum = "rcSum" | "7",
        /// A price.
        Price = "rcPrice" | "8",
        /// A rate.
        Rate = "rcRate" | "9",
        /// A quantity.
        Quantity = "rcQuantity" | "10",
        /// A percentage.
        Percent = "rcPercent" | "12",
        /// A tax.
        Tax = "rcTax" | "13",
        /// The total of a document.
        DocumentTotal = "rcDocHeaderTotal" | "20",
        /// The gross total of a row.
        LineGrossTotal = "rcLineGrossTotal" | "22",
        /// A withholding tax.
        WithholdingTax = "rcWTax" | "24",
    }
}
sap_enum! {
    /// How sales tax is computed.
    TaxSystem is "TaxCalcSysEnum" {
        /// A formula of SAP's, with jurisdictions.
        WithJurisdictions = "PreconfiguredFormulaWithJurisdictionSupport" | "A",
        /// A formula of the company's.
        UserDefined = "UserDefinedFormula" | "B",
        /// A formula of SAP's.
        Preconfigured = "PreconfiguredFormula" | "C",
    }
}
sap_enum! {
    /// When tax is withheld.
    WithholdingCategory is "WithholdingTaxCodeCategoryEnum" {
        /// With the invoice.
        Invoice = "wtcc_Invoice" | "I",
        /// With the payment.
        Payment = "wtcc_Payment" | "P",
    }
}
sap_enum! {
    /// What a withholding tax applies to.
    WithholdingBase is "WithholdingTaxCodeBaseTypeEnum" {
        /// The gross amount.
        Gross = "wtcbt_Gross" | "G",
        /// The net amount.
        Net = "wtcbt_Net" | "N",
        /// The tax.
        Vat = "wtcbt_VAT" | "V",
    }
}
