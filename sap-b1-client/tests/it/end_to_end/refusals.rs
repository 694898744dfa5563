//! What SAP refuses, how the client names it, and what a person is told to do about it.

use super::{Company, VERSIONS, amount, document, row, some};
use crate::sandbox::{day, entry};
use bytes::Bytes;
use sap_b1_client::*;
use sync_sandbox::contractor::books::PeriodState;
use sync_sandbox::service_layer::ServiceLayerOptions;

/// A document that SAP must refuse.
struct Case {
    name: &'static str,
    /// What the company's people do before.
    before: fn(&Company),
    document: fn() -> NewDocument,
    kind: ErrorKind,
    code: i64,
    text: &'static str,
    field: Option<&'static str>,
    line: Option<u32>,
    remedy: &'static str,
}

fn nothing(_: &Company) {}

fn plain() -> NewDocument {
    document("R", "10")
}

fn with_rows(rows: Vec<NewDocumentLine>) -> NewDocument {
    NewDocument { document_lines: rows, ..plain() }
}

fn with_row(change: impl FnOnce(&mut NewDocumentLine)) -> NewDocument {
    let mut new = plain();
    change(&mut new.document_lines[0]);
    new
}

fn lock(company: &Company, state: PeriodState) {
    assert!(company.layer.set_period("2026-03", state));
}

const CORRECT: &str = "correct what the message names";

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    use ErrorKind as Kind;
    let base = || Case { name: "", before: nothing, document: plain, kind: Kind::Rejected, code: -10, text: "", field: None, line: None, remedy: CORRECT };
    vec![
        Case { name: "locked period", before: |c| lock(c, PeriodState::Locked), kind: Kind::PeriodClosed, code: -4013, text: "Posting period locked; specify an alternative date", remedy: "open the posting period", ..base() },
        Case { name: "period in closing", before: |c| lock(c, PeriodState::Closing), kind: Kind::PeriodClosed, code: -4013, text: "Posting period locked", remedy: "open the posting period", ..base() },
        Case { name: "no period", document: || NewDocument { doc_date: Some(day("2031-01-01")), ..plain() }, kind: Kind::DateWindow, text: "Date deviates from permissible range", remedy: "use a date inside the period's own range", ..base() },
        Case { name: "tax date outside its window", document: || NewDocument { tax_date: Some(day("2025-12-31")), ..plain() }, kind: Kind::DateWindow, text: "Date deviates", remedy: "use a date inside the period's own range", ..base() },
        Case { name: "no such vendor", document: || NewDocument { card_code: some("NOBODY"), ..plain() }, code: -5002, text: "Invalid BP code", field: Some("CardCode"), ..base() },
        Case { name: "vendor frozen", before: |c| assert!(c.layer.freeze_partner("V100", true)), text: "'V100' is inactive", field: Some("CardCode"), ..base() },
        Case { name: "no such account", document: || with_row(|r| r.account_code = some("9999")), code: -5002, text: "Enter valid code", field: Some("AcctCode"), line: Some(1), ..base() },
        Case { name: "title account", document: || with_row(|r| r.account_code = some("5000")), text: "title account", field: Some("AcctCode"), line: Some(1), ..base() },
        Case { name: "control account", document: || with_row(|r| r.account_code = some("2110")), text: "locked for manual transactions", field: Some("Account"), line: Some(1), ..base() },
        Case { name: "no control account", document: || NewDocument { control_account: some("5030"), ..plain() }, text: "not a control account", field: Some("CtlAccount"), ..base() },
        Case { name: "no tax code", document: || with_row(|r| r.tax_code = None), text: "10000180 - Invalid VAT Group", field: Some("TaxCode"), line: Some(1), ..base() },
        Case { name: "negative total", document: || with_rows(vec![row("10"), row("-10.01")]), text: "cannot be negative", field: Some("DocTotal"), ..base() },
        Case { name: "negative tax", document: || { let mut taxed = row("-5"); taxed.tax_code = some("TX8"); with_rows(vec![row("10"), taxed]) }, code: -5002, text: "Tax amount cannot be negative", field: Some("INVVatSum"), ..base() },
        Case { name: "no rows", document: || with_rows(Vec::new()), text: "at least one row", ..base() },
        Case { name: "no such rule", document: || with_row(|r| r.costing_code = some("NOPE")), code: -5002, text: "Enter valid code", field: Some("OcrCode"), line: Some(1), ..base() },
        Case { name: "rule of another dimension", document: || with_row(|r| r.costing_code = some("DIV1")), code: -5002, text: "'DIV1'", field: Some("OcrCode"), line: Some(1), ..base() },
        Case { name: "rule inactive", before: |c| assert!(c.layer.activate_profit_center("SITE01", false)), text: "'SITE01' is inactive", field: Some("OcrCode"), line: Some(1), ..base() },
        Case { name: "dimension required", before: |c| assert!(c.layer.require_dimensions("5030", false, true)), document: || with_rows(vec![row("1"), NewDocumentLine { costing_code: None, ..row("1") }]), text: "dimension 1 is missing", field: Some("OcrCode"), line: Some(2), ..base() },
        Case { name: "project required", before: |c| assert!(c.layer.require_dimensions("5030", true, false)), document: || with_row(|r| r.project_code = None), text: "Project code is missing", field: Some("Project"), line: Some(1), ..base() },
        Case { name: "project inactive", before: |c| assert!(c.layer.activate_project("P01", false)), text: "'P01' is inactive", field: Some("Project"), line: Some(1), ..base() },
        Case { name: "rate missing", document: || NewDocument { doc_currency: some("EUR"), ..plain() }, kind: Kind::MissingExchangeRate, text: "Update the exchange rate", remedy: "enter the exchange rate", ..base() },
        Case { name: "branch missing", before: |c| c.layer.with_options(|o| o.branches = true), kind: Kind::Setup, code: -5002, text: "Specify an active branch", field: Some("BPLId"), remedy: "complete the setup", ..base() },
        Case { name: "another series", document: || NewDocument { series: Some(99), ..plain() }, kind: Kind::Setup, text: "define the numbering series", field: Some("Series"), remedy: "complete the setup", ..base() },
        Case { name: "an item document", document: || NewDocument { doc_type: Some(DocType::Items), ..plain() }, code: -5002, text: "Item number is missing", ..base() },
        Case { name: "an unknown user field", document: || NewDocument { udfs: Udfs::from([("U_None".to_owned(), UdfValue::Text("a".to_owned()))]), ..plain() }, code: -1000, text: "Property 'U_None' of 'Document' is invalid", remedy: "check the name of the property", ..base() },
    ]
}

#[tokio::test]
async fn each_refusal_of_a_document_has_its_kind_its_place_and_its_remedy() {
    for version in VERSIONS {
        for case in cases() {
            let company = Company::usual(version).await;
            (case.before)(&company);
            let set = company.client.purchase_invoices();
            let error = set.create(&(case.document)(), None).await.unwrap_err();
            let name = format!("{version}, {}: {error}", case.name);
            assert_eq!((error.kind(), error.outcome()), (case.kind, Outcome::Refused), "{name}");
            assert_eq!(error.code(), Some(case.code), "{name}");
            assert!(error.message().contains(case.text), "{name}");
            assert_eq!(error.detail().field.as_deref(), case.field, "{name}");
            assert_eq!(error.detail().line, case.line, "{name}");
            assert!(error.remedy().starts_with(case.remedy), "{name}: {}", error.remedy());
            assert_eq!(company.layer.journal_entries().len(), 0, "{name}");
        }
    }
}

#[tokio::test]
async fn what_exists_already_is_named_so_whatever_the_server_calls_it() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        sap.purchase_invoices().create(&plain(), None).await.unwrap();
        let reference = sap.purchase_invoices().create(&plain(), None).await.unwrap_err();
        assert_eq!(reference.detail().number, Some(10_001_467));
        let project = NewProject { code: some("P01"), name: some("x"), ..NewProject::default() };
        let key = sap.projects().create(&project, None).await.unwrap_err();
        assert_eq!(key.code(), Some(-2035));
        let partner = NewBusinessPartner { card_code: some("V100"), ..Default::default() };
        let code = sap.business_partners().create(&partner, None).await.unwrap_err();
        assert_eq!(code.detail().number, Some(1_320_000_140));
        for error in [reference, key, code] {
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
            assert_eq!(error.outcome(), Outcome::Refused);
            assert!(error.remedy().starts_with("look the document up"), "{}", error.remedy());
        }
    }
}

#[tokio::test]
async fn a_journal_entry_that_does_not_fit_is_refused_with_its_place() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let set = company.client.journal_entries();
        let refused = async |change: fn(&mut NewJournalEntry)| {
            let mut new = entry("K");
            change(&mut new);
            set.create(&new, None).await.unwrap_err()
        };
        let unbalanced =
            refused(|new| new.journal_entry_lines[0].debit = Some(amount("10.01"))).await;
        assert_eq!(
            (unbalanced.kind(), unbalanced.message()),
            (ErrorKind::Rejected, "Unbalanced Transaction")
        );
        let control = refused(|new| new.journal_entry_lines[1].account_code = some("2160")).await;
        assert_eq!(
            (control.detail().line, control.kind()),
            (Some(2), ErrorKind::Rejected),
            "{control}"
        );
        let partner = refused(|new| new.journal_entry_lines[1].short_name = some("NOBODY")).await;
        assert_eq!(partner.detail().field.as_deref(), Some("ShortName"), "{partner}");
        let foreign = refused(|new| {
            for line in &mut new.journal_entry_lines {
                line.fc_currency = some("EUR");
                line.fc_debit = line.debit.take();
                line.fc_credit = line.credit.take();
            }
        })
        .await;
        assert_eq!(foreign.kind(), ErrorKind::MissingExchangeRate, "{foreign}");
        assert_eq!(foreign.detail().value.as_deref(), Some("EUR"));
        assert_eq!(company.layer.journal_entries().len(), 0);
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_is_held_back_and_refused_where_it_is_sent_all_the_same() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let set = company.client.purchase_invoices();
        let mut new = plain();
        new.num_at_card = Some("ä".repeat(101));
        let held_back = set.create(&new, None).await.unwrap_err();
        assert_eq!(
            (held_back.kind(), held_back.outcome()),
            (ErrorKind::InvalidRequest, Outcome::NotSent)
        );
        assert_eq!(company.layer.posts("PurchaseInvoices").received, 0);
        let refused = set.create_raw(new.to_body(), None).await.unwrap_err();
        assert_eq!((refused.kind(), refused.outcome()), (ErrorKind::Rejected, Outcome::Refused));
        assert!(refused.message().contains("Value too long in property 'NumAtCard'"), "{refused}");
        new.num_at_card = Some("ä".repeat(100));
        set.create(&new, None).await.unwrap();
    }
}

#[tokio::test]
async fn changed_meanwhile_not_there_and_not_possible_have_kinds_of_their_own() {
    for version in VERSIONS {
        let company = Company::of(version, ServiceLayerOptions::default()).await;
        let set = company.client.purchase_invoices();
        let created = set.create(&plain(), None).await.unwrap();
        let entry = created.doc_entry.unwrap();
        let body = || Bytes::from_static(br#"{"Comments":"a"}"#);
        set.patch_raw(entry, body(), created.etag.as_deref(), None).await.unwrap();
        let stale = set.patch_raw(entry, body(), created.etag.as_deref(), None).await.unwrap_err();
        assert_eq!((stale.kind(), stale.code()), (ErrorKind::Conflict, Some(-2039)), "{stale}");
        let absent = set.patch_raw(999, body(), None, None).await.unwrap_err();
        assert_eq!((absent.kind(), absent.outcome()), (ErrorKind::NotFound, Outcome::Refused));
        let amount = Bytes::from_static(br#"{"DocTotal":1}"#);
        let bare = set.patch_raw(entry, amount, None, None).await.unwrap_err();
        assert_eq!((bare.kind(), bare.code()), (ErrorKind::Rejected, Some(-5002)));
        assert!(bare.remedy().starts_with("SAP names no cause"), "{bare}");
        let fixed = company.client.create_raw("Dimensions", Bytes::from_static(b"{}"), None).await;
        let fixed = fixed.unwrap_err();
        assert_eq!((fixed.kind(), fixed.code()), (ErrorKind::Rejected, Some(-5006)));
    }
}
