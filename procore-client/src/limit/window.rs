//! The windows of the rate limit as far as they are known, and how many calls they leave.
//!
//! What the server said last about a window, less the calls that are still on their way, is what may be sent.
//! A call that the server has counted already and whose answer has not come is counted twice until it comes: the
//! limiter errs on the side of waiting. What no answer has named it cannot keep: while the headers show the spike
//! window, the first hour of an unknown hourly limit may end with as many 429 as calls are on their way.

use chrono::{DateTime, TimeDelta, Utc};

use super::clock::{SECOND, ServerClock};
use super::{Hints, QuotaReading, RateLimitStatus, RateWindow};

/// A window that was ever seen to end later than this is a long one.
const SHORT_MAX: TimeDelta = TimeDelta::seconds(60);
/// A window that so many answers in a row do not name is no limit any more. Time alone does not end a limit: while an
/// hourly one is waited for, no answer names the others.
const UNNAMED_MAX: u64 = 200;
/// More windows than this are no windows; the one unseen for longest goes.
const WINDOWS_MAX: usize = 4;
/// A clock that is known this well needs no calls at its ticks.
const DOUBT_MAX: TimeDelta = TimeDelta::milliseconds(200);
/// A window must last this long for its last calls to be spent on the server's ticks.
const TICKING_MIN: TimeDelta = TimeDelta::seconds(3);

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Now,
    /// Not before this time.
    At(DateTime<Utc>),
    /// When an answer has come; at the latest at this time.
    OnAnswer(DateTime<Utc>),
}

#[derive(Clone, Copy, Debug)]
struct Window {
    limit: u64,
    /// Calls left: the server's last word, less the calls answered since without a word about this window.
    left: u64,
    /// The end by the server's clock; unknown after the window before has ended, until an answer comes.
    ends: Option<DateTime<Utc>>,
    /// When we made the first call of a window of which no end is known.
    opened: Option<DateTime<Utc>>,
    /// The longest rest that was ever seen.
    length: TimeDelta,
    seen: DateTime<Utc>,
    /// The number of the answer that named it last.
    named_in: u64,
}

#[derive(Debug)]
pub(super) struct Windows {
    windows: Vec<Window>,
    clock: ServerClock,
    paused_until: Option<DateTime<Utc>>,
    on_their_way: u64,
    /// Answers so far.
    answers: u64,
    ticking: Option<DateTime<Utc>>,
    quota_share_percent: u64,
}

impl Window {
    fn is_long(&self) -> bool {
        self.length > SHORT_MAX
    }

    /// Our time from which on the window has certainly ended.
    fn over(&self, clock: &ServerClock) -> Option<DateTime<Utc>> {
        match (self.ends, self.opened) {
            // A server may cut a fraction off the end that it names.
            (Some(ends), _) => Some(clock.surely(ends + SECOND)),
            // A long window was perhaps never seen from its beginning.
            (None, Some(opened)) if self.is_long() => {
                Some(opened + self.length.max(TimeDelta::hours(1)) + SECOND * 2)
            }
            (None, Some(opened)) => Some(opened + self.length + SECOND * 2),
            (None, None) => None,
        }
    }

    fn left_to_others(&self, share_percent: u64) -> u64 {
        if self.is_long() { self.limit - self.limit * share_percent / 100 } else { 0 }
    }

    fn hear(&mut self, limit: u64, left: u64, ends: DateTime<Utc>, rest: TimeDelta) {
        match self.ends {
            // Answers overtake each other within a window, and its end may be cut up or down.
            Some(known) if (ends - known).abs() <= SECOND => {
                self.left = self.left.min(left);
                self.ends = Some(known.max(ends));
            }
            Some(known) if ends < known => return,
            _ => {
                self.left = left.min(limit);
                self.ends = Some(ends);
            }
        }
        self.opened = None;
        self.length = self.length.max(rest);
    }
}

impl Windows {
    pub(super) fn new(quota_share_percent: u8) -> Self {
        Self {
            windows: Vec::new(),
            clock: ServerClock::default(),
            paused_until: None,
            on_their_way: 0,
            answers: 0,
            ticking: None,
            quota_share_percent: u64::from(quota_share_percent.min(100)),
        }
    }

    /// Tells whether a call may be made now; [`take`](Self::take) makes it.
    pub(super) fn turn(&mut self, now: DateTime<Utc>) -> Turn {
        self.turn_over(now);
        if let Some(until) = self.paused_until {
            return Turn::At(until);
        }
        let mut turn = Turn::Now;
        for window in &self.windows {
            let over = window.over(&self.clock).unwrap_or(now + window.length);
            let floor = window.left_to_others(self.quota_share_percent);
            if window.left <= floor {
                turn = later(turn, Turn::At(over));
            } else if window.left <= floor + self.on_their_way {
                turn = later(turn, Turn::OnAnswer(over));
            }
        }
        // One call alone asks for the limits: every further one might already be beyond them.
        if turn == Turn::Now && self.answers == 0 && self.on_their_way > 0 {
            turn = Turn::OnAnswer(now + SHORT_MAX);
        }
        if turn == Turn::Now { self.ticked(now) } else { turn }
    }

    /// Counts a call that leaves.
    pub(super) fn take(&mut self, now: DateTime<Utc>) {
        self.on_their_way += 1;
        self.ticking = None;
        for window in &mut self.windows {
            if window.ends.is_none() && window.opened.is_none() {
                window.opened = Some(now);
            }
        }
    }

    /// Learns from an answer to a call of ours.
    pub(super) fn answered(&mut self, hints: &Hints, sent: DateTime<Utc>, now: DateTime<Utc>) {
        self.answers += 1;
        if let Some(stamped) = hints.server_time {
            self.clock.learn(stamped, sent, now);
        }
        let told = match (hints.limit, hints.remaining, hints.reset_at) {
            (Some(limit), Some(left), Some(ends)) if limit > 0 => Some((limit, left, ends)),
            _ => None,
        };
        self.left_once(told.map(|(limit, ..)| limit));
        if let Some((limit, left, ends)) = told {
            let rest = hints.reset_in.and_then(|rest| TimeDelta::from_std(rest).ok());
            self.hear(limit, left, ends, rest.unwrap_or_default(), now);
        }
    }

    /// Ends a call without an answer: counted by the server, as far as we know, unless it was not sent.
    pub(super) fn unanswered(&mut self, sent: bool) {
        if sent {
            self.left_once(None);
        } else {
            self.on_their_way = self.on_their_way.saturating_sub(1);
        }
    }

    /// Learns from what another process read.
    pub(super) fn overheard(&mut self, reading: &QuotaReading, now: DateTime<Utc>) {
        self.turn_over(now);
        if self.clock.surely(reading.resets_at + SECOND) <= now || reading.limit == 0 {
            return;
        }
        let rest = TimeDelta::seconds(i64::from(reading.window_seconds));
        self.hear(reading.limit, reading.remaining, reading.resets_at, rest, now);
    }

    /// What may be told to other processes, by the server's clock.
    pub(super) fn readings(&self) -> impl Iterator<Item = QuotaReading> + '_ {
        self.windows.iter().filter_map(|window| {
            Some(QuotaReading {
                limit: window.limit,
                remaining: window.left.saturating_sub(self.on_their_way),
                resets_at: window.ends?,
                window_seconds: u32::try_from(window.length.num_seconds()).unwrap_or(u32::MAX),
            })
        })
    }

    pub(super) fn pause(&mut self, until: DateTime<Utc>) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn status(&self) -> RateLimitStatus {
        let shown = |long: bool| {
            let running = self.windows.iter().filter(|w| w.is_long() == long && w.ends.is_some());
            let latest = running.max_by_key(|window| window.seen)?;
            Some(RateWindow {
                limit: latest.limit,
                remaining: latest.left.saturating_sub(self.on_their_way),
                resets_at: latest.over(&self.clock)?,
            })
        };
        RateLimitStatus { short: shown(false), long: shown(true) }
    }

    /// One call less, in every window but the one that the answer itself has told about.
    fn left_once(&mut self, told: Option<u64>) {
        self.on_their_way = self.on_their_way.saturating_sub(1);
        for window in self.windows.iter_mut().filter(|window| Some(window.limit) != told) {
            window.left = window.left.saturating_sub(1);
        }
    }

    fn hear(
        &mut self,
        limit: u64,
        left: u64,
        ends: DateTime<Utc>,
        rest: TimeDelta,
        now: DateTime<Utc>,
    ) {
        let place = self.windows.iter().position(|window| window.limit == limit);
        let place = place.unwrap_or_else(|| {
            self.windows.push(Window {
                limit,
                left: limit,
                ends: None,
                opened: None,
                length: rest,
                seen: now,
                named_in: self.answers,
            });
            self.windows.len() - 1
        });
        if let Some(window) = self.windows.get_mut(place) {
            window.hear(limit, left, ends, rest);
            (window.seen, window.named_in) = (now, self.answers);
        }
        if self.windows.len() > WINDOWS_MAX {
            let oldest = (0..self.windows.len()).min_by_key(|&at| self.windows[at].seen);
            self.windows.remove(oldest.unwrap_or(0));
        }
    }

    /// Opens the windows that have ended, and forgets those that the server has not named for long.
    fn turn_over(&mut self, now: DateTime<Utc>) {
        self.paused_until = self.paused_until.filter(|until| *until > now);
        let clock = self.clock;
        for window in &mut self.windows {
            if window.over(&clock).is_some_and(|over| over <= now) {
                (window.left, window.ends, window.opened) = (window.limit, None, None);
            }
        }
        self.windows.retain(|window| {
            let kept = if window.is_long() { TimeDelta::hours(3) } else { TimeDelta::minutes(10) };
            let unnamed = self.answers - window.named_in;
            window.ends.is_some() || now - window.seen <= kept || unnamed < UNNAMED_MAX
        });
    }

    /// Spends the last calls of a short window at the server's ticks while its clock is known badly: they would wait
    /// for the next window no shorter, and each halves the doubt that every later wait has to add.
    fn ticked(&mut self, now: DateTime<Utc>) -> Turn {
        let doubtful = self.clock.doubt() > DOUBT_MAX;
        let ending = self.windows.iter().find(|window| {
            let rest = window.over(&self.clock).map_or(TimeDelta::zero(), |over| over - now);
            !window.is_long() && window.left * 8 <= window.limit && rest >= TICKING_MIN
        });
        let Some(window) = ending.filter(|_| doubtful) else {
            return Turn::Now;
        };
        if self.on_their_way > 0 {
            return Turn::OnAnswer(window.over(&self.clock).unwrap_or(now + SECOND));
        }
        match *self.ticking.get_or_insert_with(|| self.clock.next_tick(now)) {
            tick if tick <= now => Turn::Now,
            tick => Turn::At(tick),
        }
    }
}

/// The later of two turns; a wait for time outlasts a wait for an answer.
fn later(one: Turn, other: Turn) -> Turn {
    match (one, other) {
        (Turn::Now, turn) | (turn, Turn::Now) => turn,
        (Turn::At(a), Turn::At(b)) => Turn::At(a.max(b)),
        (Turn::At(a), Turn::OnAnswer(_)) | (Turn::OnAnswer(_), Turn::At(a)) => Turn::At(a),
        (Turn::OnAnswer(a), Turn::OnAnswer(b)) => Turn::OnAnswer(a.max(b)),
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
