//! A hundred posts under every fault on commit give a hundred entries, if the caller resolves an unknown outcome as the
//! crate says: look up; presence counts at once, absence only `unknown_settle` after the request was given up, and a failed
//! look-up is not absence.

use crate::sandbox::{Sandbox, entry};
use futures_util::future::join_all;
use sap_b1_client::{Client, ErrorKind, Filter, Outcome, Query};
use std::collections::HashSet;
use std::time::Duration;
use sync_sandbox::Fault;
use tokio::time::Instant;

/// Posts one entry, however often it takes.
async fn post_once(client: &Client, key: &str) {
    loop {
        let error = match client.journal_entries().create(&entry(key), None).await {
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
                if is_there_in_the_end(client, key).await {
                    return;
                }
            }
        }
    }
}

async fn is_there_in_the_end(client: &Client, key: &str) -> bool {
    let given_up = Instant::now();
    loop {
        let began = Instant::now();
        let query = Query::new().filter(Filter::eq("Reference2", key)).select(["JdtNum"]);
        match client.journal_entries().all(query).await {
            Ok(found) if !found.is_empty() => return true,
            Ok(_) if began.duration_since(given_up) >= client.unknown_settle() => return false,
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_secs(60)).await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_posts_under_faults_on_commit_give_exactly_a_hundred_entries() {
    // What happens to 40 of the posts, and whether it happens after the commit.
    for (fault, committed) in [
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
    ] {
        let sandbox = Sandbox::usual();
        let client = sandbox.client("v2");
        client.login().await.unwrap();
        sandbox.fault("POST", "JournalEntries", 40, fault.clone());
        // Look-ups fail too, and a failed one must not count.
        sandbox.fault("GET", "JournalEntries", 30, Fault::Html(502));
        let keys: Vec<String> = (0..100).map(|n| format!("K-{n}")).collect();
        join_all(keys.iter().map(|key| post_once(&client, key))).await;
        sandbox.faults.clear();
        let entries = sandbox.layer.journal_entries();
        let found: HashSet<_> = entries.iter().map(|entry| entry.reference_2.clone()).collect();
        assert_eq!((entries.len(), found.len()), (100, 100), "{fault:?}");
        assert_eq!(sandbox.layer.late_commits(), 0, "{fault:?}");
        let received = sandbox.layer.posts("JournalEntries").received;
        if committed {
            assert_eq!(received, 100, "{fault:?}: nothing that was committed is sent again");
        } else {
            assert!(received >= 100, "{fault:?}");
        }
        client.close().await;
    }
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
