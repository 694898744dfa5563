//! Procore's resources: for each a file with its model, its list parameters and its methods.
//!
//! Company-scoped methods are on [`Client`](crate::Client), project-scoped ones on [`Project`](crate::Project).
//! Shapes that several resources share are in [`shapes`] and [`line_items`]; what all lists can be narrowed by is in
//! [`filters`]. Any field may be absent: Procore's documentation names no field that may not be null.
//! The one exception is the id of a record or line: without it the record is set aside as
//! [`Unreadable`](crate::Unreadable), because nothing could be told apart from anything else.
//!
#![doc = include_str!("../../docs/operations.md")]

pub mod billing_periods;
pub mod budget_changes;
pub mod budget_line_items;
pub mod budget_modifications;
pub mod budget_rows;
pub mod budget_snapshots;
pub mod budget_summaries;
pub mod budget_views;
pub mod change_order_batches;
pub mod change_order_packages;
pub mod change_order_requests;
pub mod change_order_settings;
pub mod commitment_change_orders;
pub mod commitment_contracts;
pub mod commitments;
pub mod companies;
pub mod company_wbs;
pub mod contract_detail_lines;
pub mod contract_payments;
pub mod cost_codes;
pub mod currency;
pub mod direct_costs;
pub mod filters;
pub mod invoice_configurations;
pub mod line_item_types;
pub mod line_items;
pub mod markups;
pub mod potential_change_orders;
pub mod projects;
pub mod purchase_order_contracts;
mod query;
pub mod requisition_details;
pub mod requisition_histories;
pub mod requisition_items;
pub mod requisitions;
pub mod shapes;
pub mod standard_cost_codes;
pub mod sub_jobs;
pub mod tax_codes;
pub mod tax_types;
pub mod units_of_measure;
pub mod vendors;
pub mod wbs;
pub mod wbs_grid;
pub mod work_order_contracts;
