//! What the clients cost beside the same work done without them, and what planning costs beside decoding;
//! `README.md` names the figures.
//!
//! Here is what benches and tests share: `bodies` that servers answer with, the [`loopback`] server with one GET made by
//! each client and by bare reqwest, the [`plain`] model, the [`company`] that plans, and [`measure`], the method of all
//! CPU figures.

pub mod bodies;
pub mod company;
pub mod loopback;
pub mod measure;
pub mod plain;
