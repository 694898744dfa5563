//! The shared session: its state, its age, and the single flight that replaces it.

use super::{LoginAnswer, cookies};
use crate::error::{Error, Result};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{HeaderMap, HeaderValue};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A session in use. Its number tells callers whether somebody has replaced it since.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) generation: u64,
    pub(crate) answer: LoginAnswer,
    pub(crate) since: Duration,
    /// The node that the balancer named last, where it moved the session.
    route: Mutex<Option<String>>,
}

impl Live {
    /// The `Cookie` header, where the session is one of cookies.
    pub(crate) fn cookie_header(&self) -> Option<HeaderValue> {
        let cookies = self.answer.cookies.as_ref()?;
        let moved = self.route.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.header(moved.as_deref().or(cookies.route_id()))
    }

    /// A balancer whose node failed names another one in a later answer; the session goes on there.
    pub(crate) fn follow_route(&self, headers: &HeaderMap) {
        if let Some(route) = cookies::route_of(headers) {
            *self.route.lock().unwrap_or_else(PoisonError::into_inner) = Some(route);
        }
    }
}

#[derive(Debug, Default)]
struct State {
    live: Option<Arc<Live>>,
    generation: u64,
    used_at: Duration,
    proven_at: Duration,
    business_run: u32,
    broken_answers: u32,
    refused: Option<Error>,
    /// Logins that came to an end, well or not.
    flights: u64,
    /// The failure of the last flight, for those who waited for it.
    failure: Option<(u64, Error)>,
}

/// Holds the session and makes sure that only one login is ever under way.
#[derive(Default)]
pub(crate) struct SessionHolder {
    state: Mutex<State>,
    /// The login under way. Whoever began it may be gone (a deadline, a cancelled task) while the server is still at it; so
    /// it stays here, and the next one who needs a session waits for it instead of beginning a second.
    login: tokio::sync::Mutex<Option<BoxFuture<'static, Result<LoginAnswer>>>>,
}

/// How long a session counts as fresh after it was proven alive: probing it again would say nothing new.
const FRESH: Duration = Duration::from_secs(60);
/// After so many -5002 in a row on a fresh session, the next one is believed without a probe.
const BUSINESS_RUN_MAX: u32 = 3;
/// After so many "table definition not found" answers the session is dropped, so that the balancer may choose another node.
const BROKEN_ANSWERS_MAX: u32 = 2;

impl SessionHolder {
    /// Returns a usable session; logs in if there is none, if it has been idle for 80 % of its time, or if it is the one
    /// that a caller saw fail (`stale`). `login` runs at most once for all who wait.
    pub(crate) async fn get<F, L>(
        &self,
        now: impl Fn() -> Duration,
        stale: Option<u64>,
        login: F,
    ) -> Result<Arc<Live>>
    where
        F: FnOnce() -> L,
        L: Future<Output = Result<LoginAnswer>> + Send + 'static,
    {
        if let Some(live) = self.usable(now(), stale)? {
            return Ok(live);
        }
        let flights = self.lock().flights;
        let mut flight = self.login.lock().await;
        if let Some(live) = self.usable(now(), stale)? {
            return Ok(live);
        }
        self.shared_failure(flights)?;
        let result = flight.get_or_insert_with(|| login().boxed()).await;
        *flight = None;
        self.landed(result, now())
    }

    /// A login came to its end.
    fn landed(&self, result: Result<LoginAnswer>, at: Duration) -> Result<Arc<Live>> {
        let mut state = self.lock();
        state.flights += 1;
        state.failure = result.as_ref().err().map(|error| (state.flights, error.clone()));
        match result {
            Ok(answer) => {
                state.generation += 1;
                let generation = state.generation;
                let live =
                    Arc::new(Live { generation, answer, since: at, route: Mutex::default() });
                state.live = Some(live.clone());
                (state.used_at, state.proven_at, state.broken_answers) = (at, at, 0);
                Ok(live)
            }
            Err(error) => {
                state.live = None;
                if error.kind() == crate::error::ErrorKind::LoginRefused {
                    state.refused = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    /// Whoever waited for a login that failed has its answer: fifty waiting calls must not try fifty times.
    fn shared_failure(&self, flights_before: u64) -> Result<()> {
        match &self.lock().failure {
            Some((flight, error)) if *flight > flights_before => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Whether the credentials have ever worked.
    pub(crate) fn has_logged_in(&self) -> bool {
        self.lock().generation > 0
    }

    fn usable(&self, now: Duration, stale: Option<u64>) -> Result<Option<Arc<Live>>> {
        let state = self.lock();
        if let Some(refused) = &state.refused {
            return Err(refused.clone());
        }
        let Some(live) = &state.live else { return Ok(None) };
        let idle_allowed = live.answer.idle_timeout * 4 / 5;
        let idle = now.saturating_sub(state.used_at);
        let spent = live
            .answer
            .lifetime
            .is_some_and(|lifetime| now.saturating_sub(live.since) >= lifetime * 4 / 5);
        let failed = stale.is_some_and(|generation| generation >= live.generation);
        Ok((!failed && !spent && idle < idle_allowed).then(|| live.clone()))
    }

    /// A request of this session begins: the server's idle clock will start anew.
    pub(crate) fn touch(&self, live: &Live, at: Duration) {
        let mut state = self.lock();
        if state.generation == live.generation {
            state.used_at = state.used_at.max(at);
        }
    }

    /// An ordinary call succeeded: the session lives, and a run of rejections is over.
    pub(crate) fn succeeded(&self, live: &Live, at: Duration) {
        let mut state = self.lock();
        state.business_run = 0;
        if state.generation == live.generation {
            (state.proven_at, state.broken_answers) = (at, 0);
        }
    }

    /// A probe showed that the session lives.
    pub(crate) fn proven(&self, live: &Live, at: Duration) {
        let mut state = self.lock();
        if state.generation == live.generation {
            state.proven_at = at;
        }
    }

    /// Counts a suspicious -5002 and says whether the session should still be doubted.
    pub(crate) fn doubt(&self, now: Duration) -> bool {
        let mut state = self.lock();
        state.business_run = state.business_run.saturating_add(1);
        let fresh = now.saturating_sub(state.proven_at) < FRESH;
        !(fresh && state.business_run > BUSINESS_RUN_MAX)
    }

    /// Counts an answer of a broken node and says whether the session should be dropped. A session that is itself fresh
    /// is kept: then the table is missing, not the node broken.
    pub(crate) fn broken(&self, live: &Live, now: Duration) -> bool {
        let mut state = self.lock();
        if state.generation != live.generation {
            return false;
        }
        state.broken_answers += 1;
        state.broken_answers >= BROKEN_ANSWERS_MAX
            && (state.generation == 1 || now.saturating_sub(live.since) >= FRESH)
    }

    /// The session, if there is one.
    pub(crate) fn current(&self) -> Option<Arc<Live>> {
        self.lock().live.clone()
    }

    /// Forgets the session if it is still the one a caller saw fail; the next call logs in.
    pub(crate) fn forget(&self, live: &Live) {
        let mut state = self.lock();
        if state.generation == live.generation {
            state.live = None;
        }
    }

    /// Hands out the session to log out, if there is one; waits for a login under way, whoever began it.
    pub(crate) async fn take(&self, now: impl Fn() -> Duration) -> Option<Arc<Live>> {
        let mut flight = self.login.lock().await;
        if let Some(login) = flight.as_mut() {
            let result = login.await;
            *flight = None;
            // Its failure has been remembered; there is nothing to log out of then.
            let _ = self.landed(result, now());
        }
        self.lock().live.take()
    }

    /// Whether a session of cookies, or a login that may become one, would be left on the server.
    pub(crate) fn is_left_open(&mut self) -> bool {
        let under_way = self.login.get_mut().is_some();
        under_way || self.current().is_some_and(|live| live.answer.cookies.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
