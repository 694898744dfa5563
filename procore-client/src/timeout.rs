//! A time limit that runs on the client's own [`Timer`](crate::transport::Timer), so that simulated time counts.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::transport::Timer;

/// Runs a future for at most `limit`; `None` when it did not finish.
pub(crate) async fn within<F: Future + Send>(
    timer: &dyn Timer,
    limit: Duration,
    work: F,
) -> Option<F::Output>
where
    F::Output: Send,
{
    match select(pin!(work), timer.sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
