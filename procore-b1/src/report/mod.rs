//! What commands say: tables for a terminal, JSON for programs, CSV and pages for finance.
//!
//! `json` holds one typed document per command, `text` the tables, `html` the two pages, `sheet` the
//! CSV files, `amount` how money is written. They take the engine's values and decide nothing.

pub mod amount;
pub mod html;
pub mod json;
pub mod sheet;
pub mod text;

pub use amount::amount;
