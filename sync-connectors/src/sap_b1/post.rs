//! Sends one document, and says in the engine's words how it ended.

use async_trait::async_trait;
use bytes::Bytes;
use sap_b1_client::{
    AuthorizationStatus, Created, Document, Error, ErrorKind, Filter, JournalEntry, Query, Record,
    ResendGuard,
};
use serde::Deserialize;
use sync_core::{
    model::{DocumentKey, DocumentType, HeldDocument, SourceKey},
    ports::{Leave, LedgerError, Payload, PostOutcome, Receipt, Refusal},
    states::Reason,
};

use super::{SapB1Ledger, failure, held};

/// What identifies a document, read from its own bytes.
#[derive(Debug, Deserialize)]
struct Identity {
    #[serde(rename = "U_ProcoreKey")]
    key: DocumentKey,
    #[serde(rename = "CardCode", default)]
    card_code: Option<String>,
    #[serde(rename = "NumAtCard", default)]
    num_at_card: Option<String>,
}

/// The leave for each sending, and the look-up that alone lets the client send a document a second time.
struct KeyIsAbsent<'a> {
    ledger: &'a SapB1Ledger,
    key: DocumentKey,
    leave: &'a dyn Leave,
}

#[async_trait]
impl ResendGuard for KeyIsAbsent<'_> {
    async fn is_absent(&self) -> sap_b1_client::Result<bool> {
        match self.ledger.document_of(self.key).await {
            Ok(found) => Ok(found.is_none()),
            Err(error) => Err(Error::lookup_failed(error.to_string())),
        }
    }

    async fn may_send(&self) -> sap_b1_client::Result<()> {
        self.leave.ask().await.map_err(Error::not_permitted)
    }
}

impl SapB1Ledger {
    pub(super) async fn send(
        &self,
        source: &SourceKey,
        payload: &Payload,
        leave: &dyn Leave,
    ) -> PostOutcome {
        let identity: Identity = match serde_json::from_slice(&payload.body) {
            Ok(identity) => identity,
            Err(error) => {
                return PostOutcome::NotSent(format!("the payload names no key of ours: {error}"));
            }
        };
        if identity.key.source != *source {
            return PostOutcome::NotSent(format!(
                "the payload is of {}, not of {source}",
                identity.key.source
            ));
        }
        let guard = KeyIsAbsent { ledger: self, key: identity.key, leave };
        let body = Bytes::from(payload.body.clone());
        let set = payload.document_type.entity_set();
        match self.client.create_raw(set, body, Some(&guard)).await {
            Ok(created) => self.receipt(&created, payload.document_type, identity.key).await,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.already_there(&error, &identity).await
            }
            Err(error) => failure::post_outcome(&error),
        }
    }

    /// The document as the answer shows it; an answer that shows none proves nothing.
    async fn receipt(&self, created: &Created, of: DocumentType, key: DocumentKey) -> PostOutcome {
        match self.read_created(created, of).await {
            Ok(Some(document)) if document.key == key => {
                PostOutcome::Done(Box::new(Receipt { document }))
            }
            Ok(_) => PostOutcome::Unknown(format!(
                "SAP answered that it created {key}, but the answer shows no document of that key"
            )),
            Err(error) => PostOutcome::Unknown(format!(
                "SAP answered that it created {key}, but the answer does not read: {}",
                error.detail
            )),
        }
    }

    async fn read_created(
        &self,
        created: &Created,
        of: DocumentType,
    ) -> Result<Option<HeldDocument>, LedgerError> {
        let text = std::str::from_utf8(&created.body).map_err(failure::malformed)?;
        if of == DocumentType::JournalEntry {
            let entry = Record::<JournalEntry>::from_json(text).map_err(failure::malformed)?;
            return held::journal_entry(&entry, &self.local_currency().await?);
        }
        let document = Record::<Document>::from_json(text).map_err(failure::malformed)?;
        // What is answered when an approval procedure catches a document is unverified: a draft
        // shows by where it was created, or by waiting for approval.
        let draft = created.location.as_deref().is_some_and(|at| at.contains("Drafts("))
            || document.value.authorization_status == Some(AuthorizationStatus::Pending);
        held::document(&document, if draft { DocumentType::Draft } else { of })
    }

    /// SAP says that it is there already: our own document, or another with the vendor's number.
    async fn already_there(&self, error: &Error, identity: &Identity) -> PostOutcome {
        match self.document_of(identity.key).await {
            Ok(Some(document)) => PostOutcome::Done(Box::new(Receipt { document })),
            Ok(None) => match self.holder_of_reference(identity).await {
                Ok(holder) => PostOutcome::Refused(Refusal {
                    reason: Reason::VendorReferenceTaken,
                    message: format!("{}; {holder}", failure::message(error)),
                }),
                // Refused it is in any case; only the name of the other document is missing.
                Err(problem) => PostOutcome::Refused(Refusal {
                    reason: Reason::VendorReferenceTaken,
                    message: format!(
                        "{}; the document that holds it could not be looked up: {}",
                        failure::message(error),
                        problem.detail
                    ),
                }),
            },
            Err(problem) => PostOutcome::Unknown(format!(
                "{}; whether it is this document could not be looked up: {}",
                failure::message(error),
                problem.detail
            )),
        }
    }

    /// The document of exactly this key that counts most, if SAP holds one.
    async fn document_of(&self, key: DocumentKey) -> Result<Option<HeldDocument>, LedgerError> {
        let found = self.held_of(&[key.source]).await?;
        let of_key = found.into_iter().filter(|document| document.key == key);
        Ok(of_key.max_by_key(HeldDocument::is_live))
    }

    /// The documents of the vendor with this reference, in a sentence.
    async fn holder_of_reference(&self, identity: &Identity) -> Result<String, LedgerError> {
        let (Some(card_code), Some(reference)) = (&identity.card_code, &identity.num_at_card)
        else {
            return Ok("the document names no vendor reference".to_owned());
        };
        let query = Query::new()
            .filter(Filter::eq("CardCode", card_code).and(Filter::eq("NumAtCard", reference)))
            .select(["DocEntry", "DocNum", "DocDate", "CardCode", "NumAtCard"]);
        let invoices = self.client.purchase_invoices().all(query).await;
        let invoices = invoices.map_err(|error| failure::ledger_error(&error))?;
        let numbers: Vec<String> = invoices
            .iter()
            .filter_map(|invoice| Some((invoice.value.doc_num?, invoice.value.doc_entry?)))
            .map(|(number, entry)| format!("{number} (DocEntry {entry})"))
            .collect();
        if numbers.is_empty() {
            return Ok(format!(
                "no A/P invoice of {card_code} with reference {reference} is shown"
            ));
        }
        Ok(format!("A/P invoice {} of {card_code} holds reference {reference}", numbers.join(", ")))
    }
}
