//! Headers and texts of the documents, and the checks that every document passes before it leaves
//! the planner.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, PlanContext, Stop, dates::Dates, delta::DeltaLine, foreign, hold,
    references::References, standing::Standing,
};
use crate::{
    catalog::Partner,
    mapping::ProjectRow,
    model::{
        ApDocument, ApLine, Coding, DocumentKey, JournalEntry, JournalLine, JournalTarget, Kind,
        LineMark, Posting, PostingHeader,
    },
    policy::NegativeLines,
    states::Reason,
    validate::{self, Fault},
};

/// The vendor account that an A/P document stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ControlAccount {
    /// Approved and not billed: AP must not pay it.
    Unbilled(Option<String>),
    /// The partner's own account: billed, to be paid.
    Trade,
}

/// Writes the documents of one record.
pub(super) struct Writer<'a> {
    context: &'a PlanContext<'a>,
    member: &'a Member,
    row: &'a ProjectRow,
    references: References,
    standing: Standing,
    unbilled: Option<String>,
    next: u32,
    stopped: Option<Stop>,
    /// The documents so far.
    pub postings: Vec<Posting>,
}

impl<'a> Writer<'a> {
    /// A writer for a member's documents.
    pub(super) fn new(
        context: &'a PlanContext<'a>,
        family: &Family,
        member: &'a Member,
    ) -> Result<Self, Stop> {
        let record = member.record();
        let row = context.mapping.project(record.key.project).ok_or_else(|| {
            super::lines::unmapped_hold(
                record,
                &crate::mapping::Unmapped::Project(record.key.project),
                0,
                Decimal::ZERO,
            )
        })?;
        Ok(Self {
            context,
            member,
            row,
            references: References::of(family, member, row),
            standing: Standing::present(context, member),
            unbilled: family.unbilled_account(context.policy).map(str::to_owned),
            next: member.next_sequence(),
            stopped: None,
            postings: Vec::new(),
        })
    }

    /// What is written from here on stands in this place.
    pub(super) fn stand_in(&mut self, standing: &Standing) {
        self.standing.clone_from(standing);
    }

    /// The project's row.
    pub(super) fn row(&self) -> &'a ProjectRow {
        self.row
    }

    fn header(&mut self, dates: Dates) -> PostingHeader {
        let record = self.member.record();
        let sequence = self.next;
        self.next += 1;
        let exchange_rate = foreign::rate(self.context, &self.standing.currency, dates.posting);
        let exchange_rate = exchange_rate.unwrap_or_else(|stop| {
            self.stopped.get_or_insert(stop);
            None
        });
        PostingHeader {
            key: DocumentKey { source: record.key, sequence },
            // What of the record stands with this document is known when its plan is complete.
            revision: String::new(),
            posting_date: dates.posting,
            tax_date: dates.tax,
            reference: self.references.next(),
            memo: format!("Procore {} {}", record.kind(), record.number),
            currency: self.standing.currency.clone(),
            exchange_rate,
            project: self.row.sap_project.clone(),
            branch: self.standing.branch,
        }
    }

    /// The record's number, for texts.
    pub(super) fn number(&self) -> &'a str {
        &self.member.record().number
    }

    /// Whether lines against a document's direction are a document of their own.
    pub(super) fn splits_negative_lines(&self) -> bool {
        self.context.policy.negative_lines == NegativeLines::Split
    }

    /// Where A/P documents of commitments stand; payment-blocked even without `unbilled_account`.
    pub(super) fn unbilled_account(&self) -> ControlAccount {
        ControlAccount::Unbilled(self.unbilled.clone())
    }

    /// An A/P invoice of these lines, or an A/P credit memo where they sum below zero.
    pub(super) fn ap_document(
        &mut self,
        partner: &Partner,
        lines: &[DeltaLine],
        account: ControlAccount,
        dates: Dates,
    ) {
        let record = self.member.record();
        let (control_account, payment_block) = match account {
            ControlAccount::Unbilled(account) => (account, true),
            ControlAccount::Trade => (None, false),
        };
        let net: Decimal = lines.iter().map(|line| line.amount).sum();
        let credit = net.is_sign_negative();
        let wt_liable = self.wt_liable(partner);
        let scale = self.context.catalog.scale(&self.standing.currency);
        let lines: Vec<ApLine> = lines
            .iter()
            .map(|line| ApLine {
                mark: line.mark.clone(),
                coding: line.coding.clone(),
                amount: if credit { -line.amount } else { line.amount },
                wt_liable,
                description: line.text.clone(),
            })
            .collect();
        let expected_tax = lines.iter().map(|line| self.tax(line, scale)).sum();
        let document = ApDocument {
            header: self.header(dates),
            card_code: partner.card_code.clone(),
            control_account,
            payment_block,
            expected_tax,
            comments: format!("{} {}", record.key, record.title.trim()),
            lines,
        };
        self.postings.push(if credit {
            Posting::PurchaseCreditNote(document)
        } else {
            Posting::PurchaseInvoice(document)
        });
    }

    /// What vendors.csv says of withholding for this partner (which may be a former vendor's): the
    /// row of the record's own vendor, else what all of the partner's rows agree on.
    fn wt_liable(&self, partner: &Partner) -> Option<bool> {
        let own = self.member.record().vendor.as_ref();
        let own = own.and_then(|vendor| self.context.mapping.vendor(vendor.id));
        if let Some(row) = own.filter(|row| row.card_code == partner.card_code) {
            return row.wt_liable;
        }
        let mut rows = self
            .context
            .mapping
            .vendors()
            .filter(|(_, row)| row.card_code == partner.card_code)
            .map(|(_, row)| row.wt_liable);
        let first = rows.next()?;
        if rows.all(|other| other == first) { first } else { None }
    }

    /// What the vendor is owed for these lines of an A/P document: with the tax that is predicted.
    pub(super) fn owed(&self, lines: &[DeltaLine]) -> Decimal {
        lines.iter().map(|line| line.amount).sum::<Decimal>() + self.expected_tax(lines)
    }

    /// The tax that the catalog's rates give for these lines.
    pub(super) fn expected_tax(&self, lines: &[DeltaLine]) -> Decimal {
        let scale = self.context.catalog.scale(&self.standing.currency);
        lines.iter().map(|l| self.tax_of(l.amount, l.coding.tax_code.as_deref(), scale)).sum()
    }

    fn tax(&self, line: &ApLine, scale: u32) -> Decimal {
        self.tax_of(line.amount, line.coding.tax_code.as_deref(), scale)
    }

    fn tax_of(&self, amount: Decimal, code: Option<&str>, scale: u32) -> Decimal {
        let rate = code.and_then(|code| self.context.catalog.tax_codes.get(code));
        rate.map(|code| {
            let exact = amount.checked_mul(code.rate).unwrap_or_default() / Decimal::ONE_HUNDRED;
            self.context.policy.rounding.round(exact, scale)
        })
        .unwrap_or_default()
    }

    /// A journal entry between cost accounts.
    pub(super) fn shift(&mut self, lines: &[DeltaLine], dates: Dates) {
        let lines = lines.iter().cloned().map(DeltaLine::into_journal_line).collect();
        self.journal_entry(lines, dates);
    }

    /// A journal entry of these lines; zero lines are not sent, nor an entry without lines.
    pub(super) fn journal_entry(&mut self, mut lines: Vec<JournalLine>, dates: Dates) {
        lines.retain(|line| !line.amount.is_zero());
        if lines.is_empty() {
            return;
        }
        let header = self.header(dates);
        self.postings.push(Posting::JournalEntry(JournalEntry { header, lines }));
    }

    /// The decision to post what was written, if SAP's master data allow every document; where
    /// nothing was to be written, SAP holds what it should.
    pub(super) fn finish(self) -> Result<Decision, Stop> {
        if self.postings.is_empty() {
            return Ok(Decision::Unchanged);
        }
        let faults: Vec<Fault> = self
            .postings
            .iter()
            .flat_map(|posting| validate::findings(posting, self.context.catalog))
            .collect();
        let Some(first) = faults.first() else {
            return self.stopped.map_or_else(|| Ok(Decision::Post(self.postings)), Err);
        };
        let details: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Err(hold(first.reason, details.join("; ")))
    }
}

/// The partner that a member's vendor is mapped to.
///
/// # Errors
///
/// `vendor_missing`, `vendor_unmapped`, `vendor_invalid`.
pub(super) fn partner<'a>(
    context: &PlanContext<'a>,
    family: &Family,
    member: &Member,
) -> Result<&'a Partner, Stop> {
    let record = member.record();
    let vendor = family.vendor_of(member).ok_or_else(|| {
        hold(Reason::VendorMissing, format!("{} names no vendor in Procore", record.key))
    })?;
    let row = context.mapping.vendor(vendor.id).ok_or_else(|| {
        hold(
            Reason::VendorUnmapped,
            format!(
                "vendors.csv has no row for vendor {} ({}); add '{},<CardCode>'",
                vendor.id, vendor.name, vendor.id
            ),
        )
    })?;
    context.catalog.partners.get(&row.card_code).ok_or_else(|| {
        hold(
            Reason::VendorInvalid,
            format!(
                "SAP has no business partner {}, to which vendors.csv row {} maps vendor {} ({})",
                row.card_code, row.row, vendor.id, vendor.name
            ),
        )
    })
}

/// A partner whose documents are to be reversed, whatever the mapping says of it now.
///
/// # Errors
///
/// `vendor_invalid`.
pub(super) fn former_partner<'a>(
    context: &PlanContext<'a>,
    card_code: &str,
) -> Result<&'a Partner, Stop> {
    context.catalog.partners.get(card_code).ok_or_else(|| {
        hold(
            Reason::VendorInvalid,
            format!("SAP has no business partner {card_code}, whose documents are to be reversed"),
        )
    })
}

/// A partner's own control account: the trade account.
///
/// # Errors
///
/// `vendor_invalid` where the partner has none.
pub(super) fn trade_account(partner: &Partner) -> Result<String, Stop> {
    partner.control_account.clone().ok_or_else(|| {
        hold(
            Reason::VendorInvalid,
            format!("business partner {} has no control account in SAP", partner.card_code),
        )
    })
}

/// A balance sheet line's place: the account itself, or the partner on it where it is a control
/// account. Dimensions only where the account requires them: the project's defaults.
///
/// # Errors
///
/// `account_invalid`.
pub(super) fn balance_sheet(
    context: &PlanContext<'_>,
    row: &ProjectRow,
    account: &str,
    key: &str,
    partner: Option<&Partner>,
) -> Result<JournalTarget, Stop> {
    let found = context.catalog.account(account).ok_or_else(|| {
        hold(Reason::AccountInvalid, format!("SAP has no account {account}, which {key} names"))
    })?;
    if let (true, Some(partner)) = (found.control, partner) {
        return Ok(JournalTarget::Partner {
            card_code: partner.card_code.clone(),
            control_account: found.code.clone(),
            project: row.sap_project.clone(),
        });
    }
    let mut dimensions = [const { None }; 5];
    for (index, cell) in dimensions.iter_mut().enumerate() {
        if found.dimensions_required[index] {
            cell.clone_from(&row.dimensions[index]);
        }
    }
    Ok(JournalTarget::Account(Coding {
        account: found.code.clone(),
        dimensions,
        project: row.sap_project.clone(),
        tax_code: None,
    }))
}

/// A line of a journal entry on the balance sheet.
pub(super) fn role_line(
    role: &str,
    target: JournalTarget,
    amount: Decimal,
    description: String,
) -> JournalLine {
    let mark = LineMark::Role(role.to_owned());
    let payment_block = is_payment_blocked(&mark, &target);
    JournalLine { mark, target, amount, due_date: None, payment_block, description }
}

/// Whether AP must not pay a line: a partner's line on `unbilled_account` or on a control account
/// of retainage. What AP may pay is the trade account and only that.
pub(super) fn is_payment_blocked(mark: &LineMark, target: &JournalTarget) -> bool {
    let unpayable = |role: &String| ["unbilled", "held", "released"].contains(&role.as_str());
    matches!(mark, LineMark::Role(role) if unpayable(role))
        && matches!(target, JournalTarget::Partner { .. })
}

/// The due date of a partner's line, checked against its window.
///
/// # Errors
///
/// `date_out_of_window`.
pub(super) fn due_date(
    context: &PlanContext<'_>,
    partner: &Partner,
    day: NaiveDate,
) -> Result<NaiveDate, Stop> {
    let due = context.catalog.due_date(&partner.card_code, day);
    match context.catalog.period_of(day) {
        Some(period) if !period.due.contains(due) => Err(hold(
            Reason::DateOutOfWindow,
            format!("the due date {due} lies outside the due dates of period {}", period.name),
        )),
        _ => Ok(due),
    }
}

/// What a kind is called in sentences.
pub(super) fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::PurchaseOrder => "purchase order",
        Kind::Subcontract => "subcontract",
        Kind::ChangeOrder | Kind::CommitmentChangeOrder => "change order",
        Kind::DirectCost => "direct cost",
        Kind::Requisition => "requisition",
    }
}
