//! Reads both sides fresh and hands them to [`reconcile`](crate::reconcile).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::{Engine, Failure, ProjectProblem, project::gather};
use crate::{
    catalog::Catalog,
    model::{HeldDocument, Kind, ProjectId, SourceKey},
    plan::{PlanContext, duplicates},
    ports::{CatalogRequest, MovementRequest, SourceProject, StoredRecord, UnkeyedInvoice},
    reconcile::{
        OurDocuments, PossibleDuplicate, ProjectReconciliation, ProjectSides, Reconciliation,
        TieOut, accounts_of_interest, as_adopted, project, tie_out,
    },
};

/// What was read of one project.
struct OfProject {
    rows: Vec<ProjectReconciliation>,
    ours: OurDocuments,
    duplicates: Vec<PossibleDuplicate>,
}

impl Engine<'_> {
    /// Project to general ledger, both sides read now.
    pub async fn reconcile(&self) -> Reconciliation {
        let mut report = Reconciliation {
            company: String::new(),
            source_company: self.profile.company.to_string(),
            as_of: self.clock.now(),
            postable: self
                .policy
                .postable
                .iter()
                .map(|(kind, list): (&Kind, _)| (kind.name().to_owned(), list.clone()))
                .collect(),
            failure: None,
            problems: Vec::new(),
            projects: Vec::new(),
            accounts: Vec::new(),
            tie_out: TieOut::default(),
            possible_duplicates: Vec::new(),
        };
        if let Err(failure) = self.try_reconcile(&mut report).await {
            report.failure = Some(failure);
        }
        report
    }

    async fn try_reconcile(&self, report: &mut Reconciliation) -> Result<(), Failure> {
        let scope = self.source.scope().await?;
        report.source_company = format!("{} ({})", scope.company_name, scope.company);
        let catalog = self.ledger.catalog(&CatalogRequest::default()).await?;
        report.company.clone_from(&catalog.company);
        report.problems.extend(scope.not_visible.into_iter().map(|(project, detail)| {
            ProjectProblem { project, failure: Failure { name: "project_not_visible", detail } }
        }));
        let catalog_ref = &catalog;
        let mut running = stream::iter(scope.projects)
            .map(|project| async move {
                (project.id, self.reconcile_project(&project, catalog_ref).await)
            })
            .buffer_unordered(self.limits.projects_at_once.max(1));
        let mut ours = OurDocuments::default();
        while let Some((id, outcome)) = running.next().await {
            match outcome {
                Ok(of_project) => {
                    report.projects.extend(of_project.rows);
                    ours.absorb(of_project.ours);
                    report.possible_duplicates.extend(of_project.duplicates);
                }
                Err(failure) => report.problems.push(ProjectProblem { project: id, failure }),
            }
        }
        drop(running);
        // A stable order: each project's own currency stays before its others.
        report.projects.sort_by_key(|project| project.project);
        report.possible_duplicates.sort_by_key(|found| (found.key, found.invoice.doc_entry));
        report.accounts = ours.accounts(&catalog);
        let projects = report.projects.iter().map(|project| project.project).collect();
        report.tie_out = self.tied_out(&ours, &projects, &catalog).await;
        Ok(())
    }

    /// Our documents against the ledger's own journal, from the cut-over to the last of them; from the first
    /// of them where the cut-over was moved past it.
    async fn tied_out(
        &self,
        ours: &OurDocuments,
        projects: &BTreeSet<ProjectId>,
        catalog: &Catalog,
    ) -> TieOut {
        let last = ours.last_posting_date();
        let start = self.policy.start_date;
        let today = self.clock.today(self.time_zone);
        let request = MovementRequest {
            company: self.company(),
            from: ours.first_posting_date().map_or(start, |first| first.min(start)),
            to: last.map_or(today, |last| last.max(today)),
            accounts: accounts_of_interest(ours, self.mapping, self.policy, catalog),
        };
        let unavailable = |why: String| TieOut { unavailable: Some(why), ..TieOut::default() };
        match self.ledger.movements(&request).await {
            Ok(Some(movements)) => tie_out(ours, movements, projects, catalog),
            Ok(None) => unavailable("this ledger's journal cannot be read by account".to_owned()),
            Err(error) => unavailable(error.to_string()),
        }
    }

    async fn reconcile_project(
        &self,
        source: &SourceProject,
        catalog: &Catalog,
    ) -> Result<OfProject, Failure> {
        let records = self.every_record(source).await?;
        let documents = self.ledger.keyed_documents(self.company(), source.id).await?;
        let stored = self.store.project_records(source.id).await?;
        let budget = self.source.budget(source.id).await;
        let adopted = self.adopted(&stored).await?;
        let sides = ProjectSides {
            project: source,
            row: self.mapping.project(source.id),
            records: &records,
            documents: &documents,
            adopted: &adopted,
            stored: &stored,
            budget: budget.as_deref(),
            policy: self.policy,
            catalog,
        };
        let rows = project(&sides);
        let mut ours = OurDocuments::default();
        ours.add(&documents, self.policy, catalog);
        let duplicates = self.duplicates(source, catalog, stored, documents).await?;
        Ok(OfProject { rows, ours, duplicates })
    }

    /// The invoices that records adopted, each as a document of its record.
    async fn adopted(&self, stored: &[StoredRecord]) -> Result<Vec<HeldDocument>, Failure> {
        let by_entry: BTreeMap<i64, SourceKey> = stored
            .iter()
            .filter_map(|stored| Some((stored.adopted.as_ref()?.doc_entry, stored.key())))
            .collect();
        if by_entry.is_empty() {
            return Ok(Vec::new());
        }
        let entries: Vec<i64> = by_entry.keys().copied().collect();
        let invoices = self.ledger.invoices_by_entry(&entries).await?;
        let of_record = |invoice: &UnkeyedInvoice| {
            Some(as_adopted(invoice, *by_entry.get(&invoice.doc_entry)?))
        };
        Ok(invoices.iter().filter_map(of_record).collect())
    }

    /// What people keyed that looks like what stands in SAP by key.
    async fn duplicates(
        &self,
        source: &SourceProject,
        catalog: &Catalog,
        stored: Vec<StoredRecord>,
        documents: Vec<HeldDocument>,
    ) -> Result<Vec<PossibleDuplicate>, Failure> {
        let families = gather(stored, documents);
        let context = self.plan_context(catalog, source);
        let searches = duplicates::searches_of_posted(&context, &families);
        if searches.is_empty() {
            return Ok(Vec::new());
        }
        let invoices = self.ledger.invoices_without_key(&searches).await?;
        let context = PlanContext { invoices: &invoices, ..context };
        let mut found = Vec::new();
        for family in &families {
            for member in &family.members {
                let of_member = duplicates::of_posted(&context, family, member);
                found.extend(of_member.into_iter().map(|(invoice, alike)| PossibleDuplicate {
                    key: member.record().key,
                    invoice: invoice.clone(),
                    alike,
                }));
            }
        }
        Ok(found)
    }
}
