//! A hundred posts under every fault on commit give a hundred documents, if the caller resolves an unknown outcome as the
//! crate says: look up; presence counts at once, absence only `unknown_settle` after the request was given up, and a failed
//! look-up is not absence.

use crate::sandbox::{Sandbox, day, entry};
use futures_util::future::join_all;
use sap_b1_client::{
    Client, Created, DocType, ErrorKind, Filter, NewDocument, NewDocumentLine, Outcome, Query,
    Result,
};
use std::collections::HashSet;
use std::time::Duration;
use sync_sandbox::Fault;
use sync_sandbox::service_layer::ServiceLayerOptions;
use tokio::time::Instant;

/// What is posted, each with its caller's key.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    JournalEntry,
    Invoice,
}

impl Kind {
    fn set(self) -> &'static str {
        match self {
            Self::JournalEntry => "JournalEntries",
            Self::Invoice => "PurchaseInvoices",
        }
    }

    async fn post(self, client: &Client, key: &str) -> Result<Created> {
        match self {
            Self::JournalEntry => client.journal_entries().create(&entry(key), None).await,
            Self::Invoice => client.purchase_invoices().create(&invoice(key), None).await,
        }
    }

    /// How many SAP holds under a key.
    async fn look_up(self, client: &Client, key: &str) -> Result<usize> {
        let by_key = |property| Query::new().filter(Filter::eq(property, key));
        match self {
            Self::JournalEntry => {
                let found = client.journal_entries().all(by_key("Reference2")).await?;
                Ok(found.len())
            }
            Self::Invoice => Ok(client.purchase_invoices().all(by_key("NumAtCard")).await?.len()),
        }
    }

    /// The keys in the simulated ledger.
    fn held(self, sandbox: &Sandbox) -> Vec<String> {
        match self {
            Self::JournalEntry => {
                sandbox.layer.journal_entries().into_iter().map(|held| held.reference_2).collect()
            }
            Self::Invoice => {
                sandbox.layer.documents().into_iter().map(|held| held.num_at_card).collect()
            }
        }
    }
}

fn invoice(key: &str) -> NewDocument {
    NewDocument {
        doc_type: Some(DocType::Service),
        card_code: Some("V100".to_owned()),
        doc_date: Some(day("2026-03-10")),
        num_at_card: Some(key.to_owned()),
        document_lines: vec![NewDocumentLine {
            account_code: Some("5030".to_owned()),
            line_total: Some(10.into()),
            tax_code: Some("EX".to_owned()),
            ..NewDocumentLine::default()
        }],
        ..NewDocument::default()
    }
}

/// SAP's own guard against a repeated vendor reference is off: nothing but the client keeps a document single.
fn unguarded() -> std::sync::Arc<Sandbox> {
    Sandbox::new(ServiceLayerOptions { block_duplicate_vendor_ref: false, ..Default::default() })
}

/// Posts one document, however often it takes.
async fn post_once(client: &Client, kind: Kind, key: &str) {
    loop {
        let error = match kind.post(client, key).await {
            Ok(_) => return,
            Err(error) => error,
        };
        match error.outcome() {
            Outcome::NotSent => tokio::time::sleep(Duration::from_secs(5)).await,
            Outcome::Refused
                if matches!(error.kind(), ErrorKind::Transient | ErrorKind::SessionLost) =>
            {
                tokio::time::sleep(Duration::from_secs(30)).await;
            }
            Outcome::Refused => panic!("{key}: {error}"),
            Outcome::Done | Outcome::Unknown => {
                if is_there_in_the_end(client, kind, key).await {
                    return;
                }
            }
        }
    }
}

async fn is_there_in_the_end(client: &Client, kind: Kind, key: &str) -> bool {
    let given_up = Instant::now();
    loop {
        let began = Instant::now();
        match kind.look_up(client, key).await {
            Ok(found) if found > 0 => return true,
            Ok(_) if began.duration_since(given_up) >= client.unknown_settle() => return false,
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_secs(60)).await,
        }
    }
}

/// What happens to 40 of the posts, and whether it happens after the commit.
const FAULTS: &[(Fault, bool)] = &[
    (Fault::AnswerReplaced(500), true),
    (Fault::AnswerReplaced(502), true),
    (Fault::AnswerReplaced(503), true),
    (Fault::AnswerReplaced(504), true),
    (Fault::Html(500), false),
    (Fault::Html(502), false),
    (Fault::Refuse(503), false),
    (Fault::Html(504), false),
    (Fault::LostAfter, true),
    (Fault::LostBefore, false),
    (Fault::Slow(400_000), true),
    (Fault::LateCommit(90_000), true),
    (Fault::LateCommit(500_000), true),
    (Fault::Malformed, true),
    (Fault::Refuse(500), false),
    (Fault::Expire, false),
];

async fn hundred_posts(version: &str, kind: Kind) {
    for (fault, committed) in FAULTS {
        let sandbox = unguarded();
        let client = sandbox.client(version);
        client.login().await.unwrap();
        sandbox.fault("POST", kind.set(), 40, fault.clone());
        // Look-ups fail too, and a failed one must not count.
        sandbox.fault("GET", kind.set(), 30, Fault::Html(502));
        let keys: Vec<String> = (0..100).map(|n| format!("K-{n}")).collect();
        join_all(keys.iter().map(|key| post_once(&client, kind, key))).await;
        sandbox.faults.clear();
        let held = kind.held(&sandbox);
        let single: HashSet<_> = held.iter().collect();
        assert_eq!((held.len(), single.len()), (100, 100), "{version} {kind:?} {fault:?}");
        assert_eq!(sandbox.layer.late_commits(), 0, "{fault:?}");
        let received = sandbox.layer.posts(kind.set()).received;
        if *committed {
            assert_eq!(received, 100, "{fault:?}: nothing that was committed is sent again");
        } else {
            assert!(received >= 100, "{fault:?}");
        }
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_entries_under_faults_on_commit_are_exactly_a_hundred_entries() {
    hundred_posts("v2", Kind::JournalEntry).await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_invoices_under_faults_on_commit_are_exactly_a_hundred_invoices() {
    hundred_posts("v1", Kind::Invoice).await;
}

#[tokio::test(start_paused = true)]
async fn without_the_wait_a_late_commit_is_posted_twice() {
    // The test above can fail: believing absence at once posts every late entry a second time.
    let sandbox = Sandbox::usual();
    let client = sandbox.client("v2");
    sandbox.fault("POST", "JournalEntries", 1, Fault::LateCommit(90_000));
    client.journal_entries().create(&entry("K-1"), None).await.unwrap_err();
    let query = || Query::new().filter(Filter::eq("Reference2", "K-1"));
    assert!(client.journal_entries().all(query()).await.unwrap().is_empty());
    client.journal_entries().create(&entry("K-1"), None).await.unwrap();
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(client.journal_entries().all(query()).await.unwrap().len(), 2);
    client.close().await;
}
