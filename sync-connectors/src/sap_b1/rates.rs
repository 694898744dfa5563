//! The exchange rate of a day, in the direction in which the company quotes it.

use chrono::NaiveDate;
use sap_b1_client::{Client, ErrorKind, YesNo};
use sync_core::{exchange::ExchangeRate, ports::LedgerError};

use super::failure;

/// Whether the company quotes foreign units per local unit. `DirectIndirectRate` at `tNO` is taken for
/// that, and everything else for the direct way: the metadata name the field and do not say which of
/// its values is which (unverified).
pub(super) fn indirect(setting: Option<YesNo>) -> bool {
    setting == Some(YesNo::No)
}

/// The rate; `None` where SAP has none of that day. What a missing rate is answered with is not
/// documented, so that the client's whole class of such answers counts, and every other refusal is a
/// failed look-up, never an absent rate.
pub(super) async fn read(
    client: &Client,
    currency: &str,
    day: NaiveDate,
    indirect: bool,
) -> Result<Option<ExchangeRate>, LedgerError> {
    match client.currency_rate(currency, day).await {
        Ok(rate) => Ok(Some(ExchangeRate { rate, indirect })),
        Err(error) if error.kind() == ErrorKind::MissingExchangeRate => Ok(None),
        Err(error) => Err(failure::ledger_error(&error)),
    }
}
