//! The static `Authorization` value that a hook sends, compared in constant time.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// The value that was set in a hook's `destination_headers.Authorization`; the only proof of a delivery's sender.
#[derive(Debug)]
pub struct AuthorizationValue(SecretString);

impl AuthorizationValue {
    /// Takes the value as it was set on the hook, such as `Bearer …`; `None` when it is shorter than 16 characters,
    /// because an empty or short one proves nothing.
    #[must_use]
    pub fn new(value: SecretString) -> Option<Self> {
        (value.expose_secret().len() >= 16).then_some(Self(value))
    }

    /// Returns whether the headers of a delivery carry exactly this value, once.
    ///
    /// Values of the same length are compared in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, headers: &http::HeaderMap) -> bool {
        let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return false;
        };
        bool::from(value.as_bytes().ct_eq(self.0.expose_secret().as_bytes()))
    }
}
