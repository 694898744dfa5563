//! The look-up that alone can allow a write to be sent a second time.

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
}
