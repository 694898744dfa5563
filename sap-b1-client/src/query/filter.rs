//! `$filter`, built so that no value can become an operator.

use super::encode::{property_name, quote};
use crate::client::ODataVersion;
use crate::error::{Error, Result};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// How deep a filter may nest.
const DEPTH_MAX: usize = 64;

/// A value in a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Literal {
    /// A text; enumerations are compared as texts too (`'tNO'`).
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact number.
    Number(Decimal),
    /// A calendar date.
    Date(NaiveDate),
    /// `null`.
    Null,
}

impl Literal {
    pub(crate) fn render(&self) -> String {
        match self {
            Self::Text(text) => quote(text),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Date(day) => quote(&day.format("%Y-%m-%d").to_string()),
            Self::Null => "null".to_owned(),
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Literal {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<i32> for Literal {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}
impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<Decimal> for Literal {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}
impl From<NaiveDate> for Literal {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Compare { property: String, operator: &'static str, value: Literal },
    Match { function: Function, property: String, text: String },
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

/// A condition on the rows of an entity set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Node);

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident),+) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(property: impl Into<String>, value: impl Into<Literal>) -> Self {
            Self(Node::Compare { property: property.into(), operator: stringify!($name), value: value.into() })
        })+
    };
}

macro_rules! matches {
    ($($(#[$doc:meta])* $name:ident = $function:ident),+) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(property: impl Into<String>, text: impl Into<String>) -> Self {
            Self(Node::Match { function: Function::$function, property: property.into(), text: text.into() })
        })+
    };
}

impl Filter {
    comparisons! {
        /// Equal.
        eq,
        /// Not equal.
        ne,
        /// Greater.
        gt,
        /// Greater or equal.
        ge,
        /// Less.
        lt,
        /// Less or equal.
        le
    }

    matches! {
        /// Starts with a text.
        starts_with = StartsWith,
        /// Ends with a text.
        ends_with = EndsWith,
        /// Contains a text.
        contains = Contains
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self.0 {
            Node::All(mut all) => {
                all.push(other);
                Self(Node::All(all))
            }
            node => Self(Node::All(vec![Self(node), other])),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self.0 {
            Node::Any(mut any) => {
                any.push(other);
                Self(Node::Any(any))
            }
            node => Self(Node::Any(vec![Self(node), other])),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negate(self) -> Self {
        Self(Node::Not(Box::new(self)))
    }

    /// Any of many conditions, or `None` if there are none.
    #[must_use]
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Option<Self> {
        filters.into_iter().reduce(Self::or)
    }

    /// The expression, not yet percent-encoded.
    ///
    /// # Errors
    /// When a property's name is none, or the filter nests too deep.
    pub fn render(&self, version: ODataVersion) -> Result<String> {
        self.render_at(version, 0)
    }

    fn render_at(&self, version: ODataVersion, depth: usize) -> Result<String> {
        if depth > DEPTH_MAX {
            return Err(Error::invalid("the filter nests too deep"));
        }
        let join = |parts: &[Self], word: &str| -> Result<String> {
            let parts: Result<Vec<_>> =
                parts.iter().map(|part| part.render_at(version, depth + 1)).collect();
            Ok(format!("({})", parts?.join(word)))
        };
        match &self.0 {
            Node::Compare { property, operator, value } => {
                Ok(format!("{} {operator} {}", property_name(property)?, value.render()))
            }
            Node::Match { function, property, text } => {
                let (property, text) = (property_name(property)?, quote(text));
                Ok(match (function, version) {
                    (Function::StartsWith, _) => format!("startswith({property},{text})"),
                    (Function::EndsWith, _) => format!("endswith({property},{text})"),
                    (Function::Contains, ODataVersion::V1) => {
                        format!("substringof({text},{property})")
                    }
                    (Function::Contains, ODataVersion::V2) => {
                        format!("contains({property},{text})")
                    }
                })
            }
            Node::All(parts) => join(parts, " and "),
            Node::Any(parts) => join(parts, " or "),
            Node::Not(part) => Ok(format!("not ({})", part.render_at(version, depth + 1)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::query::{Query, encode};
    use proptest::prelude::*;

    fn render(filter: &Filter) -> String {
        filter.render(ODataVersion::V2).unwrap()
    }

    #[test]
    fn filters_read_as_the_service_writes_them() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let filter = Filter::eq("CardType", "cSupplier")
            .and(Filter::ge("DocDate", day))
            .and(Filter::gt("DocEntry", 7));
        assert_eq!(
            render(&filter),
            "(CardType eq 'cSupplier' and DocDate ge '2026-01-01' and DocEntry gt 7)"
        );
        let either = Filter::any([
            Filter::starts_with("U_ProcoreKey", "a#"),
            Filter::starts_with("U_ProcoreKey", "b#"),
        ])
        .unwrap();
        assert_eq!(
            render(&either.negate()),
            "not ((startswith(U_ProcoreKey,'a#') or startswith(U_ProcoreKey,'b#')))"
        );
        assert_eq!(render(&Filter::contains("Name", "x")), "contains(Name,'x')");
        assert_eq!(
            Filter::contains("Name", "x").render(ODataVersion::V1).unwrap(),
            "substringof('x',Name)"
        );
        assert_eq!(render(&Filter::ends_with("Name", "O'Brien")), "endswith(Name,'O''Brien')");
        assert_eq!(render(&Filter::le("DocTotal", Decimal::new(1250, 2))), "DocTotal le 12.50");
        assert!(Filter::any([]).is_none());
    }

    #[test]
    fn a_filter_that_nests_too_deep_is_refused() {
        let deep = (0..200).fold(Filter::eq("A", 1), |filter, _| filter.negate());
        assert!(deep.render(ODataVersion::V2).is_err());
    }

    /// Reads one quoted literal as OData does; returns its value and the rest.
    fn unquote(text: &str) -> (String, &str) {
        let mut value = String::new();
        let mut rest = text.strip_prefix('\'').unwrap();
        loop {
            let (part, after) = rest.split_once('\'').unwrap();
            value.push_str(part);
            match after.strip_prefix('\'') {
                Some(after) => {
                    value.push('\'');
                    rest = after;
                }
                None => return (value, after),
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_changes_the_meaning_of_a_query(text in any::<String>()) {
            let query = Query::new().filter(Filter::eq("NumAtCard", text.as_str())).top(1).render(ODataVersion::V2).unwrap();
            prop_assert!(query.bytes().all(|byte| (0x21..0x7f).contains(&byte)));
            let parts: Vec<_> = query.split('&').collect();
            prop_assert_eq!(parts.len(), 2);
            prop_assert_eq!(parts[1], "$top=1");
            prop_assert!(!query.contains(['#', '+', '?']));
            let filter = percent_encoding::percent_decode_str(parts[0]).decode_utf8().unwrap().into_owned();
            let (value, rest) = unquote(filter.strip_prefix("$filter=NumAtCard eq ").unwrap());
            prop_assert_eq!(value, text);
            prop_assert_eq!(rest, "");
        }

        #[test]
        fn no_key_leaves_its_place_in_the_path(text in any::<String>()) {
            let key = crate::query::Key::from(text.as_str()).render().unwrap();
            prop_assert!(!key.contains(['/', '?', '#', '&', ' ']));
            let decoded = percent_encoding::percent_decode_str(&key).decode_utf8().unwrap().into_owned();
            let (value, rest) = unquote(decoded.strip_prefix('(').unwrap());
            prop_assert_eq!(value, text);
            prop_assert_eq!(rest, ")");
        }

        #[test]
        fn encoding_is_reversible(text in any::<String>()) {
            let encoded = encode(&text);
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, text);
        }
    }
}
