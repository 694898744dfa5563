//! The reference ledger: documents in memory, and what people and networks do to them.

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
    model::{
        CompanyId, DocumentType, HeldDocument, HeldState, LineMark, Posting, ProjectId, SourceKey,
    },
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
struct Inner {
    catalog: Catalog,
    documents: Vec<MemoryDocument>,
    /// With the sequence that each was planned after.
    late: Vec<(Posting, u32)>,
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
    foreign: Vec<Movement>,
    /// The A/P invoices that others keyed.
    keyed_by_people: Vec<UnkeyedInvoice>,
    /// What is added to the first line of the next document.
    recalculation: Decimal,
    last_entry: i64,
    posts: u64,
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

    /// Somebody else enters a line in the journal.
    pub fn enter(&self, movement: Movement) {
        self.lock().foreign.push(movement);
    }

    /// A document is gone, or its key was cleared: no look-up finds it any more.
    pub fn remove(&self, doc_entry: i64) {
        self.lock().documents.retain(|document| document.held.doc_entry != doc_entry);
    }

    /// Executes the documents that are still under way; of those that compare, what was planned before
    /// another document of the record came is refused unseen.
    pub fn commit_late(&self) {
        self.lock().commit_late();
    }

    /// A person cancels a document.
    pub fn cancel(&self, doc_entry: i64) {
        self.edit(doc_entry, |document| document.state = HeldState::Cancelled);
    }

    /// A person duplicates a document: SAP copies the user fields with it.
    pub fn duplicate(&self, doc_entry: i64) {
        let mut inner = self.lock();
        let copy = inner.documents.iter().find(|d| d.held.doc_entry == doc_entry).cloned();
        inner.last_entry += 1;
        let entry = inner.last_entry;
        if let Some(mut copy) = copy {
            copy.held.doc_entry = entry;
            copy.held.doc_num = Some(entry);
            inner.documents.push(copy);
        }
    }

    /// A person approves a draft: the document counts from now on.
    pub fn approve(&self, doc_entry: i64) {
        let mut inner = self.lock();
        for document in inner.documents.iter_mut().filter(|d| d.held.doc_entry == doc_entry) {
            document.held.state = HeldState::Live;
            document.held.document_type = document.posting.document_type();
        }
    }

    /// A person rejects a draft.
    pub fn reject(&self, doc_entry: i64) {
        self.edit(doc_entry, |document| document.state = HeldState::Rejected);
    }

    /// A payment of a document: of a journal entry, of its first line on the trade account.
    pub fn pay(&self, doc_entry: i64, amount: Decimal) {
        self.edit(doc_entry, |document| {
            if document.document_type == DocumentType::JournalEntry {
                let mut lines = document.lines.iter_mut();
                if let Some(line) =
                    lines.find(|line| line.mark.as_ref().is_some_and(LineMark::is_payable))
                {
                    line.paid += amount;
                }
                return;
            }
            document.paid += amount;
            document.open = document.paid < document.total;
        });
    }

    /// Changes a document in place, as a person in SAP can.
    pub fn edit(&self, doc_entry: i64, change: impl Fn(&mut HeldDocument)) {
        let mut inner = self.lock();
        for document in inner.documents.iter_mut().filter(|d| d.held.doc_entry == doc_entry) {
            change(&mut document.held);
        }
    }

    /// Lets the next search for keyed invoices fail.
    pub fn fail_next_search(&self) {
        self.lock().failing_searches += 1;
    }

    /// A person keys an A/P invoice; its `DocEntry` is the number answered.
    pub fn key_invoice(&self, invoice: UnkeyedInvoice) -> i64 {
        let mut inner = self.lock();
        inner.last_entry += 1;
        let doc_entry = inner.last_entry;
        let doc_num = Some(90_000 + doc_entry);
        inner.keyed_by_people.push(UnkeyedInvoice { doc_entry, doc_num, ..invoice });
        doc_entry
    }

    /// A person cancels an A/P invoice that a person keyed.
    pub fn cancel_keyed(&self, doc_entry: i64) {
        self.lock().keyed_by_people.retain(|invoice| invoice.doc_entry != doc_entry);
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

    /// How many documents were sent, refused and lost ones among them.
    #[must_use]
    pub fn posts(&self) -> u64 {
        self.lock().posts
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
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
        for (posting, after) in std::mem::take(&mut self.late) {
            if self.reference_taken(&posting).is_none() && self.claim(posting.key().source, after) {
                self.take(posting, HeldState::Live);
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
    fn take(&mut self, posting: Posting, state: HeldState) -> HeldDocument {
        self.last_entry += 1;
        let mut held = as_held(&self.catalog, self.last_entry, &posting, state);
        if held.document_type != DocumentType::JournalEntry {
            let by = std::mem::take(&mut self.recalculation);
            held.total += by;
            if let Some(line) = held.lines.first_mut() {
                line.amount += by;
            }
        }
        self.documents.push(MemoryDocument { held: held.clone(), posting });
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
        Ok(!self.find(|held| held.key.source.company == company)?.is_empty())
    }

    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        Ok(match &self.lock().store_rows {
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
            inner.late.push((posting, after));
            return PostOutcome::Unknown("timed out".to_owned());
        }
        if !inner.claim(*source, after) {
            return inner.taken_meanwhile(&posting);
        }
        let draft = fault == Some(PostFault::Draft);
        let state = if draft { HeldState::PendingApproval } else { HeldState::Live };
        let document = inner.take(posting, state);
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
        Ok(inner.documents.iter().map(|d| &d.held).filter(|d| matches(d)).cloned().collect())
    }
}
