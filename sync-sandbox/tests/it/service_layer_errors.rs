//! Every published error body, provoked: status and body must be the published ones.

use serde_json::Value;
use sync_sandbox::{
    Fault,
    service_layer::{ServiceLayerOptions, SessionErrorShape},
};

use crate::service_layer::{Answer, Sap, entry, invoice};

const PUBLISHED: &str = include_str!("../fixtures/service_layer/error-bodies.json");

/// The published body of a flavour whose text begins so.
fn published(odata: &str, text: &str) -> (u16, Value) {
    let file: Value = serde_json::from_str(PUBLISHED).unwrap();
    let bodies = file["bodies"].as_array().unwrap();
    let found = bodies
        .iter()
        .filter(|b| b["odata"] == odata)
        .filter(|b| {
            let message = &b["body"]["error"]["message"];
            let value = message["value"].as_str().or(message.as_str()).unwrap();
            value.starts_with(text)
        })
        .collect::<Vec<_>>();
    assert!(!found.is_empty(), "{odata} {text}");
    let first = found[0];
    (u16::try_from(first["http_status"].as_u64().unwrap()).unwrap(), first["body"].clone())
}

/// The answer is the published one; a code that is not published may be any.
fn assert_published(answer: &Answer, odata: &str, text: &str) {
    let (status, mut body) = published(odata, text);
    assert_eq!(answer.status, status, "{}", answer.text);
    let given = answer.json();
    if body["error"]["code"].is_null() {
        body["error"]["code"] = given["error"]["code"].clone();
    }
    assert_eq!(given, body, "{text}");
}

fn v1(options: ServiceLayerOptions) -> Sap {
    let mut sap = Sap::with(options);
    sap.version = "v1";
    sap
}

#[test]
fn lost_sessions_and_failed_logins_have_their_published_bodies() {
    for (version, odata) in [("v1", "v1"), ("v2", "v2")] {
        let mut sap = Sap::without_session(ServiceLayerOptions::default());
        sap.version = version;
        assert_published(&sap.get("Projects"), odata, "Invalid session");
        let wrong = sap.log_in_with("SBODEMOUS", "manager", "wrong");
        assert_published(&wrong, odata, "Fail to NONE-SSO");
        // -306 has the text of -304: compare the code by hand.
        let unknown = sap.log_in_with("NOSUCHDB", "manager", "sandbox-b1-password");
        assert_eq!((unknown.status, unknown.error().0), (401, -306));
    }
    let options = ServiceLayerOptions { parallel_login_window_ms: 500, ..Default::default() };
    let sap = v1(options);
    let parallel = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert_published(&parallel, "v1", "SAML Login Failed");
    sap.fault("GET", "Projects", Fault::Refuse(500));
    assert_published(&sap.get("Projects"), "v1", "Switch company error: -1102");
}

#[test]
fn the_hybrid_body_of_a_lost_session_is_the_logged_one() {
    let options = ServiceLayerOptions {
        session_error_shape: SessionErrorShape::Hybrid,
        ..ServiceLayerOptions::default()
    };
    let mut sap = Sap::without_session(options);
    sap.version = "v1";
    let file: Value = serde_json::from_str(PUBLISHED).unwrap();
    let hybrid = file["bodies"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["odata"] == "v1" && b["body"]["error"]["code"] == "301")
        .unwrap();
    assert_eq!(sap.get("Projects").json(), hybrid["body"]);
}

#[test]
fn refusals_of_reads_have_their_published_bodies() {
    let mut sap = v1(ServiceLayerOptions::default());
    let filter = |text: &str| format!("PurchaseInvoices?$filter={text}");
    assert_published(
        &sap.get(&filter("NoSuchField%20eq%20'x'")),
        "v1",
        "Property 'NoSuchField' is",
    );
    assert_published(&sap.get(&filter("DocEntry%20eq")), "v1", "Query string error");
    assert_published(&sap.get("PurchaseInvoices(1)"), "v1", "No matching records");
    sap.version = "v2";
    assert_published(&sap.get("PurchaseInvoices(1)"), "v2", "No matching records");
}

#[test]
fn refusals_of_writes_have_their_published_bodies() {
    let sap = v1(ServiceLayerOptions::default());
    let made = sap.created("PurchaseInvoices", &invoice("INV-1", "100.00", "", ""));
    let again = sap.post("PurchaseInvoices", &invoice("INV-1", "100.00", "", ""));
    assert_published(&again, "v1", "10001467");
    let read_only = invoice("INV-2", "1.00", r#","CancelStatus":"csNo""#, "");
    assert_published(&sap.post("PurchaseInvoices", &read_only), "v1", "Internal error (-5002)");
    let path = format!("PurchaseInvoices({})", made["DocEntry"]);
    assert_published(&sap.send("DELETE", &path, "", &[]), "v1", "The requested action");
    assert_eq!(sap.post(&format!("{path}/Cancel"), "").status, 204);
    assert_published(&sap.post(&format!("{path}/Cancel"), ""), "v1", "Document is already closed");
    let missing = sap.send("PATCH", "BusinessPartners('C1')", "{}", &[]);
    assert_published(&missing, "v1", "Entity with value('C1')");

    let mandatory = r#"{"TableName":"OPCH","Name":"M","Type":"db_Alpha","Mandatory":"tYES"}"#;
    assert_published(&sap.post("UserFieldsMD", mandatory), "v1", "A default value");
    let size = r#"{"TableName":"OPCH","Name":"N","Type":"db_Numeric","Size":12}"#;
    assert_published(&sap.post("UserFieldsMD", size), "v1", "Field size deviates");
    let field = r#"{"TableName":"OPCH","Name":"ProcoreKey","Type":"db_Alpha","Size":100}"#;
    assert_published(&sap.post("UserFieldsMD", field), "v1", "This entry already exists");
}

#[test]
fn refusals_of_dates_rates_and_lengths_have_their_published_bodies() {
    let sap = v1(ServiceLayerOptions::default());
    sap.layer.set_period("2026-03", sync_sandbox::contractor::books::PeriodState::Locked);
    assert_published(
        &sap.post("JournalEntries", &entry("5010", "2195", "1.00", "")),
        "v1",
        "Posting period locked",
    );
    let early = r#","DocDate":"2025-12-31""#;
    assert_published(
        &sap.post("PurchaseInvoices", &invoice("D-1", "1.00", early, "")),
        "v1",
        "Date deviates",
    );
    let euros = r#","DocDate":"2026-04-01","DocCurrency":"EUR""#;
    let no_rate = sap.post("PurchaseInvoices", &invoice("D-2", "1.00", euros, ""));
    let text = |text: &str| {
        published("v1", text).1["error"]["message"]["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(no_rate.error().1, text("Update the exchange rate").replace("USD", "EUR"));
    let code = r#","ReferenceDate":"2026-04-01","TransactionCode":"12345""#;
    let long = sap.post("JournalEntries", &entry("5010", "2195", "1.00", code));
    let expected = text("CServiceData::").replace("Indicator", "TransactionCode");
    assert_eq!(long.error().1, expected);
    assert_eq!(sap.layer.documents().len() + sap.layer.journal_entries().len(), 0);
}

#[test]
fn an_if_match_that_is_out_of_date_has_its_published_body_without_details() {
    let sap = Sap::ready();
    let made = sap.created("PurchaseInvoices", &invoice("E-1", "1.00", "", ""));
    let path = format!("PurchaseInvoices({})", made["DocEntry"]);
    let etag = sap.ok(&path).header("etag").to_owned();
    let patch =
        |etag: &str| sap.send("PATCH", &path, r#"{"Comments":"seen"}"#, &[("if-match", etag)]);
    assert_eq!(patch(&etag).status, 204);
    assert_published(&patch(&etag), "v2", "Another user");
    assert_ne!(sap.ok(&path).header("etag"), etag, "each change gives another tag");
    let cancel =
        |etag: &str| sap.send("POST", &format!("{path}/Cancel"), "", &[("if-match", etag)]);
    assert_published(&cancel(&etag), "v2", "Another user");
    let draft = invoice("E-2", "1.00", r#","DocObjectCode":"oPurchaseInvoices""#, "");
    let draft = format!("Drafts({})", sap.created("Drafts", &draft)["DocEntry"]);
    let delete = |etag: &str| sap.send("DELETE", &draft, "", &[("if-match", etag)]);
    assert_published(&delete(&etag), "v2", "Another user");
    assert_eq!(delete(sap.ok(&draft).header("etag")).status, 204);
    assert_eq!(cancel("*").status, 204);
}

#[test]
fn an_unknown_property_is_named_with_its_type_in_both_shapes() {
    let mut sap = Sap::ready();
    let body = invoice("U-1", "1.00", r#","NoSuchField":1"#, "");
    let line = invoice("U-2", "1.00", "", r#","NoSuchLine":1"#);
    for version in ["v1", "v2"] {
        sap.version = version;
        let expected = (-1000, "Property 'NoSuchField' of 'Document' is invalid".to_owned());
        assert_eq!(sap.refused("PurchaseInvoices", &body), expected);
        let expected = (-1000, "Property 'NoSuchLine' of 'DocumentLine' is invalid".to_owned());
        assert_eq!(sap.refused("PurchaseInvoices", &line), expected);
    }
    let malformed = sap.post("PurchaseInvoices", "{\"CardCode\":");
    assert_eq!(malformed.status, 400);
}
