//! One case: the company's choices, and what is entered in Procore step by step.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use sync_core::{
    exchange::ExchangeRate,
    model::{CostRecord, SourceKey},
    policy::{
        Basis, ForeignCurrency, NegativeLines, Offset, OnChange, OverBilling, RequisitionDocument,
        TaxInJournal,
    },
    ports::StateStore as _,
    resolve::Verb,
};

use super::table;
use crate::{
    decisions::decide,
    moving::in_branch,
    records::PROJECT,
    world::{World, run},
};

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
    /// What happens to a change of a posted record; `adjust` where it is left out.
    #[serde(default)]
    on_change: Option<OnChange>,
    #[serde(default)]
    retainage_account: Option<String>,
    /// With any, records in another currency than that of the books are posted.
    #[serde(default)]
    exchange_rates: Vec<Rate>,
    /// The branch of the project, where branches are on.
    #[serde(default)]
    branch: Option<i64>,
    steps: Vec<Step>,
}

/// How many units of the books' currency one unit is worth from a day on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rate {
    currency: String,
    from: NaiveDate,
    rate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    step: String,
    /// What is entered in Procore.
    #[serde(default)]
    records: Vec<CostRecord>,
    /// The branch to which `projects.csv` moves the project; the sweep takes it up.
    #[serde(default)]
    branch: Option<i64>,
    /// The record whose hold a person answers with `resolve --post`.
    #[serde(default)]
    post: Option<SourceKey>,
    /// How many more cycles go by, seven hours apart.
    #[serde(default)]
    more_cycles: u32,
    /// The reason for which each record waits afterwards.
    #[serde(default)]
    waits: BTreeMap<SourceKey, String>,
}

impl Case {
    pub(super) fn read(file: &Path) -> Self {
        let body = fs::read(file).unwrap();
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        self.steps.iter().flat_map(|step| &step.records).any(|record| record.kind().name() == kind)
    }

    /// Whether anything of it stands in another currency, or in a branch.
    pub(super) fn shows(&self, what: &str) -> bool {
        match what {
            "a foreign currency" => !self.exchange_rates.is_empty(),
            "several branches" => {
                self.branch.is_some() && self.steps.iter().any(|step| step.branch.is_some())
            }
            "restating" => self.on_change == Some(OnChange::Restate),
            "retainage on a control account" => self.retainage_account.as_deref() == Some("2116"),
            "tax in an account" => self.tax_in_journal == "1610",
            reason => self.steps.iter().any(|step| step.waits.values().any(|own| own == reason)),
        }
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
        if let Some(on_change) = self.on_change {
            world.policy.on_change = on_change;
        }
        if let Some(account) = &self.retainage_account {
            world.policy.retainage_account = Some(account.clone());
        }
        for Rate { currency, from, rate } in &self.exchange_rates {
            world.policy.foreign_currency = ForeignCurrency::Post;
            world.ledger.set_rate(currency, *from, ExchangeRate::direct(rate.parse().unwrap()));
        }
        if let Some(branch) = self.branch { in_branch(world, branch) } else { world }
    }

    /// The whole journal. After each step a further cycle posts nothing, and the books reconcile.
    pub(super) fn journal(&self) -> String {
        let mut world = self.world();
        let mut text = format!("{}\n", self.title);
        let mut before = 0;
        for (number, step) in (1..).zip(&self.steps) {
            step.happens(&mut world, &self.title);
            assert!(world.sync().documents.is_empty(), "{}: a further cycle posts", self.title);
            world.assert_reconciles();
            let documents = world.ledger.documents();
            text.push_str(&format!("\n{number}. {}\n", step.step));
            text.push_str(&table::documents(&documents[before..]));
            for (key, reason) in &step.waits {
                text.push_str(&format!("\n   waits: {key}, {reason}\n"));
            }
            text.push_str(&table::balances(&documents));
            before = documents.len();
        }
        text
    }
}

impl Step {
    /// Enters the step and lets its cycles go by.
    fn happens(&self, world: &mut World, title: &str) {
        world.put(self.records.iter().cloned());
        if let Some(key) = self.post {
            decide(world, key, Verb::Post).unwrap();
        }
        if let Some(branch) = self.branch {
            world.project_row.branch = Some(branch);
            world.sweep();
        } else {
            world.sync();
        }
        for _ in 0..self.more_cycles {
            world.clock.advance(TimeDelta::hours(7));
            world.sync();
        }
        let stored = run(world.store.project_records(PROJECT)).unwrap();
        let waits: BTreeMap<SourceKey, String> = stored
            .iter()
            .filter_map(|stored| Some((stored.key(), stored.cause.as_ref()?.reason.to_string())))
            .collect();
        assert_eq!(waits, self.waits, "{title}: {}", self.step);
    }
}
