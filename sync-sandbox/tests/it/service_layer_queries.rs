//! Stored SQL queries: texts, parameters, pages, and what is refused.

use crate::service_layer::{Sap, invoice};

fn stored(sap: &Sap, code: &str, text: &str) {
    let text = serde_json::to_string(text).unwrap();
    let body = format!(r#"{{"SqlCode":"{code}","SqlName":"{code}","SqlText":{text}}}"#);
    sap.created("SQLQueries", &body);
}

fn refused(sap: &Sap, text: &str) -> (i64, String) {
    let text = serde_json::to_string(text).unwrap();
    sap.refused("SQLQueries", &format!(r#"{{"SqlCode":"x","SqlName":"x","SqlText":{text}}}"#))
}

fn with_invoices(count: usize) -> Sap {
    let sap = Sap::ready();
    for n in 0..count {
        sap.created("PurchaseInvoices", &invoice(&format!("N-{n:03}"), &format!("{n}.50"), "", ""));
    }
    sap
}

#[test]
fn rows_have_the_selected_columns_with_letters_and_plain_dates() {
    let sap = with_invoices(3);
    stored(
        &sap,
        "open",
        "select DocEntry, T0.CANCELED, DocDate, DocTotal as Total from OPCH T0 where DocStatus = 'O' and DocTotal > 1 order by DocEntry desc",
    );
    let answer = sap.ok("SQLQueries('open')/List");
    assert!(answer.text.contains("$metadata#SAPB1.SQLQueryResult"), "{}", answer.text);
    let answer = answer.json();
    assert!(answer["SqlText"].as_str().unwrap().starts_with("select [DocEntry], [T0].[CANCELED]"));
    let rows = answer["value"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["DocEntry"], 1003);
    assert_eq!(rows[0]["CANCELED"], "N");
    assert_eq!(rows[0]["DocDate"], "20260310");
    assert_eq!(rows[0]["Total"].as_f64(), Some(2.5));
    // A POST does the same.
    assert_eq!(sap.post("SQLQueries('open')/List", "").json()["value"], answer["value"]);
}

#[test]
fn tables_are_joined_and_nulls_decide_nothing() {
    let sap = with_invoices(2);
    stored(
        &sap,
        "lines",
        "select T0.NumAtCard, T1.LineNum, T1.AcctCode from OPCH T0 inner join PCH1 T1 on T0.DocEntry = T1.DocEntry where T1.OcrCode is not null and not (T1.Project <> 'PRJ01') order by T0.NumAtCard",
    );
    assert_eq!(sap.ok("SQLQueries('lines')/List").rows().len(), 0, "no project is no other one");
    stored(
        &sap,
        "all",
        "select distinct T1.AcctCode from OPCH T0 join PCH1 T1 on T0.DocEntry = T1.DocEntry where T0.NumAtCard like 'N-%'",
    );
    assert_eq!(sap.ok("SQLQueries('all')/List").rows().len(), 1);
}

#[test]
fn parameters_are_all_wanted_and_none_can_change_the_text() {
    let sap = with_invoices(3);
    stored(&sap, "by", "select DocEntry from OPCH where NumAtCard = :ref and DocTotal >= :total");
    assert_eq!(sap.ok("SQLQueries('by')").json()["ParamList"], "ref,total");
    let list = |query: &str| sap.get(&format!("SQLQueries('by')/List?{query}"));
    assert_eq!(list("ref='N-002'&total=2.5").rows().len(), 1);
    assert_eq!(list("total=2.51&ref='N-002'").rows().len(), 0);
    assert_eq!(list("ref='N-002''%20or%20''1''=''1'&total=0").rows().len(), 0);
    for query in [
        "",
        "ref='N-002'",
        "ref='N-002'&total=1&other=2",
        "ref='N-002'&ref='N-001'&total=1",
        "ref=N-002&total=1",
        "ref='N-002'%20or%20'1'='1'&total=1",
    ] {
        assert_eq!(list(query).error(), (704, "Parameter error.".to_owned()), "{query}");
    }
    let body = r#"{"ParamList":"ref='N-002'&total=2.5"}"#;
    let answer = sap.post("SQLQueries('by')/List", body);
    assert_eq!(answer.rows().len(), 1, "{}", answer.text);
}

#[test]
fn pages_follow_the_callers_size_and_keep_the_parameters() {
    let sap = with_invoices(5);
    stored(&sap, "p", "select DocEntry from OPCH where DocTotal > :min order by DocEntry");
    let page = |path: &str| sap.send("GET", path, "", &[("prefer", "odata.maxpagesize=2")]).json();
    let mut path = "SQLQueries('p')/List?min=0.1".to_owned();
    let mut entries = Vec::new();
    let mut pages = 0;
    loop {
        let answer = page(&path);
        pages += 1;
        entries
            .extend(answer["value"].as_array().unwrap().iter().map(|row| row["DocEntry"].clone()));
        let Some(link) = answer["@odata.nextLink"].as_str() else { break };
        assert!(link.contains("min=0.1") && link.contains("$skip="), "{link}");
        path = link.to_owned();
    }
    assert_eq!(entries, [1001, 1002, 1003, 1004, 1005]);
    assert_eq!(pages, 3);
}

#[test]
fn texts_that_are_no_plain_select_over_the_allow_list_are_refused() {
    let sap = Sap::ready();
    for (text, table) in [
        ("select * from OJDT", "OJDT"),
        ("select DocEntry from OPCH T0 join JDT1 T1 on T0.TransId = T1.TransId", "JDT1"),
        ("select U_NAME from OUSR", "OUSR"),
        ("select CardCode from CRD2", "CRD2"),
    ] {
        assert_eq!(refused(&sap, text), (702, format!("Table '{table}' not accessible")));
    }
    for text in [
        "update OPCH set DocTotal = 0",
        "delete from OPCH",
        "drop table OPCH",
        "select DocEntry from OPCH; delete from OPCH",
        "select DocEntry from OPCH -- all",
        "select DocEntry from OPCH /* all */",
        "select DocEntry from OPCH union select DocEntry from PCH1",
        "select DocEntry from OPCH where DocEntry in (select DocEntry from PCH1)",
        "select (select 1) from OPCH",
        "select sum(DocTotal) from OPCH",
        "select NoSuchColumn from OPCH",
        "select DocEntry from OPCH T0 join PCH1 T1 on T0.DocEntry = T1.DocEntry",
        "exec xp_cmdshell 'dir'",
        "",
    ] {
        let (code, message) = refused(&sap, text);
        assert_eq!(code, 701, "{text}: {message}");
        assert!(message.starts_with(&format!("Invalid SQL syntax:{text}, line 1")), "{message}");
    }
    // The manual's own example.
    let (code, message) = refused(&sap, "select DocEntry from opch t1 order by DocEntry dsc");
    assert_eq!((code, message.ends_with("Incorrect syntax near 'dsc'.")), (701, true), "{message}");
    assert_eq!(sap.layer.rows("SQLQueries"), 0);
}

#[test]
fn a_code_is_taken_once_and_a_text_can_be_changed_and_deleted() {
    let sap = Sap::ready();
    stored(&sap, "q", "select CardCode from OCRD");
    let again = r#"{"SqlCode":"q","SqlName":"q","SqlText":"select CardCode from OCRD"}"#;
    assert_eq!(sap.refused("SQLQueries", again).0, -2035);
    let patch = |text: &str| {
        let body = format!(r#"{{"SqlText":"{text}"}}"#);
        sap.send("PATCH", "SQLQueries('q')", &body, &[])
    };
    assert_eq!(patch("select CardName from OJDT").error().0, 702);
    assert_eq!(patch("select top 1 CardName from OCRD where CardType = 'S'").status, 204);
    let row = sap.ok("SQLQueries('q')/List").rows();
    assert_eq!((row.len(), row[0].as_object().unwrap().len()), (1, 1));
    assert_eq!(sap.send("DELETE", "SQLQueries('q')", "", &[]).status, 204);
    assert_eq!(sap.get("SQLQueries('q')/List").error().0, -2028);
}

#[test]
fn expanded_entities_are_those_of_the_metadata_and_of_v2_alone() {
    let mut sap = with_invoices(1);
    let path = "PurchaseInvoices(1001)?$select=DocEntry&$expand=BusinessPartner,Project2";
    let read = sap.ok(path).json();
    assert_eq!(read["BusinessPartner"]["CardCode"], "V100");
    assert!(read["Project2"].is_null() && read.as_object().unwrap().contains_key("Project2"));
    assert!(read.get("CardCode").is_none());
    let list = sap.ok("BusinessPartners?$filter=CardCode%20eq%20'V100'&$expand=PurchaseInvoices");
    assert_eq!(list.rows()[0]["PurchaseInvoices"][0]["DocEntry"], 1001);
    for wrong in ["DocumentLines", "NoSuch", "BusinessPartner($select=CardCode)", "Attachments2"] {
        let answer = sap.get(&format!("PurchaseInvoices?$expand={wrong}"));
        assert_eq!(answer.error().0, 201, "{wrong}");
    }
    sap.version = "v1";
    assert_eq!(sap.get("PurchaseInvoices?$expand=BusinessPartner").error().0, 201);
}
