//! The difference between the target and what SAP holds, per place in the ledger.
//!
//! The difference is taken per account, dimensions, project and tax code, so that a run of
//! adjustments is worth one restatement, and what nets to zero in one place posts nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, lines::TargetLine};
use crate::model::{
    Coding, DocumentType, HeldDocument, HeldLine, JournalLine, JournalTarget, LineMark,
};
use crate::policy::Offset;

/// The text of a line that takes back what a removed line holds.
const REMOVED: &str = "removed line";

/// The text of a line that takes back what its documents hold.
const REVERSAL: &str = "reversal";

/// Texts that say nothing of a line's coding.
pub(super) const OWN_TEXTS: [&str; 2] = [REMOVED, REVERSAL];

/// Which of a record's lines are compared: those of cost, those outside the income statement, or those of
/// stated tax that is cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// `<line id>` and `*<n>`.
    Cost,
    /// `<line id>/enc` and `*<n>/enc`.
    Encumbrance,
    /// `<line id>/tax` and `*<n>/tax`.
    Tax,
}

impl Layer {
    /// Every layer, in the order of a document's lines.
    pub(super) const ALL: [Self; 3] = [Self::Cost, Self::Encumbrance, Self::Tax];

    /// The mark of one source line.
    pub(super) fn line(self, id: i64) -> LineMark {
        match self {
            Self::Cost => LineMark::Line(id),
            Self::Encumbrance => LineMark::Encumbrance(id),
            Self::Tax => LineMark::Tax(id),
        }
    }

    fn sum(self, lines: usize) -> LineMark {
        let lines = u32::try_from(lines.max(1)).unwrap_or(u32::MAX);
        match self {
            Self::Cost => LineMark::Sum(lines),
            Self::Encumbrance => LineMark::EncumbranceSum(lines),
            Self::Tax => LineMark::TaxSum(lines),
        }
    }

    /// The tax code of lines that carry none of their own: only cost stands under one.
    fn tax_code(self, of_record: Option<String>) -> Option<String> {
        of_record.filter(|_| self == Self::Cost)
    }

    /// The source line that a mark of this layer names.
    fn id_of(self, mark: Option<&LineMark>) -> Option<i64> {
        match (self, mark?) {
            (Self::Cost, LineMark::Line(id)) => Some(*id),
            (Self::Encumbrance, LineMark::Encumbrance(id)) => Some(*id),
            (Self::Tax, LineMark::Tax(id)) => Some(*id),
            _ => None,
        }
    }

    /// The lines of a document that belong to this layer.
    fn lines_of(self, document: &HeldDocument) -> Vec<&HeldLine> {
        let ours = match self {
            Self::Cost => return document.cost_lines().collect(),
            Self::Encumbrance => LineMark::is_encumbrance,
            Self::Tax => LineMark::is_tax,
        };
        document.lines.iter().filter(|line| line.mark.as_ref().is_some_and(ours)).collect()
    }
}

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
        .flat_map(HeldDocument::cost_lines)
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

/// What these documents hold of a layer, per place.
fn places<'a>(
    documents: impl Iterator<Item = &'a HeldDocument>,
    tax_code: Option<&String>,
    layer: Layer,
) -> BTreeMap<Coding, Place> {
    let mut places: BTreeMap<Coding, Place> = BTreeMap::new();
    for line in documents.flat_map(|document| layer.lines_of(document)) {
        let JournalTarget::Account(coding) = &line.target else { continue };
        let place = places.entry(with_tax_code(coding, tax_code)).or_default();
        place.amount += line.amount;
        if let Some(id) = layer.id_of(line.mark.as_ref()) {
            *place.by_line.entry(id).or_default() += line.amount;
        }
    }
    places
}

/// What must be posted so that SAP holds the target. `counts` says which documents count: those of
/// the present vendor.
pub(super) fn of_layer(
    layer: Layer,
    member: &Member,
    target: &[TargetLine],
    lines_max: usize,
    counts: impl Fn(&HeldDocument) -> bool,
) -> Vec<DeltaLine> {
    let tax_code = layer.tax_code(tax_code_of(member, target));
    let documents = member.live().filter(|document| counts(document));
    let held = places(documents, tax_code.as_ref(), layer);
    let wanted: Vec<&TargetLine> = target.iter().filter(|line| !line.amount.is_zero()).collect();
    if held.values().all(|place| place.amount.is_zero() && place.by_line.is_empty())
        && wanted.len() <= lines_max
    {
        return wanted
            .into_iter()
            .map(|line| DeltaLine {
                mark: layer.line(line.id),
                coding: line.coding.clone(),
                amount: line.amount,
                text: line.text.clone(),
            })
            .collect();
    }
    summed(layer, &held, target)
}

fn summed(layer: Layer, held: &BTreeMap<Coding, Place>, target: &[TargetLine]) -> Vec<DeltaLine> {
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
        let wanted: BTreeSet<i64> = here.iter().map(|line| line.id).collect();
        for (id, amount) in &place.by_line {
            if !amount.is_zero() && !wanted.contains(id) {
                changed.insert(*id, None);
            }
        }
        let (mark, text) = match (changed.len(), changed.iter().next()) {
            (1, Some((id, line))) => {
                let text = line.map_or_else(|| REMOVED.to_owned(), |line| line.text.clone());
                (layer.line(*id), text)
            }
            (n, _) => (layer.sum(n), format!("change of {} lines", n.max(1))),
        };
        lines.push(DeltaLine { mark, coding: coding.clone(), amount, text });
    }
    lines
}

/// The lines that take everything back that these documents hold of a layer.
pub(super) fn reversal<'a>(
    layer: Layer,
    member: &Member,
    documents: impl Iterator<Item = &'a HeldDocument>,
) -> Vec<DeltaLine> {
    let tax_code = layer.tax_code(single_tax_code(member));
    places(documents, tax_code.as_ref(), layer)
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
                [id] => layer.line(*id),
                more => layer.sum(more.len()),
            };
            DeltaLine { mark, coding, amount: -place.amount, text: REVERSAL.to_owned() }
        })
        .collect()
}

/// The same balance sheet lines where the record's documents hold them: what was posted stays where it
/// was posted, whatever account or SAP project the tables name today, unless `remap_posted` moves it.
/// A line of another vendor goes where that vendor's belong.
pub(super) fn where_they_stand(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    card_code: Option<&str>,
    wanted: Vec<JournalLine>,
) -> Vec<JournalLine> {
    if context.policy.remap_posted {
        return wanted;
    }
    let role = |line: &JournalLine| matches!(line.mark, LineMark::Role(_));
    // What a requisition takes back stands where its commitment put it.
    let cleared = ["accrued", "reserve"].map(|role| LineMark::Role(role.to_owned()));
    let place = |mark: &LineMark| {
        let own = stands_at(context, member.live(), card_code, mark);
        own.or_else(|| {
            let contract = family.contract_side().filter(|_| cleared.contains(mark));
            stands_at(context, contract.flat_map(Member::live), card_code, mark)
        })
    };
    let stays = |line: JournalLine| match place(&line.mark) {
        Some(target) if role(&line) => {
            let payment_block = super::documents::is_payment_blocked(&line.mark, &target);
            JournalLine { target, payment_block, ..line }
        }
        _ => line,
    };
    wanted.into_iter().map(stays).collect()
}

/// The newest place in which lines with this mark stand, of the present vendor.
fn stands_at<'a>(
    context: &PlanContext<'_>,
    documents: impl Iterator<Item = &'a HeldDocument>,
    card_code: Option<&str>,
    mark: &LineMark,
) -> Option<JournalTarget> {
    let mut documents: Vec<&HeldDocument> = documents.collect();
    documents.sort_by_key(|document| std::cmp::Reverse(document.key.sequence));
    let mut net: BTreeMap<JournalTarget, Decimal> = BTreeMap::new();
    let mut newest: Vec<JournalTarget> = Vec::new();
    for line in documents.into_iter().flat_map(|document| &document.lines) {
        if line.mark.as_ref() != Some(mark) {
            continue;
        }
        let target = without_tax_code(&line.target);
        *net.entry(target.clone()).or_default() += line.amount;
        newest.push(target);
    }
    let is_own = |target: &JournalTarget| match target {
        JournalTarget::Partner { card_code: held, .. } => Some(held.as_str()) == card_code,
        JournalTarget::Account(coding) => !is_offset_of_a_type(context, mark, &coding.account),
    };
    newest.into_iter().find(|target| !net[target].is_zero() && is_own(target))
}

/// A direct cost whose type was changed in Procore goes to the offset of its new type: an account that
/// another type has today is no place to stay.
fn is_offset_of_a_type(context: &PlanContext<'_>, mark: &LineMark, account: &str) -> bool {
    let offsets = context.policy.direct_cost_offset.values();
    let mut accounts = offsets.filter_map(|offset| match offset {
        Offset::Account(named) => context.catalog.account(named).map(|found| found.code.as_str()),
        Offset::Vendor => None,
    });
    *mark == LineMark::Role("offset".to_owned()) && accounts.any(|named| named == account)
}

fn without_tax_code(target: &JournalTarget) -> JournalTarget {
    match target {
        JournalTarget::Account(coding) => {
            JournalTarget::Account(Coding { tax_code: None, ..coding.clone() })
        }
        partner @ JournalTarget::Partner { .. } => partner.clone(),
    }
}

/// The lines of stated tax among these, as what its source lines come to.
pub(super) fn of_tax(wanted: &[JournalLine]) -> Vec<TargetLine> {
    let of_line = |line: &JournalLine| match (&line.mark, &line.target) {
        (LineMark::Tax(id), JournalTarget::Account(coding)) => Some(TargetLine {
            id: *id,
            amount: line.amount,
            coding: coding.clone(),
            text: line.description.clone(),
        }),
        _ => None,
    };
    wanted.iter().filter_map(of_line).collect()
}

/// The difference of lines that stand for no source lines, per mark and target: what is wanted less
/// what these documents hold. Retainage on A/P lines is compared without its tax code.
pub(super) fn other_lines<'a>(
    documents: impl Iterator<Item = &'a HeldDocument>,
    wanted: Vec<JournalLine>,
) -> Vec<JournalLine> {
    let stands_for_lines =
        |mark: &LineMark| mark.is_cost() || mark.is_encumbrance() || mark.is_tax();
    let mut rest: BTreeMap<(LineMark, JournalTarget), JournalLine> = BTreeMap::new();
    for line in wanted.into_iter().filter(|line| !stands_for_lines(&line.mark)) {
        let at = (line.mark.clone(), line.target.clone());
        match rest.get_mut(&at) {
            Some(same) => same.amount += line.amount,
            None => {
                rest.insert(at, line);
            }
        }
    }
    for held in documents.flat_map(|document| &document.lines) {
        let Some(mark) = held.mark.clone().filter(|mark| !stands_for_lines(mark)) else { continue };
        let target = without_tax_code(&held.target);
        let at = (mark.clone(), target.clone());
        let line = rest.entry(at).or_insert_with(|| JournalLine {
            payment_block: super::documents::is_payment_blocked(&mark, &target),
            mark,
            target,
            amount: Decimal::ZERO,
            due_date: None,
            description: REVERSAL.to_owned(),
        });
        line.amount -= held.amount;
    }
    rest.into_values().filter(|line| !line.amount.is_zero()).collect()
}
