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
    fn render(&self) -> String {
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
