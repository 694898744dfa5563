//! Purchase orders and subcontracts with their schedules of values.

use procore_client::{
    CommitmentId, Project,
    resources::{
        commitments::{Commitment as Header, CommitmentQuery},
        filters::IncludeDeleted,
    },
};
use sync_core::{
    model::{Commitment, CostRecord, Kind, RecordBody, RecordHeader},
    ports::Changes,
};

use super::{
    facts::{commitment_lines, currency_of, vendor_of},
    failure::Failure,
    lists::Headers,
    narrowed::Narrowed,
    reader::Reader,
    text::first_of,
};

/// The headers of one family; deleted ones are always asked for, so that deletions are seen.
pub(super) fn headers(project: &Project, kind: Kind, changes: &Changes) -> Headers<Header> {
    let lists = Narrowed::by(changes).into_iter().map(|part| {
        let query = CommitmentQuery {
            updated: part.updated,
            ids: part.ids.into_iter().map(CommitmentId::new).collect(),
            include_deleted: Some(IncludeDeleted::With),
            ..CommitmentQuery::default()
        };
        if kind == Kind::PurchaseOrder {
            project.purchase_order_contracts(&query)
        } else {
            project.work_order_contracts(&query)
        }
    });
    let what = if kind == Kind::PurchaseOrder { "purchase orders" } else { "subcontracts" };
    Headers::new(what, lists.collect::<Vec<_>>())
}

impl Reader {
    /// What a list tells of a commitment; `None` where it lacks what a record must have.
    pub(super) fn commitment_header(&self, kind: Kind, header: &Header) -> Option<RecordHeader> {
        Some(RecordHeader {
            key: self.key(kind, header.id.get()),
            status: header.status.as_ref().map(ToString::to_string),
            deleted: header.deleted_at.is_some(),
            updated_at: header.updated_at.or(header.created_at)?,
            grand_total: header.grand_total,
            approved_change_orders: header.approved_change_orders,
        })
    }

    /// A commitment with its lines.
    pub(super) async fn commitment(
        &self,
        kind: Kind,
        header: Header,
    ) -> Result<CostRecord, Failure> {
        self.facts.remember(kind, &header).await;
        let times = self.times(header.created_at, header.updated_at)?;
        let deleted = header.deleted_at.is_some();
        let lines = match commitment_lines(&self.project, kind, header.id.get()).all().await {
            Ok(listing) => self.lines_of(listing).await?,
            // What was deleted may no longer show its lines; nothing of it is posted from them.
            Err(error) if deleted && error.is_not_visible() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let status = header.status.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(CostRecord {
            key: self.key(kind, header.id.get()),
            number: header.number.clone().unwrap_or_else(|| header.id.to_string()),
            title: first_of([header.title.as_ref(), header.description.as_ref()]),
            status,
            deleted,
            vendor: vendor_of(&header),
            currency: currency_of(header.currency_configuration.as_ref()),
            created_on: times.created_on,
            updated_at: times.updated_at,
            body: RecordBody::Commitment(Commitment {
                grand_total: header.grand_total,
                approved_change_orders: header.approved_change_orders,
                agreed_on: header.execution_date.or(header.contract_date),
                lines,
            }),
        })
    }
}
