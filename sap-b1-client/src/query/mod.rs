//! Questions to the Service Layer as values: filters, keys, `$select` and `$orderby`, and the way through pages.
//!
//! Text from outside only ever enters as a [`Literal`], which is quoted, doubled and percent-encoded; names of properties
//! are checked. So no value can change the meaning of a query.

mod answer;
mod encode;
mod filter;
mod key;
mod pager;
mod select;

pub use filter::{Filter, Literal};
pub use key::Key;
pub use pager::Pager;
pub use select::{Order, Query};

pub(crate) use answer::Answer;
pub(crate) use encode::{encode, property_name, quote};
