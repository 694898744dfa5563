//! Typed async client of the SAP Business One Service Layer, versions 1 and 2.
//!
//! It knows sessions, queries, documents, journal entries and master data. It does not know what anything is posted for:
//! mapping, scheduling and bookkeeping rules live elsewhere.
//!
//! - Every call ends with an outcome: not sent, refused, done, unknown. Reads are repeated; a write is sent again only if
//!   it certainly was not executed ([`Outcome`]).
//! - One session for all callers: logins are single flight, renewed before the idle time ends, never tried twice with a
//!   refused password.
//! - Amounts are exact decimals from the wire's digits to the wire's digits; user-defined fields are an open map.
//! - The body of a write is produced apart from sending it ([`NewDocument::to_body`], [`Collection::create_raw`]).
//!
//! ```no_run
//! use sap_b1_client::{Client, Filter, NewJournalEntry, NewJournalEntryLine, PasswordLogin, Query};
//!
//! # async fn example() -> sap_b1_client::Result<()> {
//! let login = PasswordLogin::new("SBODEMOUS", "integration", "secret".into());
//! let client = Client::builder("https://b1.example.com:50000/b1s/v2", login).build()?;
//!
//! let vendors = client.business_partners().all(Query::new().filter(Filter::eq("CardType", "cSupplier"))).await?;
//! println!("{} vendors", vendors.len());
//!
//! let mut entry = NewJournalEntry { memo: Some("Site costs".into()), ..Default::default() };
//! entry.journal_entry_lines.push(NewJournalEntryLine { account_code: Some("5100".into()), debit: Some(100.into()), ..Default::default() });
//! entry.journal_entry_lines.push(NewJournalEntryLine { account_code: Some("2100".into()), credit: Some(100.into()), ..Default::default() });
//! let created = client.journal_entries().create(&entry, None).await?;
//! println!("journal entry {:?}", created.doc_entry);
//!
//! client.close().await;
//! # Ok(()) }
//! ```

mod batch;
mod client;
mod error;
mod lengths;
mod query;
mod resources;
mod session;
mod sql_queries;
mod transport;
mod wire;

pub use batch::{Batch, BatchAnswer, BatchAnswers, ChangeSet, ContentId};
pub use client::{
    AnyEntity, BaseUrl, Call, CallClass, Client, ClientBuilder, EntitySet, ODataVersion,
    ResendGuard, Timeouts,
};
pub use error::{Error, ErrorKind, MessageDetail, Outcome, Result};
pub use lengths::{LengthLimits, TooLong};
pub use query::{Filter, Key, Literal, Order, Pager, Query};
pub use resources::{
    AdminInfo, Branch, BusinessPartner, BusinessPlace, Cancellation, ChartOfAccount, Collection,
    CompanyInfo, Created, Currency, Dimension, DistributionRule, DistributionRuleLine, Document,
    DocumentLine, DocumentReference, Entity, FinancePeriod, JournalEntry, JournalEntryLine,
    NewBranch, NewBusinessPartner, NewChartOfAccount, NewCurrency, NewDistributionRule,
    NewDistributionRuleLine, NewDocument, NewDocumentLine, NewDocumentReference, NewEntity,
    NewJournalEntry, NewJournalEntryLine, NewPartnerAddress, NewPartnerBranch, NewPaymentTermsType,
    NewProfitCenter, NewProject, NewSalesTaxCode, NewSalesTaxCodeLine, NewUserField, NewUserTable,
    NewVatGroup, NewVatGroupLine, NewWithholdingTaxCode, NewWithholdingTaxCodeLine, PartnerAddress,
    PartnerBranch, PaymentTermsType, PeriodCategory, ProfitCenter, Project, SalesTaxCode,
    SalesTaxCodeLine, UserField, UserRow, UserRowHead, UserTable, UserTableRows, ValidValue,
    VatGroup, VatGroupLine, WithholdingTaxCode, WithholdingTaxCodeLine,
};
pub use secrecy::SecretString;
pub use session::{Authenticator, LoginAnswer, LoginStep, PasswordLogin, SessionCookies};
pub use sql_queries::{NewSqlQuery, SqlQuery, SqlRows};
pub use transport::{
    ReqwestTransport, ReqwestTransportBuilder, Sent, Timer, TokioTimer, Transport, TransportError,
};
pub use wire::{
    AccountType, AddressType, AuthorizationStatus, CancelStatus, CardType, CurrencyDecimals,
    CurrencyRounding, DocObjectCode, DocType, DocumentStatus, FieldSubType, FieldType,
    PeriodStatus, Record, RoundingContext, TaxSystem, UdfValue, Udfs, UserTableType, VatCategory,
    WithholdingBase, WithholdingCategory, YesNo, YesNoNone,
};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
