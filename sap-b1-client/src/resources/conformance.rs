//! Every name this crate reads or writes exists in the service's own metadata, in both versions.
//!
//! The names a type reads are taken from its own decoder, those it writes from a full instance, so that neither list can
//! be forgotten when a property is added.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::wire::{ALL_ENUMS, DocObjectCode, DocType, UdfValue, Udfs, YesNo};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::value::Error as ValueError;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;

type Pair = [Option<String>; 2];

#[derive(serde::Deserialize)]
struct Metadata {
    sets: BTreeMap<String, BTreeMap<String, String>>,
    types: BTreeMap<String, Type>,
    enums: BTreeMap<String, Enum>,
    operations: BTreeMap<String, BTreeMap<String, Vec<BTreeMap<String, String>>>>,
}

#[derive(serde::Deserialize)]
struct Type {
    key: [Vec<String>; 2],
    properties: BTreeMap<String, Pair>,
}

#[derive(serde::Deserialize)]
struct Enum {
    v3: Vec<String>,
    v4: Vec<String>,
    letters: BTreeMap<String, String>,
}

fn metadata() -> Metadata {
    serde_json::from_str(include_str!("../../tests/fixtures/metadata.json")).unwrap()
}

/// A decoder that only looks at the names a struct asks for.
struct Names<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ValueError> {
        self.0.extend(fields);
        Err(ValueError::custom("names taken"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

fn reads<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    let mut names = Vec::new();
    let _ = T::deserialize(Names(&mut names));
    assert!(!names.is_empty());
    names
}

#[test]
fn every_property_that_is_read_exists() {
    let metadata = metadata();
    let types: &[(&str, Vec<&str>)] = &[
        ("Document", reads::<Document>()),
        ("DocumentLine", reads::<DocumentLine>()),
        ("DocumentReference", reads::<DocumentReference>()),
        ("JournalEntry", reads::<JournalEntry>()),
        ("JournalEntryLine", reads::<JournalEntryLine>()),
        ("BusinessPartner", reads::<BusinessPartner>()),
        ("ChartOfAccount", reads::<ChartOfAccount>()),
        ("ProfitCenter", reads::<ProfitCenter>()),
        ("DistributionRule", reads::<DistributionRule>()),
        ("DistributionRuleLine", reads::<DistributionRuleLine>()),
        ("Dimension", reads::<Dimension>()),
        ("Project", reads::<Project>()),
        ("VatGroup", reads::<VatGroup>()),
        ("VatGroups_Line", reads::<VatGroupLine>()),
        ("SalesTaxCode", reads::<SalesTaxCode>()),
        ("SalesTaxCodes_Line", reads::<SalesTaxCodeLine>()),
        ("Currency", reads::<Currency>()),
        ("BusinessPlace", reads::<BusinessPlace>()),
        ("PaymentTermsType", reads::<PaymentTermsType>()),
        ("UserFieldMD", reads::<UserField>()),
        ("ValidValueMD", reads::<ValidValue>()),
        ("UserTablesMD", reads::<UserTable>()),
        ("CompanyInfo", reads::<CompanyInfo>()),
        ("AdminInfo", reads::<AdminInfo>()),
        ("PeriodCategoryParams", reads::<PeriodCategory>()),
        ("FinancePeriod", reads::<FinancePeriod>()),
    ];
    for (name, properties) in types {
        for property in properties {
            let pair = metadata.types[*name].properties.get(*property);
            assert!(
                pair.is_some_and(|pair| pair.iter().all(Option::is_some)),
                "{name}.{property} is not in the metadata of both versions"
            );
        }
    }
}

#[test]
fn every_set_and_its_key_exist() {
    let metadata = metadata();
    let client = crate::Client::builder(
        "https://b1.example.com/b1s/v2",
        crate::PasswordLogin::new("c", "u", "p".into()),
    )
    .build()
    .unwrap();
    fn of<T: Entity>(collection: &Collection<T>) -> (&'static str, &'static str, bool) {
        (collection.entity_set(), T::KEY, T::KEY_IS_SINGLE)
    }
    let sets = [
        of(&client.purchase_invoices()),
        of(&client.purchase_credit_notes()),
        of(&client.drafts()),
        of(&client.journal_entries()),
        of(&client.business_partners()),
        of(&client.chart_of_accounts()),
        of(&client.profit_centers()),
        of(&client.distribution_rules()),
        of(&client.dimensions()),
        of(&client.projects()),
        of(&client.vat_groups()),
        of(&client.sales_tax_codes()),
        of(&client.currencies()),
        of(&client.business_places()),
        of(&client.payment_terms_types()),
        of(&client.user_fields()),
        of(&client.user_tables()),
    ];
    for (set, key, single) in sets {
        for version in ["v3", "v4"] {
            let entity = &metadata.types[&metadata.sets[set][version]];
            for keys in &entity.key {
                assert!(
                    keys.iter().any(|name| name == key),
                    "{set} has the key {keys:?}, not {key}"
                );
                assert_eq!(keys.len() == 1, single, "{set}");
            }
        }
    }
    assert_eq!(sets.len(), metadata.sets.len());
}

#[test]
fn every_enumeration_member_and_its_letter_exist() {
    let metadata = metadata();
    for (name, members) in ALL_ENUMS {
        let real = metadata
            .enums
            .get(*name)
            .unwrap_or_else(|| panic!("{name} is no enumeration of a property this crate names"));
        for (member, letter) in *members {
            for version in [&real.v3, &real.v4] {
                assert!(version.iter().any(|known| known == member), "{name}.{member}");
            }
            assert_eq!(
                real.letters.get(*member).map(String::as_str).unwrap_or_default(),
                *letter,
                "{name}.{member}"
            );
        }
    }
}

#[test]
fn every_operation_and_its_parameters_exist() {
    let metadata = metadata();
    for version in ["v3", "v4"] {
        let operation = |name: &str| &metadata.operations[name][version];
        for (name, parameters) in [
            ("CompanyService_GetCompanyInfo", &[][..]),
            ("CompanyService_GetAdminInfo", &[][..]),
            ("CompanyService_GetPeriods", &[][..]),
            ("CompanyService_GetFinancePeriods", &["PeriodCategoryParams"][..]),
            ("SBOBobService_GetCurrencyRate", &["Currency", "Date"][..]),
        ] {
            assert_eq!(
                operation(name)[0].keys().map(String::as_str).collect::<Vec<_>>(),
                parameters,
                "{name} {version}"
            );
        }
        for bound_to in ["Document", "JournalEntry"] {
            assert!(
                operation("Cancel").iter().any(|call| call.values().any(|bound| bound == bound_to)),
                "Cancel of {bound_to}"
            );
        }
    }
}

/// Compares a body with a type of the metadata: names, kinds of values, enumeration members, rows below.
fn assert_body_fits(metadata: &Metadata, type_name: &str, body: &Value) {
    for (property, value) in body.as_object().unwrap() {
        if property.starts_with("U_") {
            continue;
        }
        let pair = metadata.types[type_name]
            .properties
            .get(property)
            .unwrap_or_else(|| panic!("{type_name}.{property} does not exist"));
        let [Some(v3), Some(v4)] = pair else {
            panic!("{type_name}.{property} is missing in one version")
        };
        match value {
            Value::Array(rows) => {
                let row_type = v4.trim_start_matches("Collection(").trim_end_matches(')');
                assert!(v4.starts_with("Collection(") && !rows.is_empty());
                rows.iter().for_each(|row| assert_body_fits(metadata, row_type, row));
            }
            Value::Number(number) => {
                let expected =
                    if number.to_string().contains('.') { "Edm.Double" } else { "Edm.Int32" };
                assert!(
                    v4 == expected && v3 == expected,
                    "{type_name}.{property} is {v3} and {v4}"
                );
            }
            Value::String(text) => match metadata.enums.get(v4) {
                Some(members) => assert!(
                    members.v4.contains(text) && members.v3.contains(text),
                    "{type_name}.{property} = {text}"
                ),
                None => assert!(
                    ["Edm.String", "Edm.DateTimeOffset"].contains(&v4.as_str()),
                    "{type_name}.{property} is {v4}"
                ),
            },
            other => panic!("{type_name}.{property} = {other}"),
        }
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn amount() -> Option<Decimal> {
    Some(Decimal::new(1250, 2))
}

fn udfs() -> Udfs {
    Udfs::from([
        ("U_ProcoreKey".to_owned(), UdfValue::from("k")),
        ("U_ProcoreRev".to_owned(), UdfValue::from(3i64)),
    ])
}

fn full_document() -> NewDocument {
    let day = NaiveDate::from_ymd_opt(2026, 8, 1);
    let line = NewDocumentLine {
        item_description: text("03-300 Cast-in-place concrete"),
        account_code: text("_SYS00000000164"),
        line_total: amount(),
        row_total_fc: amount(),
        tax_code: text("EX"),
        vat_group: text("V1"),
        wt_liable: Some(YesNo::No),
        costing_code: text("S1"),
        costing_code2: text("S2"),
        costing_code3: text("S3"),
        costing_code4: text("S4"),
        costing_code5: text("S5"),
        project_code: text("PRJ01"),
        free_text: text("note"),
        base_type: Some(18),
        base_entry: Some(1),
        base_line: Some(0),
        udfs: udfs(),
    };
    let reference = NewDocumentReference {
        ref_object_type: text("rot_PurchaseInvoice"),
        ref_doc_entry: Some(1),
        ext_doc_num: text("E-1"),
        issue_date: day,
        remark: text("r"),
    };
    NewDocument {
        doc_type: Some(DocType::Service),
        doc_object_code: Some(DocObjectCode::PurchaseInvoices),
        series: Some(1),
        card_code: text("V10000"),
        doc_date: day,
        tax_date: day,
        doc_due_date: day,
        num_at_card: text("INV-4711"),
        doc_currency: text("USD"),
        doc_rate: amount(),
        comments: text("c"),
        journal_memo: text("m"),
        project: text("PRJ01"),
        control_account: text("2100"),
        payment_group_code: Some(1),
        branch_id: Some(1),
        payment_block: Some(YesNo::Yes),
        discount_percent: amount(),
        rounding: Some(YesNo::Yes),
        document_references: vec![reference],
        document_lines: vec![line],
        udfs: udfs(),
    }
}

fn full_journal_entry() -> NewJournalEntry {
    let day = NaiveDate::from_ymd_opt(2026, 8, 31);
    let line = NewJournalEntryLine {
        account_code: text("5100"),
        short_name: text("V1"),
        control_account: text("2100"),
        debit: amount(),
        credit: amount(),
        fc_debit: amount(),
        fc_credit: amount(),
        fc_currency: text("EUR"),
        line_memo: text("m"),
        reference1: text("1"),
        reference2: text("2"),
        additional_reference: text("3"),
        due_date: day,
        costing_code: text("S1"),
        costing_code2: text("S2"),
        costing_code3: text("S3"),
        costing_code4: text("S4"),
        costing_code5: text("S5"),
        project_code: text("PRJ01"),
        branch_id: Some(1),
        tax_group: text("V1"),
        tax_code: text("EX"),
        payment_block: Some(YesNo::Yes),
        udfs: udfs(),
    };
    NewJournalEntry {
        reference_date: day,
        due_date: day,
        tax_date: day,
        memo: text("m"),
        reference: text("1"),
        reference2: text("2"),
        reference3: text("3"),
        project_code: text("PRJ01"),
        transaction_code: text("TC"),
        series: Some(1),
        journal_entry_lines: vec![line],
        udfs: udfs(),
    }
}

#[test]
fn every_property_that_is_written_exists_and_has_its_type() {
    let metadata = metadata();
    let fits = |name: &str, body: &[u8]| {
        assert_body_fits(&metadata, name, &serde_json::from_slice(body).unwrap())
    };
    fits("Document", &full_document().to_body());
    fits("JournalEntry", &full_journal_entry().to_body());
    fits(
        "UserFieldMD",
        &serde_json::to_vec(&NewUserField::text("OPCH", "ProcoreKey", "key", 64)).unwrap(),
    );
    fits(
        "UserTablesMD",
        &serde_json::to_vec(&NewUserTable::plain("PROCORE_SYNC", "sync")).unwrap(),
    );
}

#[test]
fn a_body_holds_exact_amounts_plain_dates_and_no_nulls() {
    let mut document = full_document();
    document.document_lines[0].line_total =
        Some(Decimal::from_str_exact("1234567890123.120000").unwrap());
    let body = String::from_utf8(document.to_body().to_vec()).unwrap();
    for part in [
        "\"LineTotal\":1234567890123.120000,",
        "\"DocDate\":\"2026-08-01\"",
        "\"U_ProcoreRev\":3",
        "\"DocType\":\"dDocument_Service\"",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let empty = NewDocument::default().to_body();
    assert_eq!(&empty[..], b"{}");
}

#[test]
fn a_text_that_is_too_long_is_named_with_its_length_and_limit() {
    let limits = crate::LengthLimits::default();
    let mut document = full_document();
    assert!(document.validate_lengths(&limits).is_ok());
    document.document_lines[0].costing_code5 = text("123456789");
    document.journal_memo = Some("ü".repeat(51));
    assert_eq!(document.length_findings(&limits).len(), 2);
    let error = document.validate_lengths(&limits).unwrap_err();
    assert_eq!(error.outcome(), crate::Outcome::NotSent);
    assert_eq!(
        error.message(),
        "JournalMemo of PurchaseInvoices is 51 characters long; SAP Business One holds 50"
    );
    let newest = limits.with("PurchaseInvoices", "JournalMemo", 254);
    assert!(
        document
            .validate_lengths(&newest)
            .unwrap_err()
            .message()
            .starts_with("CostingCode5 of DocumentLines (row 0)")
    );
    let mut entry = full_journal_entry();
    entry.memo = Some("m".repeat(51));
    assert!(entry.validate_lengths(&crate::LengthLimits::default()).is_ok());
    assert!(entry.validate_lengths(&crate::LengthLimits::of_9x()).is_err());
}
