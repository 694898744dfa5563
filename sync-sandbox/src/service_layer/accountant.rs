//! What people do inside SAP while an integration runs, and what they look at.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    Document, DocumentKind, JournalEntry, Ledger, PostCount, ServiceLayer, ServiceLayerOptions,
    approvals, changes, documents,
    entity::{EntitySet, set_of},
    error::Refusal,
    journal, ledger, posting,
    seed::status_name,
    state::State,
    uri::Key,
    user_fields,
    value::{Record, Value},
};
use crate::contractor::books::PeriodState;

/// SAP refused what a person wanted to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// SAP's code.
    pub code: i64,
    /// SAP's text.
    pub message: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message }
    }
}

/// An A/P invoice that a person keys.
#[derive(Clone, Debug)]
pub struct ManualInvoice {
    /// The vendor.
    pub card_code: String,
    /// The vendor's number; empty for none.
    pub num_at_card: String,
    /// The posting date.
    pub date: NaiveDate,
    /// The lines.
    pub lines: Vec<ManualLine>,
}

/// One line of a keyed invoice.
#[derive(Clone, Debug)]
pub struct ManualLine {
    /// The account.
    pub account: String,
    /// Net in local currency.
    pub net: Decimal,
    /// The tax code (VAT group in VAT localisations).
    pub tax_code: String,
    /// The profit center of dimension 1; empty for none.
    pub profit_center: String,
    /// The project; empty for none.
    pub project: String,
}

fn set(kind: DocumentKind) -> EntitySet {
    set_of(kind.set()).expect("every kind of document is an entity set")
}

fn yes_no(yes: bool) -> Value {
    Value::from(yes)
}

/// Master data.
impl ServiceLayer {
    /// Freezes or unfreezes a partner; false if there is none of that code.
    pub fn freeze_partner(&self, card_code: &str, frozen: bool) -> bool {
        self.edit("BusinessPartners", card_code, |row| row.set("Frozen", yes_no(frozen)))
    }

    /// Makes a profit center and its direct rule active or inactive.
    pub fn activate_profit_center(&self, code: &str, active: bool) -> bool {
        let center = self.edit("ProfitCenters", code, |row| row.set("Active", yes_no(active)));
        self.edit("DistributionRules", code, |row| row.set("Active", yes_no(active))) && center
    }

    /// Makes a project active or inactive.
    pub fn activate_project(&self, code: &str, active: bool) -> bool {
        self.edit("Projects", code, |row| row.set("Active", yes_no(active)))
    }

    /// Locks an account for manual transactions (a control account) or unlocks it.
    pub fn lock_account(&self, code: &str, locked: bool) -> bool {
        self.edit("ChartOfAccounts", code, |row| {
            row.set("LockManualTransaction", yes_no(locked));
        })
    }

    /// Demands a project and a distribution rule of dimension 1 on an account's lines.
    pub fn require_dimensions(&self, code: &str, project: bool, dimension_1: bool) -> bool {
        self.edit("ChartOfAccounts", code, |row| {
            row.set("ProjectRelevant", yes_no(project));
            row.set("DistributionRuleRelevant", yes_no(dimension_1));
        })
    }

    /// Opens, closes or locks a posting period by its code; false if there is none.
    pub fn set_period(&self, code: &str, status: PeriodState) -> bool {
        let mut state = self.state();
        let Some(period) = state.periods.iter_mut().find(|p| p.record.text("PeriodCode") == code)
        else {
            return false;
        };
        period.record.set("PeriodStatus", Value::from(status_name(status)));
        period.record.set("Locked", yes_no(status == PeriodState::Locked));
        true
    }

    /// Enters an exchange rate: local currency for one unit.
    pub fn set_rate(&self, currency: &str, day: NaiveDate, rate: Decimal) {
        self.state().rates.insert((currency.to_owned(), day), rate);
    }

    /// Changes the server's settings while it runs.
    pub fn with_options(&self, change: impl FnOnce(&mut ServiceLayerOptions)) {
        change(&mut self.state().options);
    }

    /// Changes one row of master data.
    fn edit(&self, set: &str, code: &str, change: impl FnOnce(&mut Record)) -> bool {
        let mut state = self.state();
        state.row_mut(set, code).map(change).is_some()
    }
}

/// Documents and journal entries.
impl ServiceLayer {
    /// Keys an A/P invoice by hand; answers its `DocEntry`.
    ///
    /// # Errors
    ///
    /// SAP's own refusal, by the same rules as for a POST.
    pub fn key_invoice(&self, invoice: &ManualInvoice) -> Result<i64, Refused> {
        let mut state = self.state();
        let tax_property = match state.options.localization {
            super::Localization::SalesTax => "TaxCode",
            super::Localization::Vat => "VatGroup",
        };
        let lines = invoice.lines.iter().map(|line| {
            Record::default()
                .with("AccountCode", line.account.as_str())
                .with("LineTotal", line.net)
                .with(tax_property, line.tax_code.as_str())
                .with("CostingCode", line.profit_center.as_str())
                .with("ProjectCode", line.project.as_str())
        });
        let body = Record::default()
            .with("DocType", "dDocument_Service")
            .with("CardCode", invoice.card_code.as_str())
            .with("NumAtCard", invoice.num_at_card.as_str())
            .with("DocDate", invoice.date)
            .with("DocumentLines", lines.collect::<Vec<_>>());
        let key = documents::create(&mut state, &set(DocumentKind::Invoice), body)?;
        Ok(entry_of(&key))
    }

    /// Cancels a document; answers the `DocEntry` of the cancellation document.
    ///
    /// # Errors
    ///
    /// SAP's own refusal: closed, paid, in a closed period.
    pub fn cancel_document(&self, kind: DocumentKind, doc_entry: i64) -> Result<i64, Refused> {
        let mut state = self.state();
        let key = changes::cancel_document(
            &mut state,
            &set(kind),
            &Key::Integer(doc_entry),
            &Record::default(),
        )?;
        Ok(entry_of(&key))
    }

    /// Duplicates a document as SAP's menu does: user fields are copied, the vendor's number is
    /// not. Answers the copy's `DocEntry`.
    ///
    /// # Errors
    ///
    /// SAP's own refusal, by the same rules as for a POST.
    pub fn duplicate_document(&self, kind: DocumentKind, doc_entry: i64) -> Result<i64, Refused> {
        let mut state = self.state();
        let key = Key::Integer(doc_entry);
        let mut body = state.table(kind.set()).get(&key).ok_or_else(Refusal::no_record)?.clone();
        for name in ["NumAtCard", "CancelStatus", "Cancelled", "AuthorizationStatus"] {
            body.remove(name);
        }
        let key = documents::create(&mut state, &set(kind), body)?;
        Ok(entry_of(&key))
    }

    /// Pays a part of an A/P invoice from the first cash account.
    ///
    /// # Errors
    ///
    /// When the invoice is not there or not open, or there is no cash account.
    pub fn pay_invoice(&self, doc_entry: i64, amount: Decimal) -> Result<(), Refused> {
        let mut state = self.state();
        pay(&mut state, doc_entry, amount).map_err(Refused::from)
    }

    /// Reverses a journal entry; answers the reversing entry's number.
    ///
    /// # Errors
    ///
    /// SAP's own refusal.
    pub fn reverse_journal_entry(&self, number: i64) -> Result<i64, Refused> {
        let mut state = self.state();
        Ok(journal::cancel(&mut state, &Key::Integer(number))?)
    }

    /// Every invoice, credit memo and draft, in this order, each by `DocEntry`.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        let state = self.state();
        [DocumentKind::Invoice, DocumentKind::CreditNote, DocumentKind::Draft]
            .into_iter()
            .flat_map(|kind| {
                let rows = state.table(kind.set()).rows();
                rows.map(|row| ledger::document(kind, row)).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Every journal entry by its number, SAP's own among them.
    #[must_use]
    pub fn journal_entries(&self) -> Vec<JournalEntry> {
        self.state().table("JournalEntries").rows().map(ledger::journal_entry).collect()
    }

    /// The general ledger, summed from every journal entry.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::of(self.journal_entries().iter())
    }

    /// The general ledger of the posting dates from `from` to `to`.
    #[must_use]
    pub fn ledger_between(&self, from: NaiveDate, to: NaiveDate) -> Ledger {
        let entries = self.journal_entries();
        Ledger::of(entries.iter().filter(|e| e.date.is_some_and(|d| from <= d && d <= to)))
    }
}

/// Approval procedures.
impl ServiceLayer {
    /// The drafts that wait for an approver.
    #[must_use]
    pub fn pending_drafts(&self) -> Vec<Document> {
        let mut documents = self.documents();
        documents
            .retain(|d| d.kind == DocumentKind::Draft && d.authorization_status == "dasPending");
        documents
    }

    /// Approves a draft and posts it; answers the document's `DocEntry`.
    ///
    /// # Errors
    ///
    /// SAP's own refusal: the draft is checked again when it is posted.
    pub fn approve_draft(&self, doc_entry: i64) -> Result<i64, Refused> {
        let mut state = self.state();
        Ok(entry_of(&approvals::generate(&mut state, doc_entry)?))
    }

    /// Rejects a pending draft.
    ///
    /// # Errors
    ///
    /// When the draft is not there or not pending.
    pub fn reject_draft(&self, doc_entry: i64) -> Result<(), Refused> {
        let mut state = self.state();
        Ok(approvals::reject(&mut state, doc_entry)?)
    }

    /// Deletes a draft; false if there is none.
    pub fn delete_draft(&self, doc_entry: i64) -> bool {
        self.state().table_mut("Drafts").remove(&Key::Integer(doc_entry)).is_some()
    }
}

/// The server itself.
impl ServiceLayer {
    /// Creates `U_ProcoreKey` (100 characters) and `U_ProcoreRev` (16) on marketing documents and
    /// on journal entries.
    pub fn create_procore_udfs(&self) {
        let mut state = self.state();
        for table in ["OPCH", "OJDT"] {
            for (name, size) in [("ProcoreKey", 100), ("ProcoreRev", 16)] {
                let body = Record::default()
                    .with("TableName", table)
                    .with("Name", name)
                    .with("Description", name)
                    .with("Type", "db_Alpha")
                    .with("Size", size);
                // A field that exists stays as it is.
                let _ = user_fields::create_field(&mut state, &body);
            }
        }
    }

    /// The rows of the user table of that name, as text by property.
    #[must_use]
    pub fn user_table_rows(&self, table: &str) -> Vec<BTreeMap<String, String>> {
        let state = self.state();
        let rows = state.table(&format!("U_{table}")).rows();
        rows.map(|row| {
            let mut fields = ledger::user_fields(row);
            fields.insert("Code".to_owned(), row.text("Code").to_owned());
            fields.insert("Name".to_owned(), row.text("Name").to_owned());
            fields
        })
        .collect()
    }

    /// How many POSTs an entity set got, and how many created something.
    #[must_use]
    pub fn posts(&self, set: &str) -> PostCount {
        self.state().posts.get(set).copied().unwrap_or_default()
    }

    /// How many logins came, and how many were let in.
    #[must_use]
    pub fn logins(&self) -> PostCount {
        let state = self.state();
        PostCount { received: state.sessions.logins, created: state.sessions.logins_done }
    }

    /// How many sessions are alive.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.state().sessions.alive()
    }

    /// Drops every session.
    pub fn expire_sessions(&self) {
        self.state().sessions.clear();
    }

    /// Unlocks a user who was locked after wrong passwords.
    pub fn unlock_user(&self) {
        self.state().sessions.unlock();
    }

    /// How many rows an entity set holds.
    #[must_use]
    pub fn rows(&self, set: &str) -> usize {
        self.state().table(set).len()
    }
}

fn entry_of(key: &Key) -> i64 {
    match key {
        Key::Integer(number) => *number,
        _ => 0,
    }
}

fn pay(state: &mut State, doc_entry: i64, amount: Decimal) -> Result<(), Refusal> {
    let key = Key::Integer(doc_entry);
    let cash = state
        .table("ChartOfAccounts")
        .rows()
        .find(|row| row.is_yes("CashAccount") && row.is_yes("ActiveAccount"))
        .map(|row| row.text("Code").to_owned())
        .ok_or_else(Refusal::no_record)?;
    let today = state.today();
    let invoice =
        state.table_mut("PurchaseInvoices").get_mut(&key).ok_or_else(Refusal::no_record)?;
    let open = invoice.amount("DocTotal") - invoice.amount("PaidToDate");
    if invoice.text("DocumentStatus") != "bost_Open" || amount > open {
        return Err(Refusal::business("Document is already closed"));
    }
    let paid = invoice.amount("PaidToDate") + amount;
    invoice.set("PaidToDate", Value::Number(paid));
    if amount == open {
        invoice.set("DocumentStatus", Value::from("bost_Close"));
    }
    let vendor = invoice.text("CardCode").to_owned();
    let control = invoice.text("ControlAccount").to_owned();
    let mut debit = Record::default()
        .with("AccountCode", control.as_str())
        .with("ShortName", vendor)
        .with("ControlAccount", control.as_str());
    posting::sides(&mut debit, amount, true);
    let mut credit =
        Record::default().with("AccountCode", cash.as_str()).with("ShortName", cash.as_str());
    posting::sides(&mut credit, amount, false);
    let entry = Record::default()
        .with("ReferenceDate", today)
        .with("DueDate", today)
        .with("TaxDate", today)
        .with("Memo", "Outgoing Payments")
        .with("OriginalJournal", "ttVendorPayment")
        .with("Original", doc_entry);
    journal::store(state, entry, vec![debit, credit]);
    Ok(())
}
