//! Currencies. Their rates are in [`super::company_service`].

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::{CurrencyDecimals, CurrencyRounding};

entity_types! {
    /// A currency.
    read Currency is "Currency" {}
    /// A currency to create.
    write NewCurrency in "Currencies" {}
    both {
        /// Code, mostly ISO 4217; 3 characters.
        code: Option<String> = "Code",
        /// Name.
        name: Option<String> = "Name",
        /// International code, as printed on documents.
        documents_code: Option<String> = "DocumentsCode",
        /// International name.
        international_description: Option<String> = "InternationalDescription",
        /// Decimal places.
        decimals: Option<CurrencyDecimals> = "Decimals",
        /// Rounding of totals.
        rounding: Option<CurrencyRounding> = "Rounding",
    }
}

new_entity!(NewCurrency creates Currency);

entity_sets! {
    Currency by code = "Code" {
        /// Currencies.
        currencies = "Currencies",
    }
}
