//! Payments made on commitments.

use chrono::{DateTime, NaiveDate, Utc};

use super::shapes::{Attachment, CurrencyConfiguration};
use crate::client::Project;
use crate::id::{CommitmentId, ContractPaymentId, ProjectId, RequisitionId};
use crate::paging::List;
use crate::wire::model;

model! {
    /// A payment on a contract.
    pub struct ContractPayment {
        /// Its id.
        key id: ContractPaymentId,
        /// The contract.
        opt contract_id: CommitmentId,
        /// The project.
        opt project_id: ProjectId,
        /// The requisition that it pays, if it pays one.
        opt requisition_id: RequisitionId,
        /// The amount, in the contract's currency.
        money amount,
        /// The day of the payment.
        opt date: NaiveDate,
        /// The status.
        opt status: String,
        /// Its number within the contract.
        opt payment_number: i64,
        /// The number of the draw request.
        opt draw_request_number: i64,
        /// The number of the check.
        opt check_number: String,
        /// The number of the invoice.
        opt invoice_number: String,
        /// Notes.
        opt notes: String,
        /// When the money was sent, with Procore Pay.
        opt date_payment_initiated: DateTime<Utc>,
        /// When the money arrived, with Procore Pay.
        opt date_payment_settled: DateTime<Utc>,
        /// The id of the payment, with Procore Pay.
        opt external_payment_id: String,
        /// The files.
        flat attachments: Attachment,
        /// Its currency, where a contract's show call lists the payment.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system; once set, Procore lets nobody change the record.
        opt origin_id: String,
        /// The code in another system.
        opt origin_code: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed; absent in older servers, and the list cannot be narrowed by it.
        opt updated_at: DateTime<Utc>,
    }
}

impl Project {
    /// Lists the payments on one contract. No call lists those of a project, and none can be narrowed by time.
    pub fn contract_payments(&self, contract: CommitmentId) -> List<ContractPayment> {
        self.list(self.by_query("/rest/v1.0/contract_payments").query("contract_id", contract))
    }
}
