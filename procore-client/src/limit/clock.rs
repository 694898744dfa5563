//! The server's clock as its `Date` headers show it: in whole seconds, after an unknown way.

use chrono::{DateTime, TimeDelta, Utc};

/// `Date` and `X-Rate-Limit-Reset` are cut to whole seconds.
pub(super) const SECOND: TimeDelta = TimeDelta::seconds(1);

/// How far the server's clock is ahead of ours: a pair of bounds that every answer can narrow.
///
/// An answer that was stamped `D` says that the server's time was in `[D, D + 1 s)` at some moment between sending
/// and receiving. Bounds that contradict a new answer are dropped, because servers of one cluster differ.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerClock {
    ahead: Option<(TimeDelta, TimeDelta)>,
}

impl ServerClock {
    pub(super) fn learn(
        &mut self,
        stamped: DateTime<Utc>,
        sent: DateTime<Utc>,
        received: DateTime<Utc>,
    ) {
        let (low, high) = (stamped - received, stamped + SECOND - sent);
        self.ahead = Some(match self.ahead {
            Some((least, most)) if least.max(low) <= most.min(high) => {
                (least.max(low), most.min(high))
            }
            _ => (low, high),
        });
    }

    /// Our time from which on the server's clock certainly shows `server` or later.
    pub(super) fn surely(&self, server: DateTime<Utc>) -> DateTime<Utc> {
        server - self.ahead.map_or(TimeDelta::zero(), |(least, _)| least)
    }

    /// How much is not known of the server's clock.
    pub(super) fn doubt(&self) -> TimeDelta {
        self.ahead.map_or(TimeDelta::zero(), |(least, most)| most - least)
    }

    /// Our next moment at which the server's second may change, in the middle of the doubt: a call made then halves it.
    pub(super) fn next_tick(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some((least, most)) = self.ahead else {
            return now;
        };
        let server = now + least + (most - least) / 2;
        now + SECOND - TimeDelta::nanoseconds(i64::from(server.timestamp_subsec_nanos()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A server that is 3,600.4 s ahead, 30 ms away.
    fn ask(clock: &mut ServerClock, at: DateTime<Utc>) {
        let stamped = at + TimeDelta::milliseconds(15) + TimeDelta::milliseconds(3_600_400);
        let stamped = DateTime::from_timestamp(stamped.timestamp(), 0).unwrap();
        clock.learn(stamped, at, at + TimeDelta::milliseconds(30));
    }

    #[test]
    fn a_few_calls_at_ticks_find_the_servers_second() {
        let mut clock = ServerClock::default();
        let mut now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for _ in 0..6 {
            ask(&mut clock, now);
            now = clock.next_tick(now);
        }
        assert!(clock.doubt() <= TimeDelta::milliseconds(100), "{}", clock.doubt());
        let truth = now - TimeDelta::milliseconds(3_600_400);
        let late = clock.surely(now) - truth;
        assert!(late >= TimeDelta::zero() && late <= TimeDelta::milliseconds(100), "{late}");
    }

    #[test]
    fn an_answer_that_contradicts_the_others_stands_alone() {
        let mut clock = ServerClock::default();
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        clock.learn(at, at, at);
        clock.learn(at - TimeDelta::seconds(30), at, at);
        assert_eq!(clock.surely(at), at + TimeDelta::seconds(30));
    }
}
