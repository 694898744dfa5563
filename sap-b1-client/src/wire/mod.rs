//! How values look on the wire: exact amounts, plain dates, enumerations, user-defined fields, raw records.
//!
//! Nothing here sends anything. Amounts travel from the wire's own digits to a `Decimal` and back without ever being a
//! floating point number; what a struct does not name stays in the raw JSON of its [`Record`].

pub(crate) mod date;
pub(crate) mod exact;
pub(crate) mod field;
mod master_names;
mod names;
mod record;
mod udf;

pub use master_names::*;
pub use names::*;
pub use record::Record;
pub use udf::{UdfValue, Udfs};
