//! Ids of hooks and triggers: text in REST v2, of no documented form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::error::{Error, Result};
use crate::wire;

const CHARS_MAX: usize = 64;

macro_rules! text_ids {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        ///
        /// Letters, digits, `-` and `_` alone, at most 64, because it becomes part of a path.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Returns Procore's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                checked(text).map(Self).map_err(Error::configuration)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let token = <&'de RawValue>::deserialize(deserializer)?;
                let id = <Self as wire::Scalar>::read(token).map_err(de::Error::custom)?;
                id.ok_or_else(|| de::Error::custom("the id is null or empty"))
            }
        }

        impl wire::Scalar for $name {
            fn read(token: &RawValue) -> Result<Option<Self>, String> {
                wire::text(token)?.map(|text| checked(&text).map(Self)).transpose()
            }
        }
    )+};
}

text_ids! {
    /// A hook.
    HookId
    /// A trigger of a hook.
    TriggerId
}

fn checked(text: &str) -> Result<String, String> {
    let fits = (1..=CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits { Ok(text.to_owned()) } else { Err(format!("{} is not an id", wire::shown(text))) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_and_texts_are_ids_and_paths_are_not() {
        let read = |json: &str| serde_json::from_str::<HookId>(json).map(|id| id.to_string());
        assert_eq!(read("\"01JMYXMZRBVKK0PC6XS8SA4QRE\"").unwrap(), "01JMYXMZRBVKK0PC6XS8SA4QRE");
        assert_eq!(read("598134325841112").unwrap(), "598134325841112");
        for text in ["", ".", "..", "%2e%2e", "a/b", "a?b", "a b", &"x".repeat(65)] {
            assert!(text.parse::<TriggerId>().is_err(), "{text}");
        }
        assert!(read("null").is_err() && read("\"../1\"").is_err());
    }
}
