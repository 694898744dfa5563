//! One session for all callers: who logs in, when, and what is remembered.
//!
//! [`authenticator`] knows how a login looks, [`answer`] what came of it, [`cookies`] reads and echoes the session cookies,
//! [`holder`] shares the session. What a lost session means for a request is decided in [`crate::client`].

mod answer;
mod authenticator;
mod cookies;
mod holder;

pub use answer::LoginAnswer;
pub use authenticator::{Authenticator, LoginStep, PasswordLogin};
pub use cookies::SessionCookies;
pub(crate) use holder::{Live, SessionHolder};
