//! One project in one cycle: read, look up, and hand its families over one by one.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::{
    CycleOptions, Engine, Failure, ProjectProblem,
    cycle::{Cycle, Gathered, Purpose},
    store_row::NOT_CURRENT,
};
use crate::{
    catalog::Catalog,
    model::{FamilyId, HeldDocument, ReadKind, SourceKey},
    plan::{self, Billed, Family, Member, PlanContext, duplicates},
    ports::{Cursor, Progress, SourceProject, StoredRecord, UnkeyedInvoice},
    states::RecordState,
};

/// Failures of a project that end it: nothing may be written any more.
const STOPPING: [&str; 4] = ["lease_lost", NOT_CURRENT, "store_unavailable", "store_unusable"];

/// So many look-ups that fail one after the other are no matter of what was asked for: the ledger is silent.
pub(super) const FAILED_IN_A_ROW_MAX: u32 = 3;

impl Engine<'_> {
    /// Goes through a project; what goes wrong stays within it.
    pub(super) async fn project(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        options: &CycleOptions,
    ) -> Gathered {
        let mut gathered = Gathered::default();
        if let Err(failure) = self.try_project(cycle, project, options, &mut gathered).await {
            gathered.problems.push(ProjectProblem { project: project.id, failure });
        }
        self.observer.on(&Progress::ProjectDone { project: project.id });
        gathered
    }

    async fn try_project(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        options: &CycleOptions,
        gathered: &mut Gathered,
    ) -> Result<(), Failure> {
        // A list that cannot be read does not keep back what is stored already.
        let (swept, unread) = match self.read_project(cycle, project, options).await {
            Ok(outcome) => {
                gathered.unreadable.extend(outcome.unreadable);
                (outcome.swept, None)
            }
            Err(failure) => (false, Some(failure)),
        };
        let states = self.store.project_states(project.id).await?;
        let families = self.families_to_plan(cycle, project, (options, swept), &states).await?;
        if let Some(failure) = &unread
            && (STOPPING.contains(&failure.name) || !self.was_gone_through(project).await?)
        {
            return unread.map_or(Ok(()), Err);
        }
        let billed = if families.is_empty() {
            Billed::new()
        } else {
            let context = self.plan_context(&cycle.catalog, project);
            self.billed(&context, project, &states).await?
        };
        let (mut failed, mut in_a_row) = (None, 0);
        for chunk in in_chunks(families, self.limits.look_ups_at_once) {
            if self.stop.is_requested() || in_a_row == FAILED_IN_A_ROW_MAX {
                break;
            }
            match self.chunk(cycle, project, &billed, &chunk, gathered).await {
                Ok(()) => in_a_row = 0,
                Err(failure) if STOPPING.contains(&failure.name) => return Err(failure),
                Err(failure) => {
                    failed.get_or_insert(failure);
                    in_a_row += 1;
                }
            }
        }
        let problem = |failure| ProjectProblem { project: project.id, failure };
        gathered.problems.extend(failed.map(problem));
        unread.map_or(Ok(()), Err)
    }

    /// Whether every list of the project has been gone through once. Before that nothing is
    /// planned: the opening list needs all lists, and is made once.
    pub(super) async fn was_gone_through(&self, project: &SourceProject) -> Result<bool, Failure> {
        Ok(gone_through(&self.store.cursors(project.id).await?))
    }

    /// The families with a member that this cycle must plan, each with the number of its records.
    async fn families_to_plan(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        (options, swept): (&CycleOptions, bool),
        states: &[(SourceKey, FamilyId, RecordState)],
    ) -> Result<Vec<(FamilyId, usize)>, Failure> {
        let sizes = sizes(states);
        let mut wanted: BTreeSet<FamilyId> = BTreeSet::new();
        for (key, family, state) in states {
            let named = options.only.as_ref().map(|only| only.contains(key));
            // A mapping change moves posted lines too: the sweep plans what stands.
            let remaps = swept
                && self.policy.remap_posted
                && matches!(state, RecordState::Posted | RecordState::Unchanged);
            let every = matches!(cycle.purpose, Purpose::Rebuild | Purpose::Opening);
            if named.unwrap_or(state.is_planned_again() || remaps || every) {
                wanted.insert(*family);
            }
        }
        if swept && options.only.is_none() {
            let settled: Vec<(FamilyId, usize)> = sizes
                .iter()
                .filter(|(family, _)| !wanted.contains(family))
                .map(|(family, size)| (*family, *size))
                .collect();
            wanted.extend(self.out_of_date(cycle, project, settled).await?);
        }
        let families: Vec<(FamilyId, usize)> = wanted
            .into_iter()
            .map(|family| (family, sizes.get(&family).copied().unwrap_or(1)))
            .collect();
        self.observer.on(&Progress::Planning {
            project: project.id,
            records: families.iter().map(|(_, size)| size).sum(),
        });
        Ok(families)
    }

    /// The families of which a record rests that would be planned otherwise today: a table or the policy
    /// was edited, of which Procore knows nothing. Asks the store alone.
    async fn out_of_date(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        settled: Vec<(FamilyId, usize)>,
    ) -> Result<Vec<FamilyId>, Failure> {
        let context = self.plan_context(&cycle.catalog, project);
        let mut found = Vec::new();
        for chunk in in_chunks(settled, self.limits.look_ups_at_once) {
            let records = self.store.families(project.id, &chunk).await?;
            let changed = gather(records, Vec::new()).into_iter();
            let changed = changed.filter(|family| plan::is_out_of_date(&context, family));
            found.extend(changed.filter_map(|f| f.members.first().map(|m| m.stored.family())));
        }
        Ok(found)
    }

    /// What vendors billed in a project, as the store has it: read family by family, of which only
    /// the numbers and amounts of bills are kept.
    pub(super) async fn billed(
        &self,
        context: &PlanContext<'_>,
        project: &SourceProject,
        states: &[(SourceKey, FamilyId, RecordState)],
    ) -> Result<Billed, Failure> {
        let mut billed = Billed::new();
        for chunk in in_chunks(sizes(states).into_iter().collect(), self.limits.look_ups_at_once) {
            let records = self.store.families(project.id, &chunk).await?;
            let held = records.iter().flat_map(|stored| stored.documents.clone()).collect();
            for family in gather(records, held) {
                billed.add(context, &family);
            }
        }
        Ok(billed)
    }

    /// Looks up and plans some families.
    async fn chunk(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        billed: &Billed,
        families: &[FamilyId],
        gathered: &mut Gathered,
    ) -> Result<(), Failure> {
        let records = self.store.families(project.id, families).await?;
        let keys: Vec<SourceKey> = records.iter().map(StoredRecord::key).collect();
        let held = self.ledger.look_up(&keys).await?;
        let mut families = gather(records, held);
        // A list that is made anew goes by what Procore states alone.
        if cycle.purpose != Purpose::Opening {
            self.note_first_postable(&cycle.catalog, project, &mut families);
        }
        let invoices = self.keyed_by_people(&cycle.catalog, project, &families).await?;
        let invoices = invoices.as_slice();
        let mut running = stream::iter(families)
            .map(
                |family| async move { self.family(cycle, project, billed, invoices, family).await },
            )
            .buffer_unordered(self.limits.families_at_once.max(1));
        let mut failure = None;
        while let Some(outcome) = running.next().await {
            match outcome {
                Ok(done) => gathered.absorb(done),
                Err(error) if STOPPING.contains(&error.name) => failure = Some(error),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Notes which records are in a postable status today that were not when they were last read.
    pub(super) fn note_first_postable(
        &self,
        catalog: &Catalog,
        project: &SourceProject,
        families: &mut [Family],
    ) {
        let context = self.plan_context(catalog, project);
        for member in families.iter_mut().flat_map(|family| &mut family.members) {
            plan::note_first_postable(&context, member);
        }
    }

    /// The A/P invoices that people keyed for the vendors of what may be posted for the first time: one
    /// question for all records of a chunk, none where nothing is new. A question that fails is no
    /// absence: nothing of the chunk is posted then.
    pub(super) async fn keyed_by_people(
        &self,
        catalog: &Catalog,
        project: &SourceProject,
        families: &[Family],
    ) -> Result<Vec<UnkeyedInvoice>, Failure> {
        let searches = duplicates::searches(&self.plan_context(catalog, project), families);
        if searches.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.ledger.invoices_without_key(&searches).await?)
    }
}

/// Whether each list of a project was followed to its end, which ends the project's first cycle. An item
/// that does not decode is missing from the opening list, and waits for a person when it decodes with an
/// earlier date; were the cycle still the first until then, every record that came meanwhile would go onto
/// the list without anybody being asked.
pub(super) fn gone_through(cursors: &[Cursor]) -> bool {
    ReadKind::ALL.iter().all(|kind| cursors.iter().any(|cursor| cursor.kind == *kind))
}

/// How many records each family has.
fn sizes(states: &[(SourceKey, FamilyId, RecordState)]) -> BTreeMap<FamilyId, usize> {
    let mut sizes = BTreeMap::new();
    for (_, family, _) in states {
        *sizes.entry(*family).or_default() += 1;
    }
    sizes
}

/// Puts records and documents together.
pub(super) fn gather(records: Vec<StoredRecord>, held: Vec<HeldDocument>) -> Vec<Family> {
    let mut documents: BTreeMap<SourceKey, Vec<HeldDocument>> = BTreeMap::new();
    for document in held {
        documents.entry(document.key.source).or_default().push(document);
    }
    let mut families: BTreeMap<FamilyId, Vec<Member>> = BTreeMap::new();
    for stored in records {
        let held = documents.remove(&stored.key()).unwrap_or_default();
        let blocked = matches!(stored.state, RecordState::InFlight | RecordState::Uncertain);
        families.entry(stored.family()).or_default().push(Member {
            stored,
            held,
            blocked,
            set_aside: 0,
        });
    }
    families.into_values().map(Family::new).collect()
}

/// Chunks of families with about `records_max` records each; a family is never split.
fn in_chunks(families: Vec<(FamilyId, usize)>, records_max: usize) -> Vec<Vec<FamilyId>> {
    let mut chunks = Vec::new();
    let (mut chunk, mut records) = (Vec::new(), 0);
    for (family, size) in families {
        if !chunk.is_empty() && records + size > records_max {
            chunks.push(std::mem::take(&mut chunk));
            records = 0;
        }
        chunk.push(family);
        records += size;
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}
