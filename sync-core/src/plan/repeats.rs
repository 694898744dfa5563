//! One bill entered twice in Procore: as a direct cost and as a requisition.
//!
//! The same vendor and invoice number on both stops the one that is not posted yet; the same vendor,
//! amount and month is only worth knowing. Vendors are compared by the CardCode that pays them, so that
//! merged vendors count as one; invoice numbers without regard to case and surrounding blanks.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, Stop, dates, hold, leaving, movement, range};
use crate::{
    model::{RecordBody, SourceKey},
    resolve::Verb,
    states::{Finding, FindingKind, Reason},
};

/// What vendors billed in one project, by direct costs and by requisitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Billed {
    /// The records by CardCode and invoice number.
    by_number: BTreeMap<(String, String), Vec<SourceKey>>,
    /// The records by CardCode, month and amount.
    by_amount: BTreeMap<(String, i32, u32, Decimal), Vec<SourceKey>>,
}

impl Billed {
    /// Nothing billed.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_number: BTreeMap::new(), by_amount: BTreeMap::new() }
    }

    /// Takes up the direct cost or the requisitions of a family that count: approved and meant to be
    /// posted, or standing in SAP.
    pub fn add(&mut self, context: &PlanContext<'_>, family: &Family) {
        // What no column holds is held, and nothing is computed with it.
        if range::out_of_range(context.policy, family).is_some() {
            return;
        }
        for member in &family.members {
            if !counts(context, member) {
                continue;
            }
            let Some(bill) = Bill::of(context, family, member) else { continue };
            let key = member.record().key;
            if let Some(number) = bill.number {
                self.by_number.entry((bill.card_code.clone(), number)).or_default().push(key);
            }
            let (year, month) = (bill.day.year(), bill.day.month());
            for amount in bill.amounts {
                let at = (bill.card_code.clone(), year, month, amount);
                self.by_amount.entry(at).or_default().push(key);
            }
        }
    }
}

/// What two bills are compared by.
struct Bill {
    card_code: String,
    number: Option<String>,
    day: NaiveDate,
    /// Net and with tax.
    amounts: Vec<Decimal>,
}

impl Bill {
    fn of(context: &PlanContext<'_>, family: &Family, member: &Member) -> Option<Self> {
        let record = member.record();
        let (number, net, total) = match &record.body {
            RecordBody::DirectCost(cost) => {
                let net = cost.lines.iter().map(|line| line.amount).sum::<Decimal>();
                (&cost.invoice_number, net, cost.total)
            }
            RecordBody::Requisition(requisition) => {
                let moved = movement(family, record.key)?;
                (
                    &requisition.invoice_number,
                    moved.total(|item| item.gross),
                    requisition.current_payment_due,
                )
            }
            RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => return None,
        };
        let vendor = family.vendor_of(member)?;
        let number = number.as_deref().map(|number| number.trim().to_uppercase());
        let mut amounts: Vec<Decimal> = [Some(net), total].into_iter().flatten().collect();
        amounts.iter_mut().for_each(|amount| *amount = amount.normalize());
        amounts.retain(|amount| !amount.is_zero());
        amounts.dedup();
        Some(Self {
            card_code: context.mapping.vendor(vendor.id)?.card_code.clone(),
            number: number.filter(|number| !number.is_empty()),
            day: dates::original(member, None),
            amounts,
        })
    }
}

fn counts(context: &PlanContext<'_>, member: &Member) -> bool {
    let configured = match &member.record().body {
        RecordBody::DirectCost(cost) => {
            context.policy.direct_cost_offset.contains_key(&cost.direct_cost_type)
        }
        RecordBody::Requisition(_) => true,
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => false,
    };
    let answer = member.stored.decisions.on(Reason::PossibleDoubleCount);
    let given_up = answer.is_some_and(|answer| answer.verb == Verb::Skip);
    (configured && !given_up && member.is_postable(context.policy))
        || leaving::holds_something(member)
}

/// The records of the other kind among these.
fn others<'a>(
    of: SourceKey,
    found: Option<&'a Vec<SourceKey>>,
) -> impl Iterator<Item = String> + 'a {
    let others = found.into_iter().flatten().filter(move |other| other.kind != of.kind);
    others.map(ToString::to_string)
}

/// Stops the first posting of a bill that the other kind of record has under the same vendor and
/// number; says where vendor, amount and month are the same.
///
/// # Errors
///
/// `possible_double_count`, naming the other record.
pub(super) fn check(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    is_first: bool,
    findings: &mut Vec<Finding>,
) -> Result<(), Stop> {
    let Some(bill) = Bill::of(context, family, member) else { return Ok(()) };
    let key = member.record().key;
    let number = bill.number.unwrap_or_default();
    let at = (bill.card_code.clone(), number.clone());
    let same: Vec<String> = others(key, context.billed.by_number.get(&at)).collect();
    let is_new = is_first && context.restated_on.is_none();
    if !same.is_empty() && is_new && !member.decided(Reason::PossibleDoubleCount) {
        return Err(hold(
            Reason::PossibleDoubleCount,
            format!(
                "{} of {} has the invoice number {number} too",
                same.join(", "),
                bill.card_code
            ),
        ));
    }
    let (year, month) = (bill.day.year(), bill.day.month());
    let mut alike: Vec<String> = bill
        .amounts
        .iter()
        .flat_map(|amount| {
            let at = (bill.card_code.clone(), year, month, *amount);
            others(key, context.billed.by_amount.get(&at))
        })
        .collect();
    alike.sort();
    alike.dedup();
    if !alike.is_empty() {
        findings.push(Finding {
            kind: FindingKind::PossibleRepeat,
            detail: format!(
                "{} of {} in {year}-{month:02} is over the same amount",
                alike.join(", "),
                bill.card_code
            ),
        });
    }
    Ok(())
}
