//! Journal entries.
//!
//! Whether a partner's row is paid cannot be read from here: the metadata gives rows no balance, and has no set of payments
//! or reconciliations to look into. [`JournalEntryLine::payment_ordered`] and [`JournalEntryLine::payment_block`] say what
//! was asked of the payment run; a partner's whole balance is [`super::BusinessPartner::current_account_balance`].

use super::Collection;
use super::declare::{entity_sets, entity_types, new_entity};
use crate::client::ResendGuard;
use crate::error::Result;
use crate::wire::YesNo;
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A journal entry and its rows.
    read JournalEntry is "JournalEntry" {
        /// Key.
        jdt_num: Option<i32> = "JdtNum",
        /// Number a person sees.
        number: Option<i32> = "Number",
        /// What kind of document produced it (`ttAPInvoice`, `ttJournalEntry`).
        original_journal: Option<String> = "OriginalJournal",
        /// Key of what produced it.
        original: Option<i32> = "Original",
        /// Number of what produced it.
        base_reference: Option<String> = "BaseReference",
        /// Rows.
        journal_entry_lines: Vec<JournalEntryLine> = "JournalEntryLines",
    }
    /// A journal entry to create. It must balance; system currency is left to SAP.
    write NewJournalEntry in "JournalEntries" {
        /// Rows.
        journal_entry_lines: Vec<NewJournalEntryLine> = "JournalEntryLines",
    }
    both {
        /// Posting date; picks the period.
        reference_date: Option<NaiveDate> = "ReferenceDate",
        /// Due date.
        due_date: Option<NaiveDate> = "DueDate",
        /// Document date.
        tax_date: Option<NaiveDate> = "TaxDate",
        /// Date of the tax report, where it is another.
        vat_date: Option<NaiveDate> = "VatDate",
        /// Remarks, 254 characters (50 in 9.x).
        memo: Option<String> = "Memo",
        /// First reference, 100 characters.
        reference: Option<String> = "Reference",
        /// Second reference, 100 characters.
        reference2: Option<String> = "Reference2",
        /// Third reference, 100 characters (27 in 9.x).
        reference3: Option<String> = "Reference3",
        /// Project of the header.
        project_code: Option<String> = "ProjectCode",
        /// Transaction code, 4 characters.
        transaction_code: Option<String> = "TransactionCode",
        /// Numbering series.
        series: Option<i32> = "Series",
        /// Reversed automatically.
        use_auto_storno: Option<YesNo> = "UseAutoStorno",
        /// Day of the automatic reversal.
        storno_date: Option<NaiveDate> = "StornoDate",
        /// Adjusting entry.
        adjust_transaction: Option<YesNo> = "AdjustTransaction",
        /// Key of the attachments (`Attachments2`).
        attachment_entry: Option<i32> = "AttachmentEntry",
    }
}

entity_types! {
    /// A row of a journal entry.
    read JournalEntryLine is "JournalEntryLine" {
        /// Number of the row, from 0.
        line_id: Option<i32> = "Line_ID",
        /// Debit, system currency.
        debit_sys: Option<Decimal> = "DebitSys",
        /// Credit, system currency.
        credit_sys: Option<Decimal> = "CreditSys",
        /// A tax row.
        vat_line: Option<YesNo> = "VatLine",
        /// Tax, local currency.
        vat_amount: Option<Decimal> = "VatAmount",
        /// In a payment run.
        payment_ordered: Option<YesNo> = "PaymentOrdered",
    }
    /// A row of a journal entry to create: an account, or a partner by its short name.
    write NewJournalEntryLine in "JournalEntryLines" {}
    both {
        /// Account: the system key where account segmentation is on.
        account_code: Option<String> = "AccountCode",
        /// A partner's code, whose control account follows; read, the account again where the row has no partner.
        short_name: Option<String> = "ShortName",
        /// Control account of a partner's row, where it is not the partner's.
        control_account: Option<String> = "ControlAccount",
        /// Offset account.
        contra_account: Option<String> = "ContraAccount",
        /// Debit, local currency.
        debit: Option<Decimal> = "Debit",
        /// Credit, local currency.
        credit: Option<Decimal> = "Credit",
        /// Debit, foreign currency.
        fc_debit: Option<Decimal> = "FCDebit",
        /// Credit, foreign currency.
        fc_credit: Option<Decimal> = "FCCredit",
        /// Foreign currency.
        fc_currency: Option<String> = "FCCurrency",
        /// Remarks, 254 characters (50 in 9.x).
        line_memo: Option<String> = "LineMemo",
        /// First reference, 100 characters.
        reference1: Option<String> = "Reference1",
        /// Second reference, 100 characters.
        reference2: Option<String> = "Reference2",
        /// Third reference, 100 characters (27 in 9.x).
        additional_reference: Option<String> = "AdditionalReference",
        /// Due date.
        due_date: Option<NaiveDate> = "DueDate",
        /// Document date.
        tax_date: Option<NaiveDate> = "TaxDate",
        /// Distribution rule of dimension 1.
        costing_code: Option<String> = "CostingCode",
        /// Distribution rule of dimension 2.
        costing_code2: Option<String> = "CostingCode2",
        /// Distribution rule of dimension 3.
        costing_code3: Option<String> = "CostingCode3",
        /// Distribution rule of dimension 4.
        costing_code4: Option<String> = "CostingCode4",
        /// Distribution rule of dimension 5.
        costing_code5: Option<String> = "CostingCode5",
        /// Project.
        project_code: Option<String> = "ProjectCode",
        /// Branch.
        branch_id: Option<i32> = "BPLID",
        /// Tax group, in VAT countries.
        tax_group: Option<String> = "TaxGroup",
        /// Tax code, in sales tax countries.
        tax_code: Option<String> = "TaxCode",
        /// Base of the tax, local currency.
        base_sum: Option<Decimal> = "BaseSum",
        /// Subject to withholding tax.
        wt_liable: Option<YesNo> = "WTLiable",
        /// Blocked for payment.
        payment_block: Option<YesNo> = "PaymentBlock",
        /// Cost element.
        cost_element_code: Option<String> = "CostElementCode",
    }
}

new_entity!(NewJournalEntry creates JournalEntry with journal_entry_lines);

entity_sets! {
    JournalEntry by jdt_num = "JdtNum" {
        /// Journal entries.
        journal_entries = "JournalEntries",
    }
}

impl Collection<JournalEntry> {
    /// Cancels a journal entry; SAP makes the reversal.
    ///
    /// # Errors
    /// As every write. `guard` says whether the entry still stands.
    pub async fn cancel(&self, jdt_num: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(jdt_num, "Cancel", None, guard).await.map(drop)
    }
}
