//! The leave to send a document: the right to write must outlast it, and no other store may have taken over.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Engine, Failure, cycle::Cycle};
use crate::ports::Leave;

/// Asks the store before each sending, and the ledger's row now and then, and keeps why one said no.
pub(super) struct WhileWriting<'a> {
    engine: &'a Engine<'a>,
    cycle: &'a Cycle,
    refused: Mutex<Option<Failure>>,
}

impl<'a> WhileWriting<'a> {
    pub(super) fn of(engine: &'a Engine<'a>, cycle: &'a Cycle) -> Self {
        Self { engine, cycle, refused: Mutex::default() }
    }

    /// Why a sending was refused, if one was: nothing more may be sent in this cycle.
    pub(super) fn refused(self) -> Option<Failure> {
        self.refused.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn judge(&self) -> Result<(), Failure> {
        let needed = self.engine.limits.post_time;
        self.engine.row_is_ours(&self.cycle.row).await?;
        match self.engine.store.writer_lasts(self.cycle.epoch).await? {
            Some(left) if left <= needed => Err(Failure {
                name: "lease_lost",
                detail: format!(
                    "the right to write lasts {} s more and could not be renewed, and a document may take \
                     {} s with its margin; see that the state's database can be reached",
                    left.as_secs(),
                    needed.as_secs()
                ),
            }),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Leave for WhileWriting<'_> {
    async fn ask(&self) -> Result<(), String> {
        let Err(failure) = self.judge().await else { return Ok(()) };
        let why = failure.detail.clone();
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        Err(why)
    }
}
