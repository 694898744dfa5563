//! How many calls run at once: a fixed most, and less of it while the server is slow.
//!
//! The Service Layer publishes no limit and asks nobody to wait; documents queue for number ranges and stock, and more
//! of them at once only take longer. So each lane (reads, writes) starts with its most, and
//!
//! - halves when an answer says that the server could not (502, 503, 504, no answer in time);
//! - gives up a quarter when answers lately take more than three times what they usually take;
//! - takes one more after as many good answers as it has places, until it is back at its most.
//!
//! It lowers at most once per second or per answer's time, whichever is longer, because calls that were under way when
//! it lowered tell nothing new. Times are whole microseconds of the client's [`crate::Timer`].

use crate::error::{Error, ErrorKind, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Answers needed before latencies are compared.
const SAMPLES_MIN: u32 = 8;
/// Answers faster than this are never slow, in microseconds.
const SLOW_MIN_US: u64 = 50_000;
/// The shortest time between two decreases.
const HOLD_MIN: Duration = Duration::from_secs(1);

/// One kind of calls with its places.
#[derive(Debug)]
pub(crate) struct Lane {
    places: Semaphore,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: usize,
    /// Places given up that are still in use.
    owed: usize,
    good: usize,
    samples: u32,
    recent_us: u64,
    usual_us: u64,
    lowered_at: Option<Duration>,
}

/// A place in a lane; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    lane: &'a Lane,
    permit: Option<SemaphorePermit<'a>>,
}

impl Lane {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let state = State {
            limit: most,
            owed: 0,
            good: 0,
            samples: 0,
            recent_us: 0,
            usual_us: 0,
            lowered_at: None,
        };
        Self { places: Semaphore::new(most), most, state: Mutex::new(state) }
    }

    /// Waits for a place.
    pub(crate) async fn enter(&self) -> Result<Place<'_>> {
        let permit = self.places.acquire().await.map_err(|_| {
            Error::new(ErrorKind::Configuration, crate::Outcome::NotSent, "the client has ended")
        })?;
        Ok(Place { lane: self, permit: Some(permit) })
    }

    /// How many calls may run at once now.
    pub(crate) fn limit(&self) -> usize {
        self.lock().limit
    }

    /// An answer came after `took`.
    pub(crate) fn answered(&self, now: Duration, took: Duration) {
        let mut state = self.lock();
        state.learn(u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 64));
        if state.is_slow() {
            let limit = state.limit - state.limit.div_ceil(4);
            self.lower(&mut state, limit, now);
            return;
        }
        state.good += 1;
        if state.good >= state.limit {
            state.good = 0;
            self.raise(&mut state);
        }
    }

    /// The server could not, or did not answer in time.
    pub(crate) fn overloaded(&self, now: Duration) {
        let mut state = self.lock();
        let limit = state.limit / 2;
        self.lower(&mut state, limit, now);
    }

    fn lower(&self, state: &mut State, limit: usize, now: Duration) {
        let hold = HOLD_MIN.max(Duration::from_micros(state.recent_us));
        if state.lowered_at.is_some_and(|at| now.saturating_sub(at) < hold) {
            return;
        }
        (state.lowered_at, state.good) = (Some(now), 0);
        let limit = limit.max(1);
        let given_up = state.limit.saturating_sub(limit);
        state.limit = limit;
        state.owed += given_up - self.places.forget_permits(given_up);
    }

    fn raise(&self, state: &mut State) {
        if state.limit >= self.most {
            return;
        }
        state.limit += 1;
        if state.owed > 0 {
            state.owed -= 1;
        } else {
            self.places.add_permits(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `recent` follows within a few answers; `usual` follows a slower server slowly and a faster one quickly.
    fn learn(&mut self, took_us: u64) {
        if self.samples == 0 {
            (self.recent_us, self.usual_us) = (took_us, took_us);
        }
        self.samples = self.samples.saturating_add(1);
        self.recent_us = (self.recent_us.saturating_mul(3).saturating_add(took_us)) / 4;
        let weight = if took_us < self.usual_us { 8 } else { 64 };
        let sum = self.usual_us.saturating_mul(weight - 1).saturating_add(took_us);
        self.usual_us = sum / weight;
    }

    fn is_slow(&self) -> bool {
        self.samples >= SAMPLES_MIN
            && self.recent_us > SLOW_MIN_US
            && self.recent_us > self.usual_us.saturating_mul(3)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let mut state = self.lane.lock();
        if state.owed > 0 {
            state.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn answers(lane: &Lane, now: &mut Duration, count: usize, took: Duration) {
        for _ in 0..count {
            *now += took;
            lane.answered(*now, took);
        }
    }

    #[test]
    fn answers_that_take_much_longer_than_usual_cost_places_which_come_back() {
        let lane = Lane::new(8);
        let mut now = Duration::ZERO;
        answers(&lane, &mut now, 20, ms(100));
        assert_eq!(lane.limit(), 8);
        answers(&lane, &mut now, 6, ms(2_000));
        let lowered = lane.limit();
        assert!((1..8).contains(&lowered), "{lowered}");
        answers(&lane, &mut now, 100, ms(100));
        assert_eq!(lane.limit(), 8);
    }

    #[test]
    fn a_server_that_is_slower_for_good_becomes_the_usual() {
        let lane = Lane::new(8);
        let mut now = Duration::ZERO;
        answers(&lane, &mut now, 20, ms(100));
        answers(&lane, &mut now, 400, ms(1_000));
        assert_eq!(lane.limit(), 8);
    }

    #[test]
    fn overload_halves_once_per_second_and_never_below_one() {
        let lane = Lane::new(8);
        for at in [0, 10, 900] {
            lane.overloaded(ms(at));
        }
        assert_eq!(lane.limit(), 4);
        for second in 1..10 {
            lane.overloaded(Duration::from_secs(second * 2));
        }
        assert_eq!(lane.limit(), 1);
    }

    #[test]
    fn quick_answers_are_never_slow() {
        let lane = Lane::new(4);
        let mut now = Duration::ZERO;
        answers(&lane, &mut now, 50, ms(1));
        answers(&lane, &mut now, 50, ms(40));
        assert_eq!(lane.limit(), 4);
    }

    #[tokio::test]
    async fn places_in_use_are_given_up_when_they_are_given_back() {
        let lane = Lane::new(4);
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(lane.enter().await.unwrap());
        }
        lane.overloaded(Duration::ZERO);
        assert_eq!((lane.limit(), lane.places.available_permits()), (2, 0));
        places.truncate(2);
        assert_eq!(lane.places.available_permits(), 0, "two are owed");
        places.clear();
        assert_eq!(lane.places.available_permits(), 2);
    }

    proptest! {
        #[test]
        fn places_never_get_lost_or_multiply(steps in proptest::collection::vec((0u8..3, 0u64..5_000), 0..300), most in 1usize..12) {
            let lane = Lane::new(most);
            let mut now = Duration::ZERO;
            for (what, time) in steps {
                now += ms(time);
                match what {
                    0 => lane.overloaded(now),
                    _ => lane.answered(now, ms(time)),
                }
                prop_assert!((1..=most).contains(&lane.limit()));
                prop_assert_eq!(lane.places.available_permits(), lane.limit());
            }
        }
    }
}
