//! What is written: exact amounts, plain dates, no nulls; and texts that are too long before they leave.

use crate::fake::{FakeSap, ok};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sap_b1_client::{
    BusinessPartner, Cancellation, CardType, DocType, ErrorKind, LengthLimits, NewBusinessPartner,
    NewDistributionRule, NewDistributionRuleLine, NewDocument, NewDocumentLine, NewJournalEntry,
    NewPartnerAddress, NewProfitCenter, NewWithholdingTaxCode, NewWithholdingTaxCodeLine, Outcome,
    RoundingContext, UdfValue, Udfs,
};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn day() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 8, 1)
}

fn document() -> NewDocument {
    NewDocument {
        doc_type: Some(DocType::Service),
        card_code: text("V10000"),
        doc_date: day(),
        document_lines: vec![NewDocumentLine {
            account_code: text("_SYS00000000164"),
            line_total: Some(Decimal::from_str_exact("1234567890123.120000").unwrap()),
            ..Default::default()
        }],
        udfs: Udfs::from([
            ("U_ProcoreKey".to_owned(), UdfValue::from("k")),
            ("U_ProcoreRev".to_owned(), UdfValue::from(3i64)),
        ]),
        ..Default::default()
    }
}

#[test]
fn a_body_holds_exact_amounts_plain_dates_and_no_nulls() {
    assert_eq!(
        std::str::from_utf8(&document().to_body()).unwrap(),
        concat!(
            r#"{"DocType":"dDocument_Service","CardCode":"V10000","DocDate":"2026-08-01","#,
            r#""DocumentLines":[{"AccountCode":"_SYS00000000164","LineTotal":1234567890123.120000}],"#,
            r#""U_ProcoreKey":"k","U_ProcoreRev":3}"#
        )
    );
    assert_eq!(&NewDocument::default().to_body()[..], b"{}");
}

#[test]
fn a_text_that_is_too_long_is_named_with_its_length_and_limit() {
    let limits = LengthLimits::default();
    let mut document = document();
    assert!(document.validate_lengths(&limits).is_ok());
    document.document_lines[0].costing_code5 = text("123456789");
    document.journal_memo = Some("ü".repeat(51));
    assert_eq!(document.length_findings(&limits).len(), 2);
    let error = document.validate_lengths(&limits).unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(
        error.message(),
        "JournalMemo of PurchaseInvoices is 51 characters long; SAP Business One holds 50"
    );
    let newest = limits.with("PurchaseInvoices", "JournalMemo", 254);
    let error = document.validate_lengths(&newest).unwrap_err();
    assert!(error.message().starts_with("CostingCode5 of DocumentLines (row 0)"), "{error}");
    let entry = NewJournalEntry { memo: Some("m".repeat(51)), ..Default::default() };
    assert!(entry.validate_lengths(&LengthLimits::default()).is_ok());
    assert!(entry.validate_lengths(&LengthLimits::of_9x()).is_err());
}

#[tokio::test(start_paused = true)]
async fn master_data_is_checked_before_it_leaves_and_sent_as_the_reference_prints_it() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let too_long = NewProfitCenter { center_code: text("123456789"), ..Default::default() };
    let error = client.profit_centers().create(&too_long, None).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidRequest, Outcome::NotSent));
    assert_eq!(client.calls(), 0);

    let center = NewProfitCenter {
        center_code: text("NY_B"),
        center_name: text("New York Branch"),
        effective_from: NaiveDate::from_ymd_opt(2014, 1, 1),
        effective_to: NaiveDate::from_ymd_opt(2014, 12, 31),
        ..Default::default()
    };
    client.profit_centers().create(&center, None).await.unwrap();
    let vendor = NewBusinessPartner {
        card_code: text("V100"),
        card_name: text("Acme"),
        card_type: Some(CardType::Supplier),
        addresses: vec![NewPartnerAddress { city: text("Reno"), ..Default::default() }],
        ..Default::default()
    };
    client.business_partners().create(&vendor, None).await.unwrap();
    let rule = NewDistributionRule {
        factor_code: text("DR1"),
        distribution_rule_lines: vec![NewDistributionRuleLine {
            center_code: text("NY_B"),
            total_in_center: Some(Decimal::new(1000, 1)),
            ..Default::default()
        }],
        ..Default::default()
    };
    client.distribution_rules().create(&rule, None).await.unwrap();
    let code = NewWithholdingTaxCode {
        wt_code: text("W01"),
        wt_name: text("WT tax"),
        account: text("100000000000000"),
        lines: vec![NewWithholdingTaxCodeLine {
            effective_from: NaiveDate::from_ymd_opt(2014, 11, 10),
            ..Default::default()
        }],
        ..Default::default()
    };
    client.withholding_tax_codes().create(&code, None).await.unwrap();
    let bodies: Vec<_> = sap.log().into_iter().skip(1).map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"CenterCode":"NY_B","CenterName":"New York Branch","EffectiveFrom":"2014-01-01","EffectiveTo":"2014-12-31"}"#,
            r#"{"CardCode":"V100","CardName":"Acme","CardType":"cSupplier","BPAddresses":[{"City":"Reno"}]}"#,
            r#"{"FactorCode":"DR1","DistributionRuleLines":[{"CenterCode":"NY_B","TotalInCenter":100.0}]}"#,
            r#"{"WTCode":"W01","WTName":"WT tax","Account":"100000000000000","WithholdingTaxCodes_Lines":[{"Effectivefrom":"2014-11-10"}]}"#,
        ]
    );
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_actions_of_documents_are_posted_where_the_metadata_has_them() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    client.purchase_orders().close(7, None).await.unwrap();
    client.purchase_orders().reopen(7, None).await.unwrap();
    let how = Cancellation { doc_date: day(), comments: text("via SL."), ..Default::default() };
    client.purchase_invoices().cancel2(123, &how, None).await.unwrap();
    client.drafts().save_draft_to_document(3, None).await.unwrap();
    let sent: Vec<_> = sap.log().into_iter().skip(1).map(|seen| (seen.path, seen.body)).collect();
    let expected = [
        ("PurchaseOrders(7)/Close", ""),
        ("PurchaseOrders(7)/Reopen", ""),
        (
            "PurchaseInvoicesService_Cancel2",
            r#"{"Document":{"DocEntry":123,"DocDate":"2026-08-01","Comments":"via SL."}}"#,
        ),
        ("DraftsService_SaveDraftToDocument", r#"{"Document":{"DocEntry":3}}"#),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body.to_owned())));
    for refused in [
        client.drafts().cancel2(1, &how, None).await,
        client.purchase_invoices().save_draft_to_document(1, None).await,
    ] {
        assert_eq!(refused.unwrap_err().outcome(), Outcome::NotSent);
    }
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_change_names_what_it_changes_and_empties_with_null() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let changes = Udfs::from([
        ("Comments".to_owned(), UdfValue::from("x")),
        ("U_Key".to_owned(), UdfValue::Null),
    ]);
    client.purchase_invoices().patch(7, &changes, None).await.unwrap();
    let sent = sap.log().pop().unwrap();
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("PATCH", "PurchaseInvoices(7)"));
    assert_eq!(sent.body, r#"{"Comments":"x","U_Key":null}"#);
    let wrong = Udfs::from([("a\":1,\"b".to_owned(), UdfValue::Null)]);
    assert!(client.purchase_invoices().patch(7, &wrong, None).await.is_err());
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn amounts_are_rounded_and_rates_set_with_their_own_digits() {
    let sap = FakeSap::new(|seen, _| match seen.path.as_str() {
        "CompanyService_RoundDecimal" => Some(ok("{\"@odata.context\":\"x\",\"Value\":12.35}")),
        "SBOBobService_GetLocalCurrency" => Some(ok("{\"value\":\"USD\"}")),
        "SBOBobService_GetSystemCurrency" => Some(ok("\"EUR\"")),
        _ => None,
    });
    let client = sap.client();
    let value = Decimal::new(12345, 3);
    let rounded = client.round_decimal(value, "USD", &RoundingContext::Sum).await.unwrap();
    assert_eq!(rounded, Decimal::new(1235, 2));
    assert_eq!(
        sap.log()[1].body,
        r#"{"DecimalData":{"Context":"rcSum","Currency":"USD","Value":12.345}}"#
    );
    client.set_currency_rate("EUR", day().unwrap(), Decimal::new(48000, 4), None).await.unwrap();
    assert_eq!(sap.log()[2].body, r#"{"RateDate":"20260801","Currency":"EUR","Rate":"4.8000"}"#);
    assert_eq!(client.local_currency().await.unwrap(), "USD");
    assert_eq!(client.system_currency().await.unwrap(), "EUR");
    client.close().await;
}

#[test]
fn what_a_new_partner_says_reads_back_as_the_same() {
    let vendor = NewBusinessPartner {
        card_code: text("V100"),
        card_type: Some(CardType::Supplier),
        valid_from: day(),
        addresses: vec![NewPartnerAddress { city: text("Reno"), ..Default::default() }],
        ..Default::default()
    };
    let read: BusinessPartner = serde_json::from_slice(&vendor.to_body()).unwrap();
    assert_eq!(read.card_type, vendor.card_type);
    assert_eq!(read.valid_from, vendor.valid_from);
    assert_eq!(read.addresses[0].city, vendor.addresses[0].city);
}
