//! SAP's CAP runtime, serving the names and types of the Service Layer, takes what our client writes and answers it.
//!
//! It judges addresses, `$filter`, `$orderby`, `$expand`, keys, property names of headers and rows, dates and `$batch`. It is
//! no Service Layer: it has no sessions, and it knows nothing of accounting.

use crate::{csn, installed};
use rust_decimal::Decimal;
use sap_b1_client::{
    Batch, BatchAnswer, Call, CardType, Client, DocType, ErrorKind, Filter, Key, Literal,
    NewBusinessPartner, NewCurrency, NewDocument, NewDocumentLine, NewProject, Order, Outcome,
    PasswordLogin, Query, UdfValue, Udfs,
};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The server, which ends with the test.
struct Cap {
    process: Child,
    url: String,
}

impl Drop for Cap {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Cap {
    async fn start() -> Self {
        let folder = installed("cap");
        fs::create_dir_all(folder.join("srv")).unwrap();
        fs::write(folder.join("srv/b1.csn"), csn::model()).unwrap();
        fs::write(folder.join("server.js"), include_str!("cap/server.js")).unwrap();
        let port = free_port();
        let log = fs::File::create(folder.join("server.log")).unwrap();
        let process = Command::new("node")
            .args(["node_modules/@sap/cds/bin/serve.js", "all", "--in-memory", "--port", &port])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("node starts");
        let mut cap = Self { process, url: format!("http://127.0.0.1:{port}/b1s/v2") };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.is_err() {
            let ended = cap.process.try_wait().unwrap();
            let log = || fs::read_to_string(folder.join("server.log")).unwrap_or_default();
            assert!(ended.is_none(), "the CAP runtime ended: {}", log());
            assert!(began.elapsed() < Duration::from_secs(90), "it never listened: {}", log());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        cap
    }

    fn client(&self) -> Client {
        let login = PasswordLogin::new("judge", "judge", "judge".into());
        Client::builder(&self.url, login).page_size(7).build().unwrap()
    }
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn vendor(code: &str, name: &str) -> NewBusinessPartner {
    NewBusinessPartner {
        card_code: text(code),
        card_name: text(name),
        card_type: Some(CardType::Supplier),
        ..Default::default()
    }
}

fn project(n: usize) -> NewProject {
    NewProject { code: Some(format!("P{n:02}")), name: text("Site"), ..Default::default() }
}

#[tokio::test]
#[ignore = "needs the CAP runtime: tests/oracle/README.md"]
async fn sap_s_own_runtime_understands_our_client() {
    let cap = Cap::start().await;
    let client = cap.client();
    queries(&client).await;
    orders_and_days(&client).await;
    documents(&client).await;
    expansions(&client).await;
    keys_of_two_parts(&client).await;
    names(&client).await;
    batches(&client).await;
    client.close().await;
}

/// Filters, keys with every awkward character, pages, counts.
async fn queries(client: &Client) {
    let awkward = ["O'Brien", "a/b", "50% & more", "x?y#z", "Größe+1", "it's 'quoted'", "(a,b)=c"];
    for (n, name) in awkward.iter().enumerate() {
        let code = format!("V{n}'{}", &name[..name.len().min(12)]);
        client.business_partners().create(&vendor(&code, name), None).await.unwrap();
        let found = client.business_partners().get(code.as_str()).await.unwrap();
        assert_eq!(found.value.card_name.as_deref(), Some(*name));
        let by_name = Query::new().filter(Filter::eq("CardName", *name));
        let found = client.business_partners().all(by_name).await.unwrap();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].value.card_code.as_deref(), Some(code.as_str()));
    }
    let partners = client.business_partners();
    let every = [
        (Filter::starts_with("CardName", "O'B"), 1),
        (Filter::ends_with("CardName", "#z"), 1),
        (Filter::contains("CardName", "& m"), 1),
        (Filter::eq("CardType", CardType::Supplier).and(Filter::ne("CardName", "a/b")), 6),
        (Filter::eq("CardName", "a/b").or(Filter::eq("CardName", "O'Brien")).negate(), 5),
        (Filter::gt("CardCode", "V3").and(Filter::le("CardCode", "V5")), 2),
        (Filter::eq("GroupCode", 7), 0),
    ];
    for (filter, expected) in every {
        let query = Query::new().filter(filter);
        assert_eq!(partners.count(&query).await.unwrap(), expected, "{query:?}");
        let rows = partners.all(query.clone()).await.unwrap();
        assert_eq!(u64::try_from(rows.len()).unwrap(), expected, "{query:?}");
    }

    for n in 0..23 {
        client.projects().create(&project(n), None).await.unwrap();
    }
    let mut pages = client.projects().pages(Query::new().with_total()).unwrap();
    let mut codes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        codes.extend(page.into_iter().filter_map(|row| row.value.code));
    }
    let expected: Vec<_> = (0..23).map(|n| format!("P{n:02}")).collect();
    assert_eq!(codes, expected);
    assert_eq!(pages.total(), Some(23));
    let last = Query::new().select(["Code"]).order_by("Code", Order::Descending).top(2).skip(1);
    let last = client.projects().all(last).await.unwrap();
    let last: Vec<_> = last.into_iter().filter_map(|row| row.value.code).collect();
    assert_eq!(last, ["P21", "P20"]);
}

/// Days of version 4, which it answers as instants; orders by more than one property; numbers that are no whole ones.
async fn orders_and_days(client: &Client) {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let until = [("D1", "2026-01-31"), ("D2", "2026-02-28"), ("D3", "2026-02-28")];
    for (code, valid_to) in until {
        let project = NewProject {
            code: text(code),
            name: text("Dated"),
            valid_to: Some(day(valid_to)),
            ..Default::default()
        };
        client.projects().create(&project, None).await.unwrap();
    }
    let found = client.projects().get("D1").await.unwrap();
    assert_eq!(found.property("ValidTo").unwrap().get(), "\"2026-01-31T00:00:00Z\"");
    assert_eq!(found.value.valid_to, Some(day("2026-01-31")));
    let dated = Filter::eq("Name", "Dated");
    for (filter, expected) in [
        (Filter::ge("ValidTo", day("2026-02-01")), 2),
        (Filter::le("ValidTo", day("2026-02-01")), 1),
        (Filter::eq("ValidTo", Literal::Null), 0),
        (Filter::ne("ValidTo", Literal::Null), 3),
    ] {
        let query = Query::new().filter(dated.clone().and(filter));
        assert_eq!(client.projects().count(&query).await.unwrap(), expected, "{query:?}");
        let rows = client.projects().all(query.clone()).await.unwrap();
        assert_eq!(u64::try_from(rows.len()).unwrap(), expected, "{query:?}");
    }
    let ordered = Query::new()
        .filter(dated)
        .order_by("ValidTo", Order::Descending)
        .order_by("Code", Order::Ascending);
    let rows = client.projects().all(ordered).await.unwrap();
    let codes: Vec<_> = rows.into_iter().filter_map(|row| row.value.code).collect();
    assert_eq!(codes, ["D2", "D3", "D1"]);

    let half = NewCurrency { code: text("EUR"), name: text("Euro"), ..Default::default() };
    client.currencies().create(&half, None).await.unwrap();
    client.currencies().delete("EUR", None, None).await.unwrap();
    let gone = client.currencies().get("EUR").await.unwrap_err();
    assert_eq!(gone.status().map(|status| status.as_u16()), Some(404), "{gone}");
}

/// A document with rows goes in and comes out with its digits; a change reaches it.
async fn documents(client: &Client) {
    let document = NewDocument {
        doc_type: Some(DocType::Service),
        card_code: text("V1"),
        num_at_card: text("INV-4711"),
        document_lines: vec![NewDocumentLine {
            item_description: text("03-300 Cast-in-place concrete"),
            account_code: text("_SYS00000000164"),
            line_total: Some(Decimal::new(1_250_075, 2)),
            project_code: text("P01"),
            ..Default::default()
        }],
        ..Default::default()
    };
    // CAP counts no keys by itself: the key is sent, and the rest are the bytes our builder makes.
    let body = String::from_utf8(document.to_body().to_vec()).unwrap();
    let body = body.replacen('{', "{\"DocEntry\":7,", 1);
    let created = client.purchase_invoices().create_raw(body.into(), None).await.unwrap();
    assert_eq!(created.doc_entry, Some(7));
    let read = client.purchase_invoices().get(7).await.unwrap().value;
    assert_eq!(read.num_at_card.as_deref(), Some("INV-4711"));
    assert_eq!(read.document_lines[0].line_total, Some(Decimal::new(1_250_075, 2)));
    let changes = Udfs::from([("Comments".to_owned(), UdfValue::from("changed"))]);
    client.purchase_invoices().patch(7, &changes, None).await.unwrap();
    let read = client.purchase_invoices().get(7).await.unwrap().value;
    assert_eq!(read.comments.as_deref(), Some("changed"));
    // CAP words an absent entity otherwise than SAP (no -2028), so only the status is judged.
    let absent = client.purchase_invoices().get(8).await.unwrap_err();
    assert_eq!(absent.status().map(|status| status.as_u16()), Some(404), "{absent}");
}

/// Filters by amounts, and the entities beside a document.
async fn expansions(client: &Client) {
    let amounts = [
        (Filter::gt("DocTotal", Decimal::new(10_050, 2)), 1),
        (Filter::lt("DocTotal", Decimal::new(-5, 1)), 0),
    ];
    let body = r#"{"DocEntry":8,"CardCode":"V0'O'Brien","DocTotal":100.75,"DocDate":"2026-08-01"}"#;
    client.purchase_invoices().create_raw(body.into(), None).await.unwrap();
    for (filter, expected) in amounts {
        let query = Query::new().filter(filter);
        assert_eq!(client.purchase_invoices().count(&query).await.unwrap(), expected, "{query:?}");
    }
    let query = Query::new()
        .filter(Filter::eq("DocEntry", 8))
        .select(["DocEntry", "DocDate"])
        .expand(["BusinessPartner", "JournalEntry"]);
    let found = client.purchase_invoices().all(query).await.unwrap();
    let partner = found[0].property("BusinessPartner").unwrap().get();
    assert!(partner.contains("\"CardName\":\"O'Brien\""), "{partner}");
    assert_eq!(found[0].property("JournalEntry").unwrap().get(), "null");
    assert_eq!(found[0].value.doc_date.unwrap().to_string(), "2026-08-01");
    // Rows are none of the entities beside a document: SAP refuses this with 201.
    let rows = Query::new().filter(Filter::eq("DocEntry", 8)).expand(["NoSuchLink"]);
    let error = client.purchase_invoices().all(rows).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
}

/// `UserFieldsMD(TableName='OPCH',FieldID=0)`: its parts by name.
async fn keys_of_two_parts(client: &Client) {
    let body = r#"{"TableName":"OPCH","FieldID":0,"Name":"SourceKey"}"#;
    client.user_fields().create_raw(body.into(), None).await.unwrap();
    let key = Key::Parts(vec![("TableName", Key::from("OPCH")), ("FieldID", Key::from(0))]);
    let field = client.user_fields().get(key).await.unwrap();
    assert_eq!(field.value.name.as_deref(), Some("SourceKey"));
    let fields = Query::new().filter(Filter::eq("TableName", "OPCH"));
    assert_eq!(client.user_fields().all(fields).await.unwrap().len(), 1);
}

/// The judge is able to refuse: names that do not exist, in headers, rows and filters.
async fn names(client: &Client) {
    for body in [
        r#"{"DocEntry":9,"NoSuchProperty":"x"}"#,
        r#"{"DocEntry":9,"DocumentLines":[{"NoSuchLine":1}]}"#,
    ] {
        let error = client.purchase_invoices().create_raw(body.into(), None).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    }
    let query = Query::new().filter(Filter::eq("NoSuchProperty", 1));
    let error = client.projects().all(query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
}

/// Reads and a change set in one batch; a change set that fails leaves nothing behind.
async fn batches(client: &Client) {
    let post = |project: &NewProject| Call::post("Projects", project.to_body());
    let mut batch = Batch::new();
    batch.add(Call::get("Projects('P01')?$select=Code,Name")).unwrap();
    let set = batch.change_set();
    set.add(post(&project(40))).unwrap();
    set.add(post(&project(41))).unwrap();
    let answers = client.batch(&batch).await.unwrap().into_vec();
    match &answers[..] {
        [BatchAnswer::Done(read), BatchAnswer::Done(made)] => {
            assert!(String::from_utf8_lossy(read[0].body()).contains("P01"));
            assert!(made.iter().all(|answer| answer.status() == 201), "{made:?}");
            assert_eq!(made.len(), 2);
        }
        other => panic!("{other:?}"),
    }
    // What a set creates is changed in the same set by its number.
    let mut batch = Batch::new();
    let set = batch.change_set();
    let made = set.add(post(&project(60))).unwrap();
    set.add(Call::patch(made.path(), r#"{"Name":"Renamed"}"#.into())).unwrap();
    let answers = client.batch(&batch).await.unwrap();
    assert!(answers.failure().is_none(), "{answers:?}");
    let renamed = client.projects().get("P60").await.unwrap();
    assert_eq!(renamed.value.name.as_deref(), Some("Renamed"));
    // What follows a failure is not executed, and says so.
    let mut batch = Batch::new();
    batch.add(Call::get("Projects('P01')")).unwrap();
    batch.add(Call::get("Projects('nowhere')")).unwrap();
    batch.add(post(&project(61))).unwrap();
    let answers = client.batch(&batch).await.unwrap().into_vec();
    assert!(
        matches!(
            &answers[..],
            [BatchAnswer::Done(_), BatchAnswer::Failed(_), BatchAnswer::NotExecuted]
        ),
        "{answers:?}"
    );
    assert!(
        client
            .projects()
            .all(Query::new().filter(Filter::eq("Code", "P61")))
            .await
            .unwrap()
            .is_empty()
    );

    let mut batch = Batch::new();
    let set = batch.change_set();
    set.add(post(&project(50))).unwrap();
    set.add(post(&project(40))).unwrap();
    let answers = client.batch(&batch).await.unwrap();
    assert!(answers.failure().is_some(), "{answers:?}");
    assert!(client.projects().find("P41").await.unwrap().is_some());
    let rolled_back = Query::new().filter(Filter::eq("Code", "P50"));
    assert_eq!(client.projects().count(&rolled_back).await.unwrap(), 0);
}
