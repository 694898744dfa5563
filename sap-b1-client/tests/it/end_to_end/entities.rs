//! Every entity set: created with its builder, read by key, found, counted, changed, and created no second time.

use super::{Company, VERSIONS, amount, document, some};
use crate::sandbox::{day, entry};
use sap_b1_client::*;
use sync_sandbox::service_layer::ServiceLayerOptions;

/// What happens to an entity that is created once more.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Again {
    IsRefused,
    IsAnother,
}

/// Creates, reads, finds, counts, changes; `changed` is a text property.
async fn round_trip<N: NewEntity>(
    collection: Collection<N::Entity>,
    new: &N,
    key: Option<Key>,
    changed: &str,
    again: Again,
) -> Record<N::Entity>
where
    N::Entity: std::fmt::Debug,
{
    let set = collection.entity_set();
    let created = collection.create(new, None).await.unwrap_or_else(|e| panic!("{set}: {e}"));
    assert!(created.location.as_deref().unwrap().contains(set), "{created:?}");
    let key = key.unwrap_or_else(|| Key::from(created.doc_entry.unwrap()));
    let read = collection.get(key.clone()).await.unwrap_or_else(|e| panic!("{set}: {e}"));
    assert_eq!(read.value.key(), Some(key.clone()), "{set}");
    created.value::<N::Entity>().unwrap_or_else(|e| panic!("{set}: {e}"));

    let literal: Literal = match &key {
        Key::Integer(number) => (*number).into(),
        Key::Text(text) => text.into(),
        _ => panic!("{set} has one key"),
    };
    let only = Query::new().filter(Filter::eq(N::Entity::KEY, literal));
    assert_eq!(collection.count(&only).await.unwrap(), 1, "{set}");
    let found = collection.all(only).await.unwrap();
    assert_eq!(found.len(), 1, "{set}");
    assert_eq!(found[0].value.key(), Some(key.clone()), "{set}");

    let change = Udfs::from([(changed.to_owned(), UdfValue::Text("changed".to_owned()))]);
    collection.patch(key.clone(), &change, None).await.unwrap_or_else(|e| panic!("{set}: {e}"));
    let after = collection.get(key).await.unwrap();
    assert_eq!(after.property(changed).map(|raw| raw.get()), Some("\"changed\""), "{set}");

    let second = collection.create(new, None).await;
    assert_eq!(second.is_ok(), again == Again::IsAnother, "{set}: {second:?}");
    if let Err(error) = second {
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{set}: {error}");
        assert_eq!(error.outcome(), Outcome::Refused);
    }
    read
}

fn text(code: &str) -> Option<Key> {
    Some(Key::from(code))
}

#[tokio::test]
async fn master_data_is_created_read_found_changed_and_not_created_twice() {
    use Again::{IsAnother, IsRefused};
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        let partner = NewBusinessPartner {
            card_code: some("V'900"),
            card_name: some("Quote's & Söhne"),
            card_type: Some(CardType::Supplier),
            currency: some("##"),
            addresses: vec![NewPartnerAddress {
                address_name: some("Office"),
                address_type: Some(AddressType::BillTo),
                city: some("Austin"),
                ..NewPartnerAddress::default()
            }],
            ..NewBusinessPartner::default()
        };
        let read =
            round_trip(sap.business_partners(), &partner, text("V'900"), "CardName", IsRefused)
                .await;
        assert_eq!(read.value.card_name.as_deref(), Some("Quote's & Söhne"));
        assert_eq!(read.value.addresses[0].city.as_deref(), Some("Austin"));
        assert_eq!(read.value.card_type, Some(CardType::Supplier));

        let account = NewChartOfAccount {
            code: some("5099"),
            name: some("Other"),
            father_account_key: some("5000"),
            ..NewChartOfAccount::default()
        };
        round_trip(sap.chart_of_accounts(), &account, text("5099"), "Name", IsRefused).await;

        let center = NewProfitCenter {
            center_code: some("SITE99"),
            center_name: some("Site"),
            effective_from: Some(day("2026-01-01")),
            ..NewProfitCenter::default()
        };
        let read =
            round_trip(sap.profit_centers(), &center, text("SITE99"), "CenterName", IsRefused)
                .await;
        assert_eq!(read.value.effective_from, Some(day("2026-01-01")));

        let part = |code: &str, share: &str| NewDistributionRuleLine {
            center_code: some(code),
            total_in_center: Some(amount(share)),
            ..NewDistributionRuleLine::default()
        };
        let rule = NewDistributionRule {
            factor_code: some("THIRDS"),
            factor_description: some("Thirds"),
            total_factor: Some(amount("100")),
            distribution_rule_lines: vec![part("SITE01", "66.67"), part("SITE99", "33.33")],
            ..NewDistributionRule::default()
        };
        let set = sap.distribution_rules();
        let read = round_trip(set, &rule, text("THIRDS"), "FactorDescription", IsRefused).await;
        assert_eq!(read.value.distribution_rule_lines[1].total_in_center, Some(amount("33.33")));

        let project =
            NewProject { code: some("P-99"), name: some("Project"), ..NewProject::default() };
        round_trip(sap.projects(), &project, text("P-99"), "Name", IsRefused).await;

        let group = NewVatGroup {
            code: some("V1"),
            name: some("Input"),
            category: Some(VatCategory::InputTax),
            lines: vec![NewVatGroupLine {
                effective_from: Some(day("2026-01-01")),
                rate: Some(amount("19")),
                ..NewVatGroupLine::default()
            }],
            ..NewVatGroup::default()
        };
        let read = round_trip(sap.vat_groups(), &group, text("V1"), "Name", IsRefused).await;
        assert_eq!(read.value.lines[0].rate, Some(amount("19")));

        let code = NewSalesTaxCode { code: some("S1"), name: some("S"), ..Default::default() };
        round_trip(sap.sales_tax_codes(), &code, text("S1"), "Name", IsRefused).await;

        let withholding = NewWithholdingTaxCode {
            wt_code: some("W01"),
            wt_name: some("WT"),
            account: some("2300"),
            category: Some(WithholdingCategory::Invoice),
            lines: vec![NewWithholdingTaxCodeLine {
                effective_from: Some(day("2014-11-10")),
                rate: Some(amount("5.5")),
                ..NewWithholdingTaxCodeLine::default()
            }],
            ..NewWithholdingTaxCode::default()
        };
        let set = sap.withholding_tax_codes();
        let read = round_trip(set, &withholding, text("W01"), "WTName", IsRefused).await;
        assert_eq!(read.value.rate, Some(amount("5.5")));

        let currency = NewCurrency {
            code: some("JPY"),
            name: some("Yen"),
            decimals: Some(CurrencyDecimals::Without),
            ..NewCurrency::default()
        };
        let read = round_trip(sap.currencies(), &currency, text("JPY"), "Name", IsRefused).await;
        assert_eq!(read.value.decimals, Some(CurrencyDecimals::Without));

        let terms = NewPaymentTermsType {
            payment_terms_group_name: some("Net 7"),
            number_of_additional_days: Some(7),
            ..NewPaymentTermsType::default()
        };
        let name = "PaymentTermsGroupName";
        round_trip(sap.payment_terms_types(), &terms, None, name, IsAnother).await;

        let branch = NewBranch { name: some("Yard"), ..NewBranch::default() };
        round_trip(sap.branches(), &branch, None, "Description", IsRefused).await;
    }
}

#[tokio::test]
async fn documents_and_journal_entries_are_created_read_found_and_changed() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        let again = Again::IsRefused;
        let read = round_trip(
            sap.purchase_invoices(),
            &document("R-1", "1234.56"),
            None,
            "Comments",
            again,
        )
        .await;
        assert_eq!(read.value.doc_total, Some(amount("1234.56")));
        assert_eq!(read.value.document_lines[0].line_total, Some(amount("1234.56")));
        assert_eq!(read.value.document_status, Some(DocumentStatus::Open));
        assert_eq!(read.value.doc_due_date, Some(day("2026-04-09")), "by the partner's terms");
        let again = Again::IsAnother;
        for set in [sap.purchase_credit_notes(), sap.purchase_orders()] {
            let read = round_trip(set, &document("R-1", "0.07"), None, "Comments", again).await;
            assert_eq!(read.value.doc_total, Some(amount("0.07")));
        }
        let mut draft = document("R-2", "5");
        draft.doc_object_code = Some(DocObjectCode::PurchaseInvoices);
        let read = round_trip(sap.drafts(), &draft, None, "Comments", again).await;
        assert_eq!(read.value.doc_object_code, Some(DocObjectCode::PurchaseInvoices));
        assert_eq!(read.value.trans_num, None);
        let read = round_trip(sap.journal_entries(), &entry("K-1"), None, "Memo", again).await;
        assert_eq!(read.value.original_journal.as_deref(), Some("ttJournalEntry"));
        assert_eq!(read.value.journal_entry_lines[1].credit, Some(amount("10")));
        // Orders and drafts post nothing; invoice, two credit memos, two journal entries do.
        assert_eq!(company.layer.journal_entries().len(), 5);
    }
}

#[tokio::test]
async fn what_cannot_be_created_is_read_and_the_open_map_reaches_headers_and_rows() {
    for version in VERSIONS {
        let options = ServiceLayerOptions { branches: true, ..ServiceLayerOptions::default() };
        let company = Company::of(version, options).await;
        let sap = &company.client;
        let places = sap.business_places().all(Query::new()).await.unwrap();
        let closed = places.iter().filter(|place| place.value.disabled == Some(YesNo::Yes)).count();
        assert_eq!((places.len(), closed), (3, 1));
        let dimensions = sap.dimensions().all(Query::new()).await.unwrap();
        assert_eq!(dimensions.len(), 5);
        assert_eq!(sap.dimensions().get(2).await.unwrap().value.is_active, Some(YesNo::Yes));

        let mut number = NewUserField::text("OPCH", "Count", "A count", 8);
        number.field_type = FieldType::Float;
        number.sub_type = FieldSubType::Sum;
        number.size = None;
        number.edit_size = None;
        for field in [
            NewUserField::text("OPCH", "Key", "A key", 30),
            NewUserField::text("PCH1", "Part", "A part", 30),
            number,
        ] {
            sap.user_fields().create(&field, None).await.unwrap();
        }
        let fields = sap.user_fields().of_table("OPCH").await.unwrap();
        assert_eq!(fields.len(), 2);
        let mut new = document("U-1", "10");
        new.branch_id = Some(2);
        new.udfs = Udfs::from([
            ("U_Key".to_owned(), UdfValue::Text("O'Brien & 100 %".to_owned())),
            ("U_Count".to_owned(), UdfValue::Number(amount("1234567890123.123456"))),
        ]);
        new.document_lines[0].udfs =
            Udfs::from([("U_Part".to_owned(), UdfValue::Text("a".to_owned()))]);
        let created = sap.purchase_invoices().create(&new, None).await.unwrap();
        let by_key = Query::new().filter(Filter::eq("U_Key", "O'Brien & 100 %"));
        let found = sap.purchase_invoices().all(by_key).await.unwrap();
        assert_eq!(found[0].value.doc_entry, created.doc_entry);
        assert_eq!(found[0].value.branch_id, Some(2));
        let count = found[0].udf("U_Count").and_then(|value| value.as_decimal());
        assert_eq!(count, Some(amount("1234567890123.123456")), "no digit is lost");
        let part = found[0].row_udf("DocumentLines", 0, "U_Part");
        assert_eq!(part, Some(UdfValue::Text("a".to_owned())));
        let table = NewUserTable::plain("MAP", "A map");
        sap.user_tables().create(&table, None).await.unwrap();
        assert!(sap.user_tables().find("MAP").await.unwrap().is_some());
    }
}
