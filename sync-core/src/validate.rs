//! A posting against SAP's master data: every fault at once, each with record, line, field, value and
//! what would be right. It turns most of SAP's refusals into clear sentences before anything is sent.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    catalog::{Account, Catalog, Partner, TaxField},
    model::{Coding, DocumentKey, JournalTarget, LineMark, Posting},
    money,
    states::{Cause, Reason},
};

/// SAP's column lengths of the codes that a posting carries, in characters.
const LENGTHS: [(&str, usize); 5] = [
    ("CardCode", 15),
    ("AccountCode", 15),
    ("CostingCode", 8),
    ("ProjectCode", 20),
    ("TaxCode", 8),
];

/// The properties of dimensions 1 to 5.
const COSTING_CODES: [&str; 5] =
    ["CostingCode", "CostingCode2", "CostingCode3", "CostingCode4", "CostingCode5"];

/// The length of one of SAP's code columns, in characters; `None` for a field without a limit here.
#[must_use]
pub fn length_limit(field: &str) -> Option<usize> {
    LENGTHS.iter().find(|(name, _)| *name == field).map(|(_, limit)| *limit)
}

/// What SAP's master data say against one value of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The hold that it leads to.
    pub reason: Reason,
    /// The document.
    pub record: DocumentKey,
    /// The source lines that carry the value; none for a value of the header.
    pub lines: Vec<LineMark>,
    /// SAP's property.
    pub field: &'static str,
    /// The value; empty where one is missing.
    pub value: String,
    /// What is wrong, in a sentence.
    pub problem: String,
    /// What would be right.
    pub remedy: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.record)?;
        let lines: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        match lines.as_slice() {
            [] => {}
            [line] => write!(f, ", line {line}")?,
            _ => write!(f, ", lines {}", lines.join(", "))?,
        }
        write!(f, ", {}", self.field)?;
        if !self.value.is_empty() {
            write!(f, " '{}'", self.value)?;
        }
        write!(f, ": {}; {}", self.problem, self.remedy)
    }
}

impl From<&Fault> for Cause {
    fn from(fault: &Fault) -> Self {
        Self::new(fault.reason, fault.to_string())
    }
}

/// Everything that SAP's master data say against a posting. A value that several lines carry is one
/// fault, which names the lines.
#[must_use]
pub fn findings(posting: &Posting, catalog: &Catalog) -> Vec<Fault> {
    let header = posting.header();
    let mut check = Check {
        catalog,
        record: header.key,
        day: header.posting_date,
        currency: &header.currency,
        line: None,
        faults: Vec::new(),
    };
    check.header(posting);
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            check.partner(&document.card_code, header.branch);
            if let Some(control) = &document.control_account {
                check.control_account(control);
            }
            for line in &document.lines {
                check.line = Some(&line.mark);
                check.account_line(&line.coding);
                check.tax_code(&line.coding);
                check.amount("LineTotal", line.amount);
            }
        }
        Posting::JournalEntry(entry) => {
            for line in &entry.lines {
                check.line = Some(&line.mark);
                match &line.target {
                    JournalTarget::Account(coding) => check.account_line(coding),
                    JournalTarget::Partner { card_code, control_account, project } => {
                        check.partner(card_code, header.branch);
                        check.control_account(control_account);
                        check.project("ProjectCode", project.as_deref());
                    }
                }
                let side = if line.amount.is_sign_negative() { "Credit" } else { "Debit" };
                check.amount(side, line.amount);
            }
        }
    }
    check.line = None;
    check.sum(posting);
    check.faults
}

struct Check<'a> {
    catalog: &'a Catalog,
    record: DocumentKey,
    day: NaiveDate,
    currency: &'a str,
    line: Option<&'a LineMark>,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn find(
        &mut self,
        reason: Reason,
        (field, value): (&'static str, &str),
        problem: String,
        remedy: &'static str,
    ) {
        let same = |fault: &&mut Fault| {
            fault.reason == reason
                && fault.field == field
                && fault.value == value
                && fault.problem == problem
        };
        let line = self.line.cloned();
        if let Some(fault) = self.faults.iter_mut().find(same) {
            fault.lines.extend(line.filter(|line| !fault.lines.contains(line)));
            return;
        }
        self.faults.push(Fault {
            reason,
            record: self.record,
            lines: line.into_iter().collect(),
            field,
            value: value.to_owned(),
            problem,
            remedy,
        });
    }

    fn length(&mut self, column: &str, field: &'static str, value: &str) {
        let Some(limit) = length_limit(column) else { return };
        let long = value.chars().count();
        if long > limit {
            self.find(
                Reason::ValueTooLong,
                (field, value),
                format!("it has {long} characters, SAP's column holds {limit}"),
                "shorten it in the mapping tables",
            );
        }
    }

    fn header(&mut self, posting: &Posting) {
        let header = posting.header();
        let (project, branch, currency) = match posting {
            Posting::JournalEntry(_) => ("ProjectCode", "BPLID", "FCCurrency"),
            _ => ("Project", "BPL_IDAssignedToInvoice", "DocCurrency"),
        };
        self.project(project, header.project.as_deref());
        if self.catalog.branches_enabled && header.branch.is_none() {
            self.find(
                Reason::BranchMissing,
                (branch, ""),
                "SAP's company has branches and the project's row in projects.csv names none"
                    .to_owned(),
                "fill branch in projects.csv",
            );
        }
        let known = header.currency == self.catalog.local_currency
            || self.catalog.currencies.contains_key(&header.currency);
        if !known {
            self.find(
                Reason::CurrencyNotInSap,
                (currency, &header.currency),
                format!("SAP does not know the currency {}", header.currency),
                "define it in SAP, or correct the currency in Procore",
            );
        }
    }

    /// The total that SAP stores, and the balance of a journal entry.
    fn sum(&mut self, posting: &Posting) {
        let amounts: Vec<Decimal> = match posting {
            Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
                let lines = document.lines.iter().map(|line| line.amount);
                lines.chain([document.expected_tax]).collect()
            }
            Posting::JournalEntry(entry) => {
                entry.lines.iter().map(|line| line.amount.max(Decimal::ZERO)).collect()
            }
        };
        if let Err(error) = money::sum(amounts) {
            self.out_of_range("DocTotal", "", error.to_string());
        }
        let Posting::JournalEntry(entry) = posting else { return };
        match money::sum(entry.lines.iter().map(|line| line.amount)) {
            Ok(rest) if !rest.is_zero() => self.find(
                Reason::RoundingMismatch,
                ("JournalEntryLines", ""),
                format!("the journal entry is off by {rest}"),
                "report it: every journal entry balances before it is sent",
            ),
            _ => {}
        }
    }

    fn amount(&mut self, field: &'static str, amount: Decimal) {
        if let Err(error) = money::in_range(amount) {
            self.out_of_range(field, &amount.to_string(), error.to_string());
        }
    }

    fn out_of_range(&mut self, field: &'static str, value: &str, problem: String) {
        let remedy = "correct the amount in Procore";
        self.find(Reason::AmountOutOfRange, (field, value), problem, remedy);
    }

    fn partner(&mut self, card_code: &str, branch: Option<i64>) {
        self.length("CardCode", "CardCode", card_code);
        let catalog = self.catalog;
        let value = ("CardCode", card_code);
        let Some(partner) = catalog.partners.get(card_code) else {
            let remedy = "correct card_code in vendors.csv, or enter the partner in SAP";
            let problem = format!("SAP has no business partner {card_code}");
            self.find(Reason::VendorInvalid, value, problem, remedy);
            return;
        };
        for (problem, remedy) in self.faults_of_partner(partner, branch) {
            let problem = format!("business partner {card_code} ({}) {problem}", partner.name);
            self.find(Reason::VendorInvalid, value, problem, remedy);
        }
    }

    fn faults_of_partner(
        &self,
        partner: &Partner,
        branch: Option<i64>,
    ) -> Vec<(String, &'static str)> {
        let (day, currency) = (self.day, self.currency);
        let frozen = partner.frozen || partner.frozen_during.is_some_and(|d| d.contains(day));
        let active = partner.active && partner.validity.contains(day);
        let branches = &partner.branches;
        let branch_missing = self.catalog.branches_enabled
            && branch.is_some_and(|branch| !branches.is_empty() && !branches.contains(&branch));
        let other = partner.currency.as_deref().filter(|own| *own != currency);
        [
            (
                !partner.supplier,
                "is no supplier".to_owned(),
                "correct card_code in vendors.csv: only suppliers have A/P documents",
            ),
            (!active, format!("is inactive on {day}"), "make the partner active in SAP"),
            (frozen, format!("is frozen on {day}"), "lift the freeze in SAP"),
            (
                branch_missing,
                format!("is not assigned to the project's branch {}", branch.unwrap_or_default()),
                "assign the partner to the branch in SAP",
            ),
            (
                other.is_some(),
                format!("has the currency {}, the record has {currency}", other.unwrap_or("##")),
                "give the partner all currencies (##) in SAP, or map the vendor to one in this currency",
            ),
        ]
        .into_iter()
        .filter(|(is_wrong, _, _)| *is_wrong)
        .map(|(_, problem, remedy)| (problem, remedy))
        .collect()
    }

    fn control_account(&mut self, code: &str) {
        let problem = match self.catalog.account(code) {
            None => format!("SAP has no account {code}"),
            Some(account) if !account.control => {
                format!("account {code} ({}) is no control account in SAP", account.name)
            }
            Some(_) => return,
        };
        let remedy = "name a control account of A/P in the configuration";
        self.find(Reason::AccountInvalid, ("ControlAccount", code), problem, remedy);
    }

    fn account_line(&mut self, coding: &Coding) {
        self.length("AccountCode", "AccountCode", &coding.account);
        let catalog = self.catalog;
        let value = ("AccountCode", coding.account.as_str());
        let Some(account) = catalog.account(&coding.account) else {
            let problem = format!("SAP has no account {}", coding.account);
            let remedy = "correct gl_account in accounts.csv, or create the account in SAP";
            self.find(Reason::AccountInvalid, value, problem, remedy);
            self.dimensions(coding, None);
            self.project("ProjectCode", coding.project.as_deref());
            return;
        };
        let named = format!("account {} ({})", account.code, account.name);
        let frozen = account.frozen || !account.validity.contains(self.day);
        let other = account.currency.as_deref().filter(|own| *own != self.currency);
        let wrong = [
            (
                !account.postable,
                "is a title account".to_owned(),
                "name a postable account in accounts.csv",
            ),
            (
                account.control,
                "is a control account; it is posted to through a partner only".to_owned(),
                "name a plain account in accounts.csv",
            ),
            (
                frozen,
                format!("is frozen or not valid on {}", self.day),
                "lift the freeze in SAP, or end the rule in accounts.csv with valid_to",
            ),
            (
                other.is_some(),
                format!("is kept in {}, the record is in {}", other.unwrap_or(""), self.currency),
                "name an account of all currencies in accounts.csv",
            ),
        ];
        for (is_wrong, what, remedy) in wrong {
            if is_wrong {
                self.find(Reason::AccountInvalid, value, format!("{named} {what}"), remedy);
            }
        }
        if account.project_required && coding.project.is_none() {
            let remedy = "fill sap_project in projects.csv";
            let problem = format!("{named} requires a project");
            self.find(Reason::DimensionRequired, ("ProjectCode", ""), problem, remedy);
        }
        self.dimensions(coding, Some(account));
        self.project("ProjectCode", coding.project.as_deref());
    }

    fn dimensions(&mut self, coding: &Coding, account: Option<&Account>) {
        for (index, field) in COSTING_CODES.into_iter().enumerate() {
            let dimension = index + 1;
            let Some(code) = &coding.dimensions[index] else {
                if let Some(account) = account.filter(|account| account.dimensions_required[index])
                {
                    let problem =
                        format!("account {} requires dimension {dimension}", account.code);
                    let remedy = "fill it in accounts.csv or projects.csv";
                    self.find(Reason::DimensionRequired, (field, ""), problem, remedy);
                }
                continue;
            };
            self.length("CostingCode", field, code);
            let remedy = "correct it in accounts.csv or projects.csv, or in SAP";
            let problem = match self.catalog.profit_centers.get(code) {
                None => format!("SAP has no profit center {code}"),
                Some(center) => {
                    let what = if usize::from(center.dimension) != dimension {
                        format!("belongs to dimension {}, not {dimension}", center.dimension)
                    } else if !center.active {
                        "is inactive".to_owned()
                    } else if !center.validity.contains(self.day) {
                        format!("is not effective on {}", self.day)
                    } else {
                        continue;
                    };
                    format!("profit center {code} ({}) {what}", center.name)
                }
            };
            self.find(Reason::ProfitCenterInvalid, (field, code), problem, remedy);
        }
    }

    fn project(&mut self, field: &'static str, code: Option<&str>) {
        let Some(code) = code else { return };
        self.length("ProjectCode", field, code);
        let problem = match self.catalog.projects.get(code) {
            None => format!("SAP has no project {code}"),
            Some(project) if !project.active => format!("project {code} is inactive in SAP"),
            Some(project) if !project.validity.contains(self.day) => {
                format!("project {code} is not valid on {} in SAP", self.day)
            }
            Some(_) => return,
        };
        let remedy = "correct sap_project in projects.csv, or the project in SAP";
        self.find(Reason::SapProjectInvalid, (field, code), problem, remedy);
    }

    fn tax_code(&mut self, coding: &Coding) {
        let field = match self.catalog.tax_field {
            TaxField::TaxCode => "TaxCode",
            TaxField::VatGroup => "VatGroup",
        };
        let Some(code) = &coding.tax_code else {
            let problem = format!("the line on account {} has no tax code", coding.account);
            let remedy = "fill tax_code in accounts.csv or projects.csv";
            self.find(Reason::TaxCodeMissing, (field, ""), problem, remedy);
            return;
        };
        self.length("TaxCode", field, code);
        let problem = match self.catalog.tax_codes.get(code) {
            None => format!("SAP has no tax code {code}"),
            Some(tax) if !tax.active => format!("tax code {code} is inactive in SAP"),
            Some(tax) if !tax.valid_for_purchases => {
                format!("tax code {code} is not valid for purchases in SAP")
            }
            Some(_) => return,
        };
        let remedy = "correct tax_code in accounts.csv or projects.csv, or the code in SAP";
        self.find(Reason::TaxCodeInvalid, (field, code), problem, remedy);
    }
}
