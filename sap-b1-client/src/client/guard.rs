//! What a caller says about a write: whether it may leave, and the look-up that alone can allow it to be sent a second time.

use crate::error::Result;
use async_trait::async_trait;

/// Looks up whether what a write creates is already in SAP.
///
/// The client asks only when a write was answered with a -5002 that turned out to be a lost session. It sends the write
/// once more if, and only if, the answer is `Ok(true)`. Without a guard it never does.
#[async_trait]
pub trait ResendGuard: Send + Sync {
    /// True if a look-up by key proved that nothing was created.
    ///
    /// # Errors
    /// When the look-up failed, which is not absence.
    async fn is_absent(&self) -> Result<bool>;

    /// Asked for each sending, when a place in the lane and a session are there and nothing stands between the answer and
    /// the first byte. Yes, unless the caller says otherwise.
    ///
    /// # Errors
    /// Why the write may not leave now ([`Error::not_permitted`](crate::Error::not_permitted)); it is not sent then.
    async fn may_send(&self) -> Result<()> {
        Ok(())
    }
}
