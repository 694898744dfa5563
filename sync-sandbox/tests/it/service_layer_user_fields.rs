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

#[test]
fn valid_values_are_the_only_ones_and_named_in_the_refusal() {
    let sap = Sap::ready();
    let values = r#","Size":1,"ValidValuesMD":[{"Value":"A","Description":"Alpha"},{"Value":"B","Description":"Beta"}]"#;
    sap.created("UserFieldsMD", &field("OPCH", "SBOCTX", values));
    sap.created("PurchaseInvoices", &invoice("1", "1.00", r#","U_SBOCTX":"B""#, ""));
    let refused = sap.refused("PurchaseInvoices", &invoice("2", "1.00", r#","U_SBOCTX":"Z""#, ""));
    let text = "'Z' is not a valid value for property 'U_SBOCTX'. The valid values are: 'A' - 'Alpha', 'B' - 'Beta'";
    assert_eq!(refused, (-1004, text.to_owned()));
}

#[test]
fn a_field_belongs_to_a_table_and_has_a_name_of_letters() {
    let sap = Sap::ready();
    for (table, name) in [("NOPE", "A"), ("@NOPE", "A"), ("OPCH", "A B"), ("OPCH", "A'"), ("", "A")]
    {
        let answer = sap.post("UserFieldsMD", &field(table, name, ""));
        assert_eq!(answer.status, 400, "{table} {name}: {}", answer.text);
    }
}

#[test]
fn a_mandatory_field_of_a_user_table_allows_no_nulls() {
    let sap = Sap::ready();
    sap.created("UserTablesMD", r#"{"TableName":"SBOUDT","TableDescription":"t"}"#);
    sap.created("UserFieldsMD", &field("@SBOUDT", "F1", r#","Mandatory":"tYES""#));
    let (_, text) = sap.refused("U_SBOUDT", r#"{"Code":"1","Name":"1"}"#);
    assert_eq!(
        text,
        "[Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Cannot insert the value NULL into column 'U_F1', table 'SBODEMOUS.dbo.@SBOUDT'; column does not allow nulls. INSERT fails."
    );
    sap.created("U_SBOUDT", r#"{"Code":"1","Name":"1","U_F1":"x"}"#);
}

#[test]
fn a_deleted_field_is_gone_from_its_family_and_a_deleted_table_with_its_rows() {
    let sap = Sap::ready();
    sap.created("UserFieldsMD", &field("ORPC", "Env", ""));
    let env = |table: &str| {
        let query =
            format!("UserFieldsMD?$filter=TableName%20eq%20'{table}'%20and%20Name%20eq%20'Env'");
        sap.ok(&query).rows()
    };
    let id = env("OPCH")[0]["FieldID"].clone();
    let path = format!("UserFieldsMD(TableName='OPCH',FieldID={id})");
    assert_eq!(sap.send("DELETE", &path, "", &[]).status, 204);
    assert!(env("OPCH").is_empty() && env("ORPC").is_empty());
    assert_eq!(
        sap.refused("PurchaseInvoices", &invoice("1", "1.00", r#","U_Env":"x""#, "")).0,
        -1000
    );
    let table = r#"{"TableName":"T","TableDescription":"t"}"#;
    sap.created("UserTablesMD", table);
    sap.created("UserFieldsMD", &field("@T", "F", ""));
    sap.created("U_T", r#"{"Code":"1","U_F":"x"}"#);
    assert_eq!(sap.send("DELETE", "UserTablesMD('T')", "", &[]).status, 204);
    assert_eq!(sap.get("U_T").error().1, "Service Not Found");
    sap.created("UserTablesMD", table);
    assert!(sap.ok("U_T").rows().is_empty());
    assert_eq!(sap.refused("U_T", r#"{"Code":"1","U_F":"x"}"#).0, -1000);
}
