//! The real binary with its state in PostgreSQL.

use serde_json::Value;
use sqlx::{Connection, PgConnection};
use sync_sandbox::{Fault, FaultRule};

use crate::{
    keeps::{converges, in_sap},
    processes::{meeting, once},
    server::empty_schema,
    site::Site,
};

const PASSWORD: &str = "canary-of-postgres";

/// A site whose state is in a schema of its own; `None` without PostgreSQL.
async fn site() -> Option<(Site, String)> {
    let url = empty_schema()?;
    // The server of the tests trusts everyone: the password is there to be seen if it is printed.
    let with_password = url.replacen("tester@", &format!("tester:{PASSWORD}@"), 1);
    Some((Site::new().await.with_state(with_password, PASSWORD), url))
}

pub(crate) async fn connection(url: &str) -> PgConnection {
    let (address, schema) = url.split_once("?schema=").unwrap();
    let options: sqlx::postgres::PgConnectOptions = address.parse().unwrap();
    PgConnection::connect_with(&options.options([("search_path", schema)])).await.unwrap()
}

fn slow_posts() -> FaultRule {
    once("POST", "PurchaseInvoices", Fault::Slow(2_000))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_posted_and_reconciled_with_its_state_in_postgres() {
    let Some((site, url)) = site().await else { return };
    site.json(&["setup"], 0).await;
    assert_eq!(site.json(&["exceptions"], 0).await["exceptions"], Value::Array(vec![]));
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
    let schema = url.split_once("?schema=").unwrap().1.to_owned();
    let mut database = connection(&url).await;
    let made: i64 =
        sqlx::query_scalar(schemas).bind(&schema).fetch_one(&mut database).await.unwrap();
    assert_eq!(made, 0, "a command that reads makes nothing");
    let check = site.json(&["check"], 0).await;
    let state = |check: &Value| {
        let lines = check["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["subject"] == "state").unwrap();
        line["detail"].as_str().unwrap().to_owned()
    };
    assert!(state(&check).starts_with(&format!("schema {schema} of database")), "{check}");
    assert!(state(&check).ends_with("will be created by the first cycle"), "{check}");

    let sync = site.json(&["sync"], 0).await;
    assert!(sync["documents"].as_array().unwrap().len() > 10, "{sync}");
    let again = site.json(&["sync"], 0).await;
    assert_eq!(again["documents"].as_array().unwrap().len(), 0, "{again}");
    assert_eq!(again["records"]["seen"], sync["records"]["seen"]);
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
    assert!(state(&site.json(&["check"], 0).await).ends_with("is there and can be opened"));
    let verified = site.json(&["verify"], 0).await;
    let posted = sync["documents"].as_array().unwrap().len();
    assert_eq!(verified["totals"]["documents"]["posted"], posted, "{verified}");
    let epoch: i64 =
        sqlx::query_scalar("SELECT epoch FROM writer").fetch_one(&mut database).await.unwrap();
    let owner: Option<String> =
        sqlx::query_scalar("SELECT owner FROM writer").fetch_one(&mut database).await.unwrap();
    assert_eq!((epoch, owner), (2, None), "each cycle gave its lease back, and verify took none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_host_is_told_who_writes_and_posts_nothing() {
    let Some((site, _)) = site().await else { return };
    site.json(&["setup"], 0).await;
    let faults = &site.sandbox.service_layer_faults;
    faults.add(slow_posts());
    let child = meeting(&site, &["--json", "sync"], faults).await;
    let process = child.id().unwrap();
    let second = site.json(&["sync"], 1).await;
    assert_eq!(second["cycle"]["status"], "failed", "{second}");
    assert_eq!(second["cycle"]["failure"]["name"], "lease_held", "{second}");
    let detail = second["cycle"]["failure"]["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("process {process} ")), "{detail}");
    assert_eq!(second["calls"]["sap_b1"], 0, "{second}");
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(site.json(&["sync"], 0).await["documents"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_was_replaced_ends_with_lease_lost_and_the_next_one_posts_the_rest_once() {
    let Some((site, url)) = site().await else { return };
    let site = site.with_document_timeout(3);
    site.json(&["setup"], 0).await;
    let faults = &site.sandbox.service_layer_faults;
    faults.add(slow_posts());
    let child = meeting(&site, &["--json", "sync"], faults).await;
    // What another machine does when the lease has ended.
    let mut database = connection(&url).await;
    let statement = "UPDATE writer SET epoch = epoch + 1, owner = NULL, expires_at = NULL";
    sqlx::query(statement).execute(&mut database).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["cycle"]["status"], "failed", "{report}");
    assert_eq!(report["cycle"]["failure"]["name"], "lease_lost", "{report}");

    let posted = site.sandbox.service_layer.documents().len();
    // What the first was about to send is not believed absent yet.
    let next = site.json(&["sync"], 2).await;
    assert!(next["records"]["uncertain"].as_u64().unwrap() > 0, "{next}");
    converges(&site, &url).await;
    assert!(site.sandbox.service_layer.documents().len() > posted);
}

/// As after a suspended machine goes on: its own clock says that the lease lasts, the database's has ended it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_whose_lease_ended_by_the_databases_clock_alone_sends_nothing_more() {
    for taken_over in [false, true] {
        let Some((site, url)) = site().await else { return };
        // The other records wait behind the first, between their intents and their documents.
        site.edit("writes_in_flight = 4", "writes_in_flight = 1");
        site.json(&["setup"], 0).await;
        let faults = &site.sandbox.service_layer_faults;
        faults.add(slow_posts());
        let child = meeting(&site, &["--json", "sync"], faults).await;
        let mut database = connection(&url).await;
        // Too little for a document with its margin, as long as nobody renews it.
        let ends = if taken_over {
            "UPDATE writer SET epoch = epoch + 1, owner = 'another', expires_at = clock_timestamp() + interval '1 s'"
        } else {
            "UPDATE writer SET owner = 'nobody renews it', expires_at = clock_timestamp() + interval '1 s'"
        };
        sqlx::query(ends).execute(&mut database).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["cycle"]["failure"]["name"], "lease_lost", "{report}");
        assert_eq!(in_sap(&site), 1, "what was under way, and no other");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_named_without_the_password() {
    let url = format!("postgres://joe:{PASSWORD}@127.0.0.1:1/state?schema=north");
    let site = Site::new().await.with_state(url, PASSWORD);
    for command in ["sync", "exceptions"] {
        let failed = site.json(&[command], 1).await;
        assert_eq!(failed["error"]["name"], "store_unavailable", "{failed}");
        let detail = failed["error"]["detail"].as_str().unwrap();
        assert!(detail.contains("schema north of database state on 127.0.0.1:1"), "{detail}");
    }
}
