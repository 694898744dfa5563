//! One case: the company's choices, and what is entered in Procore step by step.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use sync_core::{
    model::CostRecord,
    policy::{Basis, NegativeLines, Offset, OverBilling, RequisitionDocument, TaxInJournal},
};

use super::table;
use crate::world::World;

/// What a JSON file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    title: String,
    pub(super) basis: Basis,
    #[serde(default)]
    requisition_document: RequisitionDocument,
    /// The tax code of A/P lines: `EX` 0 %, `T8` 8 %.
    tax_code: String,
    /// `hold`, `cost`, or the account of stated tax.
    tax_in_journal: String,
    /// `vendor`, or the account, by type.
    direct_cost_offset: BTreeMap<String, String>,
    /// `none`: invoices of commitments stand on the trade account.
    #[serde(default)]
    unbilled_account: Option<String>,
    #[serde(default)]
    negative_lines: NegativeLines,
    #[serde(default)]
    over_billing: OverBilling,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    step: String,
    records: Vec<CostRecord>,
}

impl Case {
    pub(super) fn read(file: &Path) -> Self {
        let body = fs::read(file).unwrap();
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        self.steps.iter().flat_map(|step| &step.records).any(|record| record.kind().name() == kind)
    }

    fn world(&self) -> World {
        let mut world = World::on(self.basis);
        if self.requisition_document == RequisitionDocument::PurchaseInvoice {
            world = world.with_invoices();
        }
        match self.unbilled_account.as_deref() {
            Some("none") => world.policy.unbilled_account = None,
            Some(account) => world.policy.unbilled_account = Some(account.to_owned()),
            None => {}
        }
        world.policy.negative_lines = self.negative_lines;
        world.policy.over_billing = self.over_billing;
        world.project_row.tax_code = Some(self.tax_code.clone());
        world.policy.tax_in_journal = match self.tax_in_journal.as_str() {
            "hold" => TaxInJournal::Hold,
            "cost" => TaxInJournal::Cost,
            account => TaxInJournal::Account(account.to_owned()),
        };
        let offset = |text: &String| match text.as_str() {
            "vendor" => Offset::Vendor,
            account => Offset::Account(account.to_owned()),
        };
        world.policy.direct_cost_offset = self
            .direct_cost_offset
            .iter()
            .map(|(kind, text)| (kind.clone(), offset(text)))
            .collect();
        world
    }

    /// The whole journal. Each step is a cycle; a second one posts nothing, and the books reconcile.
    pub(super) fn journal(&self) -> String {
        let world = self.world();
        let mut text = format!("{}\n", self.title);
        let mut before = 0;
        for (number, step) in (1..).zip(&self.steps) {
            world.put(step.records.iter().cloned());
            let report = world.sync();
            assert_eq!(report.exceptions, [], "{}: {}", self.title, step.step);
            assert!(world.sync().documents.is_empty(), "{}: a second cycle posts", self.title);
            world.assert_reconciles();
            let documents = world.ledger.documents();
            text.push_str(&format!("\n{number}. {}\n", step.step));
            text.push_str(&table::documents(&documents[before..]));
            text.push_str(&table::balances(&documents));
            before = documents.len();
        }
        text
    }
}
