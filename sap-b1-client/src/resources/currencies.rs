//! Currencies. Their rates are read with [`Client::currency_rate`].

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::CurrencyDecimals;
use serde::Deserialize;

/// A currency.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Currency {
    /// Code, mostly ISO 4217.
    #[serde(rename = "Code")]
    pub code: Option<String>,
    /// Name.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// International code, as printed on documents.
    #[serde(rename = "DocumentsCode")]
    pub documents_code: Option<String>,
    /// International name.
    #[serde(rename = "InternationalDescription")]
    pub international_description: Option<String>,
    /// Decimal places.
    #[serde(rename = "Decimals")]
    pub decimals: Option<CurrencyDecimals>,
    /// Rounding.
    #[serde(rename = "Rounding")]
    pub rounding: Option<String>,
}

impl Entity for Currency {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

impl Client {
    /// Currencies.
    #[must_use]
    pub fn currencies(&self) -> Collection<Currency> {
        Collection::new(self, "Currencies")
    }
}
