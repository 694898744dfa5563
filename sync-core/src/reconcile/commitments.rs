//! The sub-ledgers commitment by commitment: what is approved and not yet billed, and what is retained,
//! beside what SAP holds of both; and the guard, from the figures of Procore's headers.
//!
//! Sums per project hide two commitments that are off by the same; here each must tie by itself.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    amount::{went_with_commitment, worth_at_billed},
    both::Both,
    project::listed,
    sides::Sides,
    standing::{is_changed, waits},
};
use crate::{
    model::{
        HeldDocument, HeldState, LineMark, RecordBody, Requisition, RequisitionItem, SourceKey,
    },
    money::{self, saturated},
    plan::{Family, Member},
    policy::Basis,
    states::RecordState,
};

/// Whether the sub-ledgers of a commitment tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubLedger {
    /// Within a unit of rounding per line and item.
    Ties,
    /// Something of the commitment waits, was changed since the last cycle, or stands as a document that a
    /// person keyed or cancelled: it is told where the record is.
    Waits,
    /// It does not, and nothing says why.
    Differs,
}

impl SubLedger {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ties => "ties",
            Self::Waits => "waits",
            Self::Differs => "differs",
        }
    }
}

/// One commitment with its change orders and requisitions, in its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentBalance {
    /// The commitment.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// What it and its change orders are worth: approved, or what was billed where the rest was released.
    pub approved: Decimal,
    /// Billed to date by its latest approved requisition.
    pub billed: Decimal,
    /// What should stand as unbilled, accrued or encumbered by the basis: approved less billed, with the tax
    /// of its A/P documents that no requisition moved yet. Zero where the basis keeps no such account.
    pub unbilled: Decimal,
    /// How much more may stand as encumbered: a line that is billed above its worth takes nothing out of
    /// another one's place.
    pub not_relieved: Decimal,
    /// What stands so, by key and by the opening list.
    pub unbilled_in_sap: Decimal,
    /// What Procore says is retained.
    pub retainage: Decimal,
    /// What is retained by key and by the opening list: credits less debits.
    pub retainage_in_sap: Decimal,
    /// Net cost of its records in SAP by key and by the opening list, as far as the guard counts it.
    pub recognised: Decimal,
    /// What Procore's headers allow of it; `None` where they state no total.
    pub limit: Option<Decimal>,
    /// Whether all of it ties.
    pub standing: SubLedger,
    /// How far figures may be off by rounding.
    pub allowance: Decimal,
}

impl CommitmentBalance {
    /// What does not tie, in sentences; empty where all of it does.
    #[must_use]
    pub fn off(&self) -> Vec<String> {
        let differs = |one: Decimal, other: Decimal| (one - other).abs() > self.allowance;
        let mut off = Vec::new();
        let most = self.unbilled.max(self.unbilled_in_sap.min(self.unbilled + self.not_relieved));
        if differs(most, self.unbilled_in_sap) {
            off.push(format!(
                "{} is not billed, SAP holds {} as unbilled, accrued or encumbered",
                self.unbilled, self.unbilled_in_sap
            ));
        }
        if differs(self.retainage, self.retainage_in_sap) {
            let (procore, sap) = (self.retainage, self.retainage_in_sap);
            off.push(format!("Procore holds a retainage of {procore}, SAP {sap}"));
        }
        if let Some(limit) = self.limit
            && self.recognised.abs() > limit.abs() + self.allowance
        {
            let recognised = self.recognised;
            off.push(format!("SAP holds a cost of {recognised} by key, the headers allow {limit}"));
        }
        off
    }

    fn is_empty(&self) -> bool {
        [
            self.approved,
            self.billed,
            self.unbilled_in_sap,
            self.retainage,
            self.retainage_in_sap,
            self.recognised,
        ]
        .iter()
        .all(Decimal::is_zero)
    }
}

/// The commitments of a project in one currency, by their keys; those of which nothing is worth anything
/// are left out.
pub(super) fn balances(sides: &Sides<'_>, currency: &str) -> Vec<CommitmentBalance> {
    let families = sides.families.iter().filter(|(id, _)| !sides.is_beyond(**id));
    let balances = families.filter_map(|(_, family)| {
        let parent = family.commitment()?;
        (sides.currency_of(parent.record()) == currency)
            .then(|| InFamily { sides, family, parent }.balance())
    });
    balances.filter(|balance| !balance.is_empty()).collect()
}

/// One commitment's family on both sides.
struct InFamily<'a> {
    sides: &'a Sides<'a>,
    family: &'a Family,
    parent: &'a Member,
}

impl InFamily<'_> {
    fn balance(&self) -> CommitmentBalance {
        let (family, policy) = (self.family, self.sides.of.policy);
        let last = family.requisitions().filter(|(member, _)| member.is_postable(policy)).last();
        let last = last.map(|(_, requisition)| requisition);
        let items = last.map(|requisition| requisition.items.as_slice()).unwrap_or_default();
        let approved = saturated(family.contract_side().map(|member| self.worth(member)));
        let billed = saturated(items.iter().map(|item| item.completed_and_stored));
        let (recognised, limit) = self.guard(last);
        let mut balance = CommitmentBalance {
            key: self.parent.record().key,
            number: self.parent.record().number.clone(),
            approved,
            billed,
            unbilled: Decimal::ZERO,
            not_relieved: Decimal::ZERO,
            unbilled_in_sap: Decimal::ZERO,
            retainage: saturated(items.iter().map(|item| item.retainage_held_to_date)),
            retainage_in_sap: self.retainage_in_sap(),
            recognised,
            limit,
            standing: SubLedger::Ties,
            allowance: self.allowance(items.len()),
        };
        if self.keeps_unbilled() {
            // What is billed above it was never unbilled.
            let open =
                if billed.abs() > approved.abs() { Decimal::ZERO } else { approved - billed };
            balance.unbilled = open + self.tax_not_moved(billed);
            balance.unbilled_in_sap = self.unbilled_in_sap();
            if policy.basis == Basis::Encumbrance {
                balance.not_relieved = (self.open_by_line(items) - open).max(Decimal::ZERO);
            }
        }
        balance.standing = if balance.off().is_empty() {
            SubLedger::Ties
        } else if family.members.iter().any(|member| self.is_told_elsewhere(member)) {
            SubLedger::Waits
        } else {
            SubLedger::Differs
        };
        balance
    }

    /// Whether the basis keeps what is approved and not billed on an account.
    fn keeps_unbilled(&self) -> bool {
        let policy = self.sides.of.policy;
        let kept = match policy.basis {
            Basis::Commitment => policy.unbilled_account.is_some(),
            Basis::CommitmentJournal | Basis::Encumbrance => true,
            Basis::Progress => false,
        };
        kept && !self.family.is_carried_over(policy)
    }

    /// What a member of the commitment's side is worth, whatever the basis makes of it.
    fn worth(&self, member: &Member) -> Decimal {
        let (policy, record) = (self.sides.of.policy, member.record());
        let keeps = policy.basis != Basis::Progress && !self.family.is_carried_over(policy);
        let released = if keeps { worth_at_billed(self.sides, self.family, member) } else { None };
        if let Some(billed) = released {
            return billed;
        }
        let counts = member.is_postable(policy) && !went_with_commitment(self.sides, record);
        let lines = record.lines().iter().map(|line| line.amount);
        if counts { saturated(lines) } else { Decimal::ZERO }
    }

    /// What is not billed of each approved line by itself, added up.
    fn open_by_line(&self, items: &[RequisitionItem]) -> Decimal {
        let mut billed: BTreeMap<i64, Decimal> = BTreeMap::new();
        for item in items {
            let of_line = billed.entry(item.line_item_id).or_default();
            *of_line = of_line.saturating_add(item.completed_and_stored);
        }
        let policy = self.sides.of.policy;
        let side = self.family.contract_side().filter(|member| member.is_postable(policy));
        saturated(side.flat_map(|member| member.record().lines()).map(|line| {
            let billed = billed.get(&line.id).copied().unwrap_or_default();
            line.amount.saturating_sub(billed).max(Decimal::ZERO)
        }))
    }

    /// The live documents of some members in the commitment's currency.
    fn live<'b>(&'b self, member: &Member) -> impl Iterator<Item = &'b HeldDocument> {
        let currency = self.sides.currency_of(self.parent.record());
        let documents = self.sides.documents.get(&member.record().key).into_iter().flatten();
        documents.copied().filter(move |held| held.is_live() && held.currency == currency)
    }

    fn on_list(&self, members: impl Iterator<Item = Decimal>) -> Decimal {
        match self.sides.of.policy.opens_with_commitments() {
            true => saturated(members),
            false => Decimal::ZERO,
        }
    }

    /// What the opening list says that commitment and change orders were worth.
    fn approved_at_opening(&self) -> Decimal {
        let policy = self.sides.of.policy;
        let listed = self.family.contract_side().filter_map(|member| listed(policy, member));
        self.on_list(listed.map(|entry| entry.amount))
    }

    fn unbilled_in_sap(&self) -> Decimal {
        let contract = self.family.contract_side().flat_map(|member| self.live(member));
        let documents: Decimal = contract.map(|document| document.of_ap(document.total)).sum();
        let policy = self.sides.of.policy;
        let entry = listed(policy, self.parent);
        let billed = self.on_list(entry.into_iter().map(|entry| entry.billed));
        documents - self.roles(&["unbilled", "accrued", "reserve"]) + self.approved_at_opening()
            - billed
    }

    fn retainage_in_sap(&self) -> Decimal {
        let entry = listed(self.sides.of.policy, self.parent);
        let opening = entry.map(|entry| entry.retained).unwrap_or_default();
        opening - self.roles(&["held", "released"])
    }

    /// Debits minus credits of the lines with these roles.
    fn roles(&self, roles: &[&str]) -> Decimal {
        let documents = self.family.members.iter().flat_map(|member| self.live(member));
        let lines = documents.flat_map(|document| &document.lines);
        let own = lines.filter(|line| {
            matches!(&line.mark, Some(LineMark::Role(role)) if roles.contains(&role.as_str()))
        });
        own.map(|line| line.amount).sum()
    }

    /// The tax of the commitment's A/P documents that no requisition moved yet: each moves its share by what
    /// is billed.
    fn tax_not_moved(&self, billed: Decimal) -> Decimal {
        let contract = || self.family.contract_side().flat_map(|member| self.live(member));
        let tax: Decimal = contract().map(|document| document.of_ap(document.tax)).sum();
        let net =
            contract().map(HeldDocument::net_cost).sum::<Decimal>() + self.approved_at_opening();
        if tax.is_zero() || net.is_zero() || billed.abs() >= net.abs() {
            return Decimal::ZERO;
        }
        let moved = tax.checked_mul(billed).map_or(tax, |product| product / net);
        tax - self.sides.round(self.parent.record(), moved)
    }

    /// What SAP holds of its cost, and what Procore's headers allow.
    fn guard(&self, last: Option<&Requisition>) -> (Decimal, Option<Decimal>) {
        let (family, policy) = (self.family, self.sides.of.policy);
        let every = family.members.iter().flat_map(|member| self.live(member));
        let by_key: Decimal = every.map(HeldDocument::net_cost).sum();
        let billed = last.and_then(|requisition| requisition.completed_and_stored);
        if policy.basis.recognises_commitments() && !family.is_carried_over(policy) {
            let RecordBody::Commitment(own) = &self.parent.record().body else {
                return (by_key, None);
            };
            let approved = family.approved(policy);
            let by_header = own
                .grand_total
                .map(|total| total.saturating_add(own.approved_change_orders.unwrap_or_default()));
            // What is billed above it is cost where a person or the policy says so.
            let limit = [approved, by_header, billed].into_iter().flatten();
            let limit = approved.and(limit.max_by_key(Decimal::abs));
            return (by_key + self.approved_at_opening(), limit);
        }
        let entry = listed(policy, self.parent);
        (by_key + entry.map(|entry| entry.billed).unwrap_or_default(), billed)
    }

    /// A unit per line, per item and for the total.
    fn allowance(&self, items: usize) -> Decimal {
        let lines: usize =
            self.family.contract_side().map(|member| member.record().lines().len()).sum();
        let scale = self.sides.scale_of(self.parent.record());
        money::unit(scale) * Decimal::from(lines + items + 1)
    }

    /// Whether the record itself says why it is not in SAP as Procore says.
    fn is_told_elsewhere(&self, member: &Member) -> bool {
        let record = member.record();
        let Some(stored) = self.sides.stored.get(&record.key) else { return true };
        let documents = self.sides.documents.get(&record.key).into_iter().flatten();
        let cancelled =
            documents.into_iter().any(|document| document.state == HeldState::Cancelled);
        let both = Both { record: Some(record), ..Both::empty(self.sides, record.key) };
        (waits(stored.state) && stored.state != RecordState::Opening)
            || stored.adopted.is_some()
            || stored.absent
            || cancelled
            || is_changed(&both, stored)
    }
}
