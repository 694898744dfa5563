//! The session cookies. The server's `Set-Cookie` text breaks strict parsers (`B1SESSION=..;HttpOnly;` without a path), so
//! it is read and echoed by hand (SAP manual 1.22, pp. 14-17).

use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};
use std::fmt;

/// `B1SESSION` and, behind a load balancer, `ROUTEID`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionCookies {
    session_id: String,
    route_id: Option<String>,
}

impl SessionCookies {
    /// Takes the cookies from an answer; `session_id` of the body stands in for a missing `B1SESSION`.
    #[must_use]
    pub fn from_answer(headers: &HeaderMap, session_id: Option<&str>) -> Option<Self> {
        let session = cookie(headers, "B1SESSION")
            .or_else(|| session_id.map(str::to_owned))
            .filter(|id| is_cookie_value(id))?;
        Some(Self { session_id: session, route_id: route_of(headers) })
    }

    /// The session id. A secret: whoever has it acts as the user.
    #[must_use]
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The node the balancer sticks to, if there is a balancer.
    #[must_use]
    pub fn route_id(&self) -> Option<&str> {
        self.route_id.as_deref()
    }

    /// The `Cookie` header with the node it goes to, marked sensitive.
    pub(crate) fn header(&self, route_id: Option<&str>) -> Option<HeaderValue> {
        let text = match route_id {
            Some(route) => format!("B1SESSION={}; ROUTEID={route}", self.session_id),
            None => format!("B1SESSION={}", self.session_id),
        };
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for SessionCookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCookies")
            .field("session_id", &"***")
            .field("route_id", &self.route_id)
            .finish()
    }
}

/// The node that an answer names.
pub(super) fn route_of(headers: &HeaderMap) -> Option<String> {
    cookie(headers, "ROUTEID")
}

/// The value of a cookie, wherever in a `Set-Cookie` line it stands.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|line| std::str::from_utf8(line.as_bytes()).ok())
        .find_map(|line| {
            line.split([';', ',']).find_map(|part| {
                let (key, value) = part.split_once('=')?;
                let value = value.trim().trim_matches('"');
                (key.trim().eq_ignore_ascii_case(name) && is_cookie_value(value))
                    .then(|| value.to_owned())
            })
        })
}

fn is_cookie_value(value: &str) -> bool {
    !value.is_empty()
        && value
            .bytes()
            .all(|byte| (0x21..0x7f).contains(&byte) && !matches!(byte, b';' | b',' | b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(lines: &[&str]) -> Option<SessionCookies> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, HeaderValue::from_str(line).unwrap());
        }
        SessionCookies::from_answer(&headers, None)
    }

    #[test]
    fn reads_the_texts_that_servers_send() {
        for lines in [
            &["B1SESSION=PTRz-3A;HttpOnly;", "ROUTEID=.node1; path=/b1s"][..],
            &[
                "B1SESSION=PTRz-3A; HttpOnly; Path=/b1s/v2; SameSite=None; Secure",
                "ROUTEID=.node1; path=/b1s",
            ][..],
            &["ROUTEID=.node1; path=/b1s", "CompanyDB=X; path=/", "b1session=PTRz-3A"][..],
            &["B1SESSION=PTRz-3A;HttpOnly;,ROUTEID=.node1; path=/b1s"][..],
        ] {
            let cookies = read(lines).unwrap();
            assert_eq!(
                cookies.header(cookies.route_id()).unwrap().to_str().unwrap(),
                "B1SESSION=PTRz-3A; ROUTEID=.node1",
                "{lines:?}"
            );
        }
    }

    #[test]
    fn echoes_no_route_when_there_is_no_balancer() {
        let cookies = read(&["B1SESSION=x;HttpOnly;"]).unwrap();
        assert_eq!(cookies.header(cookies.route_id()).unwrap().to_str().unwrap(), "B1SESSION=x");
    }

    #[test]
    fn is_nothing_without_a_session_or_with_a_broken_one() {
        assert!(read(&["ROUTEID=.node1"]).is_none());
        assert!(SessionCookies::from_answer(&HeaderMap::new(), Some("a b")).is_none());
        assert!(SessionCookies::from_answer(&HeaderMap::new(), Some("abc")).is_some());
    }

    #[test]
    fn never_shows_the_session() {
        assert!(!format!("{:?}", read(&["B1SESSION=canary;"]).unwrap()).contains("canary"));
    }
}
