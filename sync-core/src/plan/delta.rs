//! The difference between the target and what SAP holds, per place in the ledger.
//!
//! The difference is taken per account, dimensions, project and tax code, so that a run of
//! adjustments is worth one restatement, and what nets to zero in one place posts nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Member, lines::TargetLine};
use crate::model::{Coding, DocumentType, HeldDocument, JournalLine, JournalTarget, LineMark};

/// One line to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeltaLine {
    /// The source line, or how many it sums.
    pub mark: LineMark,
    /// Where it stands.
    pub coding: Coding,
    /// Debit minus credit; never zero.
    pub amount: Decimal,
    /// The line's text.
    pub text: String,
}

impl DeltaLine {
    /// The line as one of a journal entry, which carries no tax code.
    pub(super) fn into_journal_line(self) -> JournalLine {
        JournalLine {
            mark: self.mark,
            target: JournalTarget::Account(Coding { tax_code: None, ..self.coding }),
            amount: self.amount,
            due_date: None,
            payment_block: false,
            description: self.text,
        }
    }
}

/// The tax code of the record's A/P lines in SAP, where all carry the same one.
pub(super) fn single_tax_code(member: &Member) -> Option<String> {
    let mut codes = member
        .live()
        .filter(|document| document.document_type != DocumentType::JournalEntry)
        .flat_map(|document| &document.lines)
        .filter_map(|line| line.coding())
        .map(|coding| coding.tax_code.clone());
    let first = codes.next()?;
    if codes.all(|code| code == first) { first } else { None }
}

/// Whether SAP holds A/P documents of the record, which carry tax codes of their own.
pub(super) fn has_ap_documents(member: &Member) -> bool {
    member.live().any(|document| document.document_type != DocumentType::JournalEntry)
}

/// The tax code that journal lines of the record belong to: that of its A/P documents, else, where
/// SAP holds only journal entries (a change order that nets to zero), that of the target.
fn tax_code_of(member: &Member, target: &[TargetLine]) -> Option<String> {
    if has_ap_documents(member) {
        return single_tax_code(member);
    }
    let mut codes = target.iter().map(|line| &line.coding.tax_code);
    let first = codes.next()?;
    if codes.all(|code| code == first) { first.clone() } else { None }
}

/// The place of a journal line among A/P lines: journal entries carry no tax code, so a shift
/// between cost accounts belongs to the one tax code of the record.
pub(super) fn with_tax_code(coding: &Coding, tax_code: Option<&String>) -> Coding {
    let mut coding = coding.clone();
    if coding.tax_code.is_none() {
        coding.tax_code = tax_code.cloned();
    }
    coding
}

/// What SAP holds in one place, and for which source lines.
#[derive(Clone, Debug, Default)]
struct Place {
    amount: Decimal,
    by_line: BTreeMap<i64, Decimal>,
}

/// Cost that these documents hold, per place.
fn places<'a>(
    documents: impl Iterator<Item = &'a HeldDocument>,
    tax_code: Option<&String>,
) -> BTreeMap<Coding, Place> {
    let mut places: BTreeMap<Coding, Place> = BTreeMap::new();
    for line in documents.flat_map(HeldDocument::cost_lines) {
        let JournalTarget::Account(coding) = &line.target else { continue };
        let place = places.entry(with_tax_code(coding, tax_code)).or_default();
        place.amount += line.amount;
        if let Some(LineMark::Line(id)) = line.mark {
            *place.by_line.entry(id).or_default() += line.amount;
        }
    }
    places
}

/// What must be posted so that SAP holds the target. `counts` says which documents count: those of
/// the present vendor.
pub(super) fn cost(
    member: &Member,
    target: &[TargetLine],
    lines_max: usize,
    counts: impl Fn(&HeldDocument) -> bool,
) -> Vec<DeltaLine> {
    let tax_code = tax_code_of(member, target);
    let held = places(member.live().filter(|document| counts(document)), tax_code.as_ref());
    let wanted: Vec<&TargetLine> = target.iter().filter(|line| !line.amount.is_zero()).collect();
    if held.values().all(|place| place.amount.is_zero() && place.by_line.is_empty())
        && wanted.len() <= lines_max
    {
        return wanted
            .into_iter()
            .map(|line| DeltaLine {
                mark: LineMark::Line(line.id),
                coding: line.coding.clone(),
                amount: line.amount,
                text: line.text.clone(),
            })
            .collect();
    }
    summed(&held, target)
}

fn summed(held: &BTreeMap<Coding, Place>, target: &[TargetLine]) -> Vec<DeltaLine> {
    let mut by_coding: BTreeMap<&Coding, Vec<&TargetLine>> = BTreeMap::new();
    for line in target {
        by_coding.entry(&line.coding).or_default().push(line);
    }
    let codings: BTreeSet<&Coding> = by_coding.keys().copied().chain(held.keys()).collect();
    let empty = Place::default();
    let mut lines = Vec::new();
    for coding in codings {
        let place = held.get(coding).unwrap_or(&empty);
        let here = by_coding.get(coding).map(Vec::as_slice).unwrap_or_default();
        let amount = here.iter().map(|line| line.amount).sum::<Decimal>() - place.amount;
        if amount.is_zero() {
            continue;
        }
        let mut changed: BTreeMap<i64, Option<&TargetLine>> = BTreeMap::new();
        for line in here {
            if place.by_line.get(&line.id) != Some(&line.amount) {
                changed.insert(line.id, Some(line));
            }
        }
        for (id, amount) in &place.by_line {
            if !amount.is_zero() && !here.iter().any(|line| line.id == *id) {
                changed.insert(*id, None);
            }
        }
        let (mark, text) = match (changed.len(), changed.iter().next()) {
            (1, Some((id, line))) => {
                let text = line.map_or_else(|| "removed line".to_owned(), |line| line.text.clone());
                (LineMark::Line(*id), text)
            }
            (n, _) => {
                let n = u32::try_from(n.max(1)).unwrap_or(u32::MAX);
                (LineMark::Sum(n), format!("change of {n} lines"))
            }
        };
        lines.push(DeltaLine { mark, coding: coding.clone(), amount, text });
    }
    lines
}

/// The lines that take everything back that documents of this vendor hold.
pub(super) fn reversal<'a>(
    member: &Member,
    documents: impl Iterator<Item = &'a HeldDocument>,
) -> Vec<DeltaLine> {
    let tax_code = single_tax_code(member);
    places(documents, tax_code.as_ref())
        .into_iter()
        .filter(|(_, place)| !place.amount.is_zero())
        .map(|(coding, place)| {
            let ids: Vec<i64> = place
                .by_line
                .iter()
                .filter(|(_, amount)| !amount.is_zero())
                .map(|(id, _)| *id)
                .collect();
            let mark = match ids.as_slice() {
                [id] => LineMark::Line(*id),
                more => LineMark::Sum(u32::try_from(more.len().max(1)).unwrap_or(u32::MAX)),
            };
            DeltaLine { mark, coding, amount: -place.amount, text: "reversal".to_owned() }
        })
        .collect()
}
