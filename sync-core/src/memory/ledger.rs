//! The reference ledger: documents in memory, and what networks do to them; what people do stands in `people`.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    books::{as_held, journal_of},
    references,
};
use crate::{
    catalog::{Catalog, PeriodStatus},
    exchange::ExchangeRate,
    model::{CompanyId, DocumentType, HeldDocument, HeldState, Posting, ProjectId, SourceKey},
    policy::Reference,
    ports::{
        CatalogRequest, InvoiceSearch, Leave, Ledger, LedgerAvailability, LedgerError,
        LedgerErrorKind, Movement, MovementRequest, Payload, PostOutcome, Receipt, Refusal,
        SetupReport, StoreRow, StoreRowState, UnkeyedInvoice,
    },
    states::Reason,
};

/// What becomes of the next document that is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostFault {
    /// The ledger refuses it.
    Refuse(Refusal),
    /// It never left.
    NotSent,
    /// It was sent and never executed; the answer does not tell.
    LostBefore,
    /// It was sent and executed; the answer is lost.
    LostAfter,
    /// It was sent and is executed only when [`MemoryLedger::commit_late`] is called.
    Late,
    /// What is still under way is executed right before it, after it was planned.
    Overtaken,
    /// An approval procedure makes a draft of it.
    Draft,
}

/// A document with the posting that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryDocument {
    /// As a look-up answers it.
    pub held: HeldDocument,
    /// As it was posted.
    pub posting: Posting,
    /// Where its key stands.
    pub reference: Reference,
}

/// A ledger in memory.
///
/// It refuses what SAP refuses for sure: a journal entry that does not balance, and a posting date
/// outside the open periods. Every other check is the planner's.
#[derive(Debug)]
pub struct MemoryLedger {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    catalog: Catalog,
    pub(super) documents: Vec<MemoryDocument>,
    /// Where documents carry their keys, and are looked up.
    reference: Reference,
    /// With the sequence that each was planned after, and where it carries its key.
    late: Vec<(Posting, u32, Reference)>,
    /// What was posted after which sequence of which record; `None` where the ledger does not compare.
    claims: Option<BTreeSet<(SourceKey, u32)>>,
    unique_references: bool,
    planned: VecDeque<Option<PostFault>>,
    failing_look_ups: u32,
    failing_searches: u32,
    failing_store_rows: u32,
    /// Who feeds the ledger; `None` where there is no table for it.
    store_rows: Option<BTreeMap<CompanyId, StoreRow>>,
    /// What others entered.
    pub(super) foreign: Vec<Movement>,
    /// The A/P invoices that others keyed.
    pub(super) keyed_by_people: Vec<UnkeyedInvoice>,
    /// What is added to the first line of the next document.
    recalculation: Decimal,
    pub(super) last_entry: i64,
    posts: u64,
    row_reads: u64,
    calls: u64,
    rates: BTreeMap<String, Vec<(NaiveDate, ExchangeRate)>>,
}

impl MemoryLedger {
    /// An empty ledger with this master data.
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        let inner = Inner {
            catalog,
            documents: Vec::new(),
            reference: Reference::default(),
            late: Vec::new(),
            claims: None,
            unique_references: false,
            planned: VecDeque::new(),
            failing_look_ups: 0,
            failing_searches: 0,
            failing_store_rows: 0,
            store_rows: None,
            foreign: Vec::new(),
            keyed_by_people: Vec::new(),
            recalculation: Decimal::ZERO,
            last_entry: 0,
            posts: 0,
            row_reads: 0,
            calls: 0,
            rates: BTreeMap::new(),
        };
        Self { inner: Mutex::new(inner) }
    }

    /// Plans what becomes of the next document that has no fault planned yet.
    pub fn fail_next_post(&self, fault: PostFault) {
        self.lock().planned.push_back(Some(fault));
    }

    /// Lets `passing` documents through and plans the fault of the one after them.
    pub fn fail_post_after(&self, passing: usize, fault: PostFault) {
        let mut inner = self.lock();
        inner.planned.extend(std::iter::repeat_n(None, passing));
        inner.planned.push_back(Some(fault));
    }

    /// Forgets the faults that are still planned.
    pub fn clear_faults(&self) {
        self.lock().planned.clear();
    }

    /// Makes the table for the store row, which costs no calls here.
    pub fn make_store_table(&self) {
        self.lock().store_rows.get_or_insert_default();
    }

    /// The store row of a company.
    #[must_use]
    pub fn stored_row(&self, company: CompanyId) -> Option<StoreRow> {
        self.lock().store_rows.as_ref()?.get(&company).cloned()
    }

    /// Lets this many writes of the store row fail.
    pub fn fail_store_rows(&self, writes: u32) {
        self.lock().failing_store_rows = writes;
    }

    /// Lets this many look-ups fail.
    pub fn fail_look_ups(&self, look_ups: u32) {
        self.lock().failing_look_ups = look_ups;
    }

    /// Adds an amount to the first line of the next A/P document that is posted, as a setting of the
    /// company can.
    pub fn recalculate_next_post(&self, by: Decimal) {
        self.lock().recalculation = by;
    }

    /// Compares before it posts: a document is refused where another one of its record came since it was
    /// planned.
    #[must_use]
    pub fn with_claims(self) -> Self {
        self.lock().claims = Some(BTreeSet::new());
        self
    }

    /// Blocks a vendor's number on a second A/P invoice.
    #[must_use]
    pub fn with_unique_references(self) -> Self {
        self.lock().unique_references = true;
        self
    }

    /// Carries keys elsewhere from now on: no look-up finds what was posted before.
    pub fn refer_by(&self, reference: Reference) {
        self.lock().reference = reference;
    }

    /// Executes the documents that are still under way; of those that compare, what was planned before
    /// another document of the record came is refused unseen.
    pub fn commit_late(&self) {
        self.lock().commit_late();
    }

    /// Lets the next search for keyed invoices fail.
    pub fn fail_next_search(&self) {
        self.lock().failing_searches += 1;
    }

    /// Changes the master data.
    pub fn edit_catalog(&self, change: impl FnOnce(&mut Catalog)) {
        change(&mut self.lock().catalog);
    }

    /// Sets the rate of a currency from a day on.
    pub fn set_rate(&self, currency: &str, from: NaiveDate, rate: ExchangeRate) {
        self.lock().rates.entry(currency.to_owned()).or_default().push((from, rate));
    }

    /// Every document, in the order of posting.
    #[must_use]
    pub fn documents(&self) -> Vec<MemoryDocument> {
        self.lock().documents.clone()
    }

    /// How often somebody asked for the store row.
    #[must_use]
    pub fn row_reads(&self) -> u64 {
        self.lock().row_reads
    }

    /// How many documents were sent, refused and lost ones among them.
    #[must_use]
    pub fn posts(&self) -> u64 {
        self.lock().posts
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The documents whose keys stand there.
    fn keyed_in(&self, reference: Reference) -> impl Iterator<Item = &HeldDocument> {
        let there = self.documents.iter().filter(move |document| document.reference == reference);
        there.map(|document| &document.held)
    }

    fn fail_look_up(&mut self) -> Result<(), LedgerError> {
        if self.failing_look_ups == 0 {
            return Ok(());
        }
        self.failing_look_ups -= 1;
        Err(LedgerError::new(LedgerErrorKind::Unavailable, "the look-up fails"))
    }

    /// Why the ledger does not take a document.
    fn refusal(&self, posting: &Posting) -> Option<Refusal> {
        let refuse = |reason, message: String| Some(Refusal { reason, message });
        if let Posting::JournalEntry(entry) = posting {
            let off: Decimal = entry.lines.iter().map(|line| line.amount).sum();
            if !off.is_zero() || entry.lines.is_empty() {
                return refuse(Reason::RejectedBySap, format!("unbalanced transaction: {off}"));
            }
        }
        let day = posting.header().posting_date;
        match self.catalog.period_of(day) {
            Some(period) if period.status == PeriodStatus::Open => self.reference_taken(posting),
            _ => refuse(Reason::PeriodClosed, format!("{day} deviates from the open periods")),
        }
    }

    fn reference_taken(&self, posting: &Posting) -> Option<Refusal> {
        let blocks = self.unique_references;
        blocks.then(|| references::taken(posting, &self.documents, &self.keyed_by_people)).flatten()
    }

    fn commit_late(&mut self) {
        for (posting, after, reference) in std::mem::take(&mut self.late) {
            if self.reference_taken(&posting).is_none() && self.claim(posting.key().source, after) {
                self.take(posting, HeldState::Live, reference);
            }
        }
    }

    /// Whether nothing of the record was posted after this sequence yet; then it is now.
    fn claim(&mut self, source: SourceKey, after: u32) -> bool {
        self.claims.as_mut().is_none_or(|claims| claims.insert((source, after)))
    }

    /// What is answered to a document that finds its place taken: the document itself where it is that, else a
    /// refusal.
    fn taken_meanwhile(&self, posting: &Posting) -> PostOutcome {
        let same = |document: &&MemoryDocument| {
            document.held.key == posting.key() && document.posting == *posting
        };
        if let Some(document) = self.documents.iter().find(same) {
            return PostOutcome::Done(Box::new(Receipt { document: document.held.clone() }));
        }
        PostOutcome::Refused(Refusal {
            reason: Reason::RejectedBySap,
            message: format!("another document of {} came first", posting.key().source),
        })
    }

    /// Writes a document into the books.
    fn take(&mut self, posting: Posting, state: HeldState, reference: Reference) -> HeldDocument {
        self.last_entry += 1;
        let mut held = as_held(&self.catalog, self.last_entry, &posting, state);
        if held.document_type != DocumentType::JournalEntry {
            let by = std::mem::take(&mut self.recalculation);
            held.total += by;
            if let Some(line) = held.lines.first_mut() {
                line.amount += by;
            }
        }
        self.documents.push(MemoryDocument { held: held.clone(), posting, reference });
        held
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn catalog(&self, _request: &CatalogRequest) -> Result<Catalog, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        Ok(inner.catalog.clone())
    }

    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        let keys: BTreeSet<&SourceKey> = keys.iter().collect();
        self.find(|document| keys.contains(&document.key.source))
    }

    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        self.find(|held| held.key.source.company == company && held.key.source.project == project)
    }

    async fn movements(
        &self,
        request: &MovementRequest,
    ) -> Result<Option<Vec<Movement>>, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        let live = inner.documents.iter().filter(|document| document.held.is_live());
        let ours = live.flat_map(journal_of);
        let between = |day: NaiveDate| request.from <= day && day <= request.to;
        let foreign = inner.foreign.iter().filter(|line| request.accounts.contains(&line.account));
        let lines = ours.chain(foreign.cloned()).filter(|line| between(line.posting_date));
        Ok(Some(lines.collect()))
    }

    async fn exchange_rate(
        &self,
        currency: &str,
        day: NaiveDate,
    ) -> Result<Option<ExchangeRate>, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        let of_currency = inner.rates.get(currency).into_iter().flatten();
        let until = of_currency.filter(|(from, _)| *from <= day);
        Ok(until.max_by_key(|(from, _)| *from).map(|(_, rate)| *rate))
    }

    async fn invoices_without_key(
        &self,
        searches: &[InvoiceSearch],
    ) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.fail_look_up()?;
        if inner.failing_searches > 0 {
            inner.failing_searches -= 1;
            return Err(LedgerError::new(LedgerErrorKind::Unavailable, "the search fails"));
        }
        let asked_for = |invoice: &&UnkeyedInvoice| {
            let reference = invoice.reference.as_deref().unwrap_or_default();
            let of_vendor = searches.iter().filter(|of| of.card_code == invoice.card_code);
            of_vendor.clone().any(|of| of.asks_for(reference, invoice.posting_date))
        };
        Ok(inner.keyed_by_people.iter().filter(asked_for).cloned().collect())
    }

    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.fail_look_up()?;
        Ok(inner.documents.iter().any(|document| document.held.key.source.company == company))
    }

    async fn holds_documents_elsewhere(&self, company: CompanyId) -> Result<bool, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.fail_look_up()?;
        let mut elsewhere = inner.keyed_in(inner.reference.other());
        Ok(elsewhere.any(|held| held.key.source.company == company))
    }

    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        let mut inner = self.lock();
        inner.row_reads += 1;
        Ok(match &inner.store_rows {
            None => StoreRowState::NoPlace("the table was not made".to_owned()),
            Some(rows) => {
                rows.get(&company).cloned().map_or(StoreRowState::Absent, StoreRowState::Present)
            }
        })
    }

    async fn write_store_row(&self, company: CompanyId, row: &StoreRow) -> Result<(), LedgerError> {
        let mut inner = self.lock();
        if inner.failing_store_rows > 0 {
            inner.failing_store_rows -= 1;
            return Err(LedgerError::new(LedgerErrorKind::Unavailable, "the row is not taken"));
        }
        let Some(rows) = &mut inner.store_rows else { return Ok(()) };
        if let Some(held) = rows.get(&company).filter(|held| held.turn >= row.turn) {
            let detail = format!("state {} has written turn {} since", held.store, held.turn);
            return Err(LedgerError::new(LedgerErrorKind::StoreRowTaken, detail));
        }
        rows.insert(company, row.clone());
        Ok(())
    }

    async fn invoices_by_entry(&self, entries: &[i64]) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.fail_look_up()?;
        let named = inner.keyed_by_people.iter().filter(|of| entries.contains(&of.doc_entry));
        Ok(named.cloned().collect())
    }

    fn payload(&self, posting: &Posting, _catalog: &Catalog) -> Result<Payload, LedgerError> {
        let body = serde_json::to_vec(posting)
            .map_err(|error| LedgerError::new(LedgerErrorKind::Unwritable, error))?;
        Ok(Payload { document_type: posting.document_type(), body })
    }

    async fn post(
        &self,
        source: &SourceKey,
        payload: &Payload,
        after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome {
        if let Err(why) = leave.ask().await {
            return PostOutcome::NotSent(why);
        }
        let mut inner = self.lock();
        inner.calls += 1;
        inner.posts += 1;
        let posting: Posting = match serde_json::from_slice(&payload.body) {
            Ok(posting) => posting,
            Err(error) => return PostOutcome::NotSent(format!("no document: {error}")),
        };
        if posting.key().source != *source {
            return PostOutcome::NotSent(format!("{} is no document of {source}", posting.key()));
        }
        let fault = inner.planned.pop_front().flatten();
        match &fault {
            Some(PostFault::Refuse(refusal)) => return PostOutcome::Refused(refusal.clone()),
            Some(PostFault::NotSent) => return PostOutcome::NotSent("no connection".to_owned()),
            Some(PostFault::LostBefore) => return PostOutcome::Unknown("reset".to_owned()),
            _ => {}
        }
        if fault == Some(PostFault::Overtaken) {
            inner.commit_late();
        }
        if let Some(refusal) = inner.refusal(&posting) {
            return PostOutcome::Refused(refusal);
        }
        if fault == Some(PostFault::Late) {
            let reference = inner.reference;
            inner.late.push((posting, after, reference));
            return PostOutcome::Unknown("timed out".to_owned());
        }
        if !inner.claim(*source, after) {
            return inner.taken_meanwhile(&posting);
        }
        let draft = fault == Some(PostFault::Draft);
        let state = if draft { HeldState::PendingApproval } else { HeldState::Live };
        let reference = inner.reference;
        let document = inner.take(posting, state, reference);
        if fault == Some(PostFault::LostAfter) {
            return PostOutcome::Unknown("the connection was closed".to_owned());
        }
        PostOutcome::Done(Box::new(Receipt { document }))
    }

    async fn set_up(&self) -> Result<SetupReport, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        let fields = vec!["U_ProcoreKey".to_owned(), "U_ProcoreRev".to_owned()];
        let present = std::mem::replace(&mut inner.catalog.user_fields_present, true);
        Ok(if present {
            SetupReport { present: fields, ..Default::default() }
        } else {
            SetupReport { created: fields, ..Default::default() }
        })
    }

    async fn close(&self) {}

    fn availability(&self) -> LedgerAvailability {
        LedgerAvailability { calls: self.lock().calls, logins: 0 }
    }
}

impl MemoryLedger {
    fn find(
        &self,
        matches: impl Fn(&HeldDocument) -> bool,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.fail_look_up()?;
        Ok(inner.keyed_in(inner.reference).filter(|held| matches(held)).cloned().collect())
    }
}
