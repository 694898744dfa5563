//! The reference source: records that a test puts, edits and removes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    model::{CompanyId, CostRecord, Kind, ProjectId, ReadKind, RecordHeader, SourceKey},
    ports::{
        BudgetRow, Changes, Chunk, CostSource, PageToken, ReadScope, ScopeReport, SourceError,
        SourceErrorKind, SourceProject, UnreadableRecord,
    },
};

/// A source in memory: one company with its projects.
#[derive(Debug)]
pub struct MemorySource {
    company: CompanyId,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    projects: Vec<SourceProject>,
    records: BTreeMap<SourceKey, CostRecord>,
    unreadable: BTreeMap<(ProjectId, ReadKind), Vec<UnreadableRecord>>,
    failing: BTreeSet<(ProjectId, ReadKind)>,
    hidden: BTreeSet<ProjectId>,
    budgets: BTreeMap<ProjectId, Vec<BudgetRow>>,
    tiers: BTreeMap<ProjectId, i64>,
    page_size: usize,
    reads: Vec<ReadScope>,
    calls: u64,
}

impl MemorySource {
    /// A company that sees these projects and has no records yet.
    #[must_use]
    pub fn new(company: CompanyId, projects: Vec<SourceProject>) -> Self {
        let inner = Inner {
            projects,
            records: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            failing: BTreeSet::new(),
            hidden: BTreeSet::new(),
            budgets: BTreeMap::new(),
            tiers: BTreeMap::new(),
            page_size: 100,
            reads: Vec::new(),
            calls: 0,
        };
        Self { company, inner: Mutex::new(inner) }
    }

    /// Puts a record, in the place of the one with its key.
    pub fn put(&self, record: CostRecord) {
        self.lock().records.insert(record.key, record);
    }

    /// Changes a record in place; answers whether it is there. Its `updated_at` moves only if
    /// `change` moves it.
    pub fn edit(&self, key: &SourceKey, change: impl FnOnce(&mut CostRecord)) -> bool {
        self.lock().records.get_mut(key).map(change).is_some()
    }

    /// Takes a record out of its list.
    pub fn remove(&self, key: &SourceKey) -> Option<CostRecord> {
        self.lock().records.remove(key)
    }

    /// A record as it stands.
    #[must_use]
    pub fn record(&self, key: &SourceKey) -> Option<CostRecord> {
        self.lock().records.get(key).cloned()
    }

    /// Puts an item into a list that does not decode; it is answered to every reading of the list.
    pub fn put_unreadable(&self, project: ProjectId, kind: ReadKind, item: UnreadableRecord) {
        self.lock().unreadable.entry((project, kind)).or_default().push(item);
    }

    /// Makes every item of a list decode again.
    pub fn mend(&self, project: ProjectId, kind: ReadKind) {
        self.lock().unreadable.remove(&(project, kind));
    }

    /// Lets a list fail from now on, or answer again.
    pub fn set_failing(&self, project: ProjectId, kind: ReadKind, fails: bool) {
        let mut inner = self.lock();
        if fails {
            inner.failing.insert((project, kind));
        } else {
            inner.failing.remove(&(project, kind));
        }
    }

    /// The credentials lose sight of a project.
    pub fn hide(&self, project: ProjectId) {
        self.lock().hidden.insert(project);
    }

    /// The credentials see a project again.
    pub fn show(&self, project: ProjectId) {
        self.lock().hidden.remove(&project);
    }

    /// Sets the budget of a project; without one it cannot be read.
    pub fn set_budget(&self, project: ProjectId, rows: Vec<BudgetRow>) {
        self.lock().budgets.insert(project, rows);
    }

    /// Sets how many tiers the change orders of a project have.
    pub fn set_tiers(&self, project: ProjectId, tiers: i64) {
        self.lock().tiers.insert(project, tiers);
    }

    /// How many records a chunk has; 100 unless told. Zero is read as one.
    pub fn set_page_size(&self, records: usize) {
        self.lock().page_size = records.max(1);
    }

    /// Every reading asked for so far, the first chunk of each.
    #[must_use]
    pub fn reads(&self) -> Vec<ReadScope> {
        self.lock().reads.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn visible(&self) -> impl Iterator<Item = &SourceProject> {
        self.projects.iter().filter(|project| !self.hidden.contains(&project.id))
    }

    /// The headers of the commitments that records belong to, as a source that needs them reads them.
    fn parents(&self, records: &[CostRecord]) -> Vec<RecordHeader> {
        let parents: BTreeSet<SourceKey> = records
            .iter()
            .filter_map(|record| Some((record.key, record.commitment_id()?)))
            .flat_map(|(key, id)| {
                [Kind::PurchaseOrder, Kind::Subcontract].map(|kind| SourceKey { kind, id, ..key })
            })
            .collect();
        parents.iter().filter_map(|key| self.records.get(key)).map(RecordHeader::of).collect()
    }

    fn unreadable(&self, scope: &ReadScope) -> Vec<UnreadableRecord> {
        let items = self.unreadable.get(&(scope.project, scope.kind));
        let asked = |item: &UnreadableRecord| match (&scope.changes, item.id) {
            (Changes::Ids(ids), Some(id)) => ids.contains(&id),
            // An item that does not decode may hide any moment of change.
            (Changes::All | Changes::Headers | Changes::Since(_), _) => true,
            (Changes::Ids(_), None) => false,
        };
        items.into_iter().flatten().filter(|item| asked(item)).cloned().collect()
    }
}

fn asked(changes: &Changes, record: &CostRecord) -> bool {
    match changes {
        Changes::All | Changes::Headers => true,
        Changes::Since(moment) => record.updated_at >= *moment,
        Changes::Ids(ids) => ids.contains(&record.key.id),
    }
}

#[async_trait]
impl CostSource for MemorySource {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        let mut inner = self.lock();
        inner.calls += 1;
        Ok(ScopeReport {
            company: self.company,
            company_name: "Company in memory".to_owned(),
            projects: inner.visible().cloned().collect(),
            not_visible: inner
                .hidden
                .iter()
                .map(|project| (*project, "the credentials do not see it".to_owned()))
                .collect(),
        })
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        let mut inner = self.lock();
        inner.calls += 1;
        if page.is_none() {
            inner.reads.push(scope.clone());
        }
        if !inner.visible().any(|project| project.id == scope.project) {
            let detail = format!("project {} is not visible", scope.project);
            return Err(SourceError::new(SourceErrorKind::ProjectNotVisible, detail));
        }
        if inner.failing.contains(&(scope.project, scope.kind)) {
            let detail = format!("the list {} of project {} fails", scope.kind, scope.project);
            return Err(SourceError::new(SourceErrorKind::Unavailable, detail));
        }
        let offset = match page {
            None => 0,
            Some(token) => token.0.parse().map_err(|_| {
                let detail = format!("'{}' is no page of this source", token.0);
                SourceError::new(SourceErrorKind::Unavailable, detail)
            })?,
        };
        let of_list: Vec<CostRecord> = inner
            .records
            .values()
            .filter(|record| {
                record.key.project == scope.project
                    && ReadKind::of(record.kind()) == scope.kind
                    && asked(&scope.changes, record)
            })
            .cloned()
            .collect();
        let end = offset + inner.page_size;
        let next = (end < of_list.len()).then(|| PageToken(end.to_string()));
        let part = of_list.into_iter().skip(offset).take(inner.page_size);
        let (by_header, records): (Vec<CostRecord>, Vec<CostRecord>) = part.partition(|record| {
            scope.changes == Changes::Headers && record.kind().is_of_contract()
        });
        let headers = match scope.changes {
            Changes::Headers => by_header.iter().map(RecordHeader::of).collect(),
            _ => inner.parents(&records),
        };
        Ok(Chunk {
            tiers: inner.tiers.get(&scope.project).copied(),
            unreadable: if offset == 0 { inner.unreadable(scope) } else { Vec::new() },
            records,
            headers,
            next,
        })
    }

    async fn budget(&self, project: ProjectId) -> Result<Vec<BudgetRow>, SourceError> {
        let mut inner = self.lock();
        inner.calls += 1;
        let visible = inner.visible().any(|own| own.id == project);
        inner.budgets.get(&project).filter(|_| visible).cloned().ok_or_else(|| {
            let detail = format!("project {project} has no budget in memory");
            SourceError::new(SourceErrorKind::Unavailable, detail)
        })
    }

    fn calls(&self) -> u64 {
        self.lock().calls
    }
}
