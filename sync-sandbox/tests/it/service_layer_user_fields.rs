//! User fields, user tables and their rows.

use sync_sandbox::service_layer::ServiceLayerOptions;

use crate::service_layer::{Sap, entry, invoice};

fn field(table: &str, name: &str, more: &str) -> String {
    format!(r#"{{"TableName":"{table}","Name":"{name}","Description":"d"{more}}}"#)
}

#[test]
fn a_field_of_one_marketing_document_appears_on_all_of_them() {
    let mut sap = Sap::without_session(ServiceLayerOptions::default());
    sap.log_in();
    let key = r#","U_ProcoreKey":"k""#;
    let (code, _) = sap.refused("PurchaseInvoices", &invoice("1", "1.00", key, ""));
    assert_eq!(code, -1000);
    let size = r#","Type":"db_Alpha","Size":100"#;
    sap.created("UserFieldsMD", &field("OPCH", "ProcoreKey", size));
    sap.created("PurchaseInvoices", &invoice("1", "1.00", key, ""));
    sap.created("PurchaseCreditNotes", &invoice("1", "1.00", key, ""));
    let draft = invoice("1", "1.00", &format!(r#"{key},"DocObjectCode":"oPurchaseInvoices""#), "");
    sap.created("Drafts", &draft);
    for table in ["OPCH", "ODRF", "ORPC", "ORDR"] {
        let query = format!("UserFieldsMD?$filter=TableName%20eq%20'{table}'");
        assert_eq!(sap.ok(&query).rows().len(), 1, "{table}");
        assert_eq!(
            sap.ok(&format!("UserFieldsMD(TableName='{table}',FieldID=0)")).json()["Size"],
            100
        );
        assert_eq!(sap.refused("UserFieldsMD", &field(table, "ProcoreKey", size)).0, -2035);
    }
    let (code, _) = sap.refused("JournalEntries", &entry("5010", "2195", "1.00", key));
    assert_eq!(code, -1000, "the journal is another family");
}

#[test]
fn line_fields_and_default_values_are_kept() {
    let sap = Sap::ready();
    sap.created("UserFieldsMD", &field("PCH1", "Src", r#","Size":20"#));
    sap.created("UserFieldsMD", &field("OPCH", "Env", r#","Size":10,"DefaultValue":"prod""#));
    sap.created("PurchaseInvoices", &invoice("1", "1.00", "", r#","U_Src":"77""#));
    let document = sap.layer.documents().pop().unwrap();
    assert_eq!(document.lines[0].user_fields["U_Src"], "77");
    assert_eq!(document.user_fields["U_Env"], "prod");
}

#[test]
fn fields_hold_what_their_type_says() {
    let sap = Sap::ready();
    for (name, kind) in [("N", "db_Numeric"), ("F", "db_Float"), ("D", "db_Date"), ("M", "db_Memo")]
    {
        sap.created("UserFieldsMD", &field("OJDT", name, &format!(r#","Type":"{kind}""#)));
    }
    let good = r#","U_N":5,"U_F":0.125,"U_D":"2026-01-31","U_M":"long""#;
    let made = sap.created("JournalEntries", &entry("5010", "2195", "1.00", good));
    assert_eq!(made["U_D"], "2026-01-31T00:00:00Z");
    assert_eq!(made["U_F"].as_f64(), Some(0.125));
    for bad in [r#","U_N":"x""#, r#","U_D":"soon""#, r#","U_F":"much""#] {
        assert_eq!(sap.refused("JournalEntries", &entry("5010", "2195", "1.00", bad)).0, -1000);
    }
    let (_, text) = sap.refused("UserFieldsMD", &field("OJDT", "L", r#","Size":255"#));
    assert_eq!(text, "Field size deviates from legal range [1..254]");
}

#[test]
fn a_user_table_becomes_an_entity_set_with_a_primary_key() {
    let sap = Sap::ready();
    let table =
        r#"{"TableName":"PROCORE_SYNC","TableDescription":"sync","TableType":"bott_NoObject"}"#;
    assert_eq!(sap.get("U_PROCORE_SYNC").error().1, "Service Not Found");
    assert!(
        sap.post("UserFieldsMD", &field("@PROCORE_SYNC", "Cycle", "")).status == 400,
        "no field before its table"
    );
    sap.created("UserTablesMD", table);
    assert_eq!(sap.refused("UserTablesMD", table).0, -2035);
    sap.created("UserFieldsMD", &field("@PROCORE_SYNC", "Cycle", r#","Type":"db_Numeric""#));
    sap.created("U_PROCORE_SYNC", r#"{"Code":"writer","Name":"store-1","U_Cycle":7}"#);
    assert_eq!(sap.refused("U_PROCORE_SYNC", r#"{"Code":"writer"}"#).0, -2035);
    let long = format!(r#"{{"Code":"{}"}}"#, "c".repeat(51));
    assert!(sap.refused("U_PROCORE_SYNC", &long).1.contains("Value too long in property 'Code'"));

    let path = "U_PROCORE_SYNC('writer')";
    assert_eq!(sap.send("PATCH", path, r#"{"U_Cycle":8}"#, &[]).status, 204);
    assert_eq!(sap.ok(path).json()["U_Cycle"], 8);
    assert_eq!(sap.ok("U_PROCORE_SYNC?$filter=U_Cycle%20ge%208").rows().len(), 1);
    let rows = sap.layer.user_table_rows("PROCORE_SYNC");
    assert_eq!((rows[0]["Code"].as_str(), rows[0]["U_Cycle"].as_str()), ("writer", "8"));
    assert_eq!(sap.send("PATCH", "U_PROCORE_SYNC('x')", "{}", &[]).status, 404);
    assert_eq!(sap.send("DELETE", path, "", &[]).status, 204);
    assert_eq!(sap.send("DELETE", path, "", &[]).status, 404);
}
