//! A commitment with its change orders and requisitions, or one direct cost.

use rust_decimal::Decimal;

use super::{Member, leaving};
use crate::{
    model::{HeldDocument, LineMark, RecordBody, Requisition, SourceKey, Vendor},
    policy::Policy,
    states::RecordState,
};

/// The records that are planned together, in the order in which they are planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// The members: commitment, change orders, requisitions.
    pub members: Vec<Member>,
}

impl Family {
    /// A family of these members, put in order.
    #[must_use]
    pub fn new(mut members: Vec<Member>) -> Self {
        members.sort_by_key(|member| {
            let record = member.record();
            match &record.body {
                RecordBody::Commitment(_) | RecordBody::DirectCost(_) => (0, 0, record.key.id),
                RecordBody::ChangeOrder(change) => {
                    let day = change.reviewed_on.unwrap_or(record.created_on);
                    (1, i64::from(chrono::Datelike::num_days_from_ce(&day)), record.key.id)
                }
                RecordBody::Requisition(requisition) => (2, requisition.sequence, record.key.id),
            }
        });
        Self { members }
    }

    /// The commitment, if it was read.
    #[must_use]
    pub fn commitment(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.record().kind().is_commitment())
    }

    /// The commitment and its change orders.
    pub fn contract_side(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.record().kind().is_of_contract())
    }

    /// The requisitions, in the order of their numbers, with their records.
    pub fn requisitions(&self) -> impl Iterator<Item = (&Member, &Requisition)> {
        self.members.iter().filter_map(|member| match &member.record().body {
            RecordBody::Requisition(requisition) => Some((member, requisition)),
            _ => None,
        })
    }

    /// The requisitions with a lower number, deleted ones among them.
    pub(super) fn earlier_than(
        &self,
        requisition: &Requisition,
    ) -> impl Iterator<Item = (&Member, &Requisition)> {
        let sequence = requisition.sequence;
        self.requisitions().filter(move |(_, other)| other.sequence < sequence)
    }

    /// What requisitions with a lower number hold as cost.
    pub(super) fn cost_before(&self, requisition: &Requisition) -> Decimal {
        self.earlier_than(requisition).map(|(member, _)| member.net_cost_held()).sum()
    }

    /// The requisition before this one, deleted ones aside: the one it names, else the one with the
    /// next lower number.
    #[must_use]
    pub fn previous(&self, of: SourceKey) -> Option<(&Member, &Requisition)> {
        let (_, own) = self.requisitions().find(|(member, _)| member.record().key == of)?;
        let there = |member: &Member| !member.record().deleted && !member.stored.absent;
        let named = own.previous_id.and_then(|id| {
            self.requisitions().find(|(member, _)| member.record().key.id == id && there(member))
        });
        named.or_else(|| {
            self.requisitions()
                .filter(|(member, other)| other.sequence < own.sequence && there(member))
                .last()
        })
    }

    /// The vendor of a member: its own, else its commitment's; change orders and requisitions
    /// always have their commitment's.
    #[must_use]
    pub fn vendor_of<'a>(&'a self, member: &'a Member) -> Option<&'a Vendor> {
        let own = member.record().vendor.as_ref();
        if member.record().commitment_id().is_some() {
            self.commitment().and_then(|parent| parent.record().vendor.as_ref()).or(own)
        } else {
            own
        }
    }

    /// Whether a change order stands in SAP although its commitment left its postable status: it goes
    /// the way of its commitment.
    #[must_use]
    pub fn left_with_commitment(&self, policy: &Policy, member: &Member) -> bool {
        member.record().kind().is_change_order()
            && member.live().next().is_some()
            && self.commitment().is_some_and(|parent| !parent.is_postable(policy))
    }

    /// Whether the commitment was carried over at the cut-over with what was billed of it: it is on the
    /// opening list, and runs on `progress` for its life.
    #[must_use]
    pub fn is_carried_over(&self, policy: &Policy) -> bool {
        !policy.opens_with_commitments()
            && self.commitment().is_some_and(|parent| parent.stored.opening.is_some())
    }

    /// Whether the commitment stands in SAP, or needs no document: its children may be posted. Nothing
    /// depends on one with a document whose fate is open, or on one that was taken back and left its status,
    /// or waits to be posted again.
    #[must_use]
    pub fn commitment_stands(&self, policy: &Policy) -> bool {
        self.commitment().is_some_and(|parent| {
            // One that Procore reduced to nothing stands although nothing of it does.
            let is_settled = parent.is_postable(policy)
                && !matches!(
                    parent.stored.state,
                    RecordState::Held | RecordState::Rejected | RecordState::Waiting
                );
            let stands =
                parent.live().next().is_some() && (is_settled || leaving::holds_something(parent));
            !parent.is_undecided() && (stands || parent.stored.state == RecordState::NothingToPost)
        })
    }

    /// Net cost by key of the commitment and its change orders in SAP.
    #[must_use]
    pub fn net_cost_held(&self) -> Decimal {
        self.contract_side().map(Member::net_cost_held).sum()
    }

    /// The tax of the commitment's and its change orders' A/P documents in SAP.
    #[must_use]
    pub fn tax_held(&self) -> Decimal {
        self.contract_side()
            .flat_map(Member::live)
            .map(|document| document.of_ap(document.tax))
            .sum()
    }

    /// The account on which the family's commitment is unbilled: the one on which its documents stand,
    /// whatever the policy names by now, so that what is billed clears what was approved. `None`
    /// where the policy names none.
    #[must_use]
    pub fn unbilled_account<'a>(&'a self, policy: &'a Policy) -> Option<&'a str> {
        let named = policy.unbilled_account.as_deref()?;
        let documents = self.contract_side().flat_map(Member::live);
        let stands = documents.filter_map(|document| document.control_account.as_deref()).next();
        Some(stands.filter(|_| !policy.remap_posted).unwrap_or(named))
    }

    /// Debits minus credits of the lines with this role in live documents of the requisitions that
    /// `of` admits.
    #[must_use]
    pub fn role_held(&self, role: &str, of: impl Fn(&Requisition) -> bool) -> Decimal {
        self.requisitions()
            .filter(|(_, requisition)| of(requisition))
            .flat_map(|(member, _)| member.live())
            .map(|document| role_amount(document, role))
            .sum()
    }

    /// What is approved by Procore's headers: `grand_total` plus approved change orders.
    #[must_use]
    pub fn approved(&self, policy: &Policy) -> Option<Decimal> {
        let parent = self.commitment()?;
        let RecordBody::Commitment(commitment) = &parent.record().body else { return None };
        let changes: Decimal = self
            .members
            .iter()
            .filter(|member| member.is_postable(policy))
            .filter_map(|member| match &member.record().body {
                RecordBody::ChangeOrder(change) => change
                    .grand_total
                    .or_else(|| Some(change.lines.iter().map(|line| line.amount).sum())),
                _ => None,
            })
            .sum();
        // A commitment that is not approved may state what no column holds.
        Some(commitment.grand_total?.saturating_add(changes))
    }

    /// Billed to date by the latest approved requisition.
    #[must_use]
    pub fn billed(&self, policy: &Policy) -> Decimal {
        self.requisitions()
            .filter(|(member, _)| member.is_postable(policy))
            .last()
            .map(|(_, requisition)| {
                requisition.items.iter().map(|item| item.completed_and_stored).sum()
            })
            .unwrap_or_default()
    }
}

/// Debits minus credits of a document's lines with this role.
pub(super) fn role_amount(document: &HeldDocument, role: &str) -> Decimal {
    document
        .lines
        .iter()
        .filter(|line| matches!(&line.mark, Some(LineMark::Role(own)) if own == role))
        .map(|line| line.amount)
        .sum()
}
