//! A cycle from the lease to the report.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};

use super::{
    CallCounts, CycleOptions, CycleReport, Engine, ExceptionRow, Failure, FindingRow,
    PostedDocument, ProjectProblem, StatusAmount,
    profile::CONFIGURATION,
    store_row::{NOT_CURRENT, Watched},
    sweep::Share,
};
use crate::{
    catalog::Catalog,
    exchange::Rates,
    model::{ProjectId, RecordBody, SourceKey},
    ports::{
        CatalogRequest, CycleRow, CycleStatus, Epoch, LedgerError, Progress, SourceError,
        SourceProject, StoreError, StoreErrorKind, StoredRecord,
    },
    states::RecordState,
};

/// How a cycle fails that may not write any more: to its store, or to the ledger.
const RIGHT_LOST: [&str; 2] = [StoreErrorKind::LeaseLost.name(), NOT_CURRENT];

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { name: error.kind.name(), detail: error.detail }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self { name: error.kind.name(), detail: error.detail }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self { name: error.kind.name(), detail: error.detail }
    }
}

/// What every part of one cycle shares.
#[derive(Debug)]
pub(super) struct Cycle {
    pub epoch: Epoch,
    pub number: i64,
    pub purpose: Purpose,
    /// From when on documents are posted, where something keeps them back.
    pub posts_from: Option<DateTime<Utc>>,
    pub catalog: Catalog,
    pub rates: Mutex<Rates>,
    pub sweep_lines: Share,
    pub row: Watched,
}

impl Cycle {
    /// Whether what is to be posted is left for a later cycle.
    pub(super) fn leaves_posts(&self) -> bool {
        match self.purpose {
            Purpose::Rebuild => true,
            Purpose::Preview => false,
            Purpose::Post | Purpose::Opening => self.posts_from.is_some(),
        }
    }
}

/// What a cycle is gone through for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To post what is missing.
    Post,
    /// To show what would be posted, also where it would have to wait.
    Preview,
    /// To know again what the ledger holds; nothing is posted.
    Rebuild,
    /// To make the opening list anew; nothing is posted.
    Opening,
}

/// What going through the projects gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub documents: Vec<PostedDocument>,
    pub findings: Vec<FindingRow>,
    pub problems: Vec<ProjectProblem>,
    pub not_postable: BTreeMap<(String, String), StatusAmount>,
    pub unreadable: Vec<ExceptionRow>,
    pub posted: BTreeSet<SourceKey>,
    /// Records that were left for a cycle that may post.
    pub left: u64,
}

impl Gathered {
    pub(super) fn absorb(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        for (status, amount) in other.not_postable {
            let sum = self.not_postable.entry(status).or_default();
            sum.records += amount.records;
            sum.amount = sum.amount.saturating_add(amount.amount);
        }
        self.unreadable.extend(other.unreadable);
        self.posted.extend(other.posted);
        self.left += other.left;
    }
}

impl Engine<'_> {
    /// Goes through one cycle: afterwards SAP holds what Procore says, as far as no rule stands
    /// against it.
    pub async fn sync(&self, options: &CycleOptions) -> CycleReport {
        self.cycle(options, Purpose::Post).await
    }

    pub(super) async fn cycle(&self, options: &CycleOptions, purpose: Purpose) -> CycleReport {
        let started_at = self.clock.now();
        let before = self.calls();
        let epoch = match self.store.acquire_writer(started_at).await {
            Ok(epoch) => epoch,
            Err(error) => return self.failed(started_at, 0, error.into(), before),
        };
        let prepared = self.prepared(started_at, epoch, options, purpose).await;
        // The ledger's row names this cycle, and no older one is asked for any more.
        let has_row = prepared.is_ok();
        let mut report = match prepared {
            Ok((cycle, projects, problems)) => {
                self.go_through(started_at, &cycle, projects, problems, options, before).await
            }
            Err((number, failure)) => self.failed(started_at, number, failure, before),
        };
        // The store belongs to the companies only when it knows all that the ledger holds.
        if purpose == Purpose::Rebuild
            && report.status == CycleStatus::Done
            && let Err(error) = self.belongs_from_now_on(epoch).await
        {
            report.status = CycleStatus::Partial;
            report.failure = Some(error.into());
        }
        if has_row
            && report.status != CycleStatus::Failed
            && let Err(error) = self.drop_what_is_old(epoch).await
        {
            report.status = CycleStatus::Partial;
            report.failure.get_or_insert(error.into());
        }
        let row = CycleRow {
            number: report.number,
            started_at,
            finished_at: Some(report.finished_at),
            status: report.status,
        };
        if report.number > 0
            && let Err(error) = self.store.close_cycle(&row, epoch).await
        {
            let lost = error.kind == StoreErrorKind::LeaseLost;
            report.status = if lost { CycleStatus::Failed } else { CycleStatus::Partial };
            report.failure = Some(error.into());
        }
        // The right to write ends with the process in any case; a report must not be lost over it.
        let _ = self.store.release_writer(epoch).await;
        report
    }

    /// Runs records again, now: those named, or every one that waits for a person.
    pub async fn replay(&self, keys: Option<&[SourceKey]>) -> CycleReport {
        let keys = match keys {
            Some(keys) => keys.to_vec(),
            None => match self.store.exceptions().await {
                Ok(records) => records.iter().map(StoredRecord::key).collect(),
                Err(error) => {
                    return self.failed(self.clock.now(), 0, error.into(), self.calls());
                }
            },
        };
        let projects: BTreeSet<ProjectId> = keys.iter().map(|key| key.project).collect();
        let options = CycleOptions {
            projects: Some(projects.into_iter().collect()),
            only: Some(keys),
            ..CycleOptions::default()
        };
        self.sync(&options).await
    }

    /// The records that wait for a person.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn exceptions(&self) -> Result<Vec<ExceptionRow>, StoreError> {
        let records = self.store.exceptions().await?;
        Ok(records.iter().map(|stored| self.exception_row(stored)).collect())
    }

    /// The master data that a cycle asks for: the partners of the mapping.
    pub(super) fn catalog_request(&self) -> CatalogRequest {
        let partners: BTreeSet<String> =
            self.mapping.vendors().map(|(_, row)| row.card_code.clone()).collect();
        CatalogRequest { partners: partners.into_iter().collect() }
    }

    /// Everything before the first project: profile, recovery, scope, catalog.
    async fn prepared(
        &self,
        started_at: DateTime<Utc>,
        epoch: Epoch,
        options: &CycleOptions,
        purpose: Purpose,
    ) -> Result<(Cycle, Vec<SourceProject>, Vec<ProjectProblem>), (i64, Failure)> {
        let known = self.belongs_to_us(purpose).await.map_err(|failure| (0, failure))?;
        let scope = self.source.scope().await.map_err(|e| (0, Failure::from(e)))?;
        let catalog = self
            .ledger
            .catalog(&self.catalog_request())
            .await
            .map_err(|e| (0, Failure::from(e)))?;
        self.refuse_contradictions(&catalog).map_err(|failure| (0, failure))?;
        if !catalog.user_fields_present {
            let detail = "SAP has no U_ProcoreKey and U_ProcoreRev yet; run setup".to_owned();
            return Err((0, Failure { name: "udf_missing", detail }));
        }
        let takes_over = options.take_over || purpose == Purpose::Rebuild;
        let before = self.is_current(takes_over).await.map_err(|failure| (0, failure))?;
        match (purpose, known) {
            // With the new cut-over first, a list that is broken off posts nothing that belongs on it.
            (_, Some(known)) => self.keep_profile(&known, epoch).await,
            (Purpose::Post | Purpose::Preview, None) => self.begin_with_nothing(epoch).await,
            (Purpose::Rebuild, None) => self.looks_where_documents_stand().await,
            (Purpose::Opening, None) => Err(Failure {
                name: CONFIGURATION,
                detail: "the state has no opening list yet; the first sync makes it".to_owned(),
            }),
        }
        .map_err(|failure| (0, failure))?;
        let last = self.store.last_cycle().await.map_err(|e| (0, Failure::from(e)))?;
        let number =
            self.store.open_cycle(started_at, epoch).await.map_err(|e| (0, Failure::from(e)))?;
        let failed = |failure| (number, failure);
        self.keep_deed((purpose, options), before, epoch).await.map_err(failed)?;
        let row = self.claim_row(number, started_at, before.turn).await.map_err(failed)?;
        let posts_from = self.posts_from().await.map_err(failed)?;
        let sweep_lines = Share::since(last, started_at, self.limits.sweep_lines);
        let rates = Mutex::default();
        let cycle = Cycle { epoch, number, purpose, posts_from, catalog, rates, sweep_lines, row };
        let unrecovered = self.recover(&cycle).await.map_err(failed)?;
        let wanted = |id: ProjectId| options.projects.as_ref().is_none_or(|p| p.contains(&id));
        let projects = scope.projects.into_iter().filter(|p| wanted(p.id)).collect();
        let problems = scope
            .not_visible
            .into_iter()
            .filter(|(id, _)| wanted(*id))
            .map(|(project, detail)| ProjectProblem {
                project,
                failure: Failure { name: "project_not_visible", detail },
            })
            .chain(unrecovered)
            .collect();
        let projects = self.longest_unread_first(projects).await;
        Ok((cycle, projects.map_err(failed)?, problems))
    }

    /// The projects by when a list of theirs was last read in full, so that each has its turn where a sweep
    /// is larger than its share.
    async fn longest_unread_first(
        &self,
        projects: Vec<SourceProject>,
    ) -> Result<Vec<SourceProject>, Failure> {
        let mut dated = Vec::with_capacity(projects.len());
        for project in projects {
            let cursors = self.store.cursors(project.id).await?;
            dated.push((cursors.iter().filter_map(|cursor| cursor.full_read_at).min(), project));
        }
        dated.sort_by_key(|(read_at, _)| *read_at);
        Ok(dated.into_iter().map(|(_, project)| project).collect())
    }

    /// Choices that contradict each other, would recognise a cost twice or claim input tax too early, post
    /// nothing at all. An account may be named by its visible code in one place and by SAP's own in
    /// another, so that only the catalog shows that both are one.
    fn refuse_contradictions(&self, catalog: &Catalog) -> Result<(), Failure> {
        let findings = self.policy.findings_in(self.mapping, catalog);
        if findings.is_empty() {
            return Ok(());
        }
        let sentences: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Err(Failure { name: CONFIGURATION, detail: sentences.join("; ") })
    }

    async fn go_through(
        &self,
        started_at: DateTime<Utc>,
        cycle: &Cycle,
        projects: Vec<SourceProject>,
        problems: Vec<ProjectProblem>,
        options: &CycleOptions,
        before: CallCounts,
    ) -> CycleReport {
        self.observer.on(&Progress::CycleOpened { projects: projects.len() });
        let ids: Vec<ProjectId> = projects.iter().map(|project| project.id).collect();
        let mut gathered = Gathered { problems, ..Default::default() };
        let mut running = stream::iter(projects)
            .map(|project| async move { self.project(cycle, &project, options).await })
            .buffer_unordered(self.limits.projects_at_once.max(1));
        while let Some(outcome) = running.next().await {
            gathered.absorb(outcome);
        }
        drop(running);
        // What recovery and the project itself met alike is one problem.
        let mut told: Vec<ProjectProblem> = Vec::new();
        gathered.problems.retain(|problem| {
            let is_new = !told.contains(problem);
            told.push(problem.clone());
            is_new
        });
        // Whoever lost the right to write has lost it for every project.
        let lost = |problem: &&ProjectProblem| RIGHT_LOST.contains(&problem.failure.name);
        let lost = gathered.problems.iter().find(lost).map(|problem| problem.failure.clone());
        let mut failure = lost;
        if failure.is_none() && self.stop.is_requested() {
            failure = Some(Failure {
                name: "stopped",
                detail: "the cycle was asked to stop; what was under way is finished".to_owned(),
            });
        }
        let (counts, exceptions) = match self.counted(&ids, &gathered).await {
            Ok(counted) => counted,
            Err(error) => {
                failure.get_or_insert(error.into());
                (BTreeMap::new(), Vec::new())
            }
        };
        let status = match &failure {
            Some(failure) if RIGHT_LOST.contains(&failure.name) => CycleStatus::Failed,
            None if gathered.problems.is_empty() => CycleStatus::Done,
            _ => CycleStatus::Partial,
        };
        CycleReport {
            number: cycle.number,
            started_at,
            finished_at: self.clock.now(),
            status,
            failure,
            problems: gathered.problems,
            counts,
            not_postable: gathered.not_postable,
            documents: gathered.documents,
            exceptions,
            findings: gathered.findings,
            posts_from: cycle.posts_from,
            left: gathered.left,
            calls: self.calls_since(before),
        }
    }

    /// States and exceptions of the projects of a cycle, as the store holds them after it.
    async fn counted(
        &self,
        projects: &[ProjectId],
        gathered: &Gathered,
    ) -> Result<(BTreeMap<RecordState, u64>, Vec<ExceptionRow>), StoreError> {
        let mut counts = BTreeMap::new();
        for project in projects {
            for (key, _, state) in self.store.project_states(*project).await? {
                // Posted means in this cycle; what an earlier one posted stands unchanged.
                let state = match state {
                    RecordState::Posted if !gathered.posted.contains(&key) => {
                        RecordState::Unchanged
                    }
                    RecordState::InFlight => RecordState::Uncertain,
                    other => other,
                };
                *counts.entry(state).or_insert(0) += 1;
            }
        }
        // What stands of a project that nobody could look at is neither confirmed nor reversed.
        let unseen: BTreeSet<ProjectId> =
            gathered.problems.iter().map(|problem| problem.project).collect();
        for project in unseen {
            if !projects.contains(&project) {
                let records = self.store.project_states(project).await?.len();
                *counts.entry(RecordState::OutOfScope).or_insert(0) += records as u64;
            }
        }
        counts.retain(|_, records| *records > 0);
        let mut exceptions: Vec<ExceptionRow> = self
            .store
            .exceptions()
            .await?
            .iter()
            .filter(|stored| projects.contains(&stored.key().project))
            .map(|stored| self.exception_row(stored))
            .collect();
        for row in &gathered.unreadable {
            if !exceptions.iter().any(|other| other.key == row.key) {
                *counts.entry(RecordState::Held).or_insert(0) += 1;
                exceptions.push(row.clone());
            }
        }
        Ok((counts, exceptions))
    }

    /// A record that waits for a person, as a report shows it.
    pub(super) fn exception_row(&self, stored: &StoredRecord) -> ExceptionRow {
        let record = &stored.record;
        let held = crate::money::saturated(
            stored.documents.iter().map(crate::model::HeldDocument::net_cost),
        );
        ExceptionRow {
            key: record.key,
            number: record.number.clone(),
            title: record.title.clone(),
            state: stored.state,
            cause: stored.cause.clone(),
            amount: stated_amount(stored).saturating_sub(held),
            currency: record.currency.clone().unwrap_or_default(),
        }
    }

    pub(super) fn calls(&self) -> CallCounts {
        let ledger = self.ledger.availability();
        CallCounts { source: self.source.calls(), ledger: ledger.calls, logins: ledger.logins }
    }

    fn calls_since(&self, before: CallCounts) -> CallCounts {
        let now = self.calls();
        CallCounts {
            source: now.source.saturating_sub(before.source),
            ledger: now.ledger.saturating_sub(before.ledger),
            logins: now.logins.saturating_sub(before.logins),
        }
    }

    /// The report of a cycle that was not begun.
    pub(super) fn not_begun(&self) -> CycleReport {
        let failure = Failure { name: "not_begun", detail: String::new() };
        CycleReport { failure: None, ..self.failed(self.clock.now(), 0, failure, self.calls()) }
    }

    fn failed(
        &self,
        started_at: DateTime<Utc>,
        number: i64,
        failure: Failure,
        before: CallCounts,
    ) -> CycleReport {
        // A side that does not answer is a cycle of which nothing could be done yet; the rest is for
        // a person to mend.
        let silent = ["ledger_unavailable", "source_unavailable"].contains(&failure.name);
        CycleReport {
            number,
            started_at,
            finished_at: self.clock.now(),
            status: if silent { CycleStatus::Partial } else { CycleStatus::Failed },
            failure: Some(failure),
            problems: Vec::new(),
            counts: BTreeMap::new(),
            not_postable: BTreeMap::new(),
            documents: Vec::new(),
            exceptions: Vec::new(),
            findings: Vec::new(),
            posts_from: None,
            left: 0,
            calls: self.calls_since(before),
        }
    }
}

/// A record's amount as Procore states it, without tax: the sum of its lines; for a requisition
/// what it says is due.
pub(super) fn stated_amount(stored: &StoredRecord) -> rust_decimal::Decimal {
    if stored.absent || stored.record.deleted {
        return rust_decimal::Decimal::ZERO;
    }
    match &stored.record.body {
        RecordBody::Requisition(requisition) => requisition.current_payment_due.unwrap_or_default(),
        _ => crate::money::saturated(stored.record.lines().iter().map(|line| line.amount)),
    }
}
