//! `verify`: the state is what it was left as, or a line says what is not.

use std::fs;

use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::site::Site;

async fn forge(site: &Site, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(site.path("state.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn failed(report: &Value) -> Vec<String> {
    let lines = report["lines"].as_array().unwrap().iter();
    let failed = lines.filter(|line| line["status"] == "failed");
    failed.map(|line| format!("{}: {}", line["subject"], line["detail"])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_is_verified_and_a_changed_row_fails_by_its_name_and_is_left_as_it_is() {
    let site = Site::new().await;
    let nothing = site.json(&["verify"], 1).await;
    let detail = nothing["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("nothing to verify") && detail.contains("state.db"), "{nothing}");
    assert!(!site.path("state.db").exists());

    site.json(&["setup"], 0).await;
    let sync = site.json(&["sync"], 0).await;
    let posted = sync["documents"].as_array().unwrap().len();
    let sound = site.json(&["verify"], 0).await;
    assert_eq!(sound["verify"]["status"], "done", "{sound}");
    assert_eq!(sound["verify"]["last_hash"].as_str().unwrap().len(), 64);
    assert_eq!(sound["totals"]["documents"]["posted"], posted, "{sound}");
    assert_eq!(sound["totals"]["faults"], 0);
    let seen = sync["records"]["seen"].as_u64().unwrap();
    let records = sound["totals"]["records"].as_object().unwrap();
    assert_eq!(records.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), seen, "{sound}");
    let again = site.json(&["verify"], 0).await;
    assert_eq!(again, sound, "looking changes nothing that is looked at");
    let text = String::from_utf8(site.run(&["verify"]).await.stdout).unwrap();
    assert!(
        text.contains("last hash ") && text.ends_with("The state is as it was left.\n"),
        "{text}"
    );

    forge(&site, "UPDATE intent SET state = 'rejected' WHERE sequence = 1").await;
    let before = fs::read(site.path("state.db")).unwrap().len();
    let wrong = site.json(&["verify"], 1).await;
    assert_eq!(wrong["verify"]["status"], "failed");
    assert_eq!(wrong["totals"]["faults"].as_u64().unwrap(), posted as u64, "{wrong}");
    let lines = failed(&wrong);
    assert!(lines[0].starts_with("\"documents\""), "{lines:?}");
    assert!(lines[1].contains("the audit trail says posted"), "{lines:?}");
    assert_eq!(failed(&site.json(&["verify"], 1).await), lines, "nothing is repaired");
    assert_eq!(fs::read(site.path("state.db")).unwrap().len(), before);
    let text = String::from_utf8(site.run(&["verify"]).await.stdout).unwrap();
    assert!(text.contains("not as it was left"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_chain_is_told() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    site.json(&["sync"], 0).await;
    forge(
        &site,
        "DROP TRIGGER audit_is_never_changed;
         UPDATE audit SET detail = 'another' WHERE number = 2",
    )
    .await;
    let lines = failed(&site.json(&["verify"], 1).await);
    assert!(lines.iter().any(|line| line.starts_with("\"audit 2\": \"its hash")), "{lines:?}");
}
