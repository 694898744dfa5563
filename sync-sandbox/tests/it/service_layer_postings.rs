//! The general ledger behind the documents: SAP's own entries, cancellations, people's acts.

use rust_decimal::Decimal;
use sync_sandbox::{
    contractor::books::PeriodState,
    service_layer::{DocumentKind, ManualInvoice, ManualLine, ServiceLayerOptions},
};

use crate::service_layer::{Sap, amount, day, entry, invoice};

/// The invoice of the worked example: 100.00 and -20.00 with 8 %, coded to a site.
fn post_invoice(sap: &Sap, kind: &str) -> i64 {
    let lines = r#","CostingCode":"SITE01","ProjectCode":"PRJ01"},{"AccountCode":"5020","LineTotal":-20.00,"TaxCode":"TX8","ProjectCode":"PRJ01""#;
    let header = r#","U_ProcoreKey":"8:865:subcontract:1#1","ControlAccount":"2160","Project":"PRJ01","PaymentBlock":"tYES""#;
    let body = invoice("PRJ01/SC-1", "100.00", header, lines).replace("EX", "TX8");
    sap.created(kind, &body)["DocEntry"].as_i64().unwrap()
}

#[test]
fn an_invoice_debits_cost_and_tax_and_credits_the_vendor_on_the_control_account() {
    let sap = Sap::ready();
    let doc_entry = post_invoice(&sap, "PurchaseInvoices");
    let document = sap.layer.documents().pop().unwrap();
    let journal = sap.layer.journal_entries().pop().unwrap();
    assert_eq!(document.journal_entry, Some(journal.number));
    assert_eq!(journal.original_journal, "ttAPInvoice");
    assert_eq!(journal.original, doc_entry);
    assert_eq!(journal.reference, document.doc_num.to_string());
    assert_eq!(journal.reference_2, "PRJ01/SC-1", "the reference is copied from the document");
    assert!(journal.user_fields.is_empty(), "the key is not");
    let ledger = sap.layer.ledger();
    assert_eq!(ledger.balance("5030"), amount("100"));
    assert_eq!(ledger.balance("5020"), amount("-20"));
    assert_eq!(ledger.balance("1510"), amount("6.40"));
    assert_eq!(ledger.balance("2160"), amount("-86.40"));
    assert_eq!(ledger.partner_balance("2160", "V100"), amount("-86.40"));
    assert_eq!(
        ledger.balance_of(|r| r.profit_center == "SITE01" && r.project == "PRJ01"),
        amount("100")
    );
    let negative = journal.lines.iter().find(|l| l.account == "5020").unwrap();
    assert_eq!((negative.debit, negative.credit), (Decimal::ZERO, amount("20")));
    let wire = sap.ok(&format!("JournalEntries({})", journal.number)).json();
    assert_eq!(wire["JournalEntryLines"][0]["PaymentBlock"], "tYES");
    assert_eq!(wire["JournalEntryLines"][0]["ShortName"], "V100");
    assert!(wire.get("@odata.etag").is_none(), "journal entries have no ETag");
}

#[test]
fn a_credit_memo_posts_the_other_way_round() {
    let sap = Sap::ready();
    post_invoice(&sap, "PurchaseCreditNotes");
    let ledger = sap.layer.ledger();
    assert_eq!(ledger.balance("5030"), amount("-100"));
    assert_eq!(ledger.balance("1510"), amount("-6.40"));
    assert_eq!(ledger.partner_balance("2160", "V100"), amount("86.40"));
    assert_eq!(sap.layer.journal_entries()[0].original_journal, "ttAPCreditNote");
}

#[test]
fn every_automatic_entry_balances() {
    let sap = Sap::ready();
    post_invoice(&sap, "PurchaseInvoices");
    post_invoice(&sap, "PurchaseCreditNotes");
    sap.layer.cancel_document(DocumentKind::CreditNote, 501).unwrap();
    for journal in sap.layer.journal_entries() {
        let sum: Decimal = journal.lines.iter().map(|l| l.debit - l.credit).sum();
        assert_eq!(sum, Decimal::ZERO, "{journal:?}");
        assert!(
            journal.lines.iter().all(|l| l.debit >= Decimal::ZERO && l.credit >= Decimal::ZERO)
        );
    }
    assert_eq!(sap.layer.journal_entries().len(), 3);
}

#[test]
fn a_cancellation_is_a_document_of_its_own_and_takes_the_ledger_back() {
    for kind in [DocumentKind::Invoice, DocumentKind::CreditNote] {
        let sap = Sap::ready();
        let doc_entry = post_invoice(&sap, kind.set());
        let answer = sap.post(&format!("{}({doc_entry})/Cancel", kind.set()), "");
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        let documents = sap.layer.documents();
        let statuses: Vec<_> = documents.iter().map(|d| d.cancel_status.as_str()).collect();
        assert_eq!(statuses, ["csYes", "csCancellation"]);
        assert_eq!(documents[0].user_fields, documents[1].user_fields, "the key is copied");
        assert_eq!(documents[1].num_at_card, "PRJ01/SC-1");
        assert_eq!(documents[1].doc_date, Some(day("2026-03-10")));
        assert!(sap.layer.ledger().rows.iter().all(|row| row.debit == row.credit));
        assert_eq!(sap.post(&format!("{}({doc_entry})/Cancel", kind.set()), "").status, 400);
        let other = documents[1].doc_entry;
        assert!(sap.layer.cancel_document(kind, other).is_err(), "a cancellation stays");
    }
}

#[test]
fn what_is_paid_too_old_or_in_a_closed_period_cannot_be_cancelled() {
    let sap = Sap::ready();
    let doc_entry = post_invoice(&sap, "PurchaseInvoices");
    let cancel = || sap.layer.cancel_document(DocumentKind::Invoice, doc_entry);
    sap.layer.set_period("2026-03", PeriodState::Locked);
    assert_eq!(cancel().unwrap_err().code, -4013);
    sap.layer.set_period("2026-03", PeriodState::Open);
    sap.layer.with_options(|options| options.cancel_days_max = Some(10));
    assert_eq!(cancel().unwrap_err().message, "Date deviates from permissible range");
    sap.layer.with_options(|options| options.cancel_days_max = None);
    sap.layer.pay_invoice(doc_entry, amount("50.00")).unwrap();
    assert_eq!(cancel().unwrap_err().code, -5002);
    assert_eq!(sap.layer.ledger().partner_balance("2160", "V100"), amount("-36.40"));
    assert!(sap.layer.pay_invoice(doc_entry, amount("36.41")).is_err());
    sap.layer.pay_invoice(doc_entry, amount("36.40")).unwrap();
    assert_eq!(sap.layer.documents()[0].status, "bost_Close");
    assert_eq!(sap.layer.ledger().balance("1010"), amount("-86.40"));
}

#[test]
fn a_duplicated_document_carries_the_user_fields_of_its_original() {
    let sap = Sap::ready();
    let doc_entry = post_invoice(&sap, "PurchaseInvoices");
    let copy = sap.layer.duplicate_document(DocumentKind::Invoice, doc_entry).unwrap();
    let documents = sap.layer.documents();
    assert_ne!(copy, doc_entry);
    assert_eq!(documents[0].user_fields, documents[1].user_fields);
    assert_eq!(documents[1].num_at_card, "");
    assert_eq!(sap.layer.ledger().balance("5030"), amount("200"));
}

#[test]
fn a_keyed_invoice_obeys_the_same_rules() {
    let sap = Sap::ready();
    let line = ManualLine {
        account: "5010".to_owned(),
        net: amount("10.00"),
        tax_code: "EX".to_owned(),
        profit_center: "SITE01".to_owned(),
        project: String::new(),
    };
    let mut invoice = ManualInvoice {
        card_code: "V200".to_owned(),
        num_at_card: "HAND-1".to_owned(),
        date: day("2026-05-05"),
        lines: vec![line],
    };
    sap.layer.key_invoice(&invoice).unwrap();
    assert!(sap.layer.key_invoice(&invoice).unwrap_err().message.starts_with("10001467"));
    invoice.num_at_card = "HAND-2".to_owned();
    assert!(sap.layer.freeze_partner("V200", true));
    assert!(sap.layer.key_invoice(&invoice).is_err());
    assert!(sap.layer.freeze_partner("V200", false));
    assert!(sap.layer.activate_profit_center("SITE01", false));
    assert!(sap.layer.key_invoice(&invoice).is_err());
    assert!(sap.layer.activate_profit_center("SITE01", true));
    sap.layer.key_invoice(&invoice).unwrap();
    assert!(!sap.layer.freeze_partner("NOBODY", true));
    assert_eq!(sap.layer.posts("PurchaseInvoices").received, 0, "people are not counted");
}

#[test]
fn the_ledger_of_a_span_counts_posting_dates() {
    let sap = Sap::ready();
    sap.created("JournalEntries", &entry("5010", "2195", "7.00", ""));
    let april = entry("5010", "2195", "5.00", "").replace("2026-03-10", "2026-04-30");
    sap.created("JournalEntries", &april);
    let march = sap.layer.ledger_between(day("2026-03-01"), day("2026-03-31"));
    assert_eq!(march.balance("5010"), amount("7"));
    assert_eq!(sap.layer.ledger().balance("5010"), amount("12"));
}

#[test]
fn an_approval_procedure_answers_with_a_draft_and_posts_nothing() {
    let sap = Sap::with(ServiceLayerOptions { approval_procedure: true, ..Default::default() });
    let key = r#","U_ProcoreKey":"8:865:subcontract:9#1""#;
    let answer = sap.post("PurchaseInvoices", &invoice("D-1", "10.00", key, ""));
    assert_eq!(answer.status, 201);
    assert!(answer.header("location").contains("/Drafts("));
    assert_eq!(answer.json()["AuthorizationStatus"], "dasPending");
    assert_eq!(answer.json()["DocObjectCode"], "oPurchaseInvoices");
    assert!(sap.layer.journal_entries().is_empty());
    let search = "Drafts?$filter=DocObjectCode%20eq%20'oPurchaseInvoices'%20and%20startswith(U_ProcoreKey,'8:865:subcontract:9%23')";
    assert_eq!(sap.ok(search).rows().len(), 1);
    let pending = sap.layer.pending_drafts();
    assert_eq!(pending.len(), 1);

    let made = sap.layer.approve_draft(pending[0].doc_entry).unwrap();
    assert!(sap.layer.pending_drafts().is_empty());
    let documents = sap.layer.documents();
    let document = documents.iter().find(|d| d.kind == DocumentKind::Invoice).unwrap();
    assert_eq!(document.doc_entry, made);
    assert_eq!(document.user_fields["U_ProcoreKey"], "8:865:subcontract:9#1");
    assert_eq!(sap.layer.ledger().balance("5030"), amount("10"));
    assert!(sap.layer.approve_draft(pending[0].doc_entry).is_err(), "once only");
}

#[test]
fn a_draft_can_be_rejected_deleted_or_overtaken_by_the_period() {
    let sap = Sap::with(ServiceLayerOptions { approval_procedure: true, ..Default::default() });
    for n in 1..=3 {
        sap.created("PurchaseInvoices", &invoice(&format!("D-{n}"), "10.00", "", ""));
    }
    let drafts = sap.layer.pending_drafts();
    sap.layer.reject_draft(drafts[0].doc_entry).unwrap();
    assert!(sap.layer.approve_draft(drafts[0].doc_entry).is_err());
    let path = format!("Drafts({})", drafts[1].doc_entry);
    assert_eq!(sap.send("DELETE", &path, "", &[]).status, 204);
    assert_eq!(sap.get(&path).status, 404);
    sap.layer.set_period("2026-03", PeriodState::Locked);
    assert_eq!(sap.layer.approve_draft(drafts[2].doc_entry).unwrap_err().code, -4013);
    assert!(sap.layer.journal_entries().is_empty());
}

#[test]
fn a_draft_that_a_caller_saved_is_posted_by_the_drafts_service() {
    let sap = Sap::ready();
    let draft = invoice("D", "10.00", r#","DocObjectCode":"18""#, "");
    let made = sap.created("Drafts", &draft);
    let body = format!(r#"{{"Document":{{"DocEntry":"{}"}}}}"#, made["DocEntry"]);
    assert_eq!(sap.post("DraftsService_SaveDraftToDocument", &body).status, 204);
    assert_eq!(sap.layer.ledger().balance("5030"), amount("10"));
}

#[test]
fn a_draft_needs_a_known_vendor_a_branch_and_nobody_approves_it_by_writing() {
    let sap = Sap::with(ServiceLayerOptions { branches: true, ..Default::default() });
    let object = r#","DocObjectCode":"oPurchaseInvoices""#;
    let branch = r#","DocObjectCode":"oPurchaseInvoices","BPL_IDAssignedToInvoice":1"#;
    let draft = |header: &str| invoice("D", "10.00", header, "");
    for (body, text) in [
        (draft(""), "Internal error (-5002) occurred"),
        (draft(r#","DocObjectCode":"oOrders""#), "a draft of 'oOrders' is not simulated"),
        (draft(object), "Specify an active branch  [ODRF.BPLId]"),
        (draft(branch).replace("V100", "NOBODY"), "Invalid BP code  [ODRF.CardCode] , 'NOBODY'"),
        (draft(&format!(r#"{branch},"AuthorizationStatus":"dasApproved""#)), "Internal error"),
    ] {
        let (_, given) = sap.refused("Drafts", &body);
        assert!(given.starts_with(text), "{given}");
    }
    let made = sap.created("Drafts", &draft(branch));
    let path = format!("Drafts({})", made["DocEntry"]);
    let approve = sap.send("PATCH", &path, r#"{"AuthorizationStatus":"dasApproved"}"#, &[]);
    assert_eq!(approve.error().0, -5002);
    assert_eq!(sap.send("PATCH", &path, r#"{"Comments":"seen"}"#, &[]).status, 204);
    assert_eq!(sap.ok(&path).json()["AuthorizationStatus"], "dasWithout");
}
