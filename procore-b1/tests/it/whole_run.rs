//! The real binary against both simulated systems over loopback.

use std::fs;

use serde_json::Value;

use crate::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_set_up_previewed_posted_and_reconciled() {
    let site = Site::new().await;

    let refused = site.json(&["sync"], 1).await;
    assert_eq!(refused["cycle"]["failure"]["name"], "udf_missing", "{refused}");
    let setup = site.json(&["setup"], 0).await;
    assert!(!setup["setup"]["created"].as_array().unwrap().is_empty(), "{setup}");
    let again = site.json(&["setup"], 0).await;
    assert_eq!(again["setup"]["created"].as_array().unwrap().len(), 0, "{again}");
    let check = site.json(&["check"], 0).await;
    assert_eq!(check["check"]["status"], "done");
    let sweep = check["lines"].as_array().unwrap().iter().find(|l| l["subject"] == "sweep");
    let late = sweep.unwrap()["detail"].as_str().unwrap();
    assert!(late.contains("the next sweep is due, which is 20"), "{late}");

    let arguments = ["preview", "--save", "preview.json", "--html", "preview.html"];
    let preview = site.json(&arguments, 0).await;
    let planned = preview["documents"].as_array().unwrap().len();
    assert!(planned > 10, "{planned}");
    let saved: Value =
        serde_json::from_slice(&fs::read(site.path("preview.json")).unwrap()).unwrap();
    assert_eq!(saved, preview);
    assert!(fs::read_to_string(site.path("preview.html")).unwrap().contains("<!DOCTYPE html>"));

    let sync = site.json(&["sync"], 0).await;
    assert_eq!(sync["cycle"]["status"], "done");
    assert_eq!(sync["documents"].as_array().unwrap().len(), planned, "as previewed");
    let again = site.json(&["sync"], 0).await;
    assert_eq!(again["documents"].as_array().unwrap().len(), 0, "a finished cycle posts nothing");
    assert_eq!(again["records"]["seen"], sync["records"]["seen"]);

    let arguments = ["reconcile", "--html", "reconcile.html", "--csv", "reconcile.csv"];
    let reconciliation = site.json(&arguments, 0).await;
    assert_eq!(reconciliation["totals"][0]["difference"], "0.00");
    let page = fs::read_to_string(site.path("reconcile.html")).unwrap();
    assert!(page.contains("Procore and SAP agree") && page.contains("<svg"));
    // The project, the total of its currency, and the accounts of the tie-out.
    let rows = fs::read_to_string(site.path("reconcile.csv")).unwrap();
    let commitments: Vec<&str> =
        rows.lines().filter(|row| row.starts_with("commitment,")).collect();
    assert!(commitments.len() > 3, "{rows}");
    assert!(commitments.iter().all(|row| row.contains(",ties,")), "{commitments:#?}");
    let of_kind = |kind: &str| rows.lines().filter(|row| row.starts_with(kind)).count();
    assert_eq!((of_kind("project,"), of_kind("total,")), (1, 1));
    let accounts = reconciliation["tie_out"]["accounts"].as_array().unwrap();
    assert_eq!((of_kind("tie_out,"), accounts.is_empty()), (accounts.len(), false));
    assert_eq!(site.json(&["exceptions"], 0).await["exceptions"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_vendor_row_waits_for_a_person_and_goes_on_when_it_is_there() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let vendors = fs::read_to_string(site.path("vendors.csv")).unwrap();
    let mut rows: Vec<&str> = vendors.lines().collect();
    rows.truncate(2);
    fs::write(site.path("vendors.csv"), rows.join("\n")).unwrap();

    let sync = site.json(&["sync"], 2).await;
    let held = sync["records"]["held"].as_u64().unwrap();
    assert!(held > 0, "{sync}");
    let list = site.json(&["exceptions", "--csv", "exceptions.csv"], 2).await;
    let first = &list["exceptions"][0];
    assert_eq!(first["reason"], "vendor_unmapped", "{list}");
    assert_eq!(first["decisions"][0], "skip");
    let csv = fs::read_to_string(site.path("exceptions.csv")).unwrap();
    assert!(csv.contains(first["key"].as_str().unwrap()));
    assert_eq!(site.run(&["preview"]).await.status.code(), Some(2));
    assert_eq!(site.run(&["reconcile"]).await.status.code(), Some(2));

    fs::write(site.path("vendors.csv"), vendors).unwrap();
    let replay = site.json(&["replay", "--all"], 0).await;
    assert!(!replay["documents"].as_array().unwrap().is_empty(), "{replay}");
    site.json(&["sync"], 0).await;
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_login_fails_the_cycle_and_is_tried_once() {
    let site = Site::new().await;
    fs::write(site.path("wrong.txt"), "wrong-canary-password").unwrap();
    let config = fs::read_to_string(site.path("procore-b1.toml")).unwrap();
    let wrong = config.replace("{ env = \"B1_PASSWORD\" }", "{ file = \"wrong.txt\" }");
    assert_ne!(wrong, config);
    fs::write(site.path("procore-b1.toml"), wrong).unwrap();
    let sync = site.json(&["sync"], 1).await;
    assert_eq!(sync["cycle"]["failure"]["name"], "login_refused", "{sync}");
    assert_eq!(sync["calls"]["sap_b1_logins"], 1, "{sync}");
    let check = site.json(&["check"], 1).await;
    assert_eq!(check["check"]["status"], "failed");
    let setup = site.json(&["setup"], 1).await;
    assert_eq!(setup["error"]["name"], "login_refused", "{setup}");
    assert!(!format!("{sync}{check}{setup}").contains("canary"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_output_is_for_people_and_json_stands_alone() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let sync = site.run(&["sync"]).await;
    let text = String::from_utf8(sync.stdout).unwrap();
    assert!(text.starts_with("Cycle 1 is done"), "{text}");
    assert!(text.contains("PurchaseInvoices"), "{text}");
    let quiet = site.run(&["--quiet", "--json", "sync"]).await;
    assert!(quiet.stderr.is_empty(), "{:?}", String::from_utf8_lossy(&quiet.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mapping_is_looked_at_and_an_edit_is_weighed_before_anything_is_posted() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let accounts = fs::read_to_string(site.path("accounts.csv")).unwrap();
    let lint = site.json(&["mapping", "lint"], 0).await;
    assert_eq!(lint["coverage"][0]["percent"], "100.0", "{lint}");
    assert_eq!(lint["unmapped"], Value::Array(vec![]));

    let lines: Vec<&str> = accounts.lines().collect();
    let fewer = [lines[0], lines[1]].join("\n");
    fs::write(site.path("edited.csv"), fewer).unwrap();
    let diff = site.json(&["mapping", "diff", "edited.csv"], 0).await;
    assert!(!diff["waiting_records"].as_array().unwrap().is_empty(), "{diff}");
    assert_eq!(diff["posted_records"], Value::Array(vec![]));
    assert!(diff["accounts"].as_array().unwrap().iter().all(|a| a["posted"] == "0.00"));

    fs::write(site.path("edited.csv"), accounts.replace("gl_account", "gl_acount")).unwrap();
    let refused = site.json(&["mapping", "diff", "edited.csv"], 64).await;
    assert_eq!(refused["error"]["name"], "configuration", "{refused}");
    let text = String::from_utf8(site.run(&["mapping", "lint"]).await.stdout).unwrap();
    assert!(text.starts_with("100.0 % of "), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn explain_tells_the_life_of_a_posted_record_and_refuses_an_unknown_one() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let sync = site.json(&["sync"], 0).await;
    let key = sync["documents"][0]["key"].as_str().unwrap();
    let life = site.json(&["explain", key], 0).await;
    assert_eq!(life["key"], key);
    assert_eq!(life["would_post"], Value::Array(vec![]), "{life}");
    assert_eq!(life["in_sap"][0]["doc_entry"], sync["documents"][0]["doc_entry"], "{life}");
    assert_eq!(life["intents"][0]["state"], "posted");
    let text = String::from_utf8(site.run(&["explain", key]).await.stdout).unwrap();
    assert!(text.contains("Now: SAP holds "), "{text}");
    let unknown = format!("{}:subcontract:99999999", key.rsplitn(3, ':').nth(2).unwrap());
    let failed = site.json(&["explain", &unknown], 1).await;
    assert_eq!(failed["error"]["name"], "record_unknown", "{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_decides_on_a_held_record_and_sees_at_once_what_came_of_it() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let vendors = fs::read_to_string(site.path("vendors.csv")).unwrap();
    let mut rows: Vec<&str> = vendors.lines().collect();
    let left_out = rows.pop().unwrap();
    fs::write(site.path("vendors.csv"), rows.join("\n")).unwrap();
    site.json(&["sync"], 2).await;
    let list = site.json(&["exceptions"], 2).await;
    let held = list["exceptions"].as_array().unwrap();
    let key = held[0]["key"].as_str().unwrap();
    assert_eq!(held[0]["decisions"].to_string(), r#"["skip"]"#, "{left_out}: {list}");

    // A decision that the reason does not take, an unsigned one, and one on nothing.
    let arguments = ["resolve", key, "--post", "--reason", "agreed", "--by", "Ada"];
    let refused = site.json(&arguments, 1).await;
    assert_eq!(refused["error"]["name"], "decision_refused", "{refused}");
    let detail = refused["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("vendor_unmapped cannot be answered with --post"), "{detail}");
    assert!(detail.contains("it takes --skip"), "{detail}");
    let unsigned = site.json(&["resolve", key, "--skip", "--reason", "agreed"], 64).await;
    assert!(unsigned["error"]["detail"].as_str().unwrap().contains("--by NAME"), "{unsigned}");
    let unknown = format!("{}:subcontract:99999999", key.rsplitn(3, ':').nth(2).unwrap());
    let arguments = ["resolve", &unknown, "--skip", "--reason", "agreed", "--by", "Ada"];
    assert_eq!(site.json(&arguments, 1).await["error"]["name"], "record_unknown");

    let code = if held.len() == 1 { 0 } else { 2 };
    let arguments = ["resolve", key, "--skip", "--reason", "paid by card", "--by", "Ada"];
    let decided = site.json(&arguments, code).await;
    assert_eq!(decided["decision"]["decision"], "skip", "{decided}");
    assert_eq!(decided["decision"]["by"], "Ada", "{decided}");
    assert_eq!(decided["cycle"]["status"], "done", "{decided}");
    let left = site.json(&["exceptions"], code).await;
    assert_eq!(left["exceptions"].as_array().unwrap().len(), held.len() - 1, "{left}");
    let again = site.json(&arguments, 1).await;
    let detail = again["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("is skipped: there is nothing to decide"), "{detail}");
    let life = String::from_utf8(site.run(&["explain", key]).await.stdout).unwrap();
    assert!(life.contains("by Ada on vendor_unmapped: skip, paid by card"), "{life}");
    let life = site.json(&["explain", key], 0).await;
    let told = life["decisions"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{life}");
    assert_eq!((&told[0]["by"], &told[0]["decision"]), (&"Ada".into(), &"skip".into()));
    assert!(!told[0]["fingerprint"].as_str().unwrap().is_empty(), "{life}");
}
