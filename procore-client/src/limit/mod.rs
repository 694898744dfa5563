//! The rate limit that all clones of a client share, learnt from the server's answers.
//!
//! Procore names two limits in the same three headers (a spike window of seconds and an hourly one), whichever is
//! nearer, and calls no number fixed. `headers` reads them, `clock` follows the server's time, `window` counts,
//! `queue` lets projects take turns, [`Limiter`] makes callers wait. `quota` is the port for processes that share a
//! token, `sharing` decides when it is used. Sending and retrying are not here.

mod clock;
mod headers;
mod http_date;
mod queue;
mod quota;
mod sharing;
mod window;

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{Either, select};
use tokio::sync::{Notify, oneshot};

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::id::ProjectId;
use crate::transport::Timer;

pub(crate) use headers::Hints;
use queue::Queue;
pub use quota::{MemoryQuotaStore, QuotaReading, QuotaStore, QuotaStoreError};
pub(crate) use sharing::Sharing;
use window::{Turn, Windows};

/// A wait that a person who watches should know of.
const LONG_WAIT: TimeDelta = TimeDelta::minutes(1);

/// What the server's last answers said about its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitStatus {
    /// The limit of a window of at most a minute: calls in all, calls left, end.
    pub short: Option<RateWindow>,
    /// The limit of a longer window, usually an hour.
    pub long: Option<RateWindow>,
}

/// One window of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateWindow {
    /// Calls allowed in the window.
    pub limit: u64,
    /// Calls left by our own count.
    pub remaining: u64,
    /// When the window has certainly ended, by the client's timer.
    pub resets_at: DateTime<Utc>,
}

pub(crate) struct Limiter {
    timer: Arc<dyn Timer>,
    in_flight_max: usize,
    state: Mutex<State>,
    /// An answer came: the watcher looks again.
    answer: Notify,
    /// The watcher has gone: another caller takes over.
    next_watcher: Notify,
}

struct State {
    windows: Windows,
    queue: Queue,
    in_flight: usize,
    /// Whether one of the waiting callers sleeps until the next turn; the others are woken by their turn alone.
    watched: bool,
}

/// The part of the one waiting caller who watches the time.
struct Watching<'a>(&'a Limiter);

/// The right to make one request; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    limiter: Arc<Limiter>,
    sent: Option<DateTime<Utc>>,
    ended: bool,
}

impl Limiter {
    pub(crate) fn new(timer: Arc<dyn Timer>, in_flight_max: usize, share_percent: u8) -> Self {
        let windows = Windows::new(share_percent);
        let state = State { windows, queue: Queue::default(), in_flight: 0, watched: false };
        Self {
            timer,
            in_flight_max,
            state: Mutex::new(state),
            answer: Notify::new(),
            next_watcher: Notify::new(),
        }
    }

    /// Takes a place and one call from the rate limit, where nobody has to wait.
    pub(crate) fn enter_at_once(self: &Arc<Self>, now: DateTime<Utc>) -> Option<Place> {
        let mut state = self.lock();
        let free = state.queue.is_empty() && state.can_take(self.in_flight_max, now);
        if !free {
            return None;
        }
        state.take(now);
        Some(self.place())
    }

    /// Waits for a place and for the rate limit, in the queue of the project, and takes one call from it.
    ///
    /// `again` puts the second request of a call before the first ones of others.
    ///
    /// # Errors
    ///
    /// When the wait would pass `deadline`; nothing was sent.
    pub(crate) async fn wait_for_turn(
        self: &Arc<Self>,
        project: Option<ProjectId>,
        again: bool,
        deadline: DateTime<Utc>,
    ) -> Result<Place> {
        let (caller, mut turn) = oneshot::channel();
        self.lock().queue.push(project, again, caller);
        self.serve();
        loop {
            if let Ok(place) = turn.try_recv() {
                return Ok(place);
            }
            let watching = Watching::begin(self);
            let told = match &watching {
                None => first(select(&mut turn, pin!(self.next_watcher.notified())).await),
                Some(_) => {
                    let wait = self.time_to_next_turn(deadline)?;
                    let answer = pin!(self.answer.notified());
                    let change = select(answer, self.timer.sleep(wait));
                    first(select(&mut turn, change).await)
                }
            };
            if let Some(place) = told {
                return place.map_err(|_| Error::configuration("the client was closed"));
            }
            self.serve();
        }
    }

    /// How long the watcher sleeps, unless an answer changes the outlook.
    fn time_to_next_turn(&self, deadline: DateTime<Utc>) -> Result<Duration> {
        let now = self.timer.now();
        let wait = match self.lock().windows.turn(now) {
            Turn::At(until) if until > deadline => return Err(used_up(until - now)),
            Turn::At(until) | Turn::OnAnswer(until) => until.min(deadline) - now,
            Turn::Now => deadline - now,
        };
        if wait >= LONG_WAIT {
            tracing::info!(seconds = wait.num_seconds(), "waiting for the rate limit");
        }
        tracing::trace!(wait_ms = wait.num_milliseconds(), "waiting for the rate limit");
        // Never zero, so that a wait that rounds down cannot spin.
        Ok(wait.to_std().unwrap_or_default().max(Duration::from_millis(1)))
    }

    /// Gives out every place that is free, project by project.
    fn serve(self: &Arc<Self>) {
        let mut unwanted = Vec::new();
        {
            let mut state = self.lock();
            let now = self.timer.now();
            while !state.queue.is_empty() && state.can_take(self.in_flight_max, now) {
                let Some(caller) = state.queue.pop() else { break };
                state.take(now);
                if let Err(place) = caller.send(self.place()) {
                    unwanted.push(place);
                }
            }
        }
        // Dropped without the lock, because a place gives itself back.
        drop(unwanted);
    }

    fn place(self: &Arc<Self>) -> Place {
        Place { limiter: Arc::clone(self), sent: None, ended: false }
    }

    /// Ends a request, and wakes whom that concerns: who waits for a place, and who watches the time.
    fn end(self: &Arc<Self>, settle: impl FnOnce(&mut Windows)) {
        let (awaited, watched) = {
            let mut state = self.lock();
            settle(&mut state.windows);
            state.in_flight = state.in_flight.saturating_sub(1);
            (!state.queue.is_empty(), state.watched)
        };
        if awaited {
            self.serve();
        }
        // Who begins to watch after this has seen what the answer said.
        if watched {
            self.answer.notify_one();
        }
    }

    /// Stops all callers for a while because the server said so.
    pub(crate) fn pause(&self, now: DateTime<Utc>, wait: Duration) {
        let until = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
        self.lock().windows.pause(until);
    }

    fn overhear(self: &Arc<Self>, readings: &[QuotaReading]) {
        let now = self.timer.now();
        let mut state = self.lock();
        for reading in readings {
            state.windows.overheard(reading, now);
        }
    }

    fn readings(&self) -> Vec<QuotaReading> {
        self.lock().windows.readings().collect()
    }

    pub(crate) fn status(&self) -> RateLimitStatus {
        let now = self.timer.now();
        let mut state = self.lock();
        state.windows.turn(now);
        state.windows.status()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Watching<'a> {
    fn begin(limiter: &'a Limiter) -> Option<Self> {
        let watched = std::mem::replace(&mut limiter.lock().watched, true);
        // Not `then_some`: the value that it makes for nothing would end the watch when it is dropped.
        if watched { None } else { Some(Self(limiter)) }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.lock().watched = false;
        self.0.next_watcher.notify_one();
    }
}

/// What the first of two futures gave, if it was the one to end.
fn first<T, A, B, C>(either: Either<(T, A), (B, C)>) -> Option<T> {
    match either {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}

impl State {
    fn can_take(&mut self, in_flight_max: usize, now: DateTime<Utc>) -> bool {
        self.in_flight < in_flight_max && self.windows.turn(now) == Turn::Now
    }

    fn take(&mut self, now: DateTime<Utc>) {
        self.windows.take(now);
        self.in_flight += 1;
    }
}

impl Place {
    /// Notes that the request leaves now: from here on the server may count it.
    pub(crate) fn leaves(&mut self, now: DateTime<Utc>) {
        self.sent = Some(now);
    }

    /// Ends the request with its answer.
    pub(crate) fn answered(mut self, hints: &Hints, now: DateTime<Utc>) {
        self.ended = true;
        let sent = self.sent;
        self.limiter.end(|windows| windows.answered(hints, sent.unwrap_or(now), now));
    }

    /// Ends the request of which no byte left.
    pub(crate) fn not_sent(mut self) {
        self.sent = None;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.ended {
            let sent = self.sent.is_some();
            self.limiter.end(|windows| windows.unanswered(sent));
        }
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("in_flight_max", &self.in_flight_max)
            .finish_non_exhaustive()
    }
}

fn used_up(wait: TimeDelta) -> Error {
    let seconds = wait.num_seconds();
    Error::new(
        ErrorKind::Throttled,
        Outcome::NotSent,
        format!(
            "the rate limit is used up for the next {seconds} s, longer than this call may take"
        ),
    )
    .with_retry_after(wait.to_std().ok())
}
