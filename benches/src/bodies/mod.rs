//! What the servers answer: bodies with the properties, types and number formats that the real ones send.
//!
//! `procore`, `lines` and `service_layer` write them. How they are served is in `loopback`, how they are decoded in the benches.

mod lines;
mod procore;
mod service_layer;

use crate::loopback::Answers;

pub use lines::{COST_CODES, cents, contract_lines, cost_code};
pub use procore::{TOKEN, contract_page, project};
pub use service_layer::{LOGIN, SESSION_COOKIE, invoice};

/// All answers, with a page of so many contracts.
pub fn answers(contracts: usize) -> Answers {
    Answers {
        project: project().into(),
        contracts: contract_page(contracts).into(),
        invoice: invoice(3).into(),
    }
}
