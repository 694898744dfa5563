//! The target: a record's lines, rounded to the currency and mapped to their places in the ledger.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, Stop, delta::Layer, held_lines::HeldLines, hold};
use crate::{
    mapping::Unmapped,
    model::{Coding, CostCoding, CostLine, CostRecord, PostedPlace, RecordBody, RoundingRow},
    money::{self, Share},
    policy::Policy,
    states::{Finding, FindingKind, Reason},
};

/// Where and how a target stands in the ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand<'a> {
    /// Which lines of the record's documents it is compared with.
    pub layer: Layer,
    /// Whether its lines carry tax codes: A/P lines do.
    pub with_tax_code: bool,
    /// The account in place of the rules': `encumbrance_account`.
    pub account: Option<&'a str>,
}

impl Stand<'_> {
    /// Cost lines of an A/P document.
    pub(super) const AP: Self = Self { layer: Layer::Cost, with_tax_code: true, account: None };
    /// Cost lines of a journal entry.
    pub(super) const JOURNAL: Self =
        Self { layer: Layer::Cost, with_tax_code: false, account: None };
}

/// One line of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TargetLine {
    /// Procore's line id.
    pub id: i64,
    /// The amount, rounded.
    pub amount: Decimal,
    /// Where it stands in the ledger.
    pub coding: Coding,
    /// The line's text: it begins with the coding's token.
    pub text: String,
}

/// What a record's lines are to come to in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// The lines; those of nothing that stand nowhere are left out.
    pub lines: Vec<TargetLine>,
    /// The units that rounding moved between them.
    pub rounding: Vec<RoundingRow>,
}

/// Where these lines are to stand.
pub(super) fn places(target: &[TargetLine], layer: Layer) -> impl Iterator<Item = PostedPlace> {
    target.iter().map(move |line| PostedPlace {
        mark: layer.line(line.id),
        coding: line.coding.clone(),
        text: line.text.clone(),
    })
}

/// The parts of a fingerprint that the lines give, in numeric order of their ids; of a requisition's items
/// with their coding where it is asked for.
pub(super) fn fingerprint_parts(
    family: &Family,
    member: &Member,
    with_items_coding: bool,
) -> Vec<String> {
    let mut parts = BTreeMap::new();
    match &member.record().body {
        RecordBody::Requisition(_) => {
            let moved = super::movement(family, member.record().key);
            for item in moved.map(|moved| moved.items).unwrap_or_default() {
                let mut part = format!(
                    "{}|{}|{}",
                    item.gross.normalize(),
                    item.held.normalize(),
                    item.released.normalize()
                );
                if with_items_coding {
                    let token = item.coding.as_ref().map(CostCoding::token).unwrap_or_default();
                    part.push('|');
                    part.push_str(&token);
                }
                parts.insert(item.line_item_id, part);
            }
        }
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) | RecordBody::DirectCost(_) => {
            for line in member.record().lines() {
                let coding = line.coding.as_ref().map(CostCoding::token);
                parts.insert(
                    line.id,
                    format!("{}|{}", line.amount.normalize(), coding.unwrap_or_default()),
                );
            }
        }
    }
    let tax = match &member.record().body {
        RecordBody::DirectCost(cost) => cost.stated_tax,
        RecordBody::Requisition(requisition) => requisition.stated_tax,
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => None,
    };
    let mut list: Vec<String> =
        parts.into_iter().map(|(id, part)| format!("{id}|{part}")).collect();
    list.push(tax.unwrap_or_default().normalize().to_string());
    list
}

/// What is worth knowing of a record's lines; one finding of a kind per record.
pub(super) fn findings(lines: &[CostLine], scale: u32) -> Vec<Finding> {
    let excess: Vec<String> = lines
        .iter()
        .filter(|line| line.amount.normalize().scale() > scale)
        .map(|line| format!("line {}: {} has more than {scale} decimals", line.id, line.amount))
        .collect();
    let off: Vec<String> =
        lines.iter().filter_map(|line| quantity_price_off(line, scale)).collect();
    [(FindingKind::ExcessDecimals, excess), (FindingKind::QuantityPriceDiffers, off)]
        .into_iter()
        .filter(|(_, details)| !details.is_empty())
        .map(|(kind, details)| Finding { kind, detail: details.join("; ") })
        .collect()
}

fn quantity_price_off(line: &CostLine, scale: u32) -> Option<String> {
    let (quantity, cost) = (line.quantity?, line.unit_cost?);
    let product = quantity.checked_mul(cost);
    let off = product.and_then(|product| product.checked_sub(line.amount));
    let near = off.is_some_and(|off| off.abs() <= money::unit(scale));
    (line.calculated && !near).then(|| {
        format!(
            "line {}: {quantity} x {cost} is not {}; the stated amount is posted",
            line.id, line.amount
        )
    })
}

/// A record's lines with a coding each and their amounts in units of the currency, before any is mapped.
///
/// # Errors
///
/// `rounding_mismatch`, `amount_out_of_range`, `cost_code_unmapped`.
pub(super) fn amounts(
    context: &PlanContext<'_>,
    member: &Member,
    header: Option<Decimal>,
    before: impl Fn(&CostLine) -> Option<Decimal>,
) -> Result<Vec<(CostLine, Decimal)>, Stop> {
    let scale = context.scale_of(member.record());
    let lines = with_coding(member.record(), scale)?;
    let amounts = rounded(context, member, &lines, before, header, scale)?;
    Ok(lines.into_iter().zip(amounts).collect())
}

/// Rounds a record's lines, places what rounding leaves over, spreads what has no cost code, and
/// maps each line.
///
/// # Errors
///
/// The hold that stops the record: `rounding_mismatch`, `amount_out_of_range`,
/// `cost_code_unmapped`, `project_unmapped`.
pub(super) fn target(
    context: &PlanContext<'_>,
    member: &Member,
    header: Option<Decimal>,
    day: chrono::NaiveDate,
    stand: Stand<'_>,
) -> Result<Target, Stop> {
    let record = member.record();
    let scale = context.scale_of(record);
    let held = HeldLines::of(context, member);
    let before = |line: &CostLine| held.amount(&stand.layer.line(line.id));
    let lines = amounts(context, member, header, before)?;
    let rounding = moved_units(context, member, &lines, scale);
    let mut target = Vec::with_capacity(lines.len());
    for (line, amount) in &lines {
        let amount = *amount;
        let place =
            line.coding.as_ref().and_then(|coding| held.place(&stand.layer.line(line.id), coding));
        let token = line.coding.as_ref().map(CostCoding::token).unwrap_or_default();
        let coding = match place {
            Some(coding) => coding,
            None if amount.is_zero() => continue,
            None => {
                let of = line.coding.as_ref().expect("lines without a coding were spread");
                let found = mapped(context, record, line.id, of, day, amount)?;
                match stand.account {
                    Some(account) => Coding { account: account.to_owned(), ..found },
                    None => found,
                }
            }
        };
        let tax_code = coding.tax_code.clone().filter(|_| stand.with_tax_code);
        target.push(TargetLine {
            id: line.id,
            amount,
            coding: Coding { tax_code, ..coding },
            text: format!("{token} {}", line.description.trim()).trim().to_owned(),
        });
    }
    Ok(Target { lines: target, rounding })
}

/// The rows of the rounding ledger: the lines whose amount is not their own rounded one. A unit that
/// stays on its line keeps the day on which it came there.
fn moved_units(
    context: &PlanContext<'_>,
    member: &Member,
    lines: &[(CostLine, Decimal)],
    scale: u32,
) -> Vec<RoundingRow> {
    let record = member.record();
    let of_line = |(line, amount): &(CostLine, Decimal)| {
        let rounded = context.policy.rounding.round(line.amount, scale);
        let moved = amount - rounded;
        if moved.is_zero() {
            return None;
        }
        let currency = context.currency_of(record);
        let stays = |row: &&RoundingRow| {
            row.line == line.id && row.moved == moved && row.currency == currency
        };
        let before = member.stored.rounding.iter().find(stays);
        Some(RoundingRow {
            source: record.key,
            line: line.id,
            exact: line.amount,
            rounded,
            moved,
            since: before.map_or(context.today, |row| row.since),
            currency,
        })
    };
    lines.iter().filter_map(of_line).collect()
}

/// What each line of a record comes to if it is rounded alone, added up.
pub(crate) fn rounded_alone(policy: &Policy, record: &CostRecord, scale: u32) -> Decimal {
    let round = |line: &CostLine| policy.rounding.round(line.amount, scale);
    match with_coding(record, scale) {
        Ok(lines) => money::saturated(lines.iter().map(round)),
        // What has no cost code is not posted at all.
        Err(_) => money::saturated(record.lines().iter().map(round)),
    }
}

/// The lines with a coding each: a change order's line without one (markup) is spread over its
/// other lines by amount, largest remainder.
pub(super) fn with_coding(record: &CostRecord, scale: u32) -> Result<Vec<CostLine>, Stop> {
    let lines = record.lines();
    let (mut coded, bare): (Vec<CostLine>, Vec<CostLine>) =
        lines.iter().cloned().partition(|line| line.coding.is_some() || line.amount.is_zero());
    coded.retain(|line| line.coding.is_some());
    if bare.is_empty() {
        return Ok(coded);
    }
    if !record.kind().is_change_order() || coded.is_empty() {
        let ids: Vec<String> = bare.iter().map(|line| line.id.to_string()).collect();
        return Err(hold(
            Reason::CostCodeUnmapped,
            format!(
                "line {} of {} has no cost code in Procore; give it one",
                ids.join(", "),
                record.key
            ),
        ));
    }
    let weights: Vec<Decimal> = coded.iter().map(|line| line.amount).collect();
    for line in &bare {
        let rounded = line.amount.round_dp(scale.max(line.amount.scale()));
        let parts = money::spread(rounded, &weights, scale.max(line.amount.scale()));
        for (target, part) in coded.iter_mut().zip(parts) {
            target.amount += part;
        }
    }
    Ok(coded)
}

/// Rounds each line and compares the sum with the header.
fn rounded(
    context: &PlanContext<'_>,
    member: &Member,
    lines: &[CostLine],
    before: impl Fn(&CostLine) -> Option<Decimal>,
    header: Option<Decimal>,
    scale: u32,
) -> Result<Vec<Decimal>, Stop> {
    let policy = context.policy;
    let record = member.record();
    let out_of_range = |error: money::OutOfRange| hold(Reason::AmountOutOfRange, error.to_string());
    let shares: Vec<Share> = lines
        .iter()
        .map(|line| Share { line: line.id, exact: line.amount, before: before(line) })
        .collect();
    let plain: Vec<Decimal> =
        shares.iter().map(|share| policy.rounding.round(share.exact, scale)).collect();
    let sum = money::sum(plain.iter().copied()).map_err(out_of_range)?;
    for share in &shares {
        money::in_range(share.exact).map_err(out_of_range)?;
    }
    let Some(header) = header else { return Ok(plain) };
    let header = policy.rounding.round(header, scale);
    let off = header - sum;
    if off.is_zero() {
        return Ok(plain);
    }
    let half = money::unit(scale) / Decimal::TWO;
    let allowance = half * Decimal::from(lines.len()) + half;
    if (off.abs() > allowance || policy.strict_rounding) && member.decided(Reason::RoundingMismatch)
    {
        return Ok(plain);
    }
    if off.abs() > allowance || policy.strict_rounding {
        return Err(hold(
            Reason::RoundingMismatch,
            format!(
                "the header of {} says {header}, its lines sum to {sum}; \
                 rounding explains at most {allowance}{}",
                record.key,
                if policy.strict_rounding { " and strict rounding places none" } else { "" }
            ),
        ));
    }
    Ok(money::place(&shares, header, scale, policy.rounding))
}

/// The place that today's tables give a line.
///
/// # Errors
///
/// `cost_code_unmapped`, `project_unmapped`.
pub(super) fn mapped(
    context: &PlanContext<'_>,
    record: &CostRecord,
    id: i64,
    coding: &CostCoding,
    day: chrono::NaiveDate,
    amount: Decimal,
) -> Result<Coding, Stop> {
    match context.mapping.find(record.key.project, coding, day) {
        Ok((mut found, _)) => {
            // A rule may name the visible FormatCode; documents carry SAP's own code.
            if let Some(account) = context.catalog.account(&found.account) {
                found.account.clone_from(&account.code);
            }
            Ok(found)
        }
        Err(unmapped) => Err(unmapped_hold(record, &unmapped, id, amount)),
    }
}

/// The hold of a cost that no rule maps, naming the row to add.
pub(super) fn unmapped_hold(
    record: &CostRecord,
    unmapped: &Unmapped,
    line: i64,
    amount: Decimal,
) -> Stop {
    match unmapped {
        Unmapped::Project(project) => hold(
            Reason::ProjectUnmapped,
            format!(
                "projects.csv has no row for project {project}; add '{project},<SAP project>,...'"
            ),
        ),
        Unmapped::CostCode(coding) => hold(
            Reason::CostCodeUnmapped,
            format!(
                "line {line} over {amount}: accounts.csv has no rule for cost code '{}', cost type \
                 '{}' in project {}; add a row",
                coding.cost_code,
                coding.cost_type.as_deref().unwrap_or("*"),
                record.key.project
            ),
        ),
    }
}
