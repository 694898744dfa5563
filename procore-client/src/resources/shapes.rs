//! Small shapes that many resources share.

use chrono::{DateTime, NaiveDate, Utc};

use crate::id::{CommitmentId, CompanyId, Id, VendorId};
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
    /// The company (the tenant) by id and name.
    pub struct CompanyRef {
        /// Its id.
        opt id: CompanyId,
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
    /// A file that hangs on a record. The URL is signed and short-lived: do not store it.
    pub struct Attachment {
        /// Its id.
        opt id: Id,
        /// The name, where it has one beside the file's.
        opt name: String,
        /// The file's name.
        opt filename: String,
        /// The media type.
        opt content_type: String,
        /// Where it is.
        opt url: String,
    }
}

model! {
    /// A person who answers for a contract's invoices.
    pub struct InvoiceContact {
        /// Its id.
        opt id: Id,
        /// The name.
        opt name: String,
        /// The e-mail address.
        opt email: String,
        /// What the person does.
        opt job_title: String,
        /// The vendor that the person works for.
        opt vendor_name: String,
    }
}

model! {
    /// A change order as a contract's show call lists it: package, request or potential change order.
    pub struct ChangeOrderRef {
        /// Its id, of the kind that the list is of.
        opt id: Id,
        /// The contract.
        opt contract_id: CommitmentId,
        /// The number that people gave it.
        opt number: String,
        /// The title.
        opt title: String,
        /// The status.
        opt status: super::commitment_change_orders::ChangeOrderStatus,
        /// The title of its package, of potential change orders.
        opt change_order_package_title: String,
        /// How many tiers the contract's change orders have, of potential change orders.
        opt change_order_tiers: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system.
        opt origin_id: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted.
        opt deleted_at: DateTime<Utc>,
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
