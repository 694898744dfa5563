//! Sub jobs of a project.

use chrono::{DateTime, Utc};

use crate::client::Project;
use crate::error::Result;
use crate::id::SubJobId;
use crate::paging::List;
use crate::record::Record;
use crate::wire::model;

model! {
    /// A sub job.
    pub struct SubJob {
        /// Its id.
        key id: SubJobId,
        /// Its name.
        opt name: String,
        /// Its code.
        opt code: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

impl Project {
    /// Lists the project's sub jobs.
    pub fn sub_jobs(&self) -> List<SubJob> {
        self.list(self.by_query("/rest/v1.0/sub_jobs"))
    }

    /// Shows a sub job.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn sub_job(&self, id: SubJobId) -> Result<Record<SubJob>> {
        self.show(&self.by_query(format!("/rest/v1.0/sub_jobs/{id}"))).await
    }
}
