//! A ledger that posts nothing: it answers look-ups from the real one and takes documents itself.

use std::{collections::HashMap, sync::Mutex, sync::PoisonError};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    catalog::Catalog,
    exchange::ExchangeRate,
    model::{
        CompanyId, HeldDocument, HeldLine, HeldState, JournalTarget, Posting, ProjectId, SourceKey,
    },
    ports::{
        CatalogRequest, InvoiceSearch, Leave, Ledger, LedgerAvailability, LedgerError,
        LedgerErrorKind, Payload, PostOutcome, Receipt, SetupReport, StoreRowState, UnkeyedInvoice,
    },
};

/// What a preview would have posted, in order.
pub(in crate::engine) type Taken = (Posting, Vec<u8>);

/// A ledger over a real one that takes documents without sending them.
pub(in crate::engine) struct DryLedger<'a> {
    real: &'a dyn Ledger,
    written: Mutex<HashMap<Vec<u8>, Posting>>,
    taken: Mutex<Vec<Taken>>,
}

impl<'a> DryLedger<'a> {
    pub(in crate::engine) fn over(real: &'a dyn Ledger) -> Self {
        Self { real, written: Mutex::default(), taken: Mutex::default() }
    }

    /// The documents that were taken.
    pub(in crate::engine) fn into_taken(self) -> Vec<Taken> {
        self.taken.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Ledger for DryLedger<'_> {
    async fn catalog(&self, request: &CatalogRequest) -> Result<Catalog, LedgerError> {
        let mut catalog = self.real.catalog(request).await?;
        // A preview may be made before the set-up.
        catalog.user_fields_present = true;
        Ok(catalog)
    }

    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        self.real.look_up(keys).await
    }

    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        self.real.keyed_documents(company, project).await
    }

    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError> {
        self.real.holds_documents_of(company).await
    }

    async fn holds_documents_elsewhere(&self, company: CompanyId) -> Result<bool, LedgerError> {
        self.real.holds_documents_elsewhere(company).await
    }

    async fn exchange_rate(
        &self,
        currency: &str,
        day: NaiveDate,
    ) -> Result<Option<ExchangeRate>, LedgerError> {
        self.real.exchange_rate(currency, day).await
    }

    async fn invoices_without_key(
        &self,
        searches: &[InvoiceSearch],
    ) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        self.real.invoices_without_key(searches).await
    }

    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        self.real.store_row(company).await
    }

    async fn invoices_by_entry(&self, entries: &[i64]) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
        self.real.invoices_by_entry(entries).await
    }

    fn payload(&self, posting: &Posting, catalog: &Catalog) -> Result<Payload, LedgerError> {
        let payload = self.real.payload(posting, catalog)?;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(payload.body.clone(), posting.clone());
        Ok(payload)
    }

    async fn post(&self, _: &SourceKey, payload: &Payload, _: u32, _: &dyn Leave) -> PostOutcome {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(posting) = written.remove(&payload.body) else {
            return PostOutcome::NotSent("the document was not written by this ledger".to_owned());
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let number = i64::try_from(taken.len() + 1).unwrap_or(i64::MAX);
        let document = as_held(&posting, number);
        taken.push((posting, payload.body.clone()));
        PostOutcome::Done(Box::new(Receipt { document }))
    }

    async fn set_up(&self) -> Result<SetupReport, LedgerError> {
        Err(LedgerError::new(LedgerErrorKind::Unavailable, "a preview sets nothing up"))
    }

    async fn close(&self) {}

    fn availability(&self) -> LedgerAvailability {
        self.real.availability()
    }
}

/// A posting as SAP would hold it, with the predicted tax.
pub(crate) fn as_held(posting: &Posting, doc_entry: i64) -> HeldDocument {
    let header = posting.header();
    let (lines, tax) = match posting {
        Posting::PurchaseInvoice(document) => {
            (ap_lines(document, Decimal::ONE), document.expected_tax)
        }
        Posting::PurchaseCreditNote(document) => {
            (ap_lines(document, Decimal::NEGATIVE_ONE), document.expected_tax)
        }
        Posting::JournalEntry(entry) => {
            let lines = entry.lines.iter().map(|line| HeldLine {
                mark: Some(line.mark.clone()),
                target: line.target.clone(),
                amount: line.amount,
                local: None,
                tax: Decimal::ZERO,
                paid: Decimal::ZERO,
                description: line.description.clone(),
            });
            (lines.collect(), Decimal::ZERO)
        }
    };
    HeldDocument {
        key: header.key,
        revision: header.revision.clone(),
        document_type: posting.document_type(),
        doc_entry,
        doc_num: None,
        state: HeldState::Live,
        posting_date: header.posting_date,
        card_code: posting.card_code().map(str::to_owned),
        control_account: control_account_of(posting),
        branch: header.branch,
        currency: header.currency.clone(),
        total: posting.total(),
        local_total: None,
        tax,
        paid: Decimal::ZERO,
        open: true,
        lines,
    }
}

fn control_account_of(posting: &Posting) -> Option<String> {
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            document.control_account.clone()
        }
        Posting::JournalEntry(_) => None,
    }
}

fn ap_lines(document: &crate::model::ApDocument, sign: Decimal) -> Vec<HeldLine> {
    document
        .lines
        .iter()
        .map(|line| HeldLine {
            mark: Some(line.mark.clone()),
            target: JournalTarget::Account(line.coding.clone()),
            amount: line.amount * sign,
            local: None,
            tax: Decimal::ZERO,
            paid: Decimal::ZERO,
            description: line.description.clone(),
        })
        .collect()
}
