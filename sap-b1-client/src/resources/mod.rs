//! The entities of SAP Business One, one file each: model, address, methods.
//!
//! [`declare`] has the macros that declare an entity once, for reading and writing. Reading types have only optional
//! properties, because `$select`, versions and localisations decide what is there; what they do not name is in the
//! [`crate::Record`]. Writing types (`New..`) hold what may be sent, and give their exact bytes. Amounts are exact decimals,
//! dates calendar days, unknown enumeration members kept.

mod accounts;
mod any_entity;
mod business_partners;
mod collection;
mod company;
mod company_service;
#[cfg(test)]
pub(crate) mod conformance;
mod cost_accounting;
mod created;
mod currencies;
mod declare;
mod document_actions;
mod documents;
mod journal_entries;
mod organisation;
mod sql_queries;
mod tax;
mod user_fields;
mod user_tables;

pub use accounts::{ChartOfAccount, NewChartOfAccount};
pub use any_entity::AnyEntity;
pub use business_partners::{
    BusinessPartner, NewBusinessPartner, NewPartnerAddress, NewPartnerBranch, PartnerAddress,
    PartnerBranch,
};
pub(crate) use collection::body_of;
pub use collection::{Collection, Entity, NewEntity};
pub use company::{AdminInfo, CompanyInfo, FinancePeriod, PeriodCategory};
pub use cost_accounting::{
    Dimension, DistributionRule, DistributionRuleLine, NewDistributionRule,
    NewDistributionRuleLine, NewProfitCenter, NewProject, ProfitCenter, Project,
};
pub use created::Created;
pub use currencies::{Currency, NewCurrency};
pub use document_actions::Cancellation;
pub use documents::{
    Document, DocumentLine, DocumentReference, NewDocument, NewDocumentLine, NewDocumentReference,
};
pub use journal_entries::{JournalEntry, JournalEntryLine, NewJournalEntry, NewJournalEntryLine};
pub use organisation::{Branch, BusinessPlace, NewBranch, NewPaymentTermsType, PaymentTermsType};
pub use sql_queries::{NewSqlQuery, SqlQuery, SqlRows};
pub use tax::{
    NewSalesTaxCode, NewSalesTaxCodeLine, NewVatGroup, NewVatGroupLine, NewWithholdingTaxCode,
    NewWithholdingTaxCodeLine, SalesTaxCode, SalesTaxCodeLine, VatGroup, VatGroupLine,
    WithholdingTaxCode, WithholdingTaxCodeLine,
};
pub use user_fields::{NewUserField, NewUserTable, UserField, UserTable, ValidValue};
pub use user_tables::{UserRow, UserRowHead, UserTableRows};
