//! Bodies of writes against the type: unknown names, lengths, kinds, enum members.
//!
//! What is right for the company (codes, dates, periods) is checked in `business_checks`.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    entity::Shape,
    error::Refusal,
    schema::{self, Kind},
    value::{Record, Value, exact_decimal},
};

/// Decimals of SAP's amount columns, Num(19,6).
const SCALE_MAX: u32 = 6;

/// Integer digits of SAP's amount columns.
const INTEGER_DIGITS_MAX: u32 = 13;

/// What a body may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body<'a> {
    pub(crate) shape: &'a Shape,
    /// The line collection's name and shape.
    pub(crate) lines: Option<(&'static str, &'a Shape)>,
    /// Whether a `null` is refused (POST) or clears the property (PATCH).
    pub(crate) refuse_nulls: bool,
}

impl Body<'_> {
    /// The body in the kinds of its properties.
    pub(crate) fn check(self, body: Record) -> Result<Record, Refusal> {
        let of = self.shape.type_name;
        let mut checked = Record::default();
        for (name, value) in body.iter() {
            // Annotations of a body that was read before are no properties.
            if name.starts_with("odata.") || name.starts_with("@odata.") {
                continue;
            }
            let kind = self.shape.kind(name).ok_or_else(|| Refusal::invalid_property(name, of))?;
            let rows = self.rows_of(name, kind);
            let value = match (value, rows) {
                (Value::List(list), Some(shape)) => {
                    let body = Body { shape: &shape, lines: None, refuse_nulls: self.refuse_nulls };
                    let rows = list.iter().map(|row| body.check(row.clone()));
                    Value::List(rows.collect::<Result<_, _>>()?)
                }
                (Value::Null, _) if self.refuse_nulls => return Err(Refusal::bare()),
                (Value::Null, _) => Value::Null,
                (value, _) => value_of(value, kind, name, of)?,
            };
            if let Some(field) = self.shape.user_field(name) {
                field.allows(&value)?;
            }
            checked.set(name.to_owned(), value);
        }
        Ok(checked)
    }
}

impl Body<'_> {
    /// The shape of a collection's rows, where their type is simulated.
    fn rows_of(&self, name: &str, kind: &Kind) -> Option<Shape> {
        match (self.lines, kind) {
            (Some((lines_name, shape)), _) if lines_name == name => Some(shape.clone()),
            (_, Kind::Many(inner)) => Shape::of_rows(inner),
            _ => None,
        }
    }
}

/// One value in the kind of its property.
pub(crate) fn value_of(value: &Value, kind: &Kind, name: &str, of: &str) -> Result<Value, Refusal> {
    let wrong = || Refusal::invalid_property(name, of);
    match (kind, value) {
        (Kind::Text(length), Value::Text(text)) => {
            if length.is_some_and(|max| text.chars().count() > max) {
                return Err(Refusal::too_long(name, of));
            }
            Ok(Value::Text(text.clone()))
        }
        // The published examples send numbers for some strings and strings for numbers.
        (Kind::Text(_), Value::Integer(number)) => Ok(Value::Text(number.to_string())),
        (Kind::Time, Value::Text(text)) => Ok(Value::Text(text.clone())),
        (Kind::Integer, Value::Integer(number)) => Ok(Value::Integer(*number)),
        (Kind::Integer, Value::Text(text)) => {
            text.trim().parse().map(Value::Integer).map_err(|_| wrong())
        }
        (Kind::Number, Value::Integer(number)) => amount(Decimal::from(*number), name, of),
        (Kind::Number, Value::Number(number)) => amount(*number, name, of),
        (Kind::Number, Value::Text(text)) => {
            amount(exact_decimal(text.trim()).ok_or_else(wrong)?, name, of)
        }
        (Kind::Date, Value::Text(text)) => date_of(text).map(Value::Date).ok_or_else(wrong),
        (Kind::Enum(members), Value::Text(text)) => member(members, text, name),
        (Kind::Enum(members), Value::Integer(number)) => member(members, &number.to_string(), name),
        // Collections and structures that are not simulated further are kept as they came.
        (Kind::Many(_), Value::List(list)) => Ok(Value::List(list.clone())),
        (Kind::One(_), Value::Record(record)) => Ok(Value::Record(record.clone())),
        _ => Err(wrong()),
    }
}

fn member(members: &str, text: &str, name: &str) -> Result<Value, Refusal> {
    schema::member_of(members, text).map(Value::from).ok_or_else(|| {
        let valid: Vec<_> =
            schema::members_of(members).iter().map(|m| format!("'{}'", m.name)).collect();
        Refusal::invalid_value(text, name, &valid.join(", "))
    })
}

/// An amount as the column holds it: six decimals, thirteen integer digits.
fn amount(number: Decimal, name: &str, of: &str) -> Result<Value, Refusal> {
    if number.abs() >= amount_limit() {
        return Err(Refusal::too_long(name, of));
    }
    Ok(Value::Number(
        number.round_dp_with_strategy(
            SCALE_MAX,
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        ),
    ))
}

/// The first amount that no column holds: ten to the thirteenth.
pub(crate) fn amount_limit() -> Decimal {
    Decimal::from(10_i64.pow(INTEGER_DIGITS_MAX))
}

/// A date in the forms that are accepted: `2026-08-01`, `20260801`, `2026-08-01T00:00:00Z`.
pub(crate) fn date_of(text: &str) -> Option<NaiveDate> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    match day.len() {
        8 => NaiveDate::parse_from_str(day, "%Y%m%d").ok(),
        10 => NaiveDate::parse_from_str(day, "%Y-%m-%d").ok(),
        _ => None,
    }
}
