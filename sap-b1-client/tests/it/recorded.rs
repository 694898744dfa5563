//! Exchanges recorded from real servers decode.

use http::HeaderMap;
use rust_decimal::Decimal;
use sap_b1_client::{
    Branch, BusinessPartner, BusinessPlace, CardType, ChartOfAccount, Currency, Dimension,
    DistributionRule, Document, JournalEntry, LoginAnswer, PaymentTermsType, ProfitCenter, Project,
    Record, SalesTaxCode, SessionCookies, UserField, UserTable, VatGroup, WithholdingTaxCode,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
struct Exchange {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    headers: BTreeMap<String, Vec<String>>,
    json: Option<Box<RawValue>>,
}

fn exchanges(text: &str) -> Vec<Exchange> {
    serde_json::from_str(text).unwrap()
}

/// The body of a recorded page.
#[derive(Deserialize)]
struct Page {
    value: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "ItemCode")]
    item_code: String,
}

const RECORDED: &str = include_str!("../fixtures/recorded-v2-exchanges.json");

#[test]
fn recorded_logins_are_read() {
    for (text, version) in
        [(include_str!("../fixtures/session-exchanges.json"), "1000190"), (RECORDED, "1000280")]
    {
        let exchange = exchanges(text).remove(0).response;
        let mut answer = http::Response::builder();
        for value in exchange.headers.get("Set-Cookie").into_iter().flatten() {
            answer = answer.header("set-cookie", value);
        }
        let answer = answer.body(exchange.json.unwrap().get().to_owned().into()).unwrap();
        let session = LoginAnswer::read(&answer).unwrap();
        assert_eq!(session.idle_timeout, Duration::from_secs(1800));
        assert_eq!(session.version.as_deref(), Some(version));
        let route = (version == "1000190").then_some(".node1");
        assert_eq!(session.cookies.unwrap().route_id().map(str::to_owned).as_deref(), route);
    }
    assert!(SessionCookies::from_answer(&HeaderMap::new(), None).is_none());
}

#[test]
fn recorded_entities_keep_every_number_and_unknown_property() {
    let exchanges = exchanges(RECORDED);
    let item =
        Record::<Item>::from_json(exchanges[1].response.json.as_ref().unwrap().get()).unwrap();
    assert_eq!(item.value.item_code, "9990140071261");
    assert_eq!(item.property("SalesItemsPerUnit").unwrap().get(), "1.0");
    assert_eq!(item.property("DefaultWarehouse").unwrap().get(), "\"600\"");
    assert!(item.property("NoSuchProperty").is_none());
    assert!(!item.rows("ItemPrices").is_empty());
    let page: Page =
        serde_json::from_str(exchanges[2].response.json.as_ref().unwrap().get()).unwrap();
    assert_eq!(page.value.len(), 2);
    for raw in page.value {
        let item = Record::<Item>::from_json(raw.get()).unwrap();
        let digits = item.property("SalesUnitVolume").unwrap().get();
        assert!(Decimal::from_str_exact(digits).is_ok() && digits.contains('.'), "{digits}");
    }
}

/// A service invoice as the documentation of the entity describes it, with the forms both versions use.
#[test]
fn documents_of_both_versions_decode_alike() {
    let v1 = r#"{"odata.metadata":"m","DocEntry":7,"DocType":"dDocument_Service","DocDate":"2026-08-01","DocTotal":12500.0,"DocTotalFc":"0.0",
        "Cancelled":"tNO","CancelStatus":"csNo","AuthorizationStatus":"dasWithout","U_ProcoreKey":"k","DocumentReferences":null,
        "DocumentLines":[{"LineNum":0,"LineTotal":12500.00,"U_Line":"l","Something":{"a":1}}]}"#;
    let v2 = v1
        .replace("odata.metadata", "@odata.context")
        .replace("\"2026-08-01\"", "\"2026-08-01T00:00:00Z\"");
    let v1 = Record::<Document>::from_json(v1).unwrap();
    let v2 = Record::<Document>::from_json(&v2).unwrap();
    assert_eq!(v1.value, v2.value);
    assert_eq!(v1.value.doc_total.unwrap().to_string(), "12500.0");
    assert_eq!(v1.value.document_lines[0].line_total.unwrap().to_string(), "12500.00");
    assert_eq!(v1.row_udf("DocumentLines", 0, "U_Line").unwrap().as_str(), Some("l"));
}

#[derive(Deserialize)]
struct Request {
    method: String,
    set: String,
    body: String,
}

/// Decodes an entity; whether anything of it was known.
fn known<T: DeserializeOwned + Default + PartialEq>(body: &str) -> bool {
    let record = Record::<T>::from_json(body).unwrap_or_else(|error| panic!("{body}: {error}"));
    record.value != T::default()
}

/// SAP prints numbers as strings here, and letters for members.
#[test]
fn every_documented_request_reads_as_the_entity_it_makes() {
    let requests: Vec<Request> =
        serde_json::from_str(include_str!("../fixtures/api-reference-requests.json")).unwrap();
    for Request { method, set, body } in &requests {
        let decodes = match set.as_str() {
            "PurchaseInvoices" | "PurchaseCreditNotes" | "PurchaseOrders" | "Drafts" => {
                known::<Document>
            }
            "JournalEntries" => known::<JournalEntry>,
            "BusinessPartners" => known::<BusinessPartner>,
            "ChartOfAccounts" => known::<ChartOfAccount>,
            "ProfitCenters" => known::<ProfitCenter>,
            "DistributionRules" => known::<DistributionRule>,
            "Dimensions" => known::<Dimension>,
            "Projects" => known::<Project>,
            "VatGroups" => known::<VatGroup>,
            "SalesTaxCodes" => known::<SalesTaxCode>,
            "WithholdingTaxCodes" => known::<WithholdingTaxCode>,
            "Currencies" => known::<Currency>,
            "BusinessPlaces" => known::<BusinessPlace>,
            "Branches" => known::<Branch>,
            "PaymentTermsTypes" => known::<PaymentTermsType>,
            "UserFieldsMD" => known::<UserField>,
            "UserTablesMD" => known::<UserTable>,
            other => panic!("{other} is not modelled"),
        };
        // The address of a business place is all that one change names, and it is not modelled.
        assert!(decodes(body) || body.contains("Huaxia"), "{method} {set} {body}");
    }
    assert_eq!(requests.len(), 40);
    let read = |n: usize| requests[n].body.as_str();
    let invoice = Record::<Document>::from_json(read(0)).unwrap().value;
    assert_eq!(invoice.document_lines[0].quantity, Some(Decimal::from(100)));
    let partner = Record::<BusinessPartner>::from_json(read(10)).unwrap().value;
    assert_eq!(partner.card_type, Some(CardType::Customer));
    let tax = requests.iter().find(|request| request.body.contains("STAType")).unwrap();
    let tax = Record::<SalesTaxCode>::from_json(&tax.body).unwrap().value;
    assert_eq!(tax.lines[0].authority_type, Some(-3));
    let group = requests.iter().find(|request| request.body.contains("20070101")).unwrap();
    let group = Record::<VatGroup>::from_json(&group.body).unwrap().value;
    assert_eq!(group.lines[0].effective_from, chrono::NaiveDate::from_ymd_opt(2007, 1, 1));
    for wrong in
        ["{\"DocNum\":1.5}", "{\"DocNum\":\"x\"}", "{\"DocNum\":3000000000}", "{\"DocNum\":true}"]
    {
        assert!(Record::<Document>::from_json(wrong).is_err(), "{wrong}");
    }
}
