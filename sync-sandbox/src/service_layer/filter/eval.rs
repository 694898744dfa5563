//! Whether a record belongs to a filter's answer, by the three values of SQL: a comparison with
//! a column that is null is neither true nor false, so such a row appears under no `ne` either.

use std::cmp::Ordering;

use super::{Condition, Literal, Operator, Place};
use crate::service_layer::{
    entity::shown,
    value::{Record, Value},
};

impl Condition {
    /// Whether the record belongs.
    pub(crate) fn holds(&self, record: &Record) -> bool {
        self.truth(record) == Some(true)
    }

    fn truth(&self, record: &Record) -> Option<bool> {
        match self {
            Self::And(left, right) => match (left.truth(record), right.truth(record)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.truth(record), right.truth(record)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(inner) => inner.truth(record).map(|t| !t),
            Self::Compare { property, kind, operator, literal } => {
                compare(&shown(record, property, kind), *operator, literal)
            }
            Self::Match { property, kind, place, part } => match &*shown(record, property, kind) {
                Value::Text(text) => Some(match place {
                    Place::Start => text.starts_with(part.as_str()),
                    Place::End => text.ends_with(part.as_str()),
                    Place::Anywhere => text.contains(part.as_str()),
                }),
                _ => None,
            },
        }
    }
}

fn compare(value: &Value, operator: Operator, literal: &Literal) -> Option<bool> {
    if *literal == Literal::Null {
        let is_null = *value == Value::Null;
        return match operator {
            Operator::Equal => Some(is_null),
            Operator::NotEqual => Some(!is_null),
            _ => None,
        };
    }
    order(value, literal).map(|ordering| operator.holds(ordering))
}

fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Text(held), Literal::Text(text)) => Some(held.as_str().cmp(text)),
        (Value::Integer(held), Literal::Number(number)) => {
            Some(rust_decimal::Decimal::from(*held).cmp(number))
        }
        (Value::Number(held), Literal::Number(number)) => Some(held.cmp(number)),
        (Value::Date(held), Literal::Date(date)) => Some(held.cmp(date)),
        _ => None,
    }
}
