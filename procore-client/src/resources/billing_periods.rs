//! Billing periods of a project.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::TimeRange;
use super::query::query;
use crate::client::Project;
use crate::error::Result;
use crate::id::{BillingPeriodId, ProjectId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// Whether a billing period takes invoices.
    pub enum BillingPeriodStatus {
        /// It does:
        Open = "open",
        /// It does not:
        Closed = "closed",
    }
}

model! {
    /// A billing period.
    pub struct BillingPeriod {
        /// Its id.
        key id: BillingPeriodId,
        /// The project.
        opt project_id: ProjectId,
        /// The first day.
        opt start_date: NaiveDate,
        /// The last day.
        opt end_date: NaiveDate,
        /// The day by which invoices are due.
        opt due_date: NaiveDate,
        /// Its place in the list.
        opt position: i64,
        /// Whether it takes invoices.
        opt status: BillingPeriodStatus,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

query! {
    /// What a list of billing periods is narrowed by.
    pub struct BillingPeriodQuery {
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: BillingPeriodId = "id",
        one status: BillingPeriodStatus = "status",
    }
}

impl Project {
    /// Lists the project's billing periods.
    pub fn billing_periods(&self, query: &BillingPeriodQuery) -> List<BillingPeriod> {
        self.list(query.apply(self.by_path("v1.0", "/billing_periods")))
    }

    /// Shows a billing period.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn billing_period(&self, id: BillingPeriodId) -> Result<Record<BillingPeriod>> {
        self.show(&self.by_path("v1.0", &format!("/billing_periods/{id}"))).await
    }
}
