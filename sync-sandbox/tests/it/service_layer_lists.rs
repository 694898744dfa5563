//! Queries: filters, selection, order, pages, counts, keys.

use sync_sandbox::service_layer::ServiceLayerOptions;

use crate::service_layer::{Sap, invoice};

/// Twenty-five invoices with the keys `8:865:subcontract:1#1` to `...:25#1`.
fn with_invoices(options: ServiceLayerOptions) -> Sap {
    let sap = Sap::with(options);
    for n in 1..=25 {
        let key = format!(r#","U_ProcoreKey":"8:865:subcontract:{n}#1""#);
        sap.created("PurchaseInvoices", &invoice(&format!("R-{n}"), &format!("{n}.00"), &key, ""));
    }
    sap
}

fn found(sap: &Sap, filter: &str) -> usize {
    let filter = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
    sap.ok(&format!("PurchaseInvoices/$count?$filter={filter}")).text.parse().unwrap()
}

#[test]
fn filters_compare_and_combine_as_the_manual_says() {
    let sap = with_invoices(ServiceLayerOptions::default());
    for (filter, expected) in [
        ("DocTotal eq 7", 1),
        ("DocTotal ne 7", 24),
        ("DocTotal gt 20", 5),
        ("DocTotal ge 20", 6),
        ("DocTotal lt 3.5", 3),
        ("DocTotal le 3", 3),
        ("3 ge DocTotal", 3),
        ("DocTotal gt 5 and DocTotal lt 8", 2),
        ("DocTotal eq 1 or DocTotal eq 2 and DocTotal eq 3", 1),
        ("(DocTotal eq 1 or DocTotal eq 2) and DocTotal le 1", 1),
        ("not (DocTotal gt 5)", 5),
        ("not DocTotal gt 5 and DocTotal gt 3", 2),
        ("startswith(U_ProcoreKey,'8:865:subcontract:1#')", 1),
        ("startswith(U_ProcoreKey, '8:865:subcontract:1') or DocTotal eq 2", 12),
        ("endswith(NumAtCard,'-5')", 1),
        ("contains(NumAtCard,'-2')", 7),
        ("substringof('-2',NumAtCard)", 7),
        ("DocDate eq '2026-03-10'", 25),
        ("DocDate ge '20260311'", 0),
        ("DocDate le '2026-03-10T00:00:00Z' and DocDate ge '2026-03-10'", 25),
        ("CancelStatus eq 'csNo'", 25),
        ("CancelStatus eq 'N'", 25),
        ("Rounding eq SAPB1.BoYesNoEnum'tNO'", 25),
        ("Comments eq null", 25),
        ("Comments ne null", 0),
        ("U_ProcoreRev ne 'x'", 0),
        ("not (U_ProcoreRev eq 'x')", 0),
        ("CardCode eq 'v100'", 0),
    ] {
        assert_eq!(found(&sap, filter), expected, "{filter}");
    }
}

#[test]
fn filters_that_mean_nothing_are_refused() {
    let sap = Sap::ready();
    for filter in [
        "",
        "DocEntry",
        "DocEntry eq",
        "DocEntry eq 'abc'",
        "DocEntry eq 1 and",
        "(DocEntry eq 1",
        "DocEntry eq 1)",
        "DocDate ge 2026-01-01",
        "DocDate ge 'yesterday'",
        "DocDate ge datetime'2026-03-10'",
        "Rounding eq SAPB1.BoStatus'tNO'",
        "Rounding eq BoYesNoEnum'tNO'",
        "CardCode eq SAPB1.BoYesNoEnum'tNO'",
        "CardCode eq 'open",
        "CardCode eq V100",
        "CancelStatus eq 'csMaybe'",
        "DocTotal add 1 eq 2",
        "year(DocDate) eq 2026",
        "startswith('a',CardCode)",
        "startswith(DocEntry,'1')",
        "CardCode%20eq%20'a'+and",
    ] {
        let answer = sap.get(&format!("PurchaseInvoices?$filter={}", filter.replace(' ', "%20")));
        assert_eq!((answer.status, answer.error().0), (400, 201), "{filter}: {}", answer.text);
    }
    let lines = sap.get("PurchaseInvoices?$filter=DocumentLines%20eq%20'x'");
    assert_eq!(lines.error(), (201, "Property 'DocumentLines' is invalid".to_owned()));
    let deep = format!("PurchaseInvoices?$filter={}DocEntry%20eq%201", "(".repeat(5_000));
    assert_eq!(sap.get(&deep).status, 400);
}

#[test]
fn a_user_field_that_was_never_created_is_an_unknown_property() {
    let mut sap = Sap::without_session(ServiceLayerOptions::default());
    sap.log_in();
    let query = "PurchaseInvoices?$filter=startswith(U_ProcoreKey,'8')";
    assert_eq!(sap.get(query).error(), (201, "Property 'U_ProcoreKey' is invalid".to_owned()));
    sap.layer.create_procore_udfs();
    assert!(sap.ok(query).rows().is_empty());
}

#[test]
fn a_page_has_twenty_rows_and_points_to_the_next_below_the_service_root() {
    let mut sap = with_invoices(ServiceLayerOptions::default());
    for (version, next) in [("v1", "odata.nextLink"), ("v2", "@odata.nextLink")] {
        sap.version = version;
        let first = sap.ok("PurchaseInvoices?$select=DocEntry&$orderby=DocEntry%20desc");
        assert_eq!(first.rows().len(), 20);
        let body = first.json();
        let link = body[next].as_str().unwrap();
        assert_eq!(
            link, "PurchaseInvoices?$select=DocEntry&$orderby=DocEntry%20desc&$skip=20",
            "the options stay as they were written"
        );
        let second = sap.ok(link);
        assert_eq!(second.rows().len(), 5);
        assert!(second.json().get(next).is_none());
        assert!(second.rows()[0]["DocEntry"].as_i64() < first.rows()[19]["DocEntry"].as_i64());
    }
}

#[test]
fn a_full_last_page_still_points_on_and_the_next_one_is_empty() {
    let sap = with_invoices(ServiceLayerOptions::default());
    let pages = [("prefer", "odata.maxpagesize=5")];
    let mut path = "PurchaseInvoices?$select=DocEntry".to_owned();
    let mut rows = Vec::new();
    let mut calls = 0;
    loop {
        let answer = sap.send("GET", &path, "", &pages);
        assert_eq!(answer.header("preference-applied"), "odata.maxpagesize=5");
        calls += 1;
        rows.extend(answer.rows());
        match answer.json()["@odata.nextLink"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((rows.len(), calls), (25, 6), "five full pages and an empty one");
}

#[test]
fn top_is_decremented_from_page_to_page() {
    let sap = with_invoices(ServiceLayerOptions::default());
    let first = sap.ok("PurchaseInvoices?$top=22");
    assert_eq!(first.rows().len(), 20);
    assert_eq!(first.json()["@odata.nextLink"], "PurchaseInvoices?$top=2&$skip=20");
    let second = sap.ok("PurchaseInvoices?$top=2&$skip=20");
    assert_eq!(second.rows().len(), 2);
    assert!(second.json().get("@odata.nextLink").is_none());
    assert!(sap.ok("PurchaseInvoices?$top=20").json().get("@odata.nextLink").is_none());
}

#[test]
fn the_link_can_start_at_the_servers_root() {
    let sap = with_invoices(ServiceLayerOptions { rooted_next_link: true, ..Default::default() });
    let link = sap.ok("PurchaseInvoices").json()["@odata.nextLink"].clone();
    assert_eq!(link, "/b1s/v2/PurchaseInvoices?$skip=20");
}

#[test]
fn page_size_zero_means_all_rows_and_a_header_sets_it_too() {
    let sap = with_invoices(ServiceLayerOptions::default());
    let all = sap.send("GET", "PurchaseInvoices", "", &[("prefer", "odata.maxpagesize=0")]);
    assert_eq!(all.rows().len(), 25);
    assert!(all.json().get("@odata.nextLink").is_none());
    let four = sap.send("GET", "PurchaseInvoices", "", &[("b1s-pagesize", "4")]);
    assert_eq!(four.rows().len(), 4);
}

#[test]
fn counts_are_a_number_in_v2_a_string_in_v1_and_plain_text_alone() {
    let mut sap = with_invoices(ServiceLayerOptions::default());
    assert_eq!(sap.ok("PurchaseInvoices?$count=true&$top=1").json()["@odata.count"], 25);
    let alone = sap.ok("PurchaseInvoices/$count");
    assert_eq!((alone.text.as_str(), alone.header("content-type")), ("25", "text/plain"));
    sap.version = "v1";
    let inline = sap.ok("PurchaseInvoices?$inlinecount=allpages&$top=1");
    assert_eq!(inline.json()["odata.count"], "25");
}

#[test]
fn selection_and_order_know_their_properties() {
    let sap = with_invoices(ServiceLayerOptions::default());
    let rows =
        sap.ok("PurchaseInvoices?$select=DocEntry,U_ProcoreKey&$orderby=DocTotal%20desc&$top=2");
    let rows = rows.rows();
    assert_eq!(rows[0]["U_ProcoreKey"], "8:865:subcontract:25#1");
    let names: Vec<_> = rows[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["@odata.etag", "DocEntry", "U_ProcoreKey"]);
    for query in [
        "$select=Nope",
        "$orderby=Nope",
        "$expand=DocumentLines",
        "$apply=x",
        "$top=x",
        "$count=yes",
        "$inlinecount=all",
        "top=1",
    ] {
        let answer = sap.get(&format!("PurchaseInvoices?{query}"));
        assert_eq!((answer.status, answer.error().0), (400, 201), "{query}");
    }
}

#[test]
fn a_typed_enum_literal_belongs_to_v2() {
    let mut sap = with_invoices(ServiceLayerOptions::default());
    let query = "PurchaseInvoices?$filter=Rounding%20eq%20SAPB1.BoYesNoEnum'tNO'";
    assert_eq!(sap.ok(query).rows().len(), 20);
    sap.version = "v1";
    assert_eq!(sap.get(query).error().0, 201);
}

#[test]
fn one_entity_is_read_with_a_selection_and_no_other_option() {
    let sap = Sap::ready();
    let made = sap.created("PurchaseInvoices", &invoice("1", "1.00", "", ""));
    let path = format!("PurchaseInvoices({})", made["DocEntry"]);
    let one = sap.ok(&format!("{path}?$select=DocEntry")).json();
    assert!(one.get("CardCode").is_none() && one["DocEntry"] == made["DocEntry"]);
    for option in ["$filter=DocEntry%20eq%201", "$top=1", "$skip=0", "$orderby=DocEntry"] {
        let answer = sap.get(&format!("{path}?{option}"));
        assert_eq!((answer.status, answer.error().0), (400, 201), "{option}");
    }
}

#[test]
fn keys_may_hold_quotes_blanks_and_ampersands() {
    let sap = Sap::ready();
    let one = sap.ok("BusinessPartners('O''Brien%20%26%20Co')");
    assert_eq!(one.json()["CardName"], "Partner O'Brien & Co");
    let filter = "BusinessPartners?$select=CardCode&$filter=CardCode%20eq%20'O''Brien%20%26%20Co'";
    assert_eq!(sap.ok(filter).rows().len(), 1);
    assert_eq!(sap.get("PurchaseInvoices('1')").status, 404);
    assert_eq!(sap.get("NoSuchEntities").error().1, "Service Not Found");
    assert_eq!(sap.get("U_NOSUCHTABLE").error().1, "Service Not Found");
}

#[test]
fn dates_and_numbers_are_written_as_each_flavour_writes_them() {
    let mut sap = with_invoices(ServiceLayerOptions::default());
    let v2 = sap.ok("PurchaseInvoices?$top=1").text;
    assert!(
        v2.contains(r#""DocDate":"2026-03-10T00:00:00Z""#) && v2.contains(r#""DocTotal":1.0,"#)
    );
    assert!(v2.contains(r#""WTAmount":0.0"#) && v2.contains(r#""Comments":null"#));
    assert!(v2.contains(r#""HandWritten":"tNO""#));
    let answer = sap.ok("PurchaseInvoices?$top=1");
    assert_eq!(answer.header("odata-version"), "4.0");
    assert_eq!(
        answer.header("content-type"),
        "application/json;odata.metadata=minimal;charset=utf-8"
    );
    sap.version = "v1";
    let v1 = sap.ok("PurchaseInvoices?$top=1");
    assert!(v1.text.contains(r#""DocDate":"2026-03-10""#));
    assert_eq!(v1.header("odata-version"), "");
    assert_eq!(v1.header("content-type"), "application/json;odata=minimalmetadata;charset=utf-8");
    assert!(v1.json()["odata.metadata"].as_str().unwrap().ends_with("#PurchaseInvoices"));
}

#[test]
fn a_doubled_slash_before_the_service_root_works() {
    let sap = Sap::ready();
    let mut request = sap.request("GET", "Projects", "", &[]);
    *request.uri_mut() = "https://sap.example.com//b1s/v2/Projects".parse().unwrap();
    assert_eq!(sap.layer.call(request).unwrap().status(), 200);
    let mut elsewhere = sap.request("GET", "Projects", "", &[]);
    *elsewhere.uri_mut() = "https://sap.example.com/odata/Projects".parse().unwrap();
    assert_eq!(sap.layer.call(elsewhere).unwrap().status(), 404);
}
