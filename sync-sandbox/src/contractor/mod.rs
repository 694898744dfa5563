//! A generated contractor: what one general contractor holds in both systems.
//!
//! `books` is the SAP side as plain data. The same seed always gives the same contractor.

pub mod books;
