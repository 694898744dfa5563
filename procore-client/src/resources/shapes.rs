//! Small shapes that many resources share.

use crate::id::{Id, VendorId};
use crate::wire::{model, open_enum};

model! {
    /// A reference by id and name.
    pub struct IdName {
        /// Its id.
        opt id: Id,
        /// Its name.
        opt name: String,
    }
}

model! {
    /// A user.
    pub struct UserRef {
        /// Its id.
        opt id: Id,
        /// The login, an e-mail address.
        opt login: String,
        /// The name.
        opt name: String,
    }
}

model! {
    /// The vendor of a contract.
    pub struct VendorRef {
        /// Its id.
        opt id: VendorId,
        /// The company name; `name` in some bodies.
        opt company: String,
        /// The name, where it is called so.
        opt name: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
    }
}

model! {
    /// The currency of a record; the codes are null when multi-currency is off.
    pub struct CurrencyConfiguration {
        /// The record's currency, ISO 4217.
        opt currency_iso_code: String,
        /// The project's currency, ISO 4217.
        opt base_currency_iso_code: String,
        /// The rate from the record's currency to the project's.
        money currency_exchange_rate,
    }
}

open_enum! {
    /// How the amounts of a contract's lines come about.
    pub enum AccountingMethod {
        /// Amounts alone:
        Amount = "amount",
        /// Quantity times unit cost:
        Unit = "unit",
    }
}
