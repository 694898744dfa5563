//! What an auditor would do: takes Procore's records and SAP's documents, journal entries and
//! ledger as they stand in the sandbox, computes on paper what should be there, and compares.
//! Nothing of the engine, the connectors or the clients is used.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use sync_core::model::SourceKey;
use sync_sandbox::{
    procore::{Commitment, CommitmentKind, Company, DirectCostType, Project, Requisition},
    service_layer::{Document, DocumentKind, JournalEntry},
};

use super::{World, mapping::rows};

const UNBILLED: &str = "2160";
const RETAINAGE: &str = "2115";
const TRADE: &str = "2110";

/// One live document by our key.
#[derive(Debug)]
enum Posted {
    Document(Document),
    Entry(JournalEntry),
}

impl Posted {
    /// The net cost that it brings: lines on cost accounts, without tax.
    fn net(&self) -> Decimal {
        match self {
            Self::Document(document) => {
                let net: Decimal = document.lines.iter().map(|line| line.net).sum();
                if document.kind == DocumentKind::CreditNote { -net } else { net }
            }
            Self::Entry(entry) => on(entry, |account| account.starts_with('5')),
        }
    }

    /// Debits less credits on a control account or a plain one.
    fn on_account(&self, account: &str) -> Decimal {
        match self {
            Self::Document(document) if document.control_account == account => {
                let sign =
                    Decimal::from(if document.kind == DocumentKind::CreditNote { 1 } else { -1 });
                sign * document.total
            }
            Self::Document(_) => Decimal::ZERO,
            Self::Entry(entry) => on(entry, |own| own == account),
        }
    }
}

/// The key in the user field, or the first word of the document's own reference.
fn key_of(user_fields: &BTreeMap<String, String>, reference: &str) -> Option<String> {
    let own = reference.split(' ').next().filter(|word| word.contains('#'));
    user_fields.get("U_ProcoreKey").cloned().or_else(|| own.map(str::to_owned))
}

fn on(entry: &JournalEntry, belongs: impl Fn(&str) -> bool) -> Decimal {
    let lines = entry.lines.iter().filter(|line| belongs(&line.account));
    lines.map(|line| line.debit - line.credit).sum()
}

/// Both systems as they stand, and the records that rightly wait.
pub(crate) struct Audit<'a> {
    world: &'a World,
    company: Company,
    posted: BTreeMap<String, Posted>,
    waiting: BTreeSet<String>,
}

impl<'a> Audit<'a> {
    /// Takes stock; two live documents of one key are found here.
    pub(crate) fn of(world: &'a World, waiting: &[SourceKey]) -> Self {
        let mut posted = BTreeMap::new();
        let mut take = |key: Option<&String>, document: Posted| {
            let Some(key) = key else { return };
            let twice = posted.insert(key.clone(), document);
            assert!(twice.is_none(), "{key} is posted twice: {twice:?}");
        };
        for document in world.sandbox.service_layer.documents() {
            if document.kind != DocumentKind::Draft && document.cancel_status == "csNo" {
                let key = key_of(&document.user_fields, &document.num_at_card);
                take(key.as_ref(), Posted::Document(document));
            }
        }
        for entry in world.sandbox.service_layer.journal_entries() {
            let (debit, credit) = entry
                .lines
                .iter()
                .fold((Decimal::ZERO, Decimal::ZERO), |(d, c), l| (d + l.debit, c + l.credit));
            assert_eq!(debit, credit, "journal entry {} does not balance", entry.number);
            if entry.original_journal == "ttJournalEntry" {
                let key = key_of(&entry.user_fields, &entry.reference_2);
                take(key.as_ref(), Posted::Entry(entry));
            }
        }
        Self {
            world,
            company: world.sandbox.procore.read(Company::clone),
            posted,
            waiting: waiting.iter().map(ToString::to_string).collect(),
        }
    }

    /// Compares everything.
    pub(crate) fn passes(&self) {
        self.cost_per_record();
        self.accounts();
        for project in &self.company.projects {
            for commitment in &project.commitments {
                self.unbilled_of(project, commitment);
            }
        }
    }

    fn of_record(&self, record: &str) -> impl Iterator<Item = &Posted> {
        let prefix = format!("{record}#");
        self.posted
            .iter()
            .filter(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, posted)| posted)
    }

    fn waits(&self, record: &str) -> bool {
        self.waiting.contains(record)
    }

    /// What each record costs by Procore's headers.
    fn wanted(&self) -> BTreeMap<String, Decimal> {
        let mut wanted = BTreeMap::new();
        for project in &self.company.projects {
            for commitment in project.commitments.iter().filter(|c| c.is_postable()) {
                wanted.insert(self.commitment(project, commitment), commitment.grand_total());
            }
            for change in project.change_orders.iter().filter(|c| c.is_approved()) {
                let package = change.package_id.unwrap();
                wanted.insert(self.name(project, "change_order", package), change.grand_total());
            }
            for cost in project.direct_costs.iter().filter(|c| c.status == "approved") {
                wanted.insert(self.name(project, "direct_cost", cost.id), cost.subtotal());
            }
        }
        wanted
    }

    fn name(&self, project: &Project, kind: &str, id: i64) -> String {
        format!("{}:{}:{kind}:{id}", self.company.id, project.id)
    }

    fn commitment(&self, project: &Project, commitment: &Commitment) -> String {
        let kind = match commitment.kind {
            CommitmentKind::PurchaseOrder => "purchase_order",
            CommitmentKind::Subcontract => "subcontract",
        };
        self.name(project, kind, commitment.id)
    }

    fn cost_per_record(&self) {
        let wanted = self.wanted();
        let mut held: BTreeMap<String, Decimal> = BTreeMap::new();
        for (key, posted) in &self.posted {
            let record = key.split('#').next().unwrap();
            *held.entry(record.to_owned()).or_default() += posted.net();
        }
        let records: BTreeSet<&String> = wanted.keys().chain(held.keys()).collect();
        for record in records.into_iter().filter(|record| !self.waits(record)) {
            let amount =
                |side: &BTreeMap<String, Decimal>| side.get(record).copied().unwrap_or_default();
            assert_eq!(amount(&held), amount(&wanted), "net cost of {record}");
        }
    }

    /// Approved requisitions of a commitment that do not wait, oldest first.
    fn billed<'p>(&self, project: &'p Project, commitment: i64) -> Vec<&'p Requisition> {
        let mut all: Vec<&Requisition> = project
            .requisitions
            .iter()
            .filter(|r| r.commitment_id == commitment && r.status == "approved")
            .filter(|r| !self.waits(&self.name(project, "requisition", r.id)))
            .collect();
        all.sort_by_key(|r| r.number);
        all
    }

    /// What stands on `unbilled_account` for a commitment is what is approved and not billed.
    fn unbilled_of(&self, project: &Project, commitment: &Commitment) {
        let own = self.commitment(project, commitment);
        let changes = project.change_orders.iter().filter(|c| c.contract_id == commitment.id);
        let changes: Vec<_> = changes
            .map(|c| (self.name(project, "change_order", c.package_id.unwrap()), c))
            .collect();
        if self.waits(&own) || changes.iter().any(|(name, _)| self.waits(name)) {
            return;
        }
        let approved =
            if commitment.is_postable() { commitment.grand_total() } else { Decimal::ZERO };
        let changed: Decimal =
            changes.iter().filter(|(_, c)| c.is_approved()).map(|(_, c)| c.grand_total()).sum();
        let requisitions: Vec<String> = project
            .requisitions
            .iter()
            .filter(|r| r.commitment_id == commitment.id)
            .map(|r| self.name(project, "requisition", r.id))
            .collect();
        if requisitions.iter().any(|name| self.waits(name)) {
            return;
        }
        let names = changes.iter().map(|(name, _)| name).chain(&requisitions).chain([&own]);
        let posted: Vec<&Posted> = names.flat_map(|name| self.of_record(name)).collect();
        let on = |account: &str| -> Decimal { posted.iter().map(|p| p.on_account(account)).sum() };
        let last = self.billed(project, commitment.id).pop();
        let billed = last.map(Requisition::completed_to_date).unwrap_or_default();
        let retained = last.map(Requisition::retained).unwrap_or_default();
        assert_eq!(-on(UNBILLED), approved + changed - billed, "unbilled of {own}");
        assert_eq!(-on(RETAINAGE), retained, "retainage of {own}");
        assert_eq!(-on(TRADE), billed - retained, "payable of {own}");
    }

    /// The whole ledger, the effects of waiting records aside.
    fn accounts(&self) {
        if !self.waiting.is_empty() {
            return;
        }
        let ledger = self.world.sandbox.service_layer.ledger();
        let mut wanted: BTreeMap<&str, Decimal> = BTreeMap::new();
        let mut book = |account: &'static str, amount: Decimal| {
            *wanted.entry(account).or_default() += amount;
        };
        for (_, amount) in self.wanted().iter().filter(|(key, _)| !key.contains("direct_cost")) {
            book(UNBILLED, -amount);
        }
        for project in &self.company.projects {
            for commitment in &project.commitments {
                if let Some(last) = self.billed(project, commitment.id).pop() {
                    book(UNBILLED, last.completed_to_date());
                    book(RETAINAGE, -last.retained());
                    book(TRADE, last.retained() - last.completed_to_date());
                }
            }
            for cost in project.direct_costs.iter().filter(|c| c.status == "approved") {
                let account = match cost.kind {
                    DirectCostType::Invoice => TRADE,
                    DirectCostType::Expense => "2195",
                    DirectCostType::Payroll => "2300",
                    DirectCostType::SubcontractorInvoice => unreachable!("none is generated"),
                };
                book(account, -cost.subtotal());
            }
        }
        for (account, amount) in wanted {
            assert_eq!(ledger.balance(account), amount, "balance of account {account}");
        }
    }
}

/// Account, profit center and project of every line of first posts are those that the CSV tables
/// name, looked up here by hand; answers how many lines were compared.
pub(crate) fn coding_of_first_posts(world: &World) -> usize {
    let contractor = &world.sandbox.contractor;
    let accounts = rows(&contractor.accounts_csv());
    let projects: BTreeMap<String, _> = rows(&contractor.projects_csv())
        .into_iter()
        .map(|(_, cells)| (cells["procore_project_id"].clone(), cells))
        .collect();
    let company = world.sandbox.procore.read(Company::clone);
    // Line id -> cost code, cost type and project.
    let mut lines: BTreeMap<i64, (String, String, String)> = BTreeMap::new();
    for project in &company.projects {
        let all = project
            .commitments
            .iter()
            .flat_map(|c| &c.lines)
            .chain(project.change_orders.iter().flat_map(|c| c.lines.iter().chain(&c.markups)))
            .chain(project.direct_costs.iter().flat_map(|c| &c.lines));
        for line in all {
            let Some(coding) = line.coding else { continue };
            let code = project.cost_code(coding.cost_code_id).unwrap().full_code.clone();
            let kind = company.line_item_type(coding.line_item_type_id).unwrap().code.clone();
            lines.insert(line.id, (code, kind, project.id.to_string()));
        }
    }
    let account_of = |code: &str, kind: &str, project: &str| -> String {
        let covers = |cell: &str, value: &str| cell == "*" || cell == value;
        accounts
            .iter()
            .map(|(_, cells)| cells)
            .filter(|cells| covers(&cells["project"], project) && covers(&cells["cost_type"], kind))
            .filter(|cells| match cells["cost_code"].split_once('*') {
                Some((prefix, _)) => code.starts_with(prefix),
                None => cells["cost_code"] == code,
            })
            .max_by_key(|cells| {
                let exact = !cells["cost_code"].contains('*');
                (
                    cells["project"] != "*",
                    exact,
                    cells["cost_code"].len(),
                    cells["cost_type"] != "*",
                )
            })
            .expect("a rule covers the code")["gl_account"]
            .clone()
    };
    let mut compared = 0;
    let mut compare = |key: &str, mark: &str, account: &str, center: &str, sap_project: &str| {
        let id: i64 = mark.split_whitespace().next().unwrap().parse().unwrap();
        let (code, kind, project) = &lines[&id];
        let row = &projects[project];
        assert_eq!(account, account_of(code, kind, project), "account of line {id} of {key}");
        assert_eq!(center, row["profit_center"], "profit center of line {id} of {key}");
        assert_eq!(sap_project, row["sap_project"], "project of line {id} of {key}");
        compared += 1;
    };
    for document in world.sandbox.service_layer.documents() {
        let Some(key) = document.user_fields.get("U_ProcoreKey") else { continue };
        for line in &document.lines {
            compare(key, &line.free_text, &line.account, &line.costing_codes[0], &line.project);
        }
    }
    for entry in world.sandbox.service_layer.journal_entries() {
        let Some(key) = entry.user_fields.get("U_ProcoreKey") else { continue };
        let ours = entry.original_journal == "ttJournalEntry";
        for line in entry.lines.iter().filter(|line| ours && line.account.starts_with('5')) {
            compare(key, &line.reference_1, &line.account, &line.costing_codes[0], &line.project);
        }
    }
    compared
}
