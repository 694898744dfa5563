//! Entity sets by their names, and stored SQL queries.

use crate::fake::{FakeSap, Reply, error, ok};
use bytes::Bytes;
use sap_b1_client::{CallClass, ErrorKind, Literal, NewSqlQuery, Query};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    number: i32,
}

#[tokio::test(start_paused = true)]
async fn any_entity_set_is_read_written_and_acted_on_by_its_name() {
    let sap = FakeSap::new(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "ItemGroups(7)") => Some(ok(r#"{"Number":7,"U_Rate":0.10000000000000000001}"#)),
        ("GET", "ItemGroups") => Some(ok(r#"{"value":[{"Number":7}]}"#)),
        ("GET", _) => Some(error(404, -2028, "No matching records found (ODBC -2028)")),
        ("POST", "ItemGroups") => Some(Reply::Answer(201, r#"{"Number":8}"#.into())),
        ("POST", "CompanyService_GetPathAdmin") => Some(ok("{}")),
        _ => None,
    });
    let client = sap.client();
    let groups = client.any_entity_set("ItemGroups").unwrap();
    let group = groups.get(7).await.unwrap();
    assert_eq!(group.value.decode::<Group>().unwrap().number, 7);
    assert_eq!(group.property("U_Rate").unwrap().get(), "0.10000000000000000001");
    assert!(groups.find(9).await.unwrap().is_none());
    assert_eq!(groups.all(Query::new()).await.unwrap().len(), 1);
    groups.create_raw(Bytes::from_static(b"{}"), None).await.unwrap();
    groups.patch_raw(7, Bytes::from_static(b"{}"), Some("W/\"A\""), None).await.unwrap();
    groups.delete("a'b", None, None).await.unwrap();
    groups.action(7, "Close", None, None).await.unwrap();
    client.service("CompanyService_GetPathAdmin", None, CallClass::Read).await.unwrap();
    let sent: Vec<_> = sap
        .log()
        .into_iter()
        .filter(|seen| seen.method != "GET")
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .skip(1)
        .collect();
    assert_eq!(
        sent,
        [
            "POST ItemGroups",
            "PATCH ItemGroups(7)",
            "DELETE ItemGroups('a''b')",
            "POST ItemGroups(7)/Close",
            "POST CompanyService_GetPathAdmin"
        ]
    );
    assert!(client.any_entity_set("X') or (1").is_err());
    assert!(groups.action(7, "Close/../x", None, None).await.is_err());
    client.close().await;
}

/// One setting, one behaviour: read alone or in pages, by a type or by name.
#[tokio::test(start_paused = true)]
async fn raw_json_is_kept_or_not_wherever_an_entity_is_read() {
    for keep in [true, false] {
        let sap = FakeSap::new(|seen, _| match seen.path.as_str() {
            "Projects('P')" => Some(ok(r#"{"Code":"P","U_A":"x"}"#)),
            path if path.starts_with("Projects") => {
                Some(ok(r#"{"value":[{"Code":"P","U_A":"x"}]}"#))
            }
            "U_MAP('P')" => Some(ok(r#"{"Code":"P","Name":"P","U_A":"x"}"#)),
            _ => None,
        });
        let client = sap.builder("v2").keep_raw(keep).build().unwrap();
        let (typed, any) = (client.projects(), client.any_entity_set("Projects").unwrap());
        let kept = [
            typed.get("P").await.unwrap().udf("U_A").is_some(),
            typed.all(Query::new()).await.unwrap()[0].udf("U_A").is_some(),
            any.get("P").await.unwrap().udf("U_A").is_some(),
            any.all(Query::new()).await.unwrap()[0].udf("U_A").is_some(),
        ];
        assert_eq!(kept, [keep; 4]);
        // What would be nothing without its JSON has it all the same.
        assert!(any.get("P").await.unwrap().value.json().contains("U_A"));
        let row = client.user_table("MAP").unwrap().find("P").await.unwrap().unwrap();
        assert_eq!(row.fields.len(), 1);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stored_query_is_made_and_run_with_parameters_over_pages() {
    for (version, link) in [("v1", "odata.nextLink"), ("v2", "@odata.nextLink")] {
        let sap = FakeSap::new(move |seen, _| match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "SQLQueries") => Some(Reply::Answer(201, r#"{"SqlCode":"open"}"#.into())),
            ("GET", "SQLQueries('open')/List?vendor='O''Brien%26x%3D1'&total=12.50") => {
                Some(ok(&format!(
                    r#"{{"SqlText":"select","value":[{{"DocDate":"20260801"}}],"{link}":"SQLQueries('open')/List?$skip=1"}}"#
                )))
            }
            ("GET", "SQLQueries('open')/List?$skip=1") => Some(ok(&format!(
                r#"{{"value":[{{"DocDate":"20260802"}}],"{link}":"SQLQueries('open')/List?$skip=2"}}"#
            ))),
            ("GET", "SQLQueries('open')/List?$skip=2") => Some(ok(r#"{"value":[]}"#)),
            ("GET", "SQLQueries('loop')/List") => {
                Some(ok(&format!(r#"{{"value":[{{}}],"{link}":"SQLQueries('loop')/List"}}"#)))
            }
            ("GET", _) => Some(error(400, 704, "Parameter error.")),
            _ => None,
        });
        let client = sap.builder(version).build().unwrap();
        let query = NewSqlQuery {
            sql_code: "open".into(),
            sql_name: "Open".into(),
            sql_text: "select DocDate from OPCH where CardCode = :vendor".into(),
        };
        client.create_sql_query(&query).await.unwrap();
        let total = rust_decimal::Decimal::new(1250, 2);
        let parameters =
            [("vendor", Literal::from("O'Brien&x=1")), ("total", Literal::Number(total))];
        let rows = client.run_sql_query("open", parameters).unwrap().all().await.unwrap();
        let days: Vec<_> = rows.iter().map(|row| row.value.json()).collect();
        assert_eq!(days, [r#"{"DocDate":"20260801"}"#, r#"{"DocDate":"20260802"}"#]);
        let refused = client.run_sql_query("other", []).unwrap().all().await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rejected, Some(704)));
        let loops = client.run_sql_query("loop", []).unwrap().all().await.unwrap_err();
        assert_eq!(loops.kind(), ErrorKind::Decode);
        assert!(client.run_sql_query("open", [("a=1&b", Literal::Null)]).is_err());
        client.close().await;
    }
}
