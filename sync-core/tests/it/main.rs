//! The accounting, tested as an accountant reads it: records of Procore in, balances and documents
//! of SAP out, with every port in memory.
//!
//! `world` holds the company under test, `records` the compact builders of Procore's records,
//! `books` the balances. Every other module is named after the rules that it tests.
#![allow(clippy::unwrap_used)]

mod books;
mod records;
mod seen;
mod world;

mod adopting;
mod ap_lines;
mod beyond_columns;
mod boundaries;
mod broken_off;
mod call_budget;
mod cancelling;
mod chains;
mod changed_before_start;
mod changes;
mod check;
mod claims;
#[cfg(feature = "contract-tests")]
mod contract;
mod cut_over;
mod decisions;
mod delta_lines;
mod direct_costs;
mod duplicates;
mod every_name;
mod exactly_once;
mod exchange_differences;
mod explaining;
mod foreign;
mod golden;
mod journal_contracts;
mod laws;
mod leases;
mod leaving;
mod ledger_answers;
mod limits;
mod look_ups;
mod mapped_costs;
mod mapping;
mod mapping_edits;
mod mapping_lint;
mod memory_store;
mod money;
mod moving;
mod open_balances;
mod opening_committed;
mod opening_list;
mod periods;
mod policy;
mod policy_edits;
mod posted_places;
mod preview;
mod reading;
mod rebuilding;
mod recoded;
mod reconciling;
mod reconciling_commitments;
mod reconciling_currencies;
mod references;
mod remainders;
mod repeats;
mod requisitions;
mod restating;
mod retention;
mod rounding_ledger;
mod searches;
mod side_by_side;
mod store_rows;
mod storms;
mod sweeping;
mod taking_over;
mod tax_share;
mod texts;
mod tiers;
mod two_writers;
mod validation;
mod vendor_references;
mod whole_change_orders;
mod worked_example;
