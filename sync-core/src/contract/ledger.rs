//! The laws of [`Ledger`]: every ledger passes them over a company whose set-up is done.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    model::{CompanyId, HeldDocument, HeldState, Kind, Posting, SourceKey},
    ports::{Always, CatalogRequest, InvoiceSearch, Leave, Ledger, Payload, PostOutcome},
};

/// A ledger over a company in which nothing carries a key yet, with what only its test can make.
#[async_trait]
pub trait LedgerBed: Send + Sync {
    /// The ledger.
    fn ledger(&self) -> &dyn Ledger;

    /// A record's key in a project that the company knows.
    fn key(&self, kind: Kind, id: i64) -> SourceKey;

    /// A document of a commitment that the ledger takes, under this key and sequence, with a
    /// reference of its own.
    fn invoice(&self, source: SourceKey, sequence: u32) -> Posting;

    /// A journal entry that the ledger takes.
    fn journal_entry(&self, source: SourceKey, sequence: u32) -> Posting;

    /// A document that the ledger refuses for a reason of accounting.
    fn refused(&self, source: SourceKey, sequence: u32) -> Posting;

    /// A person keys an A/P invoice of the vendor of [`LedgerBed::invoice`], with this reference and
    /// posting date, beside us; answers its `DocEntry`. `None` where nobody can.
    fn key_invoice(&self, reference: &str, day: NaiveDate) -> Option<i64> {
        let _ = (reference, day);
        None
    }

    /// Whether the ledger compares before it posts: whether it looks at `after`.
    fn compares(&self) -> bool {
        false
    }

    /// Loses the answer to the next document after the ledger took it.
    fn lose_next_answer(&self);

    /// Lets look-ups fail until [`LedgerBed::mend`].
    fn fail_look_ups(&self);

    /// Lets look-ups answer again.
    fn mend(&self);
}

/// Runs every law, each over a company that `make` made new.
///
/// # Panics
///
/// When the ledger breaks a law.
#[allow(clippy::future_not_send, reason = "a test awaits it where it was made")]
pub async fn suite(make: impl AsyncFn() -> Box<dyn LedgerBed>) {
    what_was_never_posted_is_not_there(&*make().await).await;
    what_was_taken_is_found_as_the_receipt_showed_it(&*make().await).await;
    a_key_finds_its_own_documents_and_no_others(&*make().await).await;
    a_payload_is_the_same_bytes_each_time(&*make().await).await;
    a_refused_document_leaves_no_trace(&*make().await).await;
    a_lost_answer_is_unknown_and_the_document_stands_once(&*make().await).await;
    a_failed_look_up_is_an_error(&*make().await).await;
    nothing_is_sent_without_leave(&*make().await).await;
    of_two_that_saw_the_same_one_is_taken(&*make().await).await;
    a_company_has_documents_once_one_was_taken(&*make().await).await;
    a_second_set_up_makes_nothing(&*make().await).await;
    what_people_keyed_is_found_by_vendor_and_number_or_date(&*make().await).await;
    a_failed_search_is_an_error(&*make().await).await;
}

/// No document, and no error.
pub async fn what_was_never_posted_is_not_there(bed: &dyn LedgerBed) {
    let key = bed.key(Kind::Subcontract, 1);
    let before = bed.ledger().availability().calls;
    assert_eq!(look_up(bed, &[key]).await, []);
    assert!(bed.ledger().availability().calls > before, "a look-up is a call, and it is counted");
    assert_eq!(look_up(bed, &[]).await, [], "no keys, no documents");
    let keyed = bed.ledger().keyed_documents(key.company, key.project).await;
    assert_eq!(keyed.expect("keyed documents"), []);
}

/// Receipt, look-up and the list of the project show one document, with the amounts that were sent.
pub async fn what_was_taken_is_found_as_the_receipt_showed_it(bed: &dyn LedgerBed) {
    let invoice = bed.invoice(bed.key(Kind::Subcontract, 1), 1);
    let entry = bed.journal_entry(bed.key(Kind::DirectCost, 2), 1);
    for posting in [invoice, entry] {
        let receipt = taken(bed, &posting).await;
        let source = posting.key().source;
        assert_eq!(receipt.key, posting.key());
        assert_eq!(receipt.state, HeldState::Live);
        assert_eq!(receipt.revision, posting.header().revision);
        assert_eq!(receipt.document_type, posting.document_type());
        assert_eq!(receipt.posting_date, posting.header().posting_date);
        assert_eq!(receipt.card_code.as_deref(), posting.card_code());
        assert_eq!(receipt.net_cost(), posting.net_cost(), "net cost of {}", posting.key());
        assert_eq!(look_up(bed, &[source]).await, std::slice::from_ref(&receipt));
        let keyed = bed.ledger().keyed_documents(source.company, source.project).await;
        assert!(keyed.expect("keyed documents").contains(&receipt));
    }
}

/// `...:1` does not find `...:11`, finds all its sequences, and several keys are asked at once.
pub async fn a_key_finds_its_own_documents_and_no_others(bed: &dyn LedgerBed) {
    let (one, eleven) = (bed.key(Kind::Subcontract, 1), bed.key(Kind::Subcontract, 11));
    let order = bed.key(Kind::PurchaseOrder, 1);
    for (source, sequence) in [(one, 1), (one, 2), (eleven, 1), (order, 1), (one, 12)] {
        taken(bed, &bed.invoice(source, sequence)).await;
    }
    let sequences = |found: &[HeldDocument], of: SourceKey| {
        let own = found.iter().filter(|document| document.key.source == of);
        let mut list: Vec<u32> = own.map(|document| document.key.sequence).collect();
        list.sort_unstable();
        list
    };
    let found = look_up(bed, &[one]).await;
    assert_eq!((sequences(&found, one), found.len()), (vec![1, 2, 12], 3));
    let nobody: Vec<SourceKey> = (100..140).map(|id| bed.key(Kind::Requisition, id)).collect();
    let many: Vec<SourceKey> = [eleven, order].into_iter().chain(nobody).collect();
    let found = look_up(bed, &many).await;
    assert_eq!((sequences(&found, eleven), sequences(&found, order)), (vec![1], vec![1]));
    assert_eq!(found.len(), 2);
}

/// The bytes are stored before they are sent: made twice they are the same.
pub async fn a_payload_is_the_same_bytes_each_time(bed: &dyn LedgerBed) {
    let posting = bed.invoice(bed.key(Kind::Subcontract, 1), 1);
    let first = payload(bed, &posting).await;
    assert_eq!(first, payload(bed, &posting).await);
    assert_eq!(first.document_type, posting.document_type());
    assert!(!first.body.is_empty());
    let other = payload(bed, &bed.invoice(bed.key(Kind::Subcontract, 1), 2)).await;
    assert_ne!(first.body, other.body, "the sequence is part of the document");
}

/// A refusal names a message and stands for nothing in the books.
pub async fn a_refused_document_leaves_no_trace(bed: &dyn LedgerBed) {
    let source = bed.key(Kind::Subcontract, 1);
    match post(bed, &bed.refused(source, 1)).await {
        PostOutcome::Refused(refusal) => assert!(!refusal.message.is_empty()),
        other => panic!("{other:?} is no refusal"),
    }
    assert_eq!(look_up(bed, &[source]).await, []);
    taken(bed, &bed.invoice(source, 2)).await;
}

/// The outcome says that nobody knows; the look-up does, and the document was sent once.
pub async fn a_lost_answer_is_unknown_and_the_document_stands_once(bed: &dyn LedgerBed) {
    let source = bed.key(Kind::Subcontract, 1);
    bed.lose_next_answer();
    let outcome = post(bed, &bed.invoice(source, 1)).await;
    assert!(matches!(outcome, PostOutcome::Unknown(_)), "{outcome:?}");
    let found = look_up(bed, &[source]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_ne!(found[0].net_cost(), Decimal::ZERO);
}

/// Whatever fails, absence is never answered for it.
pub async fn a_failed_look_up_is_an_error(bed: &dyn LedgerBed) {
    let source = bed.key(Kind::Subcontract, 1);
    taken(bed, &bed.invoice(source, 1)).await;
    bed.fail_look_ups();
    bed.ledger().look_up(&[source]).await.expect_err("a failed look-up");
    bed.mend();
    assert_eq!(look_up(bed, &[source]).await.len(), 1);
}

/// Every kind of document counts, those of other companies do not, and what cannot be asked is not absence.
pub async fn a_company_has_documents_once_one_was_taken(bed: &dyn LedgerBed) {
    let source = bed.key(Kind::Subcontract, 1);
    let holds = async |company| bed.ledger().holds_documents_of(company).await;
    assert!(!holds(source.company).await.expect("an answer"));
    taken(bed, &bed.journal_entry(source, 1)).await;
    assert!(holds(source.company).await.expect("an answer"));
    // No company's number is the beginning of another's.
    let elsewhere = bed.ledger().holds_documents_elsewhere(source.company).await;
    assert!(!elsewhere.expect("an answer"), "look-ups find what was posted by this ledger");
    let shorter = CompanyId(source.company.0 / 10);
    assert!(!holds(shorter).await.expect("an answer"), "{shorter} is another company");
    bed.fail_look_ups();
    holds(source.company).await.expect_err("a look-up that fails");
    bed.mend();
    taken(bed, &bed.invoice(source, 2)).await;
    assert!(holds(source.company).await.expect("an answer"));
}

/// No leave, and counts how often it was asked for.
#[derive(Debug, Default)]
struct Never(AtomicU32);

#[async_trait]
impl Leave for Never {
    async fn ask(&self) -> Result<(), String> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err("the right to write has ended".to_owned())
    }
}

/// A document that may not be sent is not sent, and says why; it may be sent later.
pub async fn nothing_is_sent_without_leave(bed: &dyn LedgerBed) {
    let posting = bed.invoice(bed.key(Kind::Subcontract, 1), 1);
    let payload = payload(bed, &posting).await;
    let source = posting.key().source;
    let never = Never::default();
    match bed.ledger().post(&source, &payload, 0, &never).await {
        PostOutcome::NotSent(why) => assert!(why.contains("the right to write has ended"), "{why}"),
        other => panic!("{other:?} without leave"),
    }
    assert!(never.0.load(Ordering::SeqCst) > 0, "it asks");
    assert_eq!(look_up(bed, &[source]).await, []);
    taken(bed, &posting).await;
}

/// Two writers that saw the same documents of a record, or a late request and the one that replaced it, are not
/// both executed; what came first is taken for done when it is sent once more; other records are not asked.
pub async fn of_two_that_saw_the_same_one_is_taken(bed: &dyn LedgerBed) {
    if !bed.compares() {
        return;
    }
    let source = bed.key(Kind::Subcontract, 1);
    let first = bed.invoice(source, 1);
    assert!(matches!(post_after(bed, &first, 0).await, PostOutcome::Done(_)));
    for other in [bed.invoice(source, 2), bed.journal_entry(source, 3)] {
        match post_after(bed, &other, 0).await {
            PostOutcome::Refused(refusal) => assert!(!refusal.message.is_empty()),
            other => panic!("{other:?} after another document came first"),
        }
    }
    match post_after(bed, &first, 0).await {
        PostOutcome::Done(receipt) => assert_eq!(receipt.document.key, first.key()),
        other => panic!("{other:?} for a document that stands"),
    }
    assert_eq!(look_up(bed, &[source]).await.len(), 1);
    let next = bed.invoice(source, 2);
    assert!(matches!(post_after(bed, &next, 1).await, PostOutcome::Done(_)));
    let other = bed.invoice(bed.key(Kind::Subcontract, 11), 1);
    assert!(matches!(post_after(bed, &other, 0).await, PostOutcome::Done(_)));
    // A refused document gives its place back.
    let refused = bed.key(Kind::Subcontract, 12);
    assert!(matches!(post_after(bed, &bed.refused(refused, 1), 0).await, PostOutcome::Refused(_)));
    assert!(matches!(post_after(bed, &bed.invoice(refused, 2), 0).await, PostOutcome::Done(_)));
}

/// Setting up what is set up makes nothing and says what is there.
pub async fn a_second_set_up_makes_nothing(bed: &dyn LedgerBed) {
    bed.ledger().set_up().await.expect("set-up");
    let second = bed.ledger().set_up().await.expect("set-up");
    assert_eq!(second.created, Vec::<String>::new());
    assert!(!second.present.is_empty());
    let catalog = bed.ledger().catalog(&CatalogRequest::default()).await.expect("catalog");
    assert!(catalog.user_fields_present);
}

/// An invoice of ours is never answered, one that a person keyed by its number whenever it was posted,
/// and by its date whatever its number. A ledger that keeps no A/P invoices answers none.
pub async fn what_people_keyed_is_found_by_vendor_and_number_or_date(bed: &dyn LedgerBed) {
    let ours = bed.invoice(bed.key(Kind::Subcontract, 1), 1);
    taken(bed, &ours).await;
    let day = ours.header().posting_date;
    let vendor = ours.card_code().expect("an invoice has a vendor");
    let search = |references: &[&str], from: NaiveDate, to: NaiveDate| InvoiceSearch {
        card_code: vendor.to_owned(),
        references: references.iter().map(|&reference| reference.to_owned()).collect(),
        from,
        to,
    };
    let (own, far) = (ours.header().reference.as_str(), day + chrono::TimeDelta::days(400));
    let before = entries(bed, &[search(&[own], day, day)]).await;
    let Some(entry) = bed.key_invoice("BY-HAND-1", day) else {
        assert!(before.is_empty(), "a ledger in which nobody keys invoices answers none");
        return;
    };
    let by_date = entries(bed, &[search(&[own], day, day)]).await;
    let added: Vec<i64> = by_date.into_iter().filter(|found| !before.contains(found)).collect();
    assert_eq!(added, [entry], "by its date, and not ours by its number");
    let by_number = entries(bed, &[search(&["BY-HAND-1"], far, far)]).await;
    assert_eq!(by_number.iter().filter(|found| **found == entry).count(), 1, "by its number, once");
    let both = entries(bed, &[search(&["BY-HAND-1"], day, day)]).await;
    assert_eq!(both.iter().filter(|found| **found == entry).count(), 1, "by both, once");
    let named = bed.ledger().invoices_by_entry(&[entry]).await.expect("invoices by number");
    assert_eq!(named.iter().map(|invoice| invoice.doc_entry).collect::<Vec<_>>(), [entry]);
    let own = look_up(bed, &[ours.key().source]).await[0].doc_entry;
    let ours_by_number = bed.ledger().invoices_by_entry(&[own]).await.expect("invoices by number");
    assert!(ours_by_number.is_empty(), "one of ours is not one that people keyed");
    assert!(!entries(bed, &[search(&["BY-HAND-2"], far, far)]).await.contains(&entry));
    let nobody =
        InvoiceSearch { card_code: "NOBODY".to_owned(), ..search(&["BY-HAND-1"], day, day) };
    assert!(entries(bed, &[nobody]).await.is_empty(), "another vendor's");
    assert!(entries(bed, &[]).await.is_empty(), "no searches, no invoices");
}

/// A search that fails never answers that nothing was keyed.
pub async fn a_failed_search_is_an_error(bed: &dyn LedgerBed) {
    let ours = bed.invoice(bed.key(Kind::Subcontract, 1), 1);
    let day = ours.header().posting_date;
    if bed.key_invoice("BY-HAND-1", day).is_none() {
        return;
    }
    let search = InvoiceSearch {
        card_code: ours.card_code().expect("an invoice has a vendor").to_owned(),
        references: ["BY-HAND-1".to_owned()].into(),
        from: day,
        to: day,
    };
    bed.fail_look_ups();
    let failed = bed.ledger().invoices_without_key(std::slice::from_ref(&search)).await;
    failed.expect_err("a failed search");
    let failed = bed.ledger().invoices_by_entry(&[1]).await;
    failed.expect_err("a failed search by number");
    bed.mend();
    assert!(!entries(bed, &[search]).await.is_empty());
}

async fn entries(bed: &dyn LedgerBed, searches: &[InvoiceSearch]) -> Vec<i64> {
    let found = bed.ledger().invoices_without_key(searches).await.expect("a search");
    found.into_iter().map(|invoice| invoice.doc_entry).collect()
}

async fn look_up(bed: &dyn LedgerBed, keys: &[SourceKey]) -> Vec<HeldDocument> {
    bed.ledger().look_up(keys).await.expect("a look-up")
}

async fn payload(bed: &dyn LedgerBed, posting: &Posting) -> Payload {
    let catalog = bed.ledger().catalog(&CatalogRequest::default()).await.expect("catalog");
    bed.ledger().payload(posting, &catalog).expect("a payload")
}

/// As the only writer posts, each document after the one before it.
async fn post(bed: &dyn LedgerBed, posting: &Posting) -> PostOutcome {
    let held = look_up(bed, &[posting.key().source]).await;
    let after = held.iter().map(|document| document.key.sequence).max().unwrap_or(0);
    post_after(bed, posting, after).await
}

async fn post_after(bed: &dyn LedgerBed, posting: &Posting, after: u32) -> PostOutcome {
    let payload = payload(bed, posting).await;
    bed.ledger().post(&posting.key().source, &payload, after, &Always).await
}

async fn taken(bed: &dyn LedgerBed, posting: &Posting) -> HeldDocument {
    match post(bed, posting).await {
        PostOutcome::Done(receipt) => receipt.document,
        other => panic!("{} was not taken: {other:?}", posting.key()),
    }
}
