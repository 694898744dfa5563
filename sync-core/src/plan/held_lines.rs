//! Where each line of a record stands in SAP and with how much, found once for all of its lines.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, delta, spread};
use crate::model::{Coding, CostCoding, HeldDocument, HeldLine, JournalTarget, LineMark};

/// The lines of a record's live documents by their marks.
#[derive(Debug)]
pub(super) struct HeldLines<'a> {
    context: &'a PlanContext<'a>,
    member: &'a Member,
    /// Of one mark the newest document's lines come first.
    lines: BTreeMap<&'a LineMark, Vec<(&'a HeldDocument, &'a HeldLine)>>,
    /// The vendor of the newest document that names one.
    vendor: Option<&'a String>,
    /// Whether A/P documents name the tax code, and the one that they agree on.
    ap_tax_code: Option<Option<String>>,
}

impl<'a> HeldLines<'a> {
    /// What SAP holds of a member.
    pub(super) fn of(context: &'a PlanContext<'a>, member: &'a Member) -> Self {
        let mut documents: Vec<&HeldDocument> = member.live().collect();
        documents.sort_by_key(|document| std::cmp::Reverse(document.key.sequence));
        let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for document in &documents {
            for line in &document.lines {
                if let Some(mark) = &line.mark {
                    lines.entry(mark).or_default().push((*document, line));
                }
            }
        }
        let vendor = documents.iter().find_map(|document| document.card_code.as_ref());
        let ap_tax_code = delta::has_ap_documents(member).then(|| delta::single_tax_code(member));
        Self { context, member, lines, vendor, ap_tax_code }
    }

    /// The net amount that stands for one line with the vendor of the newest document; `None` when it
    /// never stood there. A former vendor's documents are reversed in sums, so their lines say nothing
    /// about where a unit stands now.
    pub(super) fn amount(&self, mark: &LineMark) -> Option<Decimal> {
        let ours = |document: &HeldDocument| {
            document.card_code.is_none() || document.card_code.as_ref() == self.vendor
        };
        let lines = self.lines.get(mark)?;
        let mut amounts = lines.iter().filter(|(d, _)| ours(d)).map(|(_, l)| l.amount).peekable();
        amounts.peek()?;
        Some(amounts.sum())
    }

    /// Where the line stands, if it still does, was not re-coded and is not to be moved.
    pub(super) fn place(&self, mark: &LineMark, coding: &CostCoding) -> Option<Coding> {
        if self.context.policy.remap_posted {
            return None;
        }
        let (place, text) = self.standing(mark, coding)?;
        begins_with(text, &coding.token()).then_some(place)
    }

    /// Whether the line stands under another coding than this one. What a text does not say is no change.
    fn is_recoded(&self, mark: &LineMark, coding: &CostCoding) -> bool {
        self.standing(mark, coding).is_some_and(|(_, text)| {
            !text.is_empty()
                && !delta::OWN_TEXTS.contains(&text)
                && !begins_with(text, &coding.token())
        })
    }

    /// Where the line stands, with the text that it carries there.
    fn standing(&self, mark: &LineMark, coding: &CostCoding) -> Option<(Coding, &'a str)> {
        let lines = self.lines.get(mark).map(Vec::as_slice).unwrap_or_default();
        // Journal entries carry no tax code: the record's A/P documents name it, else today's rule.
        let tax_code = match &self.ap_tax_code {
            Some(code) => code.clone(),
            None => {
                let PlanContext { mapping, today, .. } = self.context;
                let rule = mapping.locate(self.member.record().key.project, coding, *today);
                rule.ok().and_then(|located| located.tax_code().map(str::to_owned))
            }
        };
        let mut net: BTreeMap<Coding, Decimal> = BTreeMap::new();
        let mut newest: Vec<(Coding, &str)> = Vec::new();
        for (_, held) in lines {
            if let JournalTarget::Account(coding) = &held.target {
                let coding = delta::with_tax_code(coding, tax_code.as_ref());
                *net.entry(coding.clone()).or_default() += held.amount;
                newest.push((coding, held.description.as_str()));
            }
        }
        let alone = newest.into_iter().find(|(coding, _)| !net[coding].is_zero());
        alone.or_else(|| self.within_a_sum(mark, tax_code.as_ref()))
    }

    /// Where a line was posted as part of a sum that still stands there.
    fn within_a_sum(
        &self,
        mark: &LineMark,
        tax_code: Option<&String>,
    ) -> Option<(Coding, &'a str)> {
        let place = self.member.stored.places.iter().find(|place| place.mark == *mark)?;
        let coding = delta::with_tax_code(&place.coding, tax_code);
        let is_sum = |mark: &LineMark| match mark {
            LineMark::Sum(_) => place.mark.is_cost(),
            LineMark::EncumbranceSum(_) => place.mark.is_encumbrance(),
            LineMark::TaxSum(_) => place.mark.is_tax(),
            _ => false,
        };
        let sums = self.lines.iter().filter(|(mark, _)| is_sum(mark)).flat_map(|(_, lines)| lines);
        let there = sums.filter(|(_, line)| {
            line.coding().is_some_and(|held| delta::with_tax_code(held, tax_code) == coding)
        });
        let stands: Decimal = there.map(|(_, line)| line.amount).sum();
        (!stands.is_zero()).then_some((coding, place.text.as_str()))
    }
}

fn begins_with(text: &str, token: &str) -> bool {
    text == token || text.strip_prefix(token).is_some_and(|rest| rest.starts_with(' '))
}

/// Whether cost or tax of a requisition's items stands under another coding than they have today.
pub(super) fn recoded(context: &PlanContext<'_>, family: &Family, member: &Member) -> bool {
    if !member.live().any(|document| document.lines.iter().any(is_coded)) {
        return false;
    }
    let held = HeldLines::of(context, member);
    let family = spread::over_lines(context, family);
    let moved = super::movement(&family, member.record().key).unwrap_or_default();
    moved.items.iter().any(|item| {
        let marks = [LineMark::Line(item.line_item_id), LineMark::Tax(item.line_item_id)];
        let coding = item.coding.as_ref();
        coding.is_some_and(|coding| marks.iter().any(|mark| held.is_recoded(mark, coding)))
    })
}

/// Whether a line stands on the coding of an item.
fn is_coded(line: &HeldLine) -> bool {
    line.mark.as_ref().is_some_and(|mark| mark.is_cost() || matches!(mark, LineMark::Tax(_)))
}
