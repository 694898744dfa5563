//! Batches and claims against the simulated server and against scripted answers.

use crate::fake::{BARE, FakeSap, Reply, error};
use crate::sandbox::{Sandbox, entry};
use bytes::Bytes;
use sap_b1_client::{Batch, BatchAnswer, Call, Client, ErrorKind, NewUserTable, Outcome, UserRow};
use sync_sandbox::Fault;

fn claim(code: &str) -> UserRow {
    UserRow { code: code.to_owned(), name: code.to_owned(), ..UserRow::default() }
}

async fn with_claims(sandbox: &std::sync::Arc<Sandbox>, version: &str) -> Client {
    let client = sandbox.client(version);
    client.user_tables().create(&NewUserTable::plain("CLAIM", "Claims"), None).await.unwrap();
    client
}

async fn post(client: &Client, code: &str, key: &str) -> sap_b1_client::Result<Option<i32>> {
    let body = entry(key).to_body();
    let created =
        client.post_with_claim("CLAIM", &claim(code), "JournalEntries", body, None).await?;
    Ok(created.doc_entry)
}

#[tokio::test(start_paused = true)]
async fn reads_and_change_sets_are_answered_in_order_in_both_versions() {
    for version in ["v1", "v2"] {
        let sandbox = Sandbox::usual();
        let client = sandbox.client(version);
        let mut batch = Batch::new();
        batch.add(Call::get("Projects('P01')?$select=Code")).unwrap();
        let set = batch.change_set();
        let first = set.add(Call::post("JournalEntries", entry("A").to_body())).unwrap();
        let memo = Bytes::from_static(b"{\"Memo\":\"named\"}");
        set.add(Call::patch(first.path(), memo)).unwrap();
        batch.add(Call::get("JournalEntries/$count")).unwrap();
        let answers = client.batch(&batch).await.unwrap();
        let statuses: Vec<Vec<u16>> = answers
            .as_slice()
            .iter()
            .map(|answer| match answer {
                BatchAnswer::Done(answers) => {
                    answers.iter().map(|answer| answer.status().as_u16()).collect()
                }
                other => panic!("{version}: {other:?}"),
            })
            .collect();
        assert_eq!(statuses, [vec![200], vec![201, 204], vec![200]], "{version}");
        assert_eq!(sandbox.layer.journal_entries()[0].memo, "named");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_stops_at_the_first_failure_and_says_what_was_not_executed() {
    for version in ["v1", "v2"] {
        let sandbox = Sandbox::usual();
        let client = sandbox.client(version);
        let mut batch = Batch::new();
        batch.add(Call::post("JournalEntries", entry("A").to_body())).unwrap();
        let set = batch.change_set();
        set.add(Call::post("JournalEntries", entry("B").to_body())).unwrap();
        set.add(Call::post("JournalEntries", Bytes::from_static(b"{\"No\":1}"))).unwrap();
        batch.add(Call::post("JournalEntries", entry("C").to_body())).unwrap();
        let answers = client.batch(&batch).await.unwrap();
        let failure = answers.failure().unwrap();
        assert_eq!((failure.code(), failure.outcome()), (Some(-1000), Outcome::Refused));
        assert!(matches!(
            answers.as_slice(),
            [BatchAnswer::Done(_), BatchAnswer::Failed(_), BatchAnswer::NotExecuted]
        ));
        assert_eq!(sandbox.layer.journal_entries().len(), 1, "the set went back whole");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_is_taken_means_that_nothing_was_posted() {
    for version in ["v1", "v2"] {
        let sandbox = Sandbox::usual();
        let client = with_claims(&sandbox, version).await;
        assert!(post(&client, "one", "A").await.unwrap().is_some());
        let error = post(&client, "one", "B").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome(), error.code()),
            (ErrorKind::AlreadyExists, Outcome::Refused, Some(-2035))
        );
        assert_eq!(error.call(), Some("POST JournalEntries with a claim"));
        assert_eq!(sandbox.layer.journal_entries().len(), 1);
        // A document that is refused takes its claim back.
        let refused = client
            .post_with_claim(
                "CLAIM",
                &claim("two"),
                "JournalEntries",
                Bytes::from_static(b"{}"),
                None,
            )
            .await
            .unwrap_err();
        assert_eq!(refused.outcome(), Outcome::Refused);
        assert!(client.user_table("CLAIM").unwrap().find("two").await.unwrap().is_none());
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_identical_posts_that_both_run_leave_one_document() {
    let sandbox = Sandbox::usual();
    let client = with_claims(&sandbox, "v2").await;
    sandbox.fault("POST", "$batch", 1, Fault::LateCommit(60_000));
    let lost = post(&client, "one", "A").await.unwrap_err();
    assert_eq!((lost.kind(), lost.outcome()), (ErrorKind::OutcomeUnknown, Outcome::Unknown));
    // A caller that wrongly believes in absence posts again, and the late one finds the claim taken.
    post(&client, "one", "A").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
    client.company_info().await.unwrap();
    assert_eq!((sandbox.layer.late_commits(), sandbox.layer.journal_entries().len()), (0, 1));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_a_trustworthy_answer_is_unknown_and_never_sent_again() {
    for fault in [
        Fault::LostAfter,
        Fault::LostBefore,
        Fault::AnswerReplaced(502),
        Fault::Html(504),
        Fault::Malformed,
        Fault::Slow(400_000),
    ] {
        let sandbox = Sandbox::usual();
        let client = with_claims(&sandbox, "v2").await;
        sandbox.fault("POST", "$batch", 1, fault.clone());
        let error = post(&client, "one", "A").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::OutcomeUnknown, Outcome::Unknown),
            "{fault:?}"
        );
        assert!(sandbox.layer.posts("JournalEntries").received <= 1, "{fault:?}");
        assert!(
            !post(&client, "one", "A")
                .await
                .is_err_and(|error| { error.outcome() == Outcome::Unknown })
        );
        assert_eq!(sandbox.layer.journal_entries().len(), 1, "{fault:?}: the claim keeps it one");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_reads_is_repeated_and_one_refused_for_its_session_is_sent_once_more() {
    let sandbox = Sandbox::usual();
    let client = sandbox.client("v2");
    client.login().await.unwrap();
    let mut reads = Batch::new();
    reads.add(Call::get("Projects('P01')")).unwrap();
    sandbox.fault("POST", "$batch", 2, Fault::Html(502));
    assert!(client.batch(&reads).await.unwrap().failure().is_none());
    sandbox.layer.expire_sessions();
    let mut write = Batch::new();
    write.add(Call::post("JournalEntries", entry("A").to_body())).unwrap();
    assert!(client.batch(&write).await.unwrap().failure().is_none());
    assert_eq!((client.logins(), sandbox.layer.journal_entries().len()), (2, 1));
    client.close().await;
}

fn batch_answer(part: &str) -> Reply {
    Reply::Answer(200, format!("--b\r\nContent-Type: application/http\r\n\r\n{part}\r\n--b--\r\n"))
}

#[tokio::test(start_paused = true)]
async fn a_bare_5002_inside_a_batch_is_a_refusal_only_if_the_session_lives() {
    for (lost, outcome) in [(false, Outcome::Refused), (true, Outcome::Unknown)] {
        let sap = FakeSap::new(move |seen, _| match seen.path.as_str() {
            "$batch" => Some(batch_answer(&format!(
                "HTTP/1.1 400 Bad Request\r\n\r\n{{\"error\":{{\"code\":\"-5002\",\"message\":\"{BARE}\"}}}}"
            ))),
            path if path.starts_with("Currencies") && lost => {
                Some(error(401, 301, "Invalid session or session already timeout."))
            }
            _ => None,
        });
        let client = sap.client();
        let mut batch = Batch::new();
        batch.add(Call::post("JournalEntries", Bytes::from_static(b"{}"))).unwrap();
        let answers = client.batch(&batch).await.unwrap();
        assert_eq!(answers.failure().unwrap().outcome(), outcome);
        assert_eq!((sap.count("POST", "$batch"), sap.count("GET", "Currencies")), (1, 1));
        client.close().await;
    }
}
