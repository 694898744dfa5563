//! `$batch`: parts, change sets, roll-back, what is malformed.

use crate::service_layer::{Answer, Sap, entry, invoice};

const TYPE: &str = "multipart/mixed;boundary=batch_1";

fn request_part(line: &str, id: Option<&str>, body: &str) -> String {
    let id = id.map_or_else(String::new, |id| format!("Content-ID: {id}\r\n"));
    format!(
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{id}\r\n{line}\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
    )
}

fn read(path: &str) -> String {
    format!(
        "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET {path}\r\n\r\n\r\n"
    )
}

fn change_set(parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--set_1\r\n{part}")).collect();
    format!("--batch_1\r\nContent-Type: multipart/mixed;boundary=set_1\r\n\r\n{parts}--set_1--\r\n")
}

fn send(sap: &Sap, items: &[String]) -> Answer {
    let body = format!("{}--batch_1--\r\n", items.concat());
    sap.send("POST", "$batch", &body, &[("content-type", TYPE)])
}

/// A batch whose form is right.
fn batch(sap: &Sap, items: &[String]) -> Answer {
    let answer = send(sap, items);
    assert!(
        answer.header("content-type").starts_with("multipart/mixed;boundary=batchresponse_"),
        "{}",
        answer.text
    );
    answer
}

fn with_claims() -> Sap {
    let sap = Sap::ready();
    let table = r#"{"TableName":"PROCORE_CLAIM","TableType":"bott_NoObject"}"#;
    sap.created("UserTablesMD", table);
    sap
}

fn claim_and_document(reference: &str) -> String {
    change_set(&[
        request_part("POST /b1s/v2/U_PROCORE_CLAIM", Some("1"), r#"{"Code":"key-1"}"#),
        request_part(
            "POST /b1s/v2/PurchaseInvoices",
            Some("2"),
            &invoice(reference, "1.00", "", ""),
        ),
    ])
}

#[test]
fn reads_and_changes_are_answered_in_order() {
    let mut sap = with_claims();
    let items = [
        read("/b1s/v2/Projects('PRJ01')?$select=Code"),
        claim_and_document("B-1"),
        read("/b1s/v2/PurchaseInvoices/$count"),
    ];
    let answer = batch(&sap, &items);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(answer.text.matches("HTTP/1.1 201 Created").count(), 2);
    assert!(answer.text.contains("Content-ID:1\r\n") && answer.text.contains("Content-ID:2\r\n"));
    assert!(
        answer.text.contains("Location:https://sap.example.com:50000/b1s/v2/PurchaseInvoices(")
    );
    assert_eq!(sap.layer.documents().len(), 1);
    sap.version = "v1";
    assert_eq!(batch(&sap, &[read("/b1s/v1/Projects")]).status, 202);
}

#[test]
fn a_failed_change_set_is_taken_back_whole_and_stops_the_batch() {
    let sap = with_claims();
    batch(&sap, &[claim_and_document("B-1")]);
    let again = batch(&sap, &[claim_and_document("B-2"), read("/b1s/v2/Projects")]);
    assert_eq!(again.text.matches("HTTP/1.1").count(), 1, "one plain part: {}", again.text);
    assert!(again.text.contains("HTTP/1.1 400 Bad Request") && again.text.contains("-2035"));
    assert!(!again.text.contains("changesetresponse") && !again.text.contains("Content-ID"));
    assert_eq!(sap.layer.documents().len(), 1);

    let other_way = change_set(&[
        request_part("POST /b1s/v2/PurchaseInvoices", Some("1"), &invoice("B-3", "1.00", "", "")),
        request_part("POST /b1s/v2/U_PROCORE_CLAIM", Some("2"), r#"{"Code":"key-1"}"#),
    ]);
    batch(&sap, &[other_way]);
    assert_eq!(sap.layer.documents().len(), 1, "the invoice went back with the claim");
    assert_eq!(sap.layer.journal_entries().len(), 1);
}

#[test]
fn a_later_part_can_name_an_earlier_one() {
    let sap = Sap::ready();
    let set = change_set(&[
        request_part(
            "POST /b1s/v2/JournalEntries HTTP/1.1",
            Some("1"),
            &entry("5010", "2195", "1.00", ""),
        ),
        request_part("PATCH /b1s/v2/$1", Some("2"), r#"{"Memo":"named"}"#),
        request_part("POST /b1s/v2/$1/Cancel", Some("3"), ""),
    ]);
    let answer = batch(&sap, &[set]);
    assert_eq!(answer.text.matches("HTTP/1.1 204 No Content").count(), 2, "{}", answer.text);
    let entries = sap.layer.journal_entries();
    assert_eq!((entries.len(), entries[0].memo.as_str()), (2, "named"));
}

#[test]
fn a_batch_stops_at_the_first_part_that_fails() {
    let sap = Sap::ready();
    let post = |body: &str| {
        format!("--batch_1\r\n{}", request_part("POST /b1s/v2/JournalEntries", None, body))
    };
    let good = entry("5010", "2195", "1.00", "");
    let answer = batch(&sap, &[post(&good), post("{}"), post(&good)]);
    assert_eq!(answer.text.matches("HTTP/1.1").count(), 2);
    assert_eq!(sap.layer.journal_entries().len(), 1);
}

#[test]
fn malformed_batches_are_refused_whole() {
    let mut sap = Sap::ready();
    let set = |id| {
        change_set(&[request_part(
            "POST /b1s/v2/JournalEntries",
            id,
            &entry("5010", "2195", "1.00", ""),
        )])
    };
    let read_inside = change_set(&[request_part("GET /b1s/v2/Projects", Some("1"), "")]);
    for items in [vec![set(None)], vec![read_inside], vec!["--batch_1\r\nnonsense".to_owned()]] {
        let answer = send(&sap, &items);
        assert_eq!((answer.status, answer.error().0), (400, -1000), "{}", answer.text);
    }
    let open = sap.send("POST", "$batch", &read("/b1s/v2/Projects"), &[("content-type", TYPE)]);
    assert_eq!(open.error(), (-1000, "Incomplete Batch Request Body!".to_owned()));
    let quoted = [("content-type", "multipart/mixed;boundary=\"batch_1\"")];
    let body = format!("{}--batch_1--\r\n", read("/b1s/v2/Projects"));
    assert_eq!(sap.send("POST", "$batch", &body, &quoted).status, 400);
    assert!(sap.layer.journal_entries().is_empty());
    sap.version = "v1";
    let v1 = sap.send("POST", "$batch", "", &[("content-type", TYPE)]);
    assert!(v1.json()["error"]["innererror"].is_object(), "{}", v1.text);
    sap.cookie.clear();
    assert_eq!(send(&sap, &[read("/b1s/v1/Projects")]).status, 401);
}
