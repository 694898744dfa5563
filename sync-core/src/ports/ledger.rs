//! Where documents are posted to.

use std::{collections::BTreeSet, fmt};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{InvoiceSearch, Leave, StoreRow, StoreRowState, UnkeyedInvoice};
use crate::{
    catalog::Catalog,
    exchange::ExchangeRate,
    model::{CompanyId, DocumentKey, DocumentType, HeldDocument, Posting, ProjectId, SourceKey},
    states::Reason,
};

/// Which part of the ledger's master data a cycle needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogRequest {
    /// The partners that the mapping names; all suppliers when empty.
    pub partners: Vec<String>,
}

/// The exact bytes of a document: stored before they are sent, sent as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The entity set.
    pub document_type: DocumentType,
    /// The body.
    pub body: Vec<u8>,
}

/// What the ledger answered to a document that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The document as the ledger holds it now (for a draft, `document_type` is `Draft`).
    pub document: HeldDocument,
}

/// A document that the ledger did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason by the names of `states.md`: `rejected_by_sap`, `custom_rule`, `forbidden`,
    /// `setup_missing`, `period_closed`, `missing_exchange_rate`, `date_out_of_window`,
    /// `vendor_reference_taken`.
    pub reason: Reason,
    /// The ledger's own message, bounded, with its code.
    pub message: String,
}

/// How a post ended: one of the outcomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostOutcome {
    /// The ledger took it.
    Done(Box<Receipt>),
    /// The ledger answered that it did not take it; sending it unchanged will not help.
    Refused(Refusal),
    /// It failed before a byte left, or was refused before execution (session lost and not
    /// regained, throttled, transient): it may be sent again later.
    NotSent(String),
    /// Sent, without a trustworthy answer: only a look-up can tell.
    Unknown(String),
}

/// What went wrong, as far as the engine must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerErrorKind {
    /// The login was refused: `login_refused`.
    LoginRefused,
    /// The user fields are missing: `udf_missing`.
    UserFieldsMissing,
    /// Another store has written its row since ours was read: `store_is_not_current`.
    StoreRowTaken,
    /// The ledger cannot be reached or does not answer properly: `ledger_unavailable`.
    Unavailable,
    /// A value cannot be written as a document.
    Unwritable,
}

impl LedgerErrorKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginRefused => "login_refused",
            Self::UserFieldsMissing => "udf_missing",
            Self::StoreRowTaken => "store_is_not_current",
            Self::Unavailable => "ledger_unavailable",
            Self::Unwritable => "value_too_long",
        }
    }
}

/// A ledger that could not answer.
#[derive(Debug, thiserror::Error)]
#[error("{}: {detail}", kind.name())]
pub struct LedgerError {
    /// What went wrong.
    pub kind: LedgerErrorKind,
    /// Where, and what would be right.
    pub detail: String,
}

impl LedgerError {
    /// An error with its sentence.
    #[must_use]
    pub fn new(kind: LedgerErrorKind, detail: impl fmt::Display) -> Self {
        Self { kind, detail: detail.to_string() }
    }
}

/// How many calls a ledger made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerAvailability {
    /// Calls, logins among them.
    pub calls: u64,
    /// Logins.
    pub logins: u64,
}

/// What the requests of the engine cost in calls, as far as that can be told before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerCosts {
    /// Once per cycle, for [`Ledger::catalog`] of this request.
    pub catalog: u64,
    /// How many records one look-up asks for at once; more are asked for in several.
    pub keys: u64,
    /// Per look-up of so many records.
    pub look_up: u64,
    /// Per document.
    pub post: u64,
    /// Per search for invoices that people keyed, one for each look-up.
    pub invoices: u64,
}

impl Default for LedgerCosts {
    /// One call for each request, look-ups of any number of records.
    fn default() -> Self {
        Self { catalog: 1, keys: u64::MAX, look_up: 1, post: 1, invoices: 1 }
    }
}

/// Which part of the ledger's journal a tie-out needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovementRequest {
    /// Whose documents are ours.
    pub company: CompanyId,
    /// The first posting date.
    pub from: NaiveDate,
    /// The last posting date.
    pub to: NaiveDate,
    /// The accounts, by their codes.
    pub accounts: BTreeSet<String>,
}

/// One line of the ledger's own journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The number of the journal entry.
    pub entry: i64,
    /// The posting date.
    pub posting_date: NaiveDate,
    /// The account; of a partner's line the control account.
    pub account: String,
    /// Dimension 1.
    pub profit_center: Option<String>,
    /// The line's currency: the local one unless the ledger says another.
    pub currency: String,
    /// Debit minus credit in that currency.
    pub amount: Decimal,
    /// The same in the currency of the books.
    pub local: Decimal,
    /// Whether the ledger made the line for tax.
    pub tax: bool,
    /// Our key: of the entry itself, or of the A/P document that the ledger made the entry for.
    pub key: Option<DocumentKey>,
    /// What a person reads in the ledger.
    pub text: String,
}

/// What a set-up did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetupReport {
    /// What was made now.
    pub created: Vec<String>,
    /// What was there already.
    pub present: Vec<String>,
    /// What a person must do, e.g. restart the service.
    pub advice: Vec<String>,
}

/// A part of the set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupPart {
    /// What it is.
    pub name: String,
    /// Whether it is there.
    pub present: bool,
}

/// Where documents are posted to.
///
/// Laws: `look_up` answers every document, live, cancelled or draft, whose key begins with one of
/// the source keys followed by `#`, and answers nothing at all rather than a part; a failed look-up
/// is an error, never an empty answer; `post` sends the payload's bytes unchanged and at most once
/// unless the first sending was provably not executed, each time with a [`Leave`] of its own; after
/// `Done` a look-up finds the document.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Reads the master data.
    ///
    /// # Errors
    ///
    /// `login_refused`, `ledger_unavailable`.
    async fn catalog(&self, request: &CatalogRequest) -> Result<Catalog, LedgerError>;

    /// What the ledger holds of these records.
    ///
    /// # Errors
    ///
    /// `ledger_unavailable`: nothing is known then, least of all absence.
    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError>;

    /// Every keyed document of one project, for reconciliation and rebuilding.
    ///
    /// # Errors
    ///
    /// As [`Ledger::look_up`].
    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError>;

    /// The ledger's own journal between two dates: every line on one of the accounts, and every line of
    /// an entry of ours. `None` where a ledger cannot tell its journal from our documents.
    ///
    /// # Errors
    ///
    /// `ledger_unavailable`: nothing may be concluded then.
    async fn movements(
        &self,
        request: &MovementRequest,
    ) -> Result<Option<Vec<Movement>>, LedgerError> {
        let _ = request;
        Ok(None)
    }

    /// The rate of a currency on a day, by which documents in it are posted; `None` where the ledger
    /// has none. A ledger that keeps no rates answers `None`, and what is in foreign currency is held.
    ///
    /// # Errors
    ///
    /// As [`Ledger::look_up`].
    async fn exchange_rate(
        &self,
        currency: &str,
        day: NaiveDate,
    ) -> Result<Option<ExchangeRate>, LedgerError> {
        let _ = (currency, day);
        Ok(None)
    }

    /// A/P invoices without a key of ours, of each vendor that a search names: those with one of its
    /// references, and every one posted between its dates.
    ///
    /// Laws: only invoices that count are answered, no cancelled one, no credit memo and no draft; one
    /// whose key field is null, empty or no key of ours is without a key; each is answered once; no vendor
    /// is answered that no search names. A ledger that keeps no A/P invoices answers none.
    ///
    /// # Errors
    ///
    /// As [`Ledger::look_up`]: a failed search is no absence.
    async fn invoices_without_key(
        &self,
        searches: &[InvoiceSearch],
    ) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        let _ = searches;
        Ok(Vec::new())
    }

    /// Whether the ledger holds any document, live, cancelled or draft, under a key of this company of the source,
    /// wherever the key stands.
    ///
    /// # Errors
    ///
    /// `ledger_unavailable`: nothing is known then, least of all absence.
    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError>;

    /// Whether the ledger holds documents of this company of the source that no look-up finds, because they carry their
    /// keys where the other [`Reference`](crate::policy::Reference) puts them. A ledger that knows one place holds none.
    ///
    /// # Errors
    ///
    /// As [`Ledger::holds_documents_of`].
    async fn holds_documents_elsewhere(&self, company: CompanyId) -> Result<bool, LedgerError> {
        let _ = company;
        Ok(false)
    }

    /// Who feeds the ledger from this company of the source.
    ///
    /// # Errors
    ///
    /// `ledger_unavailable`; `udf_missing` where the table lacks fields of this version.
    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        let _ = company;
        Ok(StoreRowState::NoPlace("this ledger has no place for it".to_owned()))
    }

    /// Writes who feeds the ledger from this company of the source; nothing where there is no place for it.
    ///
    /// Law: a [`turn`](StoreRow::turn) is written once. Of two stores that read the same row and write the next
    /// turn, one gets [`LedgerErrorKind::StoreRowTaken`], whatever happens between reading and writing.
    ///
    /// # Errors
    ///
    /// As [`Ledger::store_row`]; `store_is_not_current` where this turn, or a later one, is written already.
    async fn write_store_row(&self, company: CompanyId, row: &StoreRow) -> Result<(), LedgerError> {
        let _ = (company, row);
        Ok(())
    }

    /// Those of these A/P invoices that count and carry no key of ours, by `DocEntry`: what people adopted.
    ///
    /// # Errors
    ///
    /// As [`Ledger::look_up`].
    async fn invoices_by_entry(&self, entries: &[i64]) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        let _ = entries;
        Ok(Vec::new())
    }

    /// Writes a posting as the bytes that [`Ledger::post`] sends.
    ///
    /// # Errors
    ///
    /// When a value is longer than the ledger's column.
    fn payload(&self, posting: &Posting, catalog: &Catalog) -> Result<Payload, LedgerError>;

    /// Posts one document, if `leave` is given when it is about to be sent; without it the answer is
    /// [`PostOutcome::NotSent`].
    ///
    /// `after` is the highest sequence that the ledger held of the record when the document was planned; 0
    /// where it held none. A ledger that can compare and post in one step refuses the document where it has
    /// taken another one of the record since: then of two writers, or of a request that runs late and the one
    /// that replaced it, only one is executed. One that cannot does not look at it.
    async fn post(
        &self,
        source: &SourceKey,
        payload: &Payload,
        after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome;

    /// What this ledger needs set up beside the user fields, without which it takes no document
    /// (`setup_missing`).
    ///
    /// # Errors
    ///
    /// As [`Ledger::look_up`].
    async fn set_up_parts(&self) -> Result<Vec<SetupPart>, LedgerError> {
        Ok(Vec::new())
    }

    /// Creates the user fields and tables, once.
    ///
    /// # Errors
    ///
    /// `login_refused`, `ledger_unavailable`.
    async fn set_up(&self) -> Result<SetupReport, LedgerError>;

    /// Ends the session, best effort.
    async fn close(&self);

    /// What requests cost, for the call budget.
    fn costs(&self, request: &CatalogRequest) -> LedgerCosts {
        let _ = request;
        LedgerCosts::default()
    }

    /// How many calls were made so far.
    fn availability(&self) -> LedgerAvailability;
}
