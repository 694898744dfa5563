//! A posting against SAP's master data: every finding at once, each with field, value and what
//! would be right. It turns most of SAP's refusals into clear sentences before anything is sent.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    catalog::{Account, Catalog},
    model::{Coding, JournalTarget, Posting},
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

/// The length of one of SAP's code columns, in characters; `None` for a field without a limit here.
#[must_use]
pub fn length_limit(field: &str) -> Option<usize> {
    LENGTHS.iter().find(|(name, _)| *name == field).map(|(_, limit)| *limit)
}

/// Everything that SAP's master data say against a posting.
#[must_use]
pub fn findings(posting: &Posting, catalog: &Catalog) -> Vec<Cause> {
    let mut check = Check { catalog, day: posting.header().posting_date, causes: Vec::new() };
    check.header(posting);
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            check.partner(&document.card_code, &document.header.currency, document.header.branch);
            if let Some(control) = &document.control_account {
                check.control_account(control);
            }
            for line in &document.lines {
                check.account_line(&line.coding, &document.header.currency);
                check.tax_code(&line.coding);
            }
        }
        Posting::JournalEntry(entry) => {
            for line in &entry.lines {
                match &line.target {
                    JournalTarget::Account(coding) => {
                        check.account_line(coding, &entry.header.currency);
                    }
                    JournalTarget::Partner { card_code, control_account, project } => {
                        check.partner(card_code, &entry.header.currency, entry.header.branch);
                        check.control_account(control_account);
                        check.project(project.as_deref());
                    }
                }
            }
            let rest: Decimal = entry.lines.iter().map(|line| line.amount).sum();
            if !rest.is_zero() {
                check.find(Reason::RoundingMismatch, format!("the journal entry is off by {rest}"));
            }
        }
    }
    check.causes
}

struct Check<'a> {
    catalog: &'a Catalog,
    day: NaiveDate,
    causes: Vec<Cause>,
}

impl Check<'_> {
    fn find(&mut self, reason: Reason, detail: String) {
        self.causes.push(Cause::new(reason, detail));
    }

    fn length(&mut self, field: &str, value: &str) {
        let limit = length_limit(field).unwrap_or(usize::MAX);
        let long = value.chars().count();
        if long > limit {
            self.find(
                Reason::ValueTooLong,
                format!("{field} '{value}' has {long} characters, SAP's column holds {limit}"),
            );
        }
    }

    fn header(&mut self, posting: &Posting) {
        let header = posting.header();
        self.project(header.project.as_deref());
        if self.catalog.branches_enabled && header.branch.is_none() {
            self.find(
                Reason::BranchMissing,
                "SAP's company has branches and the project's row in projects.csv names none"
                    .to_owned(),
            );
        }
        let known = header.currency == self.catalog.local_currency
            || self.catalog.currencies.contains_key(&header.currency);
        if !known {
            self.find(
                Reason::CurrencyNotInSap,
                format!("SAP does not know the currency {}", header.currency),
            );
        }
    }

    fn partner(&mut self, card_code: &str, currency: &str, branch: Option<i64>) {
        self.length("CardCode", card_code);
        let Some(partner) = self.catalog.partners.get(card_code) else {
            self.find(Reason::VendorInvalid, format!("SAP has no business partner {card_code}"));
            return;
        };
        let frozen = partner.frozen || partner.frozen_during.is_some_and(|d| d.contains(self.day));
        let active = partner.active && partner.validity.contains(self.day);
        let branches = &partner.branches;
        let branch_missing = self.catalog.branches_enabled
            && branch.is_some_and(|branch| !branches.is_empty() && !branches.contains(&branch));
        let currency_fits = partner.currency.as_ref().is_none_or(|own| own == currency);
        let wrong = [
            (!partner.supplier, "is no supplier".to_owned()),
            (!active, format!("is inactive on {}", self.day)),
            (frozen, format!("is frozen on {}", self.day)),
            (branch_missing, "is not assigned to the project's branch".to_owned()),
            (
                !currency_fits,
                format!(
                    "has the currency {}, the record has {currency}",
                    partner.currency.as_deref().unwrap_or("##")
                ),
            ),
        ];
        for (is_wrong, what) in wrong {
            if is_wrong {
                self.find(
                    Reason::VendorInvalid,
                    format!("business partner {card_code} ({}) {what}", partner.name),
                );
            }
        }
    }

    fn control_account(&mut self, code: &str) {
        match self.catalog.account(code) {
            None => self.find(Reason::AccountInvalid, format!("SAP has no account {code}")),
            Some(account) if !account.control => self.find(
                Reason::AccountInvalid,
                format!("account {code} ({}) is no control account in SAP", account.name),
            ),
            Some(_) => {}
        }
    }

    fn account_line(&mut self, coding: &Coding, currency: &str) {
        self.length("AccountCode", &coding.account);
        let Some(account) = self.catalog.account(&coding.account).cloned() else {
            self.find(Reason::AccountInvalid, format!("SAP has no account {}", coding.account));
            self.dimensions(coding, None);
            return;
        };
        let named = format!("account {} ({})", account.code, account.name);
        let frozen = account.frozen || !account.validity.contains(self.day);
        let other = account.currency.as_ref().filter(|own| *own != currency);
        let wrong = [
            (!account.postable, "is a title account; name a postable one".to_owned()),
            (
                account.control,
                "is a control account; it is posted to through a partner only".to_owned(),
            ),
            (frozen, format!("is frozen or not valid on {}", self.day)),
            (other.is_some(), format!("is kept in {}", other.map_or("", String::as_str))),
        ];
        for (is_wrong, what) in wrong {
            if is_wrong {
                self.find(Reason::AccountInvalid, format!("{named} {what}"));
            }
        }
        if account.project_required && coding.project.is_none() {
            self.find(Reason::DimensionRequired, format!("{named} requires a project"));
        }
        self.dimensions(coding, Some(&account));
        self.project(coding.project.as_deref());
    }

    fn dimensions(&mut self, coding: &Coding, account: Option<&Account>) {
        for (index, code) in coding.dimensions.iter().enumerate() {
            let dimension = index + 1;
            let Some(code) = code else {
                if let Some(account) = account.filter(|account| account.dimensions_required[index])
                {
                    let detail = format!(
                        "account {} requires dimension {dimension}; fill it in accounts.csv or projects.csv",
                        account.code
                    );
                    self.find(Reason::DimensionRequired, detail);
                }
                continue;
            };
            self.length("CostingCode", code);
            let Some(center) = self.catalog.profit_centers.get(code) else {
                self.find(Reason::ProfitCenterInvalid, format!("SAP has no profit center {code}"));
                continue;
            };
            let wrong = if usize::from(center.dimension) != dimension {
                Some(format!("belongs to dimension {}, not {dimension}", center.dimension))
            } else if !center.active {
                Some("is inactive".to_owned())
            } else if !center.validity.contains(self.day) {
                Some(format!("is not effective on {}", self.day))
            } else {
                None
            };
            if let Some(what) = wrong {
                self.find(
                    Reason::ProfitCenterInvalid,
                    format!("profit center {code} ({}) {what}", center.name),
                );
            }
        }
    }

    fn project(&mut self, code: Option<&str>) {
        let Some(code) = code else { return };
        self.length("ProjectCode", code);
        let wrong = match self.catalog.projects.get(code) {
            None => Some(format!("SAP has no project {code}")),
            Some(project) if !project.active => Some(format!("project {code} is inactive in SAP")),
            Some(project) if !project.validity.contains(self.day) => {
                Some(format!("project {code} is not valid on {} in SAP", self.day))
            }
            Some(_) => None,
        };
        if let Some(what) = wrong {
            self.find(Reason::SapProjectInvalid, what);
        }
    }

    fn tax_code(&mut self, coding: &Coding) {
        let Some(code) = &coding.tax_code else {
            self.find(
                Reason::TaxCodeMissing,
                format!(
                    "the line on account {} has no tax code; fill tax_code in accounts.csv or projects.csv",
                    coding.account
                ),
            );
            return;
        };
        self.length("TaxCode", code);
        let wrong = match self.catalog.tax_codes.get(code) {
            None => Some(format!("SAP has no tax code {code}")),
            Some(tax) if !tax.active => Some(format!("tax code {code} is inactive in SAP")),
            Some(tax) if !tax.valid_for_purchases => {
                Some(format!("tax code {code} is not valid for purchases in SAP"))
            }
            Some(_) => None,
        };
        if let Some(what) = wrong {
            self.find(Reason::TaxCodeInvalid, what);
        }
    }
}
