//! How a contract is invoiced: stored materials and retainage rules.

use crate::client::Project;
use crate::error::Result;
use crate::id::{CommitmentId, CompanyId, Id, ProjectId};
use crate::record::Record;
use crate::wire::model;

model! {
    /// How a contract is invoiced.
    pub struct InvoiceConfiguration {
        /// Its id.
        key id: Id,
        /// The contract.
        opt contract_id: CommitmentId,
        /// The project.
        opt project_id: ProjectId,
        /// The company.
        opt company_id: CompanyId,
        /// Whether stored materials are billed apart from work.
        opt separate_billing_for_stored_materials: bool,
        /// How stored materials are billed.
        opt stored_materials_billing_method: String,
        /// Whether billed materials move into the work completed before.
        opt move_materials_to_previous_work_completed: bool,
        /// Whether retainage follows a sliding scale: then percent times base need not be its amount.
        opt ssr_enabled: bool,
        /// Whether the contract was invoiced already.
        opt commitment_has_invoices: bool,
        /// The rules of the sliding scale. The rules themselves are not documented: read them from the record's text.
        sub retainage_rule_set: RetainageRuleSet,
    }
}

model! {
    /// A set of retainage rules.
    pub struct RetainageRuleSet {
        /// Its id.
        opt id: Id,
        /// The contract.
        opt contract_id: CommitmentId,
        /// Its name.
        opt name: String,
    }
}

impl Project {
    /// Shows how a contract is invoiced.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn invoice_configuration(
        &self,
        contract: CommitmentId,
    ) -> Result<Record<InvoiceConfiguration>> {
        let path = format!("/contracts/{contract}/invoice_configuration");
        self.show(&self.by_path("v1.0", &path)).await
    }
}
