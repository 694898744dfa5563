//! How long each kind of call may take.

use super::{Call, CallClass};
use crate::error::{Error, Result};
use std::time::Duration;

/// Time allowed per kind of call, from its first byte to the last one of its answer.
///
/// A write that takes longer is given up with an unknown outcome and may still be running in SAP, so its time is generous:
/// documents have been seen to take 18 s under load, logins 8 s (SAP white paper for 9.x; field reports).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A read. Default 60 s.
    pub read: Duration,
    /// A write of one document, entry or row, also where it goes with its claim. Default 180 s.
    pub document: Duration,
    /// Any other `$batch`, whatever is in it. Default 300 s.
    pub batch: Duration,
    /// One request of a login. Default 60 s.
    pub login: Duration,
    /// A logout, which nobody waits for gladly. Default 10 s.
    pub logout: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(60),
            document: Duration::from_secs(180),
            batch: Duration::from_secs(300),
            login: Duration::from_secs(60),
            logout: Duration::from_secs(10),
        }
    }
}

impl Timeouts {
    /// The time of one send of `call`.
    pub(super) fn of(&self, call: &Call) -> Duration {
        match call.class {
            _ if call.is_batch() && !call.is_one_document => self.batch,
            CallClass::Read => self.read,
            CallClass::Write => self.document,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        for (name, timeout) in [
            ("read", self.read),
            ("document", self.document),
            ("batch", self.batch),
            ("login", self.login),
            ("logout", self.logout),
        ] {
            if timeout.is_zero() {
                return Err(Error::configuration(format!(
                    "the time for a {name} must not be zero"
                )));
            }
        }
        Ok(())
    }
}
