//! Choices that contradict each other, or would recognise a cost twice: all of them at once.

use std::fmt;

use super::{Basis, Offset, Opening, Policy, RequisitionDocument, TaxInJournal};
use crate::{
    catalog::Catalog,
    mapping::{AccountRule, MappingTables},
};

/// A key of the configuration that must be changed before anything is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFinding {
    /// The key, or the file and row.
    pub key: String,
    /// What is wrong, as the end of a sentence that begins with the key.
    pub problem: String,
    /// What would be right.
    pub remedy: String,
}

impl PolicyFinding {
    pub(super) fn new(
        key: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { key: key.into(), problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for PolicyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.key, self.problem, self.remedy)
    }
}

impl Policy {
    /// Everything in these choices and rules that contradicts itself, or would bring a cost into the
    /// ledger twice; empty when they can be posted by.
    #[must_use]
    pub fn findings(&self, rules: &[AccountRule]) -> Vec<PolicyFinding> {
        self.contradictions(rules, &|code| code)
    }

    /// As [`findings`](Self::findings), with what only the company's master data show: every account by
    /// SAP's own code (where accounts are segmented, one account has two names), and taxable codes on
    /// commitments in a VAT localisation.
    #[must_use]
    pub fn findings_in(&self, mapping: &MappingTables, catalog: &Catalog) -> Vec<PolicyFinding> {
        let mut findings = self.contradictions(mapping.rules(), &|code| {
            catalog.account(code).map_or(code, |account| account.code.as_str())
        });
        self.taxable_commitments(mapping, catalog, &mut findings);
        findings
    }

    fn contradictions<'a>(
        &'a self,
        rules: &'a [AccountRule],
        own_code: &dyn Fn(&'a str) -> &'a str,
    ) -> Vec<PolicyFinding> {
        let mut findings = Vec::new();
        self.accounts_of_the_basis(&mut findings);
        self.opening_of_the_basis(&mut findings);
        self.requisitions_as_invoices(&mut findings);
        self.subcontractor_invoices(&mut findings);
        self.commitment_codes_unread(&mut findings);
        let mut accounts = self.clearing_accounts();
        for (_, account) in &mut accounts {
            *account = own_code(account);
        }
        shared_accounts(&accounts, &mut findings);
        // A cost that stands on its own clearing account is in the ledger twice, or not at all.
        for rule in rules {
            let account = own_code(&rule.gl_account);
            if let Some((key, _)) = accounts.iter().find(|(_, clearing)| *clearing == account) {
                findings.push(PolicyFinding::new(
                    format!("accounts.csv row {}", rule.row),
                    format!("account {} is also {key}", rule.gl_account),
                    "give cost and clearing their own accounts",
                ));
            }
        }
        findings
    }

    fn accounts_of_the_basis(&self, findings: &mut Vec<PolicyFinding>) {
        #[rustfmt::skip]
        let accounts = [
            ("unbilled_account",    &self.unbilled_account,    Basis::Commitment,        false),
            ("accrued_account",     &self.accrued_account,     Basis::CommitmentJournal, true),
            ("encumbrance_account", &self.encumbrance_account, Basis::Encumbrance,       true),
            ("encumbrance_reserve", &self.encumbrance_reserve, Basis::Encumbrance,       true),
        ];
        for (key, account, basis, needed) in accounts {
            let key = format!("posting.{key}");
            let name = basis.name();
            match account {
                Some(_) if basis != self.basis => findings.push(PolicyFinding::new(
                    key,
                    format!("is used only with basis = \"{name}\""),
                    format!("set basis = \"{name}\", or remove the key"),
                )),
                None if needed && basis == self.basis => findings.push(PolicyFinding::new(
                    key,
                    format!("is missing; basis = \"{name}\" posts to it"),
                    "name the account by its SAP code",
                )),
                _ => {}
            }
        }
    }

    /// Whole commitments can have stood in the books only where the basis has a place for them.
    fn opening_of_the_basis(&self, findings: &mut Vec<PolicyFinding>) {
        if self.opening == Opening::Billed || self.basis.recognises_commitments() {
            return;
        }
        let why = match self.basis {
            Basis::Encumbrance => "commitments stand outside the income statement and become cost",
            _ => "commitments are not in the general ledger and become cost",
        };
        findings.push(PolicyFinding::new(
            "posting.opening",
            format!(
                "\"committed\" says that the books held whole commitments as cost at the cut-over; on \
                 the basis {} {why} when they are billed",
                self.basis.name()
            ),
            "write opening = \"billed\", or choose basis = \"commitment\" or \"commitment_journal\"",
        ));
    }

    fn requisitions_as_invoices(&self, findings: &mut Vec<PolicyFinding>) {
        if self.requisition_document == RequisitionDocument::JournalEntry {
            if self.retainage_tax_code.is_some() {
                findings.push(PolicyFinding::new(
                    "posting.retainage_tax_code",
                    "is used only with requisition_document = \"purchase_invoice\"",
                    "remove the key",
                ));
            }
            return;
        }
        if self.basis.recognises_commitments() {
            findings.push(PolicyFinding::new(
                "posting.requisition_document",
                format!(
                    "\"purchase_invoice\" would recognise cost twice: on the basis {} a commitment \
                     is cost when it is approved",
                    self.basis.name()
                ),
                "remove the key, or choose basis = \"progress\" or \"encumbrance\"",
            ));
        } else if self.retainage_account.is_some() && self.retainage_tax_code.is_none() {
            findings.push(PolicyFinding::new(
                "posting.retainage_tax_code",
                "is missing; retainage lines of A/P invoices carry it",
                "name SAP's tax code of 0 %",
            ));
        }
    }

    fn subcontractor_invoices(&self, findings: &mut Vec<PolicyFinding>) {
        if !self.direct_cost_offset.contains_key("subcontractor_invoice") {
            return;
        }
        let why = if self.basis.recognises_commitments() {
            format!(
                "on the basis {} a subcontract is cost when it is approved, and its requisitions \
                 bill it",
                self.basis.name()
            )
        } else {
            format!("on the basis {} its requisitions are cost already", self.basis.name())
        };
        findings.push(PolicyFinding::new(
            "posting.direct_cost_offset.subcontractor_invoice",
            format!("would recognise cost twice: {why}"),
            "remove the key; subcontractor invoices then count as not configured",
        ));
    }

    /// The accounts that are no cost, each with its key.
    fn clearing_accounts(&self) -> Vec<(String, &str)> {
        let named = [
            ("unbilled_account", &self.unbilled_account),
            ("accrued_account", &self.accrued_account),
            ("encumbrance_account", &self.encumbrance_account),
            ("encumbrance_reserve", &self.encumbrance_reserve),
            ("retainage_account", &self.retainage_account),
        ];
        let mut accounts: Vec<(String, &str)> = named
            .into_iter()
            .filter_map(|(key, account)| Some((format!("posting.{key}"), account.as_deref()?)))
            .collect();
        if let TaxInJournal::Account(account) = &self.tax_in_journal {
            accounts.push(("posting.tax_account".to_owned(), account));
        }
        for (kind, offset) in &self.direct_cost_offset {
            if let Offset::Account(account) = offset {
                accounts.push((format!("posting.direct_cost_offset.{kind}"), account));
            }
        }
        accounts
    }
}

/// An account has one role: what is unbilled, retained and cleared must be told apart.
fn shared_accounts(accounts: &[(String, &str)], findings: &mut Vec<PolicyFinding>) {
    let is_offset = |key: &str| key.contains("direct_cost_offset");
    for (index, (key, account)) in accounts.iter().enumerate() {
        for (earlier, other) in &accounts[..index] {
            if other == account && !(is_offset(earlier) && is_offset(key)) {
                findings.push(PolicyFinding::new(
                    key,
                    format!("account {account} is also {earlier}"),
                    "give each its own account",
                ));
            }
        }
    }
}
