//! What a reconciliation says; a host prints it as a table, a page and files.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    BudgetBeside, CommitmentBalance, CurrencyTotal, PeriodMove, PeriodReconciliation,
    RecordRounding, SubLedger, TieOut,
};
use crate::{
    engine::{Failure, FindingRow, ProjectProblem},
    model::{ProjectId, SourceKey},
    ports::UnkeyedInvoice,
    states::{Cause, DifferenceKind, RecordState},
};

/// Why a part of Procore's amount is not in SAP: the terms of `Procore - terms + rounding = expected in
/// SAP`. Each term is the records' Procore amount minus what SAP holds for them: a reduction that waits is
/// negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// On the opening list.
    pub opening: Decimal,
    /// Direct costs of a type without an offset.
    pub not_configured: Decimal,
    /// Dated after today.
    pub future_dated: Decimal,
    /// Waiting for a parent, a predecessor, or to settle.
    pub waiting: Decimal,
    /// Held by a rule.
    pub held: Decimal,
    /// Refused by SAP.
    pub rejected: Decimal,
    /// In flight, or without a trustworthy answer.
    pub uncertain: Decimal,
    /// Drafts in an approval procedure.
    pub pending_approval: Decimal,
    /// Accepted by a person with `resolve --skip`: nothing is posted for it.
    pub skipped: Decimal,
    /// What an adopted invoice is off its record, accepted by a person.
    pub accepted: Decimal,
    /// What rounding to the currency's decimals added (posted minus stated); added, not subtracted. The
    /// rows behind it are [`ProjectReconciliation::rounding`].
    pub rounding: Decimal,
}

impl Terms {
    /// The sum of what explains a difference, rounding aside.
    #[must_use]
    pub fn waiting_total(&self) -> Decimal {
        self.opening
            + self.not_configured
            + self.future_dated
            + self.waiting
            + self.held
            + self.rejected
            + self.uncertain
            + self.pending_approval
            + self.skipped
            + self.accepted
    }

    /// What SAP should hold of this much in Procore.
    pub(super) fn expected_of(&self, procore: Decimal) -> Decimal {
        procore - self.waiting_total() + self.rounding
    }

    /// Adds another part's terms.
    pub fn add(&mut self, other: &Self) {
        self.opening += other.opening;
        self.not_configured += other.not_configured;
        self.future_dated += other.future_dated;
        self.waiting += other.waiting;
        self.held += other.held;
        self.rejected += other.rejected;
        self.uncertain += other.uncertain;
        self.pending_approval += other.pending_approval;
        self.skipped += other.skipped;
        self.accepted += other.accepted;
        self.rounding += other.rounding;
    }

    /// Each term with its name, in the order of reports.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Decimal); 11] {
        [
            ("opening", self.opening),
            ("not_configured", self.not_configured),
            ("future_dated", self.future_dated),
            ("waiting", self.waiting),
            ("held", self.held),
            ("rejected", self.rejected),
            ("uncertain", self.uncertain),
            ("pending_approval", self.pending_approval),
            ("skipped", self.skipped),
            ("accepted", self.accepted),
            ("rounding", self.rounding),
        ]
    }
}

/// One difference between what was expected and what SAP holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The record.
    pub key: SourceKey,
    /// What kind.
    pub kind: DifferenceKind,
    /// The amount expected in SAP.
    pub expected: Decimal,
    /// The amount that SAP holds.
    pub in_sap: Decimal,
    /// A sentence with the documents.
    pub detail: String,
}

/// A record whose money is not, or not fully, in SAP for a reason that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// The record.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// Its title in Procore.
    pub title: String,
    /// Its state.
    pub state: RecordState,
    /// Why.
    pub cause: Option<Cause>,
    /// Procore's amount minus what SAP holds.
    pub amount: Decimal,
    /// What a person decided on it, with name and reason.
    pub accepted: Option<String>,
}

/// Net cost that SAP holds by key in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthAmount {
    /// The first day of the month.
    pub month: NaiveDate,
    /// The net cost posted in it.
    pub amount: Decimal,
}

/// One project in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectReconciliation {
    /// The project.
    pub project: ProjectId,
    /// Its name in Procore.
    pub name: String,
    /// SAP's project code.
    pub sap_project: Option<String>,
    /// The currency.
    pub currency: String,
    /// Approved commitments and change orders where these are cost; else what approved requisitions
    /// billed since the cut-over.
    pub committed: Decimal,
    /// Approved direct costs.
    pub direct_costs: Decimal,
    /// Billed to date by approved requisitions; it moves unbilled to payable and is no cost.
    pub billed: Decimal,
    /// Retainage that Procore says is held, by the latest approved requisition of each commitment.
    pub retainage_in_procore: Decimal,
    /// Retainage that SAP holds by key, as a payable: credits less debits.
    pub retainage_in_sap: Decimal,
    /// Retainage that the books held at the cut-over, by the opening list.
    pub retainage_opening: Decimal,
    /// What stands in SAP by key as approved and not yet billed: unbilled, accrued or encumbered by the
    /// basis.
    pub unbilled_in_sap: Decimal,
    /// What the books held at the cut-over as approved and not yet billed, by the opening list; zero where
    /// they held what was billed.
    pub unbilled_opening: Decimal,
    /// Why a part is not in SAP.
    pub terms: Terms,
    /// Net cost that SAP holds by key.
    pub in_sap: Decimal,
    /// How many documents SAP holds by key.
    pub documents: u64,
    /// The differences.
    pub differences: Vec<Difference>,
    /// What waits.
    pub open_items: Vec<OpenItem>,
    /// SAP's net cost by key per month of posting.
    pub months: Vec<MonthAmount>,
    /// The same reconciliation per posting period of SAP, in order.
    pub periods: Vec<PeriodReconciliation>,
    /// What was posted into another period than its own, by the two periods.
    pub moves: Vec<PeriodMove>,
    /// Procore's budget per cost code, beside what is committed and recognised.
    pub budget: BudgetBeside,
    /// What rounding added, record by record: they sum to the term `rounding`.
    pub rounding: Vec<RecordRounding>,
    /// The sub-ledgers of its commitments.
    pub commitments: Vec<CommitmentBalance>,
    /// What is worth knowing.
    pub findings: Vec<FindingRow>,
}

impl ProjectReconciliation {
    /// The commitments whose sub-ledgers do not tie, and nothing says why.
    pub fn off(&self) -> impl Iterator<Item = &CommitmentBalance> {
        self.commitments.iter().filter(|balance| balance.standing == SubLedger::Differs)
    }

    /// Procore's total: commitments, change orders and direct costs in their postable statuses.
    #[must_use]
    pub fn procore_total(&self) -> Decimal {
        self.committed + self.direct_costs
    }

    /// What SAP should hold by key.
    #[must_use]
    pub fn expected(&self) -> Decimal {
        self.terms.expected_of(self.procore_total())
    }

    /// Expected minus what SAP holds: 0.00 when every cent is explained.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.expected() - self.in_sap
    }
}

/// What stands on one account and profit center by our keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account.
    pub account: String,
    /// Its name in SAP.
    pub name: String,
    /// Dimension 1.
    pub profit_center: Option<String>,
    /// The currency of the documents.
    pub currency: String,
    /// Debits minus credits by key, net of tax.
    pub amount: Decimal,
}

/// An A/P invoice that somebody keyed and that looks like a record which stands in SAP by key:
/// `possible_manual_duplicate`. It is shown and explains nothing; whether both are one cost only a person
/// can say, who cancels one of them then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleDuplicate {
    /// The record.
    pub key: SourceKey,
    /// The invoice.
    pub invoice: UnkeyedInvoice,
    /// What both have in common.
    pub alike: &'static str,
}

/// A whole reconciliation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// SAP's company.
    pub company: String,
    /// Procore's company.
    pub source_company: String,
    /// When both sides were read.
    pub as_of: DateTime<Utc>,
    /// The company's written definition of "approved", by kind.
    pub postable: BTreeMap<String, Vec<String>>,
    /// Why it could not be made.
    pub failure: Option<Failure>,
    /// Projects of which a side could not be read.
    pub problems: Vec<ProjectProblem>,
    /// The projects, each once per currency: its own first.
    pub projects: Vec<ProjectReconciliation>,
    /// The accounts.
    pub accounts: Vec<AccountBalance>,
    /// Our documents against SAP's own journal.
    pub tie_out: TieOut,
    /// What people keyed that looks like what we posted.
    pub possible_duplicates: Vec<PossibleDuplicate>,
}

impl Reconciliation {
    /// The projects added up per currency, by the currency's code.
    #[must_use]
    pub fn totals(&self) -> Vec<CurrencyTotal> {
        CurrencyTotal::of(&self.projects)
    }

    /// The sum of one currency's differences per project, each without its sign, so that two cannot hide
    /// each other.
    #[must_use]
    pub fn difference(&self, currency: &str) -> Decimal {
        let of_currency = self.projects.iter().filter(|project| project.currency == currency);
        of_currency.map(|project| project.difference().abs()).sum()
    }

    /// The currencies with a difference, and how much.
    #[must_use]
    pub fn differences(&self) -> Vec<(String, Decimal)> {
        let totals = self.totals().into_iter().map(|total| total.currency);
        let of_each = totals.map(|currency| (self.difference(&currency), currency));
        of_each
            .filter(|(amount, _)| !amount.is_zero())
            .map(|(amount, code)| (code, amount))
            .collect()
    }

    /// How many records wait for a person. One whose currency was changed stands in two lists.
    #[must_use]
    pub fn waiting_for_a_person(&self) -> usize {
        let items = self.projects.iter().flat_map(|project| &project.open_items);
        let waiting = items.filter(|item| item.state.waits_for_a_person()).map(|item| item.key);
        waiting.collect::<BTreeSet<SourceKey>>().len()
    }

    /// 0 nothing waits and the difference is 0.00; 2 something waits for a person; 1 a difference, an
    /// account or a commitment that does not tie, or a side that could not be read.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let differs = self
            .projects
            .iter()
            .any(|project| !project.differences.is_empty() || project.off().next().is_some());
        if self.failure.is_some()
            || !self.problems.is_empty()
            || differs
            || !self.differences().is_empty()
            || !self.tie_out.ties()
        {
            1
        } else if self.waiting_for_a_person() > 0 {
            2
        } else {
            0
        }
    }
}
