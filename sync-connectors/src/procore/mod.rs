//! Procore as a [`CostSource`].
//!
//! [`ProcoreSource`] reads lists of headers in bounded parts (`lists`), reads the lines that belong
//! to a part, and turns both into [`CostRecord`]s: `commitments`, `change_orders`, `packages`,
//! `direct_costs`, `requisitions`. What is needed to code lines is read once per project and cycle
//! (`facts`, `coding`). `budget` reads what is budgeted per code. `scope` tells what the credentials can see. Nothing here decides what is
//! posted, and nothing is ever written to Procore.

mod budget;
mod change_orders;
mod coding;
mod commitments;
mod direct_costs;
mod facts;
mod failure;
mod lists;
mod narrowed;
mod packages;
mod reader;
mod requisitions;
mod retainage;
mod scope;
mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use procore_client::{
    Client, ProjectId as WireId,
    resources::{
        change_order_packages::ChangeOrderPackage, commitment_change_orders::CommitmentChangeOrder,
        commitments::Commitment, direct_costs::DirectCost, requisitions::Requisition,
    },
};
use sync_core::{
    model::{CostRecord, Kind, ProjectId, ReadKind, RecordHeader},
    ports::{
        BudgetRow, Changes, Chunk, CostSource, KindCosts, PageToken, ReadScope, ScopeReport,
        SourceCosts, SourceError, UnreadableRecord,
    },
};

use change_orders::{Listed, ListedPart};
use facts::Facts;
use failure::{Failure, source_error};
use lists::{Headers, Part, Waiting};
use reader::Reader;
use scope::Stated;

use crate::time_zone::Zone;

/// How many records of a part are read at the same time; the client limits its calls besides.
const AT_ONCE: usize = 8;

/// Which projects of the company are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projects {
    /// Every active project that the company's list shows to the app.
    All,
    /// These, active or not.
    Only(BTreeSet<ProjectId>),
}

/// Procore as a source of costs.
///
/// A cycle begins with [`CostSource::scope`]: what was read once for the cycle before (cost codes,
/// billing periods, headers of commitments) is forgotten then.
#[derive(Debug)]
pub struct ProcoreSource {
    client: Client,
    projects: Projects,
    waiting: Waiting<OpenList>,
    known: Mutex<Known>,
}

/// What is known of the projects.
#[derive(Debug, Default)]
struct Known {
    cycle: u64,
    /// The client that may read the projects.
    allowed: Option<Client>,
    facts: BTreeMap<ProjectId, Arc<Facts>>,
    zones: BTreeMap<ProjectId, (Option<String>, Zone)>,
    tiers: BTreeMap<ProjectId, i64>,
    /// The projects whose tiers were asked for in this cycle.
    tiers_asked: BTreeSet<ProjectId>,
    currencies: BTreeMap<Option<ProjectId>, Stated>,
}

/// A list that waits for its next part.
#[derive(Debug)]
enum OpenList {
    Commitments(Kind, Headers<Commitment>),
    ChangeOrders(Box<Listed>),
    DirectCosts(Headers<DirectCost>),
    Requisitions(Headers<Requisition>),
}

impl ProcoreSource {
    /// A source over a client; the projects replace the client's own allow-list.
    #[must_use]
    pub fn new(client: Client, projects: Projects) -> Self {
        let source =
            Self { client, projects, waiting: Waiting::default(), known: Mutex::default() };
        if let Projects::Only(projects) = &source.projects {
            source.allow(&projects.iter().copied().collect::<Vec<_>>());
        }
        source
    }

    /// The client that calls go through.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Projects whose time zone is not known: their dates are taken in UTC. The name is the one
    /// that Procore states, if it states one.
    #[must_use]
    pub fn unknown_time_zones(&self) -> Vec<(ProjectId, Option<String>)> {
        let known = self.known();
        let unknown = known.zones.iter().filter(|(_, (_, zone))| !zone.is_known());
        unknown.map(|(id, (name, _))| (*id, name.clone())).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_cycle(&self) -> u64 {
        let mut known = self.known();
        known.facts.clear();
        known.tiers_asked.clear();
        known.cycle += 1;
        known.cycle
    }

    fn allow(&self, projects: &[ProjectId]) {
        let ids = projects.iter().map(|id| WireId::new(id.0));
        self.known().allowed = Some(self.client.with_projects(ids));
    }

    fn allowed_client(&self) -> Client {
        self.known().allowed.clone().unwrap_or_else(|| self.client.with_projects([]))
    }

    fn remember_zone(&self, id: ProjectId, name: Option<&str>) -> Zone {
        let zone = name.map_or(Zone::FALLBACK, Zone::named);
        self.known().zones.insert(id, (name.map(str::to_owned), zone));
        zone
    }

    async fn reader(&self, id: ProjectId) -> Result<Reader, SourceError> {
        let project = self.allowed_client().project(WireId::new(id.0));
        let project = project.map_err(|error| source_error(&error))?;
        let (zone, facts) = {
            let mut known = self.known();
            let zone = known.zones.get(&id).map(|(_, zone)| *zone);
            (zone, Arc::clone(known.facts.entry(id).or_default()))
        };
        let zone = match zone {
            Some(zone) => zone,
            None => {
                let details = project.details().await.map_err(|error| source_error(&error))?;
                let details = details.into_value();
                self.remember_zone(id, details.time_zone.or(details.tz_name).as_deref())
            }
        };
        Ok(Reader { project, zone, facts })
    }

    /// How many tiers the project's change orders have. Records that are asked for by their ids after their list
    /// was read in the same cycle are of the tiers that this list was read by.
    async fn tiers(&self, reader: &Reader, scope: &ReadScope) -> Result<Option<i64>, SourceError> {
        let (before, asked) = {
            let known = self.known();
            let asked = known.tiers_asked.contains(&scope.project);
            (known.tiers.get(&scope.project).copied(), asked)
        };
        if asked && matches!(scope.changes, Changes::Ids(_)) {
            return Ok(before);
        }
        let tiers = reader.tiers(before, &scope.changes).await?;
        let mut known = self.known();
        known.tiers_asked.insert(scope.project);
        known.tiers.extend(tiers.map(|tiers| (scope.project, tiers)));
        Ok(tiers)
    }

    async fn open(&self, reader: &Reader, scope: &ReadScope) -> Result<OpenList, SourceError> {
        let (project, changes) = (&reader.project, &scope.changes);
        let commitments =
            |kind| OpenList::Commitments(kind, commitments::headers(project, kind, changes));
        Ok(match scope.kind {
            ReadKind::PurchaseOrders => commitments(Kind::PurchaseOrder),
            ReadKind::Subcontracts => commitments(Kind::Subcontract),
            ReadKind::ChangeOrders => {
                let tiers = self.tiers(reader, scope).await?;
                OpenList::ChangeOrders(Box::new(Listed::open(project, tiers, changes)))
            }
            ReadKind::DirectCosts => OpenList::DirectCosts(direct_costs::headers(project, changes)),
            ReadKind::Requisitions => {
                OpenList::Requisitions(requisitions::headers(project, changes))
            }
        })
    }
}

#[async_trait]
impl CostSource for ProcoreSource {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        self.report().await
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        let reader = self.reader(scope.project).await?;
        let mut list = match page {
            Some(token) => self.waiting.take(scope, token)?,
            None => self.open(&reader, scope).await?,
        };
        let of_changes = scope.kind == ReadKind::ChangeOrders;
        let tiers = self.known().tiers.get(&scope.project).copied().filter(|_| of_changes);
        let by_header = scope.changes == Changes::Headers;
        let Some(part) = list.next(&reader, by_header).await? else {
            return Ok(Chunk { tiers, ..Chunk::default() });
        };
        let Converted { records, mut headers, unreadable } = part;
        headers.extend(reader.facts.read_beside().await);
        let next = Some(self.waiting.keep(scope, list));
        Ok(Chunk { records, headers, unreadable, tiers, next })
    }

    async fn budget(&self, project: ProjectId) -> Result<Vec<BudgetRow>, SourceError> {
        self.reader(project).await?.budget().await
    }

    fn costs(&self) -> SourceCosts {
        let lines = |record| KindCosts { record, ..KindCosts::default() };
        SourceCosts {
            // The companies and the projects; currencies are remembered for many cycles.
            scope: 2,
            project: 0,
            list: 1,
            page: 100,
            // Cost codes and types, billing periods, and the headers of both families of commitments.
            reference: 5,
            kinds: BTreeMap::from([
                (ReadKind::PurchaseOrders, lines(1)),
                (ReadKind::Subcontracts, lines(1)),
                // Potential change orders tell whether the project's tier has changed.
                (ReadKind::ChangeOrders, KindCosts { list: 1, ..lines(1) }),
                (ReadKind::DirectCosts, KindCosts { page: Some(50), ..KindCosts::default() }),
                (ReadKind::Requisitions, KindCosts { page: Some(100), ..KindCosts::default() }),
            ]),
        }
    }

    fn calls(&self) -> u64 {
        let calls = self.client.calls();
        calls.api + calls.logins
    }
}

/// A part of a list in the words of the engine.
#[derive(Debug, Default)]
struct Converted {
    records: Vec<CostRecord>,
    headers: Vec<RecordHeader>,
    unreadable: Vec<UnreadableRecord>,
}

impl OpenList {
    /// The next part; `None` at the end. By their headers alone come the records whose lines would cost a
    /// call each.
    async fn next(
        &mut self,
        reader: &Reader,
        by_header: bool,
    ) -> Result<Option<Converted>, SourceError> {
        match self {
            Self::Commitments(kind, headers) => {
                let Some(part) = headers.next().await? else { return Ok(None) };
                reader.commitments(*kind, part, by_header).await.map(Some)
            }
            Self::ChangeOrders(listed) => match listed.next(&reader.project).await? {
                None => Ok(None),
                Some(ListedPart::ChangeOrders(part)) => {
                    reader.change_orders(part, by_header).await.map(Some)
                }
                Some(ListedPart::Packages(part)) => {
                    reader.packages(part, by_header).await.map(Some)
                }
            },
            Self::DirectCosts(headers) => {
                let Some(part) = headers.next().await? else { return Ok(None) };
                let lines = reader.lines_of_direct_costs(&part.headers).await?;
                let work = part
                    .headers
                    .into_iter()
                    .map(|header| (header.id.get(), reader.direct_cost(header, &lines)));
                together(work, part.unreadable).await.map(Some)
            }
            Self::Requisitions(headers) => {
                let Some(part) = headers.next().await? else { return Ok(None) };
                let parents = part.headers.iter().filter_map(|header| header.commitment_id);
                reader.learn(parents).await?;
                let work = part
                    .headers
                    .into_iter()
                    .map(|header| (header.id.get(), reader.requisition(header)));
                together(work, part.unreadable).await.map(Some)
            }
        }
    }
}

impl Reader {
    /// Reads the headers of those commitments that are not known yet.
    async fn learn(
        &self,
        commitments: impl Iterator<Item = procore_client::CommitmentId>,
    ) -> Result<(), SourceError> {
        let ids = commitments.map(procore_client::CommitmentId::get);
        self.facts.learn(self, ids).await
    }

    async fn commitments(
        &self,
        kind: Kind,
        part: Part<Commitment>,
        by_header: bool,
    ) -> Result<Converted, SourceError> {
        let told = |header: &Commitment| self.commitment_header(kind, header);
        let (headers, rest) = split(part.headers, by_header, told);
        let work = rest.into_iter().map(|header| (header.id.get(), self.commitment(kind, header)));
        Ok(Converted { headers, ..together(work, part.unreadable).await? })
    }

    async fn change_orders(
        &self,
        part: Part<CommitmentChangeOrder>,
        by_header: bool,
    ) -> Result<Converted, SourceError> {
        let told = |header: &CommitmentChangeOrder| self.change_order_header(header);
        let (headers, rest) = split(part.headers, by_header, told);
        self.learn(rest.iter().filter_map(|header| header.contract_id)).await?;
        let work = rest.into_iter().map(|header| {
            let id = header.legacy_package_id.map_or(header.id.get(), |package| package.get());
            (id, self.change_order(header))
        });
        Ok(Converted { headers, ..together(work, part.unreadable).await? })
    }

    async fn packages(
        &self,
        part: Part<ChangeOrderPackage>,
        by_header: bool,
    ) -> Result<Converted, SourceError> {
        self.learn(part.headers.iter().filter_map(|header| header.contract_id)).await?;
        // Of some a list does not tell whether they are a commitment's or a prime contract's.
        let mut of_commitments = BTreeSet::new();
        for header in &part.headers {
            if self.is_of_commitment(header).await {
                of_commitments.insert(header.id.get());
            }
        }
        let told = |header: &ChangeOrderPackage| {
            self.package_header(header).filter(|_| of_commitments.contains(&header.id.get()))
        };
        let (headers, rest) = split(part.headers, by_header, told);
        let work = rest.into_iter().map(|header| (header.id.get(), self.package(header)));
        Ok(Converted { headers, ..together(work, part.unreadable).await? })
    }
}

/// The records that their headers tell enough of, where that is asked for, and the rest.
fn split<H>(
    listed: Vec<H>,
    by_header: bool,
    told: impl Fn(&H) -> Option<RecordHeader>,
) -> (Vec<RecordHeader>, Vec<H>) {
    if !by_header {
        return (Vec::new(), listed);
    }
    let (mut headers, mut rest) = (Vec::new(), Vec::new());
    for header in listed {
        match told(&header) {
            Some(told) => headers.push(told),
            None => rest.push(header),
        }
    }
    (headers, rest)
}

/// Reads the records of a part, a few at the same time and in their order. A record that cannot be
/// read is one more unreadable one; a failure of the list ends it.
async fn together<R, F>(
    work: impl Iterator<Item = (i64, F)>,
    mut unreadable: Vec<UnreadableRecord>,
) -> Result<Converted, SourceError>
where
    R: Into<Option<CostRecord>>,
    F: Future<Output = Result<R, Failure>>,
{
    let (ids, futures): (Vec<i64>, Vec<F>) = work.unzip();
    let results: Vec<_> = stream::iter(futures).buffered(AT_ONCE).collect().await;
    let mut records = Vec::with_capacity(results.len());
    for (id, result) in ids.into_iter().zip(results) {
        match result {
            Ok(record) => records.extend(record.into()),
            Err(Failure::Record(detail)) => {
                unreadable.push(UnreadableRecord { id: Some(id), detail });
            }
            Err(Failure::List(error)) => return Err(error),
        }
    }
    Ok(Converted { records, unreadable, ..Converted::default() })
}
