//! What a list is narrowed by: nothing, a moment, or batches of ids.

use procore_client::resources::filters::TimeRange;
use sync_core::ports::Changes;

use super::lists::IDS_MAX;

/// The filters of one list call.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrowed {
    pub(super) updated: Option<TimeRange>,
    pub(super) ids: Vec<i64>,
}

impl Narrowed {
    /// The list calls that answer `changes`; no ids are no call.
    pub(super) fn by(changes: &Changes) -> Vec<Self> {
        match changes {
            Changes::All | Changes::Headers => vec![Self::default()],
            Changes::Since(moment) => {
                vec![Self { updated: Some(TimeRange::since(*moment)), ids: Vec::new() }]
            }
            Changes::Ids(ids) => ids
                .chunks(IDS_MAX)
                .map(|batch| Self { updated: None, ids: batch.to_vec() })
                .collect(),
        }
    }
}
