//! Typed async client of the SAP Business One Service Layer, versions 1 and 2.
//!
//! It knows sessions, queries, documents, journal entries and master data. It does not know what anything is posted for:
//! mapping, scheduling and bookkeeping rules live elsewhere.
//!
//! | part | what there is |
//! |---|---|
//! | session | single-flight login, renewed before the idle time ends, never tried twice with a refused password; [`Authenticator`] for other sign-ins |
//! | documents | `PurchaseInvoices`, `PurchaseCreditNotes`, `PurchaseOrders`, `Drafts`: read, create, change, cancel, close, post a draft |
//! | ledger | `JournalEntries`, `ChartOfAccounts`, periods, rates, rounding |
//! | master data | partners, profit centers, distribution rules, dimensions, projects, tax and withholding tax codes, currencies, branches, payment terms |
//! | user fields and tables | definitions, rows, and [`Record::udf`] on everything |
//! | queries | [`Filter`], [`Query`], pages by key, streams, counts, [`SqlQuery`] |
//! | batches | [`Batch`] with change sets, [`Client::post_with_claim`] |
//! | the rest | [`Client::any_entity_set`], [`Client::entity_set`], [`Client::send`] |
//!
//! There are no Cargo features. Payments and reconciliations are not modelled: the metadata this crate is compared with has no
//! such sets, and rows of journal entries have no balance; [`Client::any_entity_set`] reads them where a company has them.
//!
//! # Connect
//!
//! Nothing is sent before the first call; clones share one session. [`Client::close`] logs out.
//!
//! ```no_run
//! # async fn example() -> sap_b1_client::Result<()> {
//! use sap_b1_client::{Client, PasswordLogin};
//! let login = PasswordLogin::new("SBODEMOUS", "integration", "secret".into());
//! let client = Client::builder("https://b1.example.com:50000/b1s/v2", login).build()?;
//! println!("{:?}", client.company_info().await?.value.company_name);
//! client.close().await;
//! # Ok(()) }
//! ```
//!
//! # Query
//!
//! Filters are values: texts are quoted, doubled and percent-encoded, names are checked.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client) -> sap_b1_client::Result<()> {
//! use sap_b1_client::{CardType, Filter, Query};
//! let active = Filter::eq("CardType", CardType::Supplier).and(Filter::contains("CardName", "O'Brien & Sons"));
//! let query = Query::new().filter(active).select(["CardCode", "CardName"]);
//! for vendor in client.business_partners().all(query).await? {
//!     println!("{:?}", vendor.value.card_name);
//! }
//! # Ok(()) }
//! ```
//!
//! # Page
//!
//! Pages are no snapshot, so rows are read by key wherever the query allows it, and a row seen is not handed out again.
//! [`Collection::pages`] gives them page by page, [`Pager::into_stream`] row by row, [`Collection::all`] at once.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client) -> sap_b1_client::Result<()> {
//! use sap_b1_client::Query;
//! let mut pages = client.journal_entries().pages(Query::new().with_total())?;
//! while let Some(page) = pages.next_page().await? {
//!     println!("{} of {:?}", page.len(), pages.total());
//! }
//! # Ok(()) }
//! ```
//!
//! # Post once
//!
//! The Service Layer has no idempotency key. A write is sent again only if it provably was not executed; everything else is
//! decided by a key of your own that the document carries. The bytes can be stored before they are sent.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client) -> sap_b1_client::Result<()> {
//! use sap_b1_client::{DocType, NewDocument, NewDocumentLine};
//! let invoice = NewDocument {
//!     doc_type: Some(DocType::Service),
//!     card_code: Some("V10000".into()),
//!     document_lines: vec![NewDocumentLine {
//!         account_code: Some("_SYS00000000164".into()),
//!         line_total: Some(12500.into()),
//!         ..Default::default()
//!     }],
//!     udfs: [("U_SourceKey".to_owned(), "site-8#1".into())].into(),
//!     ..Default::default()
//! };
//! invoice.validate_lengths(&Default::default())?; // `create` does this by itself
//! let body = invoice.to_body();
//! let created = client.purchase_invoices().create_raw(body, None).await?;
//! println!("posted as {:?}", created.doc_entry);
//! # Ok(()) }
//! ```
//!
//! # Resolve an unknown outcome
//!
//! With [`Outcome::Unknown`] the request may still be running in SAP. Presence counts at once; absence counts only if a
//! look-up begun [`Client::unknown_settle`] later finds nothing, and a look-up that failed is not absence.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client, invoice: sap_b1_client::NewDocument) -> sap_b1_client::Result<()> {
//! use sap_b1_client::{Filter, Outcome, Query};
//! let Err(error) = client.purchase_invoices().create(&invoice, None).await else { return Ok(()) };
//! if error.outcome() == Outcome::Unknown {
//!     tokio::time::sleep(client.unknown_settle()).await;
//!     let by_key = Query::new().filter(Filter::eq("U_SourceKey", "site-8#1"));
//!     let posted = client.purchase_invoices().all(by_key.clone()).await?;
//!     let held = client.drafts().all(by_key).await?; // an approval procedure may hold it here
//!     println!("posted {}, held {}", posted.len(), held.len());
//! }
//! # Ok(()) }
//! ```
//!
//! # Batch
//!
//! The items run one after another until one fails; a change set happens whole or not at all.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client, entry: sap_b1_client::NewJournalEntry) -> sap_b1_client::Result<()> {
//! use sap_b1_client::{Batch, BatchAnswer, Call};
//! let mut batch = Batch::new();
//! batch.add(Call::get("Projects('PRJ01')"))?;
//! batch.change_set().add(Call::post("JournalEntries", entry.to_body()))?;
//! for answer in client.batch(&batch).await?.as_slice() {
//!     match answer {
//!         BatchAnswer::Done(answers) => println!("{} done", answers.len()),
//!         BatchAnswer::Failed(error) => println!("{:?}: {error}", error.outcome()),
//!         BatchAnswer::NotExecuted => println!("not executed"),
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! # User fields
//!
//! They are an open map when written and read exactly from the [`Record`]. A new field is visible on other nodes only after
//! a restart of the Service Layer: creating one is a step of setup.
//!
//! ```no_run
//! # async fn example(client: sap_b1_client::Client) -> sap_b1_client::Result<()> {
//! use sap_b1_client::{NewUserField, UdfValue, Udfs};
//! client.user_fields().create(&NewUserField::text("OPCH", "SourceKey", "Key in the source", 50), None).await?;
//! let invoice = client.purchase_invoices().get(7).await?;
//! println!("{:?} {:?}", invoice.udf("U_SourceKey"), invoice.row_udf("DocumentLines", 0, "U_Line"));
//! let changes = Udfs::from([("U_SourceKey".to_owned(), UdfValue::from("site-8#2"))]);
//! client.purchase_invoices().patch(7, &changes, None).await?;
//! # Ok(()) }
//! ```
//!
//! # TLS
//!
//! Service Layers are installed with certificates of their own making: give their authority to the transport. Unchecked
//! certificates are an option that logs a warning; plain HTTP reaches this machine only.
//!
//! ```no_run
//! # fn example(login: sap_b1_client::PasswordLogin) -> Result<(), Box<dyn std::error::Error>> {
//! use sap_b1_client::{Client, ReqwestTransport};
//! let transport = ReqwestTransport::builder().ca_pem(std::fs::read("b1-ca.pem")?).build()?;
//! let client = Client::builder("https://b1.example.com:50000/b1s/v2", login)
//!     .transport(std::sync::Arc::new(transport))
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! # Errors and remedies
//!
//! One [`Error`]: its [`kind`](Error::kind) is what is wrong, its [`outcome`](Error::outcome) what became of the request, its
//! [`remedy`](Error::remedy) what a person can do, its [`detail`](Error::detail) the table, field, row and value SAP named.
//!
//! ```no_run
//! # fn example(error: sap_b1_client::Error) {
//! use sap_b1_client::ErrorKind;
//! match error.kind() {
//!     ErrorKind::AlreadyExists => println!("look it up and adopt it"),
//!     ErrorKind::PeriodClosed | ErrorKind::MissingExchangeRate => println!("wait: {}", error.remedy()),
//!     _ => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Test with a transport double
//!
//! [`Transport`] is one function over `http` values, and time is a [`Timer`]: no test needs a server or waits.
//!
//! ```
//! use sap_b1_client::{Client, PasswordLogin, Transport, TransportError};
//!
//! #[derive(Debug)]
//! struct Double;
//!
//! #[async_trait::async_trait]
//! impl Transport for Double {
//!     async fn send(&self, request: http::Request<bytes::Bytes>) -> Result<http::Response<bytes::Bytes>, TransportError> {
//!         let body = match request.uri().path() {
//!             "/b1s/v2/Login" => r#"{"SessionId":"s","SessionTimeout":30}"#,
//!             "/b1s/v2/Projects('P1')" => r#"{"Code":"P1","Name":"Bridge"}"#,
//!             _ => return Err(TransportError::not_sent("no such address")),
//!         };
//!         Ok(http::Response::new(body.into()))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> sap_b1_client::Result<()> {
//! let login = PasswordLogin::new("SBODEMOUS", "manager", "secret".into());
//! let client =
//!     Client::builder("https://b1.test/b1s/v2", login).transport(std::sync::Arc::new(Double)).build()?;
//! assert_eq!(client.projects().get("P1").await?.value.name.as_deref(), Some("Bridge"));
//! assert_eq!(client.calls(), 2);
//! # client.close().await;
//! # Ok(()) }
//! ```

mod batch;
mod client;
mod error;
mod lengths;
mod query;
mod resources;
mod session;
mod transport;
mod wire;

pub use batch::{Batch, BatchAnswer, BatchAnswers, ChangeSet, ContentId};
pub use client::{
    BaseUrl, Call, CallClass, Client, ClientBuilder, ODataVersion, ResendGuard, Timeouts,
};
pub use error::{Error, ErrorKind, MessageDetail, Outcome, Result};
pub use lengths::{LengthLimits, TooLong};
pub use query::{Filter, Key, Literal, Order, Pager, Query};
pub use resources::{
    AdminInfo, AnyEntity, Branch, BusinessPartner, BusinessPlace, Cancellation, ChartOfAccount,
    Collection, CompanyInfo, Created, Currency, Dimension, DistributionRule, DistributionRuleLine,
    Document, DocumentLine, DocumentReference, Entity, FinancePeriod, JournalEntry,
    JournalEntryLine, NewBranch, NewBusinessPartner, NewChartOfAccount, NewCurrency,
    NewDistributionRule, NewDistributionRuleLine, NewDocument, NewDocumentLine,
    NewDocumentReference, NewEntity, NewJournalEntry, NewJournalEntryLine, NewPartnerAddress,
    NewPartnerBranch, NewPaymentTermsType, NewProfitCenter, NewProject, NewSalesTaxCode,
    NewSalesTaxCodeLine, NewSqlQuery, NewUserField, NewUserTable, NewVatGroup, NewVatGroupLine,
    NewWithholdingTaxCode, NewWithholdingTaxCodeLine, PartnerAddress, PartnerBranch,
    PaymentTermsType, PeriodCategory, ProfitCenter, Project, SalesTaxCode, SalesTaxCodeLine,
    SqlQuery, SqlRows, UserField, UserRow, UserRowHead, UserTable, UserTableRows, ValidValue,
    VatGroup, VatGroupLine, WithholdingTaxCode, WithholdingTaxCodeLine,
};
pub use secrecy::SecretString;
pub use session::{Authenticator, LoginAnswer, LoginStep, PasswordLogin, SessionCookies};
pub use transport::{
    ReqwestTransport, ReqwestTransportBuilder, Sent, Timer, TokioTimer, Transport, TransportError,
};
pub use wire::{
    AccountType, AddressType, AuthorizationStatus, CancelStatus, CardType, CurrencyDecimals,
    CurrencyRounding, DocObjectCode, DocType, DocumentStatus, FieldSubType, FieldType,
    PaymentTermsStart, PeriodStatus, Record, RoundingContext, TaxSystem, UdfValue, Udfs,
    UserTableType, VatCategory, WithholdingBase, WithholdingCategory, YesNo, YesNoNone,
};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
