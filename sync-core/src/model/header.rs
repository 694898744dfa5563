//! What a list says of a record whose lines were not read.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{CostRecord, RecordBody, SourceKey};

/// A commitment or a change order by its header alone: enough to see that what is stored of it is not the
/// newest. Amounts are in the record's currency, as they were stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// Its key.
    pub key: SourceKey,
    /// Procore's status, where the list states one.
    pub status: Option<String>,
    /// Whether Procore marks the record as deleted.
    pub deleted: bool,
    /// When Procore last changed it.
    pub updated_at: DateTime<Utc>,
    /// `grand_total`, where the list states it.
    pub grand_total: Option<Decimal>,
    /// A commitment's `approved_change_orders`, where the list states it.
    pub approved_change_orders: Option<Decimal>,
}

impl RecordHeader {
    /// The header of a record that is known whole.
    #[must_use]
    pub fn of(record: &CostRecord) -> Self {
        let (grand_total, approved_change_orders) = totals(record);
        Self {
            key: record.key,
            status: Some(record.status.clone()),
            deleted: record.deleted,
            updated_at: record.updated_at,
            grand_total,
            approved_change_orders,
        }
    }

    /// Whether it states nothing else than this record does: its lines may differ all the same.
    #[must_use]
    pub fn agrees_with(&self, record: &CostRecord) -> bool {
        let (grand_total, approved) = totals(record);
        let says = |stated: Option<Decimal>, known| stated.is_none() || stated == known;
        self.key == record.key
            && self.status.as_ref().is_none_or(|status| *status == record.status)
            && self.deleted == record.deleted
            && self.updated_at == record.updated_at
            && says(self.grand_total, grand_total)
            && says(self.approved_change_orders, approved)
    }
}

/// The header totals of a record: its own, and that of its approved change orders.
fn totals(record: &CostRecord) -> (Option<Decimal>, Option<Decimal>) {
    match &record.body {
        RecordBody::Commitment(body) => (body.grand_total, body.approved_change_orders),
        RecordBody::ChangeOrder(body) => (body.grand_total, None),
        RecordBody::DirectCost(_) | RecordBody::Requisition(_) => (None, None),
    }
}
