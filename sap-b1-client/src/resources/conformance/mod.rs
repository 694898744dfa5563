//! Every name this crate reads or writes exists in the service's own metadata, in both versions, with the type it has here.
//!
//! [`super::declare`] writes the names down as it makes the types ([`Described`], [`Sets`]), so that none can be forgotten;
//! [`table`] is the metadata, as names and types; [`tests`] compares. The table is derived by
//! `scripts/derive_metadata.py`.

mod table;
mod tests;

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The kind of one property, as a Rust type says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `String`: a text, or an enumeration none of whose members matters here.
    Text,
    /// `i32`.
    Integer,
    /// `Decimal`.
    Amount,
    /// `NaiveDate`.
    Date,
    /// A member of this enumeration.
    Member(&'static str),
    /// Rows of this type of the metadata.
    Rows(&'static str),
}

/// A type whose properties are declared.
pub(crate) trait Described {
    /// Its name in the metadata.
    const METADATA_TYPE: &'static str;
    /// The properties it reads or writes.
    const READ: &'static [(&'static str, Shape)];
}

/// The entity sets that read as a type.
pub(crate) trait Sets {
    const SETS: &'static [&'static str];
}

/// The shape of a value.
pub(crate) trait ValueShape {
    const SHAPE: Shape;
}

impl ValueShape for String {
    const SHAPE: Shape = Shape::Text;
}
impl ValueShape for i32 {
    const SHAPE: Shape = Shape::Integer;
}
impl ValueShape for Decimal {
    const SHAPE: Shape = Shape::Amount;
}
impl ValueShape for NaiveDate {
    const SHAPE: Shape = Shape::Date;
}

/// The shape of a property.
pub(crate) trait Shaped {
    const SHAPE: Shape;
}

impl<T: ValueShape> Shaped for Option<T> {
    const SHAPE: Shape = T::SHAPE;
}
impl<T: Described> Shaped for Vec<T> {
    const SHAPE: Shape = Shape::Rows(T::METADATA_TYPE);
}
