//! A general ledger in one CSV file.

use std::{fs, io::Write as _, path::PathBuf};

use async_trait::async_trait;
use sync_core::{
    catalog::Catalog,
    model::{CompanyId, DocumentType, HeldDocument, Posting, ProjectId, SourceKey},
    ports::{
        CatalogRequest, Leave, Ledger, LedgerAvailability, LedgerError, LedgerErrorKind, Payload,
        PostOutcome, Receipt, SetupReport,
    },
};

use super::{company, rows};

/// The ledger; its file holds every document in the order of posting.
pub(crate) struct CsvLedger(pub(crate) PathBuf);

impl CsvLedger {
    /// What the file holds; a file that does not read as a whole is an error, never absence.
    fn find(&self, wanted: impl Fn(&SourceKey) -> bool) -> Result<Vec<HeldDocument>, LedgerError> {
        let unavailable = |error: String| LedgerError::new(LedgerErrorKind::Unavailable, error);
        let file = fs::File::open(&self.0).map_err(|error| unavailable(error.to_string()))?;
        let mut documents = rows::read(file).map_err(|error| unavailable(error.to_string()))?;
        documents.retain(|document| wanted(&document.key.source));
        Ok(documents)
    }
}

#[async_trait]
impl Ledger for CsvLedger {
    async fn catalog(&self, _: &CatalogRequest) -> Result<Catalog, LedgerError> {
        Ok(company::catalog())
    }

    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        self.find(|key| keys.contains(key))
    }

    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        self.find(|key| key.company == company && key.project == project)
    }

    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError> {
        Ok(!self.find(|key| key.company == company)?.is_empty())
    }

    /// The bytes of a document are its rows.
    fn payload(&self, posting: &Posting, _: &Catalog) -> Result<Payload, LedgerError> {
        let body = match posting {
            Posting::JournalEntry(entry) => rows::write(entry),
            _ => Err("this ledger takes journal entries only".into()),
        };
        let body = body.map_err(|error| LedgerError::new(LedgerErrorKind::Unwritable, error))?;
        Ok(Payload { document_type: DocumentType::JournalEntry, body })
    }

    /// A file cannot compare and append in one step, so `after` is not looked at: one writer at a time.
    async fn post(
        &self,
        source: &SourceKey,
        payload: &Payload,
        _after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome {
        if let Err(why) = leave.ask().await {
            return PostOutcome::NotSent(why);
        }
        let mut file = match fs::OpenOptions::new().append(true).open(&self.0) {
            Ok(file) => file,
            Err(error) => return PostOutcome::NotSent(error.to_string()),
        };
        // A write that failed may have left a part of the rows: only the file can tell.
        if let Err(error) = file.write_all(&payload.body).and_then(|()| file.sync_all()) {
            return PostOutcome::Unknown(error.to_string());
        }
        match self.find(|key| key == source).map(|mut found| found.pop()) {
            Ok(Some(document)) => PostOutcome::Done(Box::new(Receipt { document })),
            Ok(None) => PostOutcome::Unknown("the document is not in the file".to_owned()),
            Err(error) => PostOutcome::Unknown(error.detail),
        }
    }

    async fn set_up(&self) -> Result<SetupReport, LedgerError> {
        Ok(SetupReport::default())
    }

    async fn close(&self) {}

    fn availability(&self) -> LedgerAvailability {
        LedgerAvailability::default()
    }
}
