//! Stored SQL queries and expanded entities.

use super::{Company, VERSIONS, amount, document};
use sap_b1_client::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    doc_entry: i32,
    num_at_card: String,
    doc_date: String,
}

async fn invoices(company: &Company, count: usize) {
    for n in 0..count {
        let reference = format!("O'N-{n:02}");
        let set = company.client.purchase_invoices();
        set.create(&document(&reference, "10"), None).await.unwrap();
    }
}

#[tokio::test]
async fn a_stored_query_is_run_with_parameters_over_all_its_pages() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        invoices(&company, 45).await;
        let sap = &company.client;
        let query = NewSqlQuery {
            sql_code: "by ref".to_owned(),
            sql_name: "By reference".to_owned(),
            sql_text: "select DocEntry, NumAtCard, DocDate from OPCH where NumAtCard >= :first and DocTotal = :total order by DocEntry".to_owned(),
        };
        sap.create_sql_query(&query).await.unwrap();
        let stored = sap.sql_queries().get("by ref").await.unwrap().value;
        assert_eq!(stored.param_list.as_deref(), Some("first,total"));
        let run = |first: &str, total: &str| {
            let parameters =
                [("first", Literal::from(first)), ("total", Literal::from(amount(total)))];
            sap.run_sql_query("by ref", parameters).unwrap().all()
        };
        let rows = run("O'N-02", "10").await.unwrap();
        let rows: Vec<Row> = rows
            .iter()
            .map(|row| serde_json::from_str(row.raw().unwrap().get()).unwrap())
            .collect();
        assert_eq!(rows.len(), 43, "three pages of twenty, each row once");
        assert_eq!(
            (rows[0].num_at_card.as_str(), rows[0].doc_date.as_str()),
            ("O'N-02", "20260310")
        );
        assert!(rows.windows(2).all(|pair| pair[0].doc_entry < pair[1].doc_entry));
        assert_eq!(run("x' or '1'='1", "10").await.unwrap().len(), 0, "a value stays a value");
        assert_eq!(run("O'N-02", "10.01").await.unwrap().len(), 0);
        let twice = sap.create_sql_query(&query).await.unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::AlreadyExists);
    }
}

#[tokio::test]
async fn what_a_stored_query_may_not_be_is_refused_with_its_code() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        let store = |text: &str| {
            let query = NewSqlQuery {
                sql_code: "q".to_owned(),
                sql_name: "q".to_owned(),
                sql_text: text.to_owned(),
            };
            async move { sap.create_sql_query(&query).await }
        };
        for (text, code) in [
            ("delete from OPCH", 701),
            ("select DocEntry from OPCH; drop table OPCH", 701),
            ("select DocEntry from OPCH order by DocEntry dsc", 701),
            ("select TransId from OJDT", 702),
        ] {
            let error = store(text).await.unwrap_err();
            assert_eq!((error.code(), error.kind()), (Some(code), ErrorKind::Rejected), "{text}");
            assert_eq!(error.outcome(), Outcome::Refused);
        }
        store("select DocEntry from OPCH where DocEntry = :entry").await.unwrap();
        let error = sap.run_sql_query("q", []).unwrap().all().await.unwrap_err();
        assert_eq!((error.code(), error.message()), (Some(704), "Parameter error."));
        let error = sap.run_sql_query("absent", []).unwrap().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn expanded_entities_come_along_in_v2_and_are_refused_in_v1() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        invoices(&company, 2).await;
        let set = company.client.purchase_invoices();
        let query = Query::new()
            .select(["DocEntry", "CardCode"])
            .expand(["BusinessPartner", "JournalEntry"]);
        let rows = set.all(query).await;
        if version == "v1" {
            assert_eq!(rows.unwrap_err().code(), Some(201));
            continue;
        }
        let rows = rows.unwrap();
        let property = |name: &str| rows[1].property(name).unwrap().get();
        let partner: BusinessPartner = serde_json::from_str(property("BusinessPartner")).unwrap();
        assert_eq!(partner.card_name.as_deref(), Some("Partner"));
        let journal: JournalEntry = serde_json::from_str(property("JournalEntry")).unwrap();
        assert_eq!(journal.journal_entry_lines.len(), 2);
        let query =
            Query::new().filter(Filter::eq("CardCode", "V100")).expand(["PurchaseInvoices"]);
        let partners = company.client.business_partners().all(query).await.unwrap();
        let invoices = partners[0].property("PurchaseInvoices").unwrap().get();
        let invoices: Vec<Document> = serde_json::from_str(invoices).unwrap();
        assert_eq!(invoices.len(), 2);
        let rows = set.all(Query::new().expand(["DocumentLines"])).await;
        assert_eq!(rows.unwrap_err().code(), Some(201), "rows are no navigation property");
    }
}
