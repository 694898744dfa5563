//! Rows of user tables, keys in addresses, changes and cancellations.

use crate::fake::{FakeSap, Reply, error, ok};
use bytes::Bytes;
use rust_decimal::Decimal;
use sap_b1_client::{ErrorKind, UdfValue, Udfs, UserRow};

#[tokio::test(start_paused = true)]
async fn a_row_is_created_found_and_changed() {
    let sap = FakeSap::new(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "U_PROCORE_SYNC('O''Brien%2F1')") => {
            Some(ok(r#"{"Code":"O'Brien/1","Name":"n","U_Cycle":17,"U_Store":"s","U_Null":null}"#))
        }
        ("GET", _) => Some(error(404, -2028, "No matching records found (ODBC -2028)")),
        ("POST", "U_PROCORE_SYNC") => Some(Reply::Answer(201, r#"{"Code":"x","Name":"n"}"#.into())),
        _ => None,
    });
    let client = sap.client();
    let rows = client.user_table("PROCORE_SYNC").unwrap();
    let found = rows.find("O'Brien/1").await.unwrap().unwrap();
    assert_eq!(
        (found.code.as_str(), found.fields["U_Cycle"].as_decimal()),
        ("O'Brien/1", Some(Decimal::from(17)))
    );
    assert_eq!(found.fields.len(), 2);
    assert!(rows.find("other").await.unwrap().is_none());
    let fields = Udfs::from([("U_Cycle".to_owned(), UdfValue::from(18i64))]);
    rows.create(&UserRow { code: "x".into(), name: "n".into(), fields: fields.clone() }, None)
        .await
        .unwrap();
    rows.patch("x", &fields, None).await.unwrap();
    let log = sap.log();
    let bodies: Vec<_> = log
        .iter()
        .filter(|seen| seen.path.starts_with("U_") && !seen.body.is_empty())
        .map(|seen| (seen.method.as_str(), seen.body.as_str()))
        .collect();
    assert_eq!(
        bodies,
        [("POST", r#"{"Code":"x","Name":"n","U_Cycle":18}"#), ("PATCH", r#"{"U_Cycle":18}"#)]
    );
    assert!(client.user_table("X') or 1 eq 1").is_err());
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_document_is_cancelled_and_patched_by_its_key() {
    let sap = FakeSap::new(|seen, _| {
        (seen.method == "PATCH")
            .then(|| error(412, -2039, "Another user or another operation modified data"))
    });
    let client = sap.client();
    client.purchase_invoices().cancel(12, None).await.unwrap();
    client.journal_entries().cancel(13, None).await.unwrap();
    let body = Bytes::from_static(b"{\"Comments\":\"x\"}");
    let error =
        client.purchase_invoices().patch_raw(12, body, Some("W/\"AB\""), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let paths: Vec<_> =
        sap.log().into_iter().map(|seen| (seen.path, seen.body, seen.if_match)).skip(1).collect();
    assert_eq!(paths[0], ("PurchaseInvoices(12)/Cancel".to_owned(), String::new(), None));
    assert_eq!(paths[1].0, "JournalEntries(13)/Cancel");
    assert_eq!(paths[2].2.as_deref(), Some("W/\"AB\""));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_created_document_is_known_by_body_or_location() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "JournalEntries")
            .then(|| Reply::Answer(201, r#"{"JdtNum":41,"Number":42,"Memo":"m"}"#.into()))
    });
    let client = sap.client();
    let created = client
        .create_raw("JournalEntries", Bytes::from_static(b"{\"Memo\":\"m\"}"), None)
        .await
        .unwrap();
    assert_eq!((created.doc_entry, created.doc_num), (Some(41), Some(42)));
    let entry: sap_b1_client::JournalEntry = created.value().unwrap();
    assert_eq!(entry.memo.as_deref(), Some("m"));
    assert_eq!(sap.log()[1].body, "{\"Memo\":\"m\"}");
    client.close().await;
}
