//! What SAP holds, as the engine reads it: documents and journal entries with our key.

use rust_decimal::Decimal;
use sap_b1_client::{
    AuthorizationStatus, CancelStatus, DocObjectCode, Document, DocumentLine, DocumentStatus,
    JournalEntry, JournalEntryLine, Record,
};
use sync_core::{
    model::{Coding, DocumentType, HeldDocument, HeldLine, HeldState, JournalTarget, LineMark},
    money,
    policy::Reference,
    ports::LedgerError,
};

use super::{
    failure::malformed,
    marks::{key_of, revision_of},
};

/// The journal entries that people and interfaces make, as opposed to those that SAP makes for a document.
const MANUAL_JOURNAL: &str = "ttJournalEntry";

/// An A/P document or a draft of one. `None` for what does not count: no key of ours, a draft of
/// another kind, or one whose document exists.
pub(super) fn document(
    reference: Reference,
    record: &Record<Document>,
    set: DocumentType,
) -> Result<Option<HeldDocument>, LedgerError> {
    let Some(key) = key_of(reference, record) else { return Ok(None) };
    let of = &record.value;
    let state = match set {
        DocumentType::Draft => match draft_state(of) {
            Some(state) => state,
            None => return Ok(None),
        },
        _ => match of.cancel_status {
            Some(CancelStatus::Cancelled | CancelStatus::Cancellation) => HeldState::Cancelled,
            _ => HeldState::Live,
        },
    };
    let is_credit = set == DocumentType::PurchaseCreditNote
        || of.doc_object_code == Some(DocObjectCode::PurchaseCreditNotes);
    let missing = |what: &str| malformed(format!("a document with key {key} has no {what}"));
    let foreign = is_foreign(of);
    let either = |local: Option<Decimal>, other: Option<Decimal>| {
        if foreign { other } else { local }.unwrap_or_default()
    };
    Ok(Some(HeldDocument {
        key,
        revision: revision_of(reference, record),
        document_type: set,
        doc_entry: i64::from(of.doc_entry.ok_or_else(|| missing("DocEntry"))?),
        doc_num: of.doc_num.map(i64::from),
        state,
        posting_date: of.doc_date.ok_or_else(|| missing("DocDate"))?,
        card_code: of.card_code.clone(),
        control_account: filled(of.control_account.as_deref()),
        branch: of.branch_id.map(i64::from),
        currency: of.doc_currency.clone().unwrap_or_default(),
        total: either(of.doc_total, of.doc_total_fc),
        local_total: of.doc_total.filter(|_| foreign),
        tax: either(of.vat_sum, of.vat_sum_fc),
        paid: paid(record, foreign),
        open: of.document_status == Some(DocumentStatus::Open),
        lines: document_lines(of, is_credit),
    }))
}

/// Whether a document is in foreign currency. One whose lines cancel out has no total in any.
fn is_foreign(of: &Document) -> bool {
    let filled_in = |amount: Option<Decimal>| amount.is_some_and(|amount| !amount.is_zero());
    filled_in(of.doc_total_fc) || of.document_lines.iter().any(|line| filled_in(line.row_total_fc))
}

/// The lines of an A/P document.
pub(super) fn document_lines(of: &Document, is_credit: bool) -> Vec<HeldLine> {
    let foreign = is_foreign(of);
    of.document_lines.iter().map(|line| line_of(line, is_credit, foreign)).collect()
}

/// `PaidToDate`, or `PaidToDateFC` of a document in foreign currency.
fn paid(record: &Record<Document>, foreign: bool) -> Decimal {
    if foreign {
        return record
            .udf("PaidToDateFC")
            .and_then(|amount| amount.as_decimal())
            .or(record.value.paid_to_date)
            .unwrap_or_default();
    }
    record.value.paid_to_date.unwrap_or_default()
}

/// The state of a draft; `None` where its document exists, or it is one of another kind.
///
/// A draft that no approval procedure holds (`dasWithout`), or whose status is not known, can still
/// be posted by a person at any time: it waits, and its record is never taken for absent.
fn draft_state(draft: &Document) -> Option<HeldState> {
    let ours = matches!(
        draft.doc_object_code,
        Some(DocObjectCode::PurchaseInvoices | DocObjectCode::PurchaseCreditNotes)
    );
    if !ours {
        return None;
    }
    match &draft.authorization_status {
        Some(AuthorizationStatus::Generated | AuthorizationStatus::GeneratedByAuthorizer) => None,
        Some(AuthorizationStatus::Rejected | AuthorizationStatus::Cancelled) => {
            Some(HeldState::Rejected)
        }
        // Approved, but not yet posted, among them: nothing stands in the ledger.
        _ => Some(HeldState::PendingApproval),
    }
}

fn line_of(line: &DocumentLine, is_credit: bool, foreign: bool) -> HeldLine {
    let amount = if foreign { line.row_total_fc } else { line.line_total }.unwrap_or_default();
    let tax = if foreign { line.net_tax_amount_fc } else { line.tax_total }.unwrap_or_default();
    let signed = |amount: Decimal| if is_credit { -amount } else { amount };
    let code = |text: &Option<String>| filled(text.as_deref());
    HeldLine {
        mark: line.free_text.as_deref().and_then(LineMark::parse),
        target: JournalTarget::Account(Coding {
            account: line.account_code.clone().unwrap_or_default(),
            dimensions: [
                code(&line.costing_code),
                code(&line.costing_code2),
                code(&line.costing_code3),
                code(&line.costing_code4),
                code(&line.costing_code5),
            ],
            project: code(&line.project_code),
            tax_code: code(&line.tax_code).or_else(|| code(&line.vat_group)),
        }),
        amount: signed(amount),
        local: line.line_total.filter(|_| foreign).map(signed),
        tax: signed(tax),
        paid: Decimal::ZERO,
        description: line.item_description.clone().unwrap_or_default(),
    }
}

/// A journal entry that was entered as one; `None` for those that SAP made itself or without a key.
pub(super) fn journal_entry(
    reference: Reference,
    record: &Record<JournalEntry>,
    local_currency: &str,
) -> Result<Option<HeldDocument>, LedgerError> {
    let of = &record.value;
    if !is_manual(of) {
        return Ok(None);
    }
    let Some(key) = key_of(reference, record) else { return Ok(None) };
    let missing = |what: &str| malformed(format!("a journal entry with key {key} has no {what}"));
    let lines = entry_lines(of)?;
    let debits = lines.iter().map(|line| line.amount).filter(Decimal::is_sign_positive);
    let local_debits = lines.iter().map(|line| line.local).collect::<Option<Vec<Decimal>>>();
    let local_total = local_debits
        .map(|local| money::sum(local.into_iter().filter(Decimal::is_sign_positive)))
        .transpose()
        .map_err(malformed)?
        .filter(|_| !lines.is_empty());
    let currency =
        of.journal_entry_lines.iter().find_map(|line| filled(line.fc_currency.as_deref()));
    let branch = of.journal_entry_lines.iter().find_map(|line| line.branch_id);
    let card_code = lines.iter().find_map(|line| match &line.target {
        JournalTarget::Partner { card_code, .. } => Some(card_code.clone()),
        JournalTarget::Account(_) => None,
    });
    Ok(Some(HeldDocument {
        key,
        revision: revision_of(reference, record),
        document_type: DocumentType::JournalEntry,
        doc_entry: i64::from(of.jdt_num.ok_or_else(|| missing("JdtNum"))?),
        doc_num: of.number.map(i64::from),
        state: HeldState::Live,
        posting_date: of.reference_date.ok_or_else(|| missing("ReferenceDate"))?,
        card_code,
        control_account: None,
        branch: branch.map(i64::from),
        currency: currency.unwrap_or_else(|| local_currency.to_owned()),
        total: money::sum(debits).map_err(malformed)?,
        local_total,
        tax: Decimal::ZERO,
        paid: Decimal::ZERO,
        open: true,
        lines,
    }))
}

/// Whether a journal entry was entered as one, and not made by SAP for something else.
pub(super) fn is_manual(of: &JournalEntry) -> bool {
    of.original_journal.as_deref().is_none_or(|kind| kind == MANUAL_JOURNAL)
}

/// The lines of a journal entry.
pub(super) fn entry_lines(of: &JournalEntry) -> Result<Vec<HeldLine>, LedgerError> {
    of.journal_entry_lines.iter().map(journal_line).collect()
}

fn journal_line(line: &JournalEntryLine) -> Result<HeldLine, LedgerError> {
    let side = |debit: Option<Decimal>, credit: Option<Decimal>| {
        money::sum([debit.unwrap_or_default(), -credit.unwrap_or_default()]).map_err(malformed)
    };
    let local = side(line.debit, line.credit)?;
    let foreign = filled(line.fc_currency.as_deref()).is_some();
    let amount = if foreign { side(line.fc_debit, line.fc_credit)? } else { local };
    let code = |text: &Option<String>| filled(text.as_deref());
    let account = line.account_code.clone().unwrap_or_default();
    // A plain line names its account twice; a partner's names the partner and its control account.
    let target = match filled(line.short_name.as_deref()) {
        Some(card_code) if card_code != account => JournalTarget::Partner {
            card_code,
            control_account: code(&line.control_account).unwrap_or(account),
            project: code(&line.project_code),
        },
        _ => JournalTarget::Account(Coding {
            account,
            dimensions: [
                code(&line.costing_code),
                code(&line.costing_code2),
                code(&line.costing_code3),
                code(&line.costing_code4),
                code(&line.costing_code5),
            ],
            project: code(&line.project_code),
            tax_code: None,
        }),
    };
    Ok(HeldLine {
        mark: line.reference1.as_deref().and_then(LineMark::parse),
        target,
        amount,
        local: foreign.then_some(local),
        tax: Decimal::ZERO,
        paid: paid_of(line),
        description: line.line_memo.clone().unwrap_or_default(),
    })
}

/// What was paid of a journal entry's line. The published metadata of `JournalEntryLine` has no property
/// that says it, and a payment names the line it pays, not the other way round: until that is read
/// from a real company, a line counts as open. Unverified, and the only place that decides it.
fn paid_of(_line: &JournalEntryLine) -> Decimal {
    Decimal::ZERO
}

pub(super) fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entry(original: &str) -> Record<JournalEntry> {
        Record::from_json(&format!(
            r#"{{"JdtNum":7,"Number":9,"ReferenceDate":"2026-08-03T00:00:00Z",{original}
            "U_ProcoreKey":"1:2:direct_cost:3#1","U_ProcoreRev":"ab","JournalEntryLines":[
            {{"AccountCode":"5010","ShortName":"5010","Debit":10.10,"Credit":0.0,"FCCurrency":"","BPLID":3,"Reference1":"71"}},
            {{"AccountCode":"2110","ShortName":"V1","Debit":0.0,"Credit":10.10,"Reference1":"payable"}}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn an_entry_that_sap_made_for_a_document_is_not_one_of_ours() {
        let made = r#""OriginalJournal":"ttAPInvoice","#;
        assert_eq!(journal_entry(Reference::Udf, &entry(made), "USD").unwrap(), None);
        for entered in [r#""OriginalJournal":"ttJournalEntry","#, ""] {
            let held = journal_entry(Reference::Udf, &entry(entered), "USD").unwrap().unwrap();
            assert_eq!(held.total, Decimal::from_str_exact("10.10").unwrap());
            assert_eq!(held.card_code.as_deref(), Some("V1"));
            assert_eq!((held.currency.as_str(), held.branch), ("USD", Some(3)));
            let JournalTarget::Partner { control_account, .. } = &held.lines[1].target else {
                panic!("{held:?}")
            };
            assert_eq!(control_account, "2110");
        }
    }

    #[test]
    fn amounts_in_foreign_currency_come_from_the_foreign_columns() {
        let record = Record::<Document>::from_json(
            r#"{"DocEntry":7,"DocDate":"2026-08-03","DocCurrency":"EUR","BPL_IDAssignedToInvoice":-2,"ControlAccount":"2160","DocTotal":22.0,"DocTotalFc":20.0,
            "PaidToDate":11.0,"PaidToDateFC":10.0,"U_ProcoreKey":"1:2:subcontract:3#1",
            "DocumentLines":[{"LineTotal":22.0,"RowTotalFC":20.0,"FreeText":"12 text"}]}"#,
        )
        .unwrap();
        let held =
            document(Reference::Udf, &record, DocumentType::PurchaseInvoice).unwrap().unwrap();
        assert_eq!((held.total, held.paid), (Decimal::from(20), Decimal::from(10)));
        assert_eq!((held.branch, held.control_account.as_deref()), (Some(-2), Some("2160")));
        assert_eq!(held.lines[0].amount, Decimal::from(20));
        assert_eq!(held.lines[0].mark, Some(LineMark::Line(12)));
    }

    #[test]
    fn a_draft_counts_until_its_document_exists() {
        let draft = |status: &str| {
            let record = Record::<Document>::from_json(&format!(
                r#"{{"DocEntry":7,"DocDate":"2026-08-03","DocObjectCode":"oPurchaseInvoices",{status}
                "U_ProcoreKey":"1:2:subcontract:3#1"}}"#
            ))
            .unwrap();
            document(Reference::Udf, &record, DocumentType::Draft).unwrap().map(|held| held.state)
        };
        let status = |name: &str| draft(&format!(r#""AuthorizationStatus":"{name}","#));
        for waits in ["dasWithout", "dasPending", "dasApproved", "dasOfANewerVersion"] {
            assert_eq!(status(waits), Some(HeldState::PendingApproval), "{waits}");
        }
        assert_eq!(draft(""), Some(HeldState::PendingApproval));
        assert_eq!(status("dasRejected"), Some(HeldState::Rejected));
        assert_eq!(status("dasCancelled"), Some(HeldState::Rejected));
        assert_eq!(status("dasGenerated"), None);
        assert_eq!(status("dasGeneratedbyAuthorizer"), None);
    }

    #[test]
    fn a_key_that_is_none_of_ours_is_no_document_of_ours() {
        let json =
            r#"{"DocEntry":7,"DocDate":"2026-08-03","U_ProcoreKey":"copied from elsewhere"}"#;
        let record = Record::<Document>::from_json(json).unwrap();
        assert_eq!(document(Reference::Udf, &record, DocumentType::PurchaseInvoice).unwrap(), None);
    }
}
