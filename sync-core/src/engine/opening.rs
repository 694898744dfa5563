//! The opening list for people: as it is stored, as a first cycle would make it, and made anew for a
//! later cut-over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    CycleOptions, CycleReport, Engine, Failure, ProjectProblem, Sweep,
    cycle::{Cycle, Purpose},
    dry::{DryLedger, DryStore},
    rebuild::remember_documents,
    report::failed_exit_code,
};
use crate::{
    model::{Kind, ProjectId, SourceKey},
    plan::{self, Family, PlanContext},
    ports::{OpeningEntry, ResultBatch, Signature, SourceProject, StateStore, StoredRecord},
    states::RecordState,
};

/// A record that the books are taken to have held at the cut-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningRow {
    /// The record.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// Its title in Procore.
    pub title: String,
    /// The vendor's name in Procore; empty where the list names none.
    pub vendor: String,
    /// The vendor's `CardCode`, where the tables named one.
    pub card_code: Option<String>,
    /// The posting date that put it on the list.
    pub dated: NaiveDate,
    /// Its net amount; for a requisition, its gross.
    pub amount: Decimal,
    /// For a commitment: billed by requisitions on the list.
    pub billed: Decimal,
    /// For a commitment: retainage held by requisitions on the list.
    pub retained: Decimal,
    /// Its currency.
    pub currency: String,
}

/// The records of one project, kind and currency on the list, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningSum {
    /// The project.
    pub project: ProjectId,
    /// The kind of the records.
    pub kind: Kind,
    /// Their currency.
    pub currency: String,
    /// How many.
    pub records: u64,
    /// Their net amounts.
    pub amount: Decimal,
    /// What was billed of commitments.
    pub billed: Decimal,
    /// What was retained of commitments.
    pub retained: Decimal,
}

/// Sums per project, kind and currency.
#[must_use]
pub fn opening_sums(rows: &[OpeningRow]) -> Vec<OpeningSum> {
    let mut sums: BTreeMap<(ProjectId, Kind, &str), OpeningSum> = BTreeMap::new();
    for row in rows {
        let (project, kind) = (row.key.project, row.key.kind);
        let sum = sums.entry((project, kind, &row.currency)).or_insert_with(|| OpeningSum {
            project,
            kind,
            currency: row.currency.clone(),
            records: 0,
            amount: Decimal::ZERO,
            billed: Decimal::ZERO,
            retained: Decimal::ZERO,
        });
        sum.records += 1;
        sum.amount = sum.amount.saturating_add(row.amount);
        sum.billed = sum.billed.saturating_add(row.billed);
        sum.retained = sum.retained.saturating_add(row.retained);
    }
    sums.into_values().collect()
}

/// The opening list, for the controller to tie to SAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningList {
    /// Why it could not be made.
    pub failure: Option<Failure>,
    /// Projects that could not be read in full.
    pub problems: Vec<ProjectProblem>,
    /// The cut-over that it is of.
    pub start_date: NaiveDate,
    /// What the books are said to hold of commitments: `billed` or `committed`.
    pub opening: String,
    /// The records, by their keys.
    pub rows: Vec<OpeningRow>,
    /// Projects that no cycle has gone through yet: their part is what a first cycle would store now.
    pub not_stored: Vec<ProjectId>,
}

impl OpeningList {
    /// 0 it is whole, 1 it could not be made in full, 64 the configuration is wrong.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.failure {
            Some(failure) => failed_exit_code(failure),
            None => u8::from(!self.problems.is_empty()),
        }
    }
}

/// A record whose place on the list changed; one of the two sides is `None` where it came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningMove {
    /// As it was on the list.
    pub before: Option<OpeningRow>,
    /// As it is now.
    pub after: Option<OpeningRow>,
}

/// What making the list anew came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningChange {
    /// The cycle that read everything; it posts nothing.
    pub cycle: CycleReport,
    /// The cut-over before; `None` where the state knows none.
    pub former_start_date: Option<NaiveDate>,
    /// The cut-over now.
    pub start_date: NaiveDate,
    /// What changed.
    pub moves: Vec<OpeningMove>,
    /// The list as it now is.
    pub rows: Vec<OpeningRow>,
}

impl Engine<'_> {
    /// The opening list: what is stored, and of projects that no cycle has gone through yet what a first
    /// cycle would store. Nothing is written anywhere.
    pub async fn opening_list(&self) -> OpeningList {
        let mut list = OpeningList {
            failure: None,
            problems: Vec::new(),
            start_date: self.profile.start_date,
            opening: self.profile.opening.clone(),
            rows: Vec::new(),
            not_stored: Vec::new(),
        };
        if let Err(failure) = self.try_opening_list(&mut list).await {
            list.failure = Some(failure);
        }
        list.rows.sort_by_key(|row| row.key);
        list
    }

    async fn try_opening_list(&self, list: &mut OpeningList) -> Result<(), Failure> {
        if let Some(known) = self.store.profile().await? {
            (list.start_date, list.opening) = (known.start_date, known.opening);
        }
        let scope = self.source.scope().await?;
        for project in &scope.projects {
            if self.was_gone_through(project).await? {
                let stored = self.store.project_records(project.id).await?;
                list.rows.extend(opening_rows(&stored, list.start_date));
            } else {
                list.not_stored.push(project.id);
            }
        }
        if !list.not_stored.is_empty() {
            let projects = Some(list.not_stored.clone());
            let options = CycleOptions { projects, ..CycleOptions::default() };
            let store = DryStore::over(self.store, self.clock.now()).await?;
            let ledger = DryLedger::over(self.ledger);
            let report = self.over(&ledger, &store).cycle(&options, Purpose::Preview).await;
            list.problems.extend(report.problems);
            list.failure = report.failure;
            for project in &list.not_stored {
                let stored = store.project_records(*project).await?;
                list.rows.extend(opening_rows(&stored, list.start_date));
            }
        }
        list.problems.extend(scope.not_visible.into_iter().map(|(project, detail)| {
            ProjectProblem { project, failure: Failure { name: "project_not_visible", detail } }
        }));
        list.problems.sort_by_key(|problem| problem.project);
        list.problems.dedup();
        Ok(())
    }

    /// Makes the opening list anew for the cut-over of the configuration, which may be later than the one
    /// before: reads every list in full, puts on the list what is dated earlier and SAP holds nothing of by
    /// key, with the amounts of today, and posts nothing.
    /// The store keeps who made it and why.
    pub async fn rebuild_opening(&self, signature: Signature) -> OpeningChange {
        let mut change = OpeningChange {
            former_start_date: None,
            start_date: self.profile.start_date,
            cycle: self.not_begun(),
            moves: Vec::new(),
            rows: Vec::new(),
        };
        let before = match self.stored_rows().await {
            Ok(before) => before,
            Err(failure) => {
                change.cycle.failure = Some(failure);
                return change;
            }
        };
        change.former_start_date = before.1;
        let signature = Some(signature);
        let options =
            CycleOptions { sweep: Sweep::Everything, signature, ..CycleOptions::default() };
        change.cycle = self.cycle(&options, Purpose::Opening).await;
        match self.stored_rows().await {
            Ok((after, _)) => {
                change.moves = moves(&before.0, &after);
                change.rows = after;
            }
            Err(failure) => {
                change.cycle.failure.get_or_insert(failure);
            }
        }
        change
    }

    /// The stored list of every visible project, with the cut-over that it is of.
    async fn stored_rows(&self) -> Result<(Vec<OpeningRow>, Option<NaiveDate>), Failure> {
        let known = self.store.profile().await?.map(|profile| profile.start_date);
        let mut rows = Vec::new();
        for project in self.source.scope().await?.projects {
            let stored = self.store.project_records(project.id).await?;
            rows.extend(opening_rows(&stored, known.unwrap_or(self.profile.start_date)));
        }
        rows.sort_by_key(|row| row.key);
        Ok((rows, known))
    }

    /// Puts the members of a family on the list, or takes them off it.
    pub(super) async fn list_anew(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        mut family: Family,
    ) -> Result<(), Failure> {
        let context = self.plan_context(&cycle.catalog, project);
        let entries = plan::listed_anew(&context, &family);
        for (member, entry) in family.members.iter_mut().zip(entries) {
            if member.blocked || super::read::does_not_decode(&member.stored) {
                continue;
            }
            remember_documents(member);
            put(&context, &mut member.stored, entry);
        }
        let records = family.members.into_iter().map(|member| member.stored).collect();
        let batch = ResultBatch { results: Vec::new(), records };
        self.store.record_results(&batch, cycle.epoch).await?;
        Ok(())
    }
}

/// Writes a place on the new list into a record; what was on the old one alone is planned anew.
fn put(context: &PlanContext<'_>, stored: &mut StoredRecord, entry: Option<OpeningEntry>) {
    let stands = stored.documents.iter().any(crate::model::HeldDocument::is_live);
    let was_listed = stored.opening.is_some();
    // What comes into a postable status from here on was not in the books.
    let is_early = plan::dates::original_of(stored) < context.policy.start_date;
    if is_early && !stands {
        stored.postable_at_first_cycle = entry.is_some();
    }
    match entry {
        Some(entry) => {
            stored.state = if stands { RecordState::Unchanged } else { RecordState::Opening };
            stored.cause = None;
            stored.settling = None;
            stored.fingerprint.clone_from(&entry.fingerprint);
            if !stands {
                stored.posting_date = Some(entry.dated);
            }
            stored.opening = Some(entry);
        }
        None if was_listed => {
            stored.opening = None;
            stored.state = RecordState::Pending;
            stored.cause = None;
        }
        None => {}
    }
}

/// The records of a project that are on the list; states of earlier versions keep amounts of change orders
/// after the cut-over there, which are no part of it.
pub(super) fn opening_rows(
    stored: &[StoredRecord],
    start_date: NaiveDate,
) -> impl Iterator<Item = OpeningRow> + '_ {
    stored.iter().filter_map(move |stored| {
        let entry = stored.opening.as_ref().filter(|entry| entry.dated < start_date)?;
        let record = &stored.record;
        let vendor = entry.vendor.as_ref().or(record.vendor.as_ref());
        Some(OpeningRow {
            key: stored.key(),
            number: record.number.clone(),
            title: record.title.clone(),
            vendor: vendor.map(|vendor| vendor.name.clone()).unwrap_or_default(),
            card_code: entry.card_code.clone(),
            dated: entry.dated,
            amount: in_units(entry),
            billed: entry.billed,
            retained: entry.retained,
            currency: match entry.currency.as_str() {
                "" => record.currency.clone().unwrap_or_default(),
                own => own.to_owned(),
            },
        })
    })
}

/// The amount as the books hold it: in units of the currency, as far as the list knows its lines.
fn in_units(entry: &OpeningEntry) -> Decimal {
    match entry.lines.as_slice() {
        [] => entry.amount,
        lines => lines.iter().map(|line| line.amount).sum(),
    }
}

fn moves(before: &[OpeningRow], after: &[OpeningRow]) -> Vec<OpeningMove> {
    let by_key = |rows: &[OpeningRow]| -> BTreeMap<SourceKey, OpeningRow> {
        rows.iter().map(|row| (row.key, row.clone())).collect()
    };
    let (before, after) = (by_key(before), by_key(after));
    let keys: BTreeSet<&SourceKey> = before.keys().chain(after.keys()).collect();
    let sides = keys.into_iter().map(|key| OpeningMove {
        before: before.get(key).cloned(),
        after: after.get(key).cloned(),
    });
    sides.filter(|moved| moved.before != moved.after).collect()
}
