//! The reconciliation of a project per posting period.
//!
//! A record belongs to the period of its own date: that of its first posting if every period were
//! open. What SAP holds of it in another period (an adjustment on the day of the change, a posting
//! that was moved out of a closed period) is moved out of the one and into the other, so that each
//! period ties by itself and the periods add up to the project.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use rust_decimal::Decimal;

use super::{ProjectReconciliation, Terms, sides::Sides};
use crate::{
    catalog::Catalog,
    model::{CostRecord, HeldDocument, SourceKey},
    plan::dates,
    policy::Basis,
};

/// One posting period of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodReconciliation {
    /// SAP's name of the period; year and month where SAP has none for the date.
    pub name: String,
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// What Procore says of the records that belong to it.
    pub procore: Decimal,
    /// Why a part of them is not in SAP.
    pub terms: Terms,
    /// What SAP holds of them in other periods.
    pub moved_out: Decimal,
    /// What SAP holds in this period of records of other periods.
    pub moved_in: Decimal,
    /// Net cost that SAP holds by key in this period.
    pub in_sap: Decimal,
}

impl PeriodReconciliation {
    /// What SAP should hold by key in this period.
    #[must_use]
    pub fn expected(&self) -> Decimal {
        self.terms.expected_of(self.procore) - self.moved_out + self.moved_in
    }

    /// Expected minus what SAP holds.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.expected() - self.in_sap
    }
}

/// The periods of several projects added up, in order. Projects of one currency only.
#[must_use]
pub fn periods_of<'a>(
    projects: impl IntoIterator<Item = &'a ProjectReconciliation>,
) -> Vec<PeriodReconciliation> {
    let mut sums: BTreeMap<NaiveDate, PeriodReconciliation> = BTreeMap::new();
    for row in projects.into_iter().flat_map(|project| &project.periods) {
        match sums.entry(row.first) {
            Entry::Vacant(place) => drop(place.insert(row.clone())),
            Entry::Occupied(mut place) => {
                let sum = place.get_mut();
                sum.procore += row.procore;
                sum.terms.add(&row.terms);
                sum.moved_out += row.moved_out;
                sum.moved_in += row.moved_in;
                sum.in_sap += row.in_sap;
            }
        }
    }
    sums.into_values().collect()
}

/// Cost of records of one period that SAP holds in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodMove {
    /// The period that the records belong to.
    pub from: String,
    /// The period that SAP holds them in.
    pub to: String,
    /// How many records.
    pub records: usize,
    /// The net cost.
    pub amount: Decimal,
}

/// The periods of one project while its records are gone through; each by its first day.
pub(super) struct Periods<'a> {
    catalog: &'a Catalog,
    rows: BTreeMap<NaiveDate, PeriodReconciliation>,
    moves: BTreeMap<(NaiveDate, NaiveDate), (Decimal, usize, Option<SourceKey>)>,
}

impl<'a> Periods<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, rows: BTreeMap::new(), moves: BTreeMap::new() }
    }

    /// The period that a record belongs to: the one of its own date, or of its first document where
    /// Procore has no such record.
    pub(super) fn own(
        &mut self,
        sides: &Sides<'_>,
        record: Option<&CostRecord>,
        documents: &[&HeldDocument],
    ) -> NaiveDate {
        let own = record.map(|record| own_date(sides, record));
        let first = || documents.iter().map(|document| document.posting_date).min();
        self.at(own.or_else(first).unwrap_or_default())
    }

    /// Puts a record's amounts into its own period and its documents' periods.
    pub(super) fn record(
        &mut self,
        own: NaiveDate,
        key: SourceKey,
        amount: Decimal,
        documents: &[&HeldDocument],
    ) {
        self.row(own).procore += amount;
        for document in documents {
            let net = document.net_cost();
            if net.is_zero() {
                continue;
            }
            let there = self.at(document.posting_date);
            self.row(there).in_sap += net;
            if there != own {
                self.row(own).moved_out += net;
                self.row(there).moved_in += net;
                let (amount, records, last) = self.moves.entry((own, there)).or_default();
                *amount += net;
                // The documents of a record come one after the other.
                *records += usize::from(last.replace(key) != Some(key));
            }
        }
    }

    /// The terms of a period.
    pub(super) fn terms(&mut self, period: NaiveDate) -> &mut Terms {
        &mut self.row(period).terms
    }

    /// The periods that hold anything, and what was moved between them.
    pub(super) fn into_rows(self) -> (Vec<PeriodReconciliation>, Vec<PeriodMove>) {
        let name = |first: &NaiveDate| self.rows[first].name.clone();
        let moves = self.moves.iter().map(|((from, to), (amount, records, _))| PeriodMove {
            from: name(from),
            to: name(to),
            records: *records,
            amount: *amount,
        });
        let moves = moves.collect();
        let holds = |row: &PeriodReconciliation| {
            let terms = row.terms.named();
            let figures = [row.procore, row.moved_out, row.moved_in, row.in_sap];
            figures.into_iter().chain(terms.map(|(_, amount)| amount)).any(|a| !a.is_zero())
        };
        (self.rows.into_values().filter(holds).collect(), moves)
    }

    /// The first day of the period of a date; its row is there from then on.
    fn at(&mut self, day: NaiveDate) -> NaiveDate {
        let month = day.with_day(1).unwrap_or(day);
        let next = month.checked_add_months(Months::new(1)).unwrap_or(day);
        let (mut name, mut first) = (day.format("%Y-%m").to_string(), month);
        let mut last = next - TimeDelta::days(1);
        if let Some(period) = self.catalog.period_of(day) {
            name.clone_from(&period.name);
            first = period.posting.from.unwrap_or(first);
            last = period.posting.to.unwrap_or(last);
        }
        self.rows.entry(first).or_insert_with(|| PeriodReconciliation {
            name,
            first,
            last,
            procore: Decimal::ZERO,
            terms: Terms::default(),
            moved_out: Decimal::ZERO,
            moved_in: Decimal::ZERO,
            in_sap: Decimal::ZERO,
        });
        first
    }

    fn row(&mut self, first: NaiveDate) -> &mut PeriodReconciliation {
        let first = self.at(first);
        self.rows.get_mut(&first).expect("`at` has just put the row there")
    }
}

/// The date of a record's first posting if every period were open.
fn own_date(sides: &Sides<'_>, record: &CostRecord) -> NaiveDate {
    let Some((family, member)) = sides.member(record) else { return record.created_on };
    let parent = family.commitment().filter(|_| record.commitment_id().is_some());
    // Where cost is recognised when it is billed, a requisition may be dated before its commitment.
    let bound = record.kind().is_change_order() || sides.of.policy.basis != Basis::Progress;
    dates::original(member, parent.filter(|_| bound).map(|parent| dates::original(parent, None)))
}
