//! SAP Business One as a [`Ledger`].
//!
//! [`SapB1Ledger`] reads the master data (`catalog`), looks up what SAP holds under our keys
//! (`lookup`, `marks`, `held`, `pairs`), what people keyed beside us (`invoices`), reads SAP's own journal for the tie-out (`movements`), asks for exchange
//! rates (`rates`), writes postings as exact bytes (`payload`), sends them (`post`; with a claim: `claims`),
//! tells its own document from another (`adoption`), and creates user fields and tables (`setup`). Nothing here decides what is posted; what an answer means to
//! the engine is said in `failure`.

mod adoption;
mod catalog;
mod claims;
mod failure;
mod held;
mod invoices;
mod lookup;
mod marks;
mod movements;
mod pairs;
mod payload;
mod post;
mod rates;
mod setup;
mod store_row;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use sap_b1_client::Client;
use sync_core::{
    catalog::Catalog,
    exchange::ExchangeRate,
    model::{CompanyId, HeldDocument, Posting, ProjectId, SourceKey},
    policy::Reference,
    ports::{
        CatalogRequest, Clock, InvoiceSearch, Leave, Ledger, LedgerAvailability, LedgerCosts,
        LedgerError, Movement, MovementRequest, Payload, PostOutcome, SetupPart, SetupReport,
        StoreRow, StoreRowState, UnkeyedInvoice,
    },
};
use tokio::sync::OnceCell;

use crate::clock::SystemClock;

/// What memos hold in every version of SAP Business One.
const MEMO_CHARS: usize = 50;

/// What of the company's settings every look-up needs.
#[derive(Debug)]
struct Settings {
    local_currency: String,
    rates_indirect: bool,
}

/// SAP Business One as a ledger.
///
/// One company of one Service Layer. Use one user for it whose session language is English, with
/// nothing else logging in as that user.
pub struct SapB1Ledger {
    client: Client,
    clock: Arc<dyn Clock>,
    memo_chars: usize,
    claims: bool,
    reference: Reference,
    settings: OnceCell<Settings>,
}

impl SapB1Ledger {
    /// A ledger over a client, with the system's clock and memos of 50 characters.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            clock: Arc::new(SystemClock),
            memo_chars: MEMO_CHARS,
            claims: false,
            reference: Reference::Udf,
            settings: OnceCell::new(),
        }
    }

    /// Takes today's date, by which tax rates are read, from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how many characters `JournalMemo`, `Memo` and `LineMemo` hold: 50 in every version, 254
    /// in the newest.
    #[must_use]
    pub fn with_memo_length(mut self, chars: usize) -> Self {
        self.memo_chars = chars;
        self
    }

    /// Sets where documents carry their keys. A company stays with what its first document had: under the other
    /// setting none of its documents is found.
    #[must_use]
    pub fn with_reference(mut self, reference: Reference) -> Self {
        self.reference = reference;
        self
    }

    /// Posts every document together with a claim in one change set, so that of two documents that were planned after
    /// the same one only one can be executed: two writers, a request that SAP finishes late, one that is sent twice.
    ///
    /// Needs the table `@PROCORE_CLAIM` ([`Ledger::set_up`] makes it); without it nothing is posted. It rests on change
    /// sets that are rolled back whole, which must be tried in the company that relies on it. Not to be turned on while a
    /// document is in flight or uncertain: that one carries no claim.
    #[must_use]
    pub fn with_claims(mut self, claims: bool) -> Self {
        self.claims = claims;
        self
    }

    /// The client that calls go through.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    async fn settings(&self) -> Result<&Settings, LedgerError> {
        let read = || async {
            let settings = self.client.admin_info().await;
            let settings = settings.map_err(|error| failure::ledger_error(&error))?.value;
            let local_currency = settings.local_currency.ok_or_else(|| {
                failure::malformed("CompanyService_GetAdminInfo states no LocalCurrency")
            })?;
            Ok(Settings {
                local_currency,
                rates_indirect: rates::indirect(settings.direct_indirect_rate),
            })
        };
        self.settings.get_or_try_init(read).await
    }

    async fn local_currency(&self) -> Result<String, LedgerError> {
        Ok(self.settings().await?.local_currency.clone())
    }

    async fn held_of(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        lookup::of_keys(&self.client, self.reference, &self.local_currency().await?, keys).await
    }
}

#[async_trait]
impl Ledger for SapB1Ledger {
    async fn catalog(&self, request: &CatalogRequest) -> Result<Catalog, LedgerError> {
        let today = self.clock.now().date_naive();
        catalog::read(&self.client, self.reference, request, today, self.memo_chars).await
    }

    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        self.held_of(keys).await
    }

    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        let currency = self.local_currency().await?;
        lookup::of_project(&self.client, self.reference, &currency, company, project).await
    }

    async fn movements(
        &self,
        request: &MovementRequest,
    ) -> Result<Option<Vec<Movement>>, LedgerError> {
        let currency = self.local_currency().await?;
        movements::read(&self.client, self.reference, &currency, request).await.map(Some)
    }

    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError> {
        lookup::any_of_company(&self.client, self.reference, company).await
    }

    async fn holds_documents_elsewhere(&self, company: CompanyId) -> Result<bool, LedgerError> {
        lookup::any_of_company_elsewhere(&self.client, self.reference, company).await
    }

    async fn exchange_rate(
        &self,
        currency: &str,
        day: NaiveDate,
    ) -> Result<Option<ExchangeRate>, LedgerError> {
        let indirect = self.settings().await?.rates_indirect;
        rates::read(&self.client, currency, day, indirect).await
    }

    async fn invoices_without_key(
        &self,
        searches: &[InvoiceSearch],
    ) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        invoices::search(&self.client, self.reference, searches).await
    }

    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        store_row::read(&self.client, company).await
    }

    async fn write_store_row(&self, company: CompanyId, row: &StoreRow) -> Result<(), LedgerError> {
        store_row::write(&self.client, company, row).await
    }

    async fn invoices_by_entry(&self, entries: &[i64]) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        invoices::by_entry(&self.client, self.reference, entries).await
    }

    fn payload(&self, posting: &Posting, catalog: &Catalog) -> Result<Payload, LedgerError> {
        payload::of(self.reference, posting, catalog)
    }

    async fn post(
        &self,
        source: &SourceKey,
        payload: &Payload,
        after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome {
        self.send(source, payload, after, leave).await
    }

    async fn set_up_parts(&self) -> Result<Vec<SetupPart>, LedgerError> {
        let mut parts = Vec::new();
        if self.claims {
            parts.push(claims::part(&self.client).await?);
        }
        Ok(parts)
    }

    async fn set_up(&self) -> Result<SetupReport, LedgerError> {
        setup::set_up(&self.client, self.reference, self.claims).await
    }

    async fn close(&self) {
        self.client.close().await;
    }

    fn costs(&self, request: &CatalogRequest) -> LedgerCosts {
        let partners = request.partners.len().div_ceil(catalog::CODES_AT_ONCE);
        LedgerCosts {
            // The store row is read, written and read again beside it, and its predecessor deleted.
            catalog: (catalog::CALLS + 4)
                .saturating_add(u64::try_from(partners).unwrap_or(u64::MAX)),
            keys: lookup::KEYS_AT_ONCE as u64,
            // Drafts, A/P invoices, credit memos and journal entries.
            look_up: 4,
            post: 1,
            // Ten vendors in each question, with a page or two of what they sent in those months.
            invoices: 2,
        }
    }

    fn availability(&self) -> LedgerAvailability {
        LedgerAvailability { calls: self.client.calls(), logins: self.client.logins() }
    }
}

impl std::fmt::Debug for SapB1Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SapB1Ledger").field("client", &self.client).finish_non_exhaustive()
    }
}
