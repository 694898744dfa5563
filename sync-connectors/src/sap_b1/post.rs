//! Sends one document, and says in the engine's words how it ended.

use async_trait::async_trait;
use bytes::Bytes;
use sap_b1_client::{
    AuthorizationStatus, Created, Document, Error, ErrorKind, Filter, JournalEntry, Query, Record,
    ResendGuard, UserRow,
};
use sync_core::{
    model::{DocumentKey, DocumentType, HeldDocument, SourceKey},
    ports::{Leave, LedgerError, Payload, PostOutcome, Receipt, Refusal},
    states::Reason,
};

use super::{SapB1Ledger, adoption::Identity, claims, failure, held};

/// The number of SAP's message that another document of the vendor has this `NumAtCard`.
const VENDOR_REFERENCE_TAKEN: u64 = 10_001_467;

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
        after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome {
        let identity = match Identity::of(self.reference, payload) {
            Ok(identity) => identity,
            Err(error) => {
                let why = format!("the payload names no key of ours: {}", error.detail);
                return PostOutcome::NotSent(why);
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
        let claim = self.claims.then(|| claims::row(identity.key, after));
        let sent = match &claim {
            None => self.client.create_raw(set, body, Some(&guard)).await,
            Some(claim) => {
                self.client.post_with_claim(claims::TABLE, claim, set, body, Some(&guard)).await
            }
        };
        match sent {
            Ok(created) => self.receipt(&created, payload.document_type, identity.key).await,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.already_there(&error, &identity, payload, (claim, after)).await
            }
            Err(error) if claim.is_some() && error.kind() == ErrorKind::NoSuchResource => {
                let message = format!(
                    "SAP has no table @{}, or this node does not see it, and a document is posted only with its \
                     claim; run setup and restart the Service Layer: {}",
                    claims::TABLE,
                    failure::message(&error)
                );
                PostOutcome::Refused(Refusal { reason: Reason::SetupMissing, message })
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
            return held::journal_entry(self.reference, &entry, &self.local_currency().await?);
        }
        let document = Record::<Document>::from_json(text).map_err(failure::malformed)?;
        // What is answered when an approval procedure catches a document is unverified: a draft
        // shows by where it was created, or by waiting for approval.
        let draft = created.location.as_deref().is_some_and(|at| at.contains("Drafts("))
            || document.value.authorization_status == Some(AuthorizationStatus::Pending);
        held::document(self.reference, &document, if draft { DocumentType::Draft } else { of })
    }

    /// SAP says that something is there already: our own document, another one of the record that came since it
    /// was planned (of a request that was given up), a claim, or a document with the vendor's number.
    async fn already_there(
        &self,
        error: &Error,
        identity: &Identity,
        payload: &Payload,
        (claim, after): (Option<UserRow>, u32),
    ) -> PostOutcome {
        let refused = |reason, message| PostOutcome::Refused(Refusal { reason, message });
        let said = failure::message(error);
        let held = match self.held_of(&[identity.key.source]).await {
            Ok(held) => held,
            Err(problem) => {
                return PostOutcome::Unknown(format!(
                    "{said}; whether it is this document could not be looked up: {}",
                    problem.detail
                ));
            }
        };
        let own = held.iter().filter(|document| document.key == identity.key);
        if let Some(document) = own.max_by_key(|document| document.is_live()) {
            return match identity.is(payload, document) {
                Ok(true) => PostOutcome::Done(Box::new(Receipt { document: document.clone() })),
                Ok(false) => refused(
                    Reason::RejectedBySap,
                    format!(
                        "{said}; SAP holds {} under its key, and it is not the one that was sent: the record is \
                         planned again from it in the next cycle",
                        document.named()
                    ),
                ),
                Err(problem) => PostOutcome::Unknown(format!(
                    "{said}; whether {} is this document cannot be told: {}",
                    document.named(),
                    problem.detail
                )),
            };
        }
        if let Some(later) = held.iter().find(|document| document.key.sequence > after) {
            let why = format!(
                "SAP took {} meanwhile ({}): the record is planned again from it in the next cycle",
                later.key,
                later.named()
            );
            return refused(Reason::RejectedBySap, format!("{said}; {why}"));
        }
        let taken_reference = error.detail().number == Some(VENDOR_REFERENCE_TAKEN);
        match claim.filter(|_| !taken_reference) {
            Some(claim) => {
                let why = self.holder_of_claim(&claim).await;
                refused(Reason::RejectedBySap, format!("{said}; {why}"))
            }
            // Refused it is in any case; at worst only the name of the other document is missing.
            None => {
                let holder = self.holder_of_reference(identity).await.unwrap_or_else(|problem| {
                    format!("the document that holds it could not be looked up: {}", problem.detail)
                });
                refused(Reason::VendorReferenceTaken, format!("{said}; {holder}"))
            }
        }
    }

    /// Who holds a claim whose document SAP does not show, in a sentence. Nothing is posted in its place.
    async fn holder_of_claim(&self, claim: &UserRow) -> String {
        match claims::find(&self.client, claim).await {
            Ok(Some(row)) => format!(
                "row {} of @{} claims its place for {}, and SAP shows no document under that key: its draft was \
                 removed, its key was cleared, or this server keeps a claim whose document failed; find it, and \
                 delete the row only if it is not there",
                row.code,
                claims::TABLE,
                row.name
            ),
            Ok(None) => "no claim stands in its way".to_owned(),
            Err(problem) => {
                format!("whether its claim is taken could not be looked up: {}", problem.detail)
            }
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
