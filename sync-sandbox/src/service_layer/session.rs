//! Logins, sessions and their cookies.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode, header};

use super::{
    error::Refusal,
    nodes,
    state::State,
    value::Record,
    wire::{Flavour, Reply, quoted},
};

/// The sessions that are alive, and what logins have left behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    alive: HashMap<String, DateTime<Utc>>,
    made: u64,
    wrong_passwords: u32,
    last_login: Option<DateTime<Utc>>,
    /// Logins that came, and those that were let in.
    pub(crate) logins: u64,
    pub(crate) logins_done: u64,
}

impl Sessions {
    /// Drops every session, as a restart of the session store does.
    pub(crate) fn clear(&mut self) {
        self.alive.clear();
    }

    pub(crate) fn unlock(&mut self) {
        self.wrong_passwords = 0;
    }

    pub(crate) fn alive(&self) -> usize {
        self.alive.len()
    }

    /// Checks the cookie of a call; a session that is used lives on.
    pub(crate) fn check(
        &mut self,
        headers: &HeaderMap,
        now: DateTime<Utc>,
        timeout_minutes: u32,
    ) -> Result<(), Refusal> {
        let id = cookie(headers, "B1SESSION").ok_or_else(Refusal::session_lost)?;
        let last = self.alive.get_mut(&id).ok_or_else(Refusal::session_lost)?;
        if now - *last > TimeDelta::minutes(i64::from(timeout_minutes)) {
            self.alive.remove(&id);
            return Err(Refusal::session_lost());
        }
        *last = now;
        Ok(())
    }
}

/// The value of a cookie; the last one wins where it stands twice.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
        .next_back()
}

/// `POST Login`.
pub(crate) fn login(
    state: &mut State,
    body: &Record,
    flavour: Flavour,
    root: &str,
) -> Result<Reply, Refusal> {
    let now = state.now;
    state.sessions.logins += 1;
    let window = i64::from(state.options.parallel_login_window_ms);
    let parallel =
        state.sessions.last_login.is_some_and(|last| now - last < TimeDelta::milliseconds(window));
    state.sessions.last_login = Some(now);
    if parallel {
        return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, 299, "SAML Login Failed"));
    }
    credentials(state, body)?;
    state.sessions.wrong_passwords = 0;
    state.sessions.logins_done += 1;
    state.sessions.made += 1;
    let id = session_id(state.sessions.made);
    state.sessions.alive.insert(id.clone(), now);
    let context = match flavour {
        Flavour::V1 => String::new(),
        Flavour::V2 => {
            format!(
                "\"@odata.context\":{},",
                quoted(&format!("{root}/$metadata#B1Sessions/$entity"))
            )
        }
    };
    let answer = format!(
        "{{{context}\"SessionId\":{},\"Version\":{},\"SessionTimeout\":{}}}",
        quoted(&id),
        quoted(&state.options.version),
        state.options.session_timeout_minutes,
    );
    let mut reply = Reply::json(StatusCode::OK, answer)
        .header("Set-Cookie", format!("B1SESSION={id};HttpOnly;"));
    if state.options.balancer {
        let node = nodes::of_login(&state.options, state.sessions.made);
        reply = reply.header("Set-Cookie", format!("ROUTEID=.node{node}; path=/b1s"));
    }
    Ok(reply)
}

fn credentials(state: &mut State, body: &Record) -> Result<(), Refusal> {
    const NO_LOGIN: &str = "Fail to NONE-SSO login from SLD.";
    let refuse = |code, text| Err(Refusal::new(StatusCode::UNAUTHORIZED, code, text));
    if body.text("CompanyDB") != state.company.database {
        return refuse(-306, NO_LOGIN);
    }
    if state.sessions.wrong_passwords >= state.options.wrong_passwords_max {
        // The code is published, the text is not.
        return refuse(100_000_055, "User account is locked");
    }
    if body.text("UserName") != state.company.user_name
        || body.text("Password") != state.company.password
    {
        state.sessions.wrong_passwords += 1;
        return refuse(-304, NO_LOGIN);
    }
    Ok(())
}

/// `POST Logout`.
pub(crate) fn logout(state: &mut State, headers: &HeaderMap) -> Result<Reply, Refusal> {
    let timeout = state.options.session_timeout_minutes;
    state.sessions.check(headers, state.now, timeout)?;
    if let Some(id) = cookie(headers, "B1SESSION") {
        state.sessions.alive.remove(&id);
    }
    Ok(Reply::no_content())
}

/// A session id in the form of `PTRzIjYK-weN6-1Lx1-ZG0J-3ARxfjcU0Shy`, the same for the same
/// number, so that a run can be repeated byte for byte.
fn session_id(number: u64) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut seed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D1CE_4E5B;
    let mut id = String::with_capacity(36);
    for place in 0..36 {
        if matches!(place, 8 | 13 | 18 | 23) {
            id.push('-');
            continue;
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from((seed >> 33) % 62).unwrap_or_default();
        id.push(char::from(LETTERS[at]));
    }
    id
}
