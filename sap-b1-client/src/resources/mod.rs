//! The entities of SAP Business One, one file each: model, address, methods.
//!
//! Reading types have only optional properties, because `$select`, versions and localisations decide what is there; what
//! they do not name is in the [`crate::Record`]. Writing types (`New..`) hold what may be sent, and give their exact bytes.
//! Amounts are exact decimals, dates calendar days, unknown enumeration members kept.

mod accounts;
mod business_partners;
mod collection;
mod company;
#[cfg(test)]
mod conformance;
mod cost_accounting;
mod created;
mod currencies;
mod documents;
mod journal_entries;
mod new_document;
mod new_journal_entry;
mod organisation;
mod tax;
mod user_fields;
mod user_tables;

pub use accounts::ChartOfAccount;
pub use business_partners::BusinessPartner;
pub use collection::{Collection, Entity};
pub use company::{AdminInfo, CompanyInfo, FinancePeriod, PeriodCategory};
pub use cost_accounting::{
    Dimension, DistributionRule, DistributionRuleLine, ProfitCenter, Project,
};
pub use created::Created;
pub use currencies::Currency;
pub use documents::{Document, DocumentLine, DocumentReference};
pub use journal_entries::{JournalEntry, JournalEntryLine};
pub use new_document::{NewDocument, NewDocumentLine, NewDocumentReference};
pub use new_journal_entry::{NewJournalEntry, NewJournalEntryLine};
pub use organisation::{BusinessPlace, PaymentTermsType};
pub use tax::{SalesTaxCode, SalesTaxCodeLine, VatGroup, VatGroupLine};
pub use user_fields::{NewUserField, NewUserTable, UserField, UserTable, ValidValue};
pub use user_tables::{UserRow, UserRowHead, UserTableRows};
