//! The leave to send a document.

use async_trait::async_trait;

/// Says whether a document may be sent now.
///
/// Law: a [`Ledger`](super::Ledger) asks when nothing stands between the answer and the first byte any more: no waiting
/// for a place, no login. It asks again before it sends again.
#[async_trait]
pub trait Leave: Send + Sync {
    /// Asks.
    ///
    /// # Errors
    ///
    /// Why not, in a sentence; nothing may be sent then.
    async fn ask(&self) -> Result<(), String>;
}

/// Leave for whoever keeps no state: tests of a ledger, and tools beside the sync.
#[derive(Clone, Copy, Debug, Default)]
pub struct Always;

#[async_trait]
impl Leave for Always {
    async fn ask(&self) -> Result<(), String> {
        Ok(())
    }
}
