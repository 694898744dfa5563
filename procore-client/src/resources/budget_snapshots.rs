//! Snapshots: a project's budget view as it stood when someone kept it, with its rows.

use chrono::{DateTime, Utc};

use super::budget_rows::BudgetDetailRow;
use super::budget_summaries::{BudgetSummaryQuery, BudgetSummaryRow};
use super::budget_views::BudgetRowQuery;
use super::filters::Sort;
use super::query::query;
use super::shapes::{CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::id::{BudgetSnapshotId, BudgetViewId, Id};
use crate::paging::List;
use crate::wire::{model, open_enum};

open_enum! {
    /// What a snapshot was kept for.
    pub enum SnapshotType {
        /// Kept by hand:
        AdHoc = "ad_hoc",
        /// A report of the project's status:
        ProjectStatus = "project_status_snapshot",
    }
}

open_enum! {
    /// Whether a snapshot is approved.
    pub enum SnapshotApproval {
        /// Approved:
        Approved = "approved",
        /// In review:
        UnderReview = "under_review",
        /// A status of the company's own, which is in `status`:
        Custom = "custom",
    }
}

model! {
    /// A snapshot. The list's own record is not documented; these are the fields that the call which makes one answers
    /// with. Its links are left out: they lead to another host.
    pub struct BudgetSnapshot {
        /// Its id.
        key id: BudgetSnapshotId,
        /// Its name.
        opt name: String,
        /// The description.
        opt description: String,
        /// The view that was kept.
        sub budget_view: SnapshotView,
        /// What it was kept for, where the company uses project status snapshots.
        opt snapshot_type: SnapshotType,
        /// Whether it is approved, where the company uses project status snapshots.
        opt approval_status: SnapshotApproval,
        /// The company's own status, if it has one.
        sub status: SnapshotStatus,
        /// Who made it.
        sub created_by: UserRef,
        /// When it was made: the moment whose budget it shows.
        opt created_at: DateTime<Utc>,
    }
}

model! {
    /// The view of a snapshot.
    pub struct SnapshotView {
        /// Its id.
        opt id: BudgetViewId,
    }
}

model! {
    /// A status of the company's own for snapshots.
    pub struct SnapshotStatus {
        /// Its id.
        opt id: Id,
        /// Its name.
        opt name: String,
        /// The usual status that it stands for: `open`, `closed`, `void` or `pending`.
        opt mapped_to_status: String,
        /// The usual approval status that it stands for.
        opt standard_type: SnapshotApproval,
        /// Whether it can be chosen.
        opt available: bool,
        /// Whether new snapshots begin with it.
        opt initial: bool,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A project status snapshot as REST v2 lists it for one budget view. The totals of its columns are not documented
    /// in full: read them from the record's text.
    pub struct ProjectStatusSnapshot {
        /// Its id.
        key id: BudgetSnapshotId,
        /// Its name.
        opt name: String,
        /// The description.
        opt description: String,
        /// The company's own status, if it has one.
        sub status: SnapshotStatus,
        /// Who made it.
        sub created_by: SnapshotCreator,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// The currency; its code is null when multi-currency is off.
        sub currency_configuration: CurrencyConfiguration,
    }
}

model! {
    /// Who made a project status snapshot.
    pub struct SnapshotCreator {
        /// The user's id.
        opt id: Id,
        /// The name as it is shown.
        opt display: String,
    }
}

open_enum! {
    /// What snapshots are sorted by.
    pub enum SnapshotSort {
        /// What they were kept for:
        Type = "snapshot_type",
        /// Whether they are approved:
        Approval = "approval_status",
    }
}

query! {
    /// What a list of snapshots is narrowed by.
    pub struct BudgetSnapshotQuery {
        many views: BudgetViewId = "budget_view_id",
        /// The older name of `views`.
        many templates: BudgetViewId = "budget_template_id",
        one kind: SnapshotType = "snapshot_type",
        one approval: SnapshotApproval = "approval_status",
        param sort: Sort<SnapshotSort> = "sort",
    }
}

open_enum! {
    /// What project status snapshots are sorted by.
    pub enum ProjectStatusSort {
        /// When they were made:
        CreatedAt = "created_at",
    }
}

query! {
    /// What a list of project status snapshots is narrowed by.
    pub struct ProjectStatusSnapshotQuery {
        one status: Id = "status_id",
        params comparison_columns: String = "comparison_budget_column_ids",
        param sort: Sort<ProjectStatusSort> = "sort",
    }
}

const PATH: &str = "/rest/v1.0/budget_view_snapshots";

impl Project {
    /// Lists the project's budget snapshots of every type.
    pub fn budget_snapshots(&self, query: &BudgetSnapshotQuery) -> List<BudgetSnapshot> {
        self.list(query.apply(self.by_query(PATH)))
    }

    /// Lists the rows of a snapshot. The server's default is all rows, not those with a budget line alone.
    pub fn budget_snapshot_detail_rows(
        &self,
        snapshot: BudgetSnapshotId,
        query: &BudgetRowQuery,
    ) -> List<BudgetDetailRow> {
        self.list(query.apply(self.by_query(format!("{PATH}/{snapshot}/detail_rows"))))
    }

    /// Lists the rows of a snapshot, added up in groups.
    pub fn budget_snapshot_summary_rows(
        &self,
        snapshot: BudgetSnapshotId,
        query: &BudgetSummaryQuery,
    ) -> List<BudgetSummaryRow> {
        self.list(query.apply(self.by_query(format!("{PATH}/{snapshot}/summary_rows"))))
            .told_apart_by_text()
    }

    /// Lists the project's status snapshots of a budget view (REST v2).
    pub fn project_status_snapshots(
        &self,
        view: BudgetViewId,
        query: &ProjectStatusSnapshotQuery,
    ) -> List<ProjectStatusSnapshot> {
        let path = format!("/budget_views/{view}/project_status_snapshots");
        self.list(query.apply(self.by_company_path("v2.0", &path))).at_most_per_page(100)
    }
}
