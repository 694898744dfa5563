//! What SAP has: accounts, profit centers, projects, partners, tax codes, periods, precision.
//!
//! A value without I/O: a ledger fills it, [`validate`](crate::validate) and
//! [`plan`](crate::plan) look things up in it.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};
use rust_decimal::Decimal;

/// Dates between which something is valid; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first valid day.
    pub from: Option<NaiveDate>,
    /// The last valid day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether `day` lies within.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A general ledger account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// `Code`: what documents carry.
    pub code: String,
    /// `FormatCode`, where accounts are segmented.
    pub format_code: Option<String>,
    /// The name.
    pub name: String,
    /// `ActiveAccount`: postable; title accounts are not.
    pub postable: bool,
    /// `LockManualTransaction`: a control account, posted to through a partner only.
    pub control: bool,
    /// `CashAccount`.
    pub cash: bool,
    /// Whether the account is of the income statement (`at_Revenues` or `at_Expenses`).
    pub income_statement: bool,
    /// Whether the account is frozen or invalid as a whole.
    pub frozen: bool,
    /// When the account is valid.
    pub validity: Validity,
    /// `AcctCurrency`; `None` for all (`##`).
    pub currency: Option<String>,
    /// `ProjectRelevant`.
    pub project_required: bool,
    /// `DistributionRuleRelevant` to `DistributionRule5Relevant`.
    pub dimensions_required: [bool; 5],
}

/// The chart of accounts: by `Code`, and by the `FormatCode` that people see where accounts are segmented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    by_code: BTreeMap<String, Account>,
    /// The code of each format code; the smallest where several accounts show the same.
    by_format_code: BTreeMap<String, String>,
}

impl Accounts {
    /// An account by its `Code`.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Account> {
        self.by_code.get(code)
    }

    /// An account by its `Code`, else by its `FormatCode`.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Account> {
        self.by_code.get(code).or_else(|| self.by_code.get(self.by_format_code.get(code)?))
    }

    /// Adds an account, or replaces the one with its code.
    pub fn insert(&mut self, account: Account) {
        self.by_code.insert(account.code.clone(), account);
        self.index();
    }

    /// An account to be changed.
    pub fn get_mut(&mut self, code: &str) -> Option<AccountMut<'_>> {
        let account = self.by_code.get(code)?.clone();
        Some(AccountMut { accounts: self, account })
    }

    /// Takes an account away.
    pub fn remove(&mut self, code: &str) -> Option<Account> {
        let gone = self.by_code.remove(code);
        self.index();
        gone
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// Every account, by its code.
    pub fn values(&self) -> impl Iterator<Item = &Account> {
        self.by_code.values()
    }

    fn index(&mut self) {
        self.by_format_code.clear();
        for (code, account) in &self.by_code {
            if let Some(shown) = &account.format_code {
                self.by_format_code.entry(shown.clone()).or_insert_with(|| code.clone());
            }
        }
    }
}

/// An account of the chart while it is changed; the change is kept when this is dropped.
#[derive(Debug)]
pub struct AccountMut<'a> {
    accounts: &'a mut Accounts,
    account: Account,
}

impl Deref for AccountMut<'_> {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl DerefMut for AccountMut<'_> {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.account
    }
}

impl Drop for AccountMut<'_> {
    fn drop(&mut self) {
        self.accounts.insert(self.account.clone());
    }
}

impl FromIterator<Account> for Accounts {
    fn from_iter<I: IntoIterator<Item = Account>>(accounts: I) -> Self {
        let by_code = accounts.into_iter().map(|account| (account.code.clone(), account)).collect();
        let mut all = Self { by_code, by_format_code: BTreeMap::new() };
        all.index();
        all
    }
}

/// A profit center or distribution rule: what a `CostingCode` may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfitCenter {
    /// The rule's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The dimension, 1 to 5.
    pub dimension: u8,
    /// Whether it is active.
    pub active: bool,
    /// When it is effective.
    pub validity: Validity,
}

/// A project of SAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SapProject {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// Whether it is active.
    pub active: bool,
    /// When it is valid.
    pub validity: Validity,
}

/// A business partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// `CardCode`.
    pub card_code: String,
    /// The name.
    pub name: String,
    /// Whether it is a supplier.
    pub supplier: bool,
    /// Whether it is active.
    pub active: bool,
    /// Whether it is frozen.
    pub frozen: bool,
    /// When it may be used.
    pub validity: Validity,
    /// When it is frozen, where the freeze is limited in time.
    pub frozen_during: Option<Validity>,
    /// `Currency`; `None` for all (`##`).
    pub currency: Option<String>,
    /// `DebitorAccount`: its own control account.
    pub control_account: Option<String>,
    /// `PayTermsGrpCode`.
    pub payment_terms: Option<i64>,
    /// Whether it is subject to withholding tax.
    pub withholding: bool,
    /// The branches it is assigned to, where branches are on.
    pub branches: Vec<i64>,
}

/// What the months and days of payment terms are added to (`StartFrom`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TermsStart {
    /// The posting date itself.
    #[default]
    PostingDate,
    /// The first day of its month.
    MonthStart,
    /// The 15th of its month.
    HalfMonth,
    /// The last day of its month.
    MonthEnd,
}

impl TermsStart {
    /// The day that a due date is counted from.
    ///
    /// SAP says that it starts from the beginning, the half or the end of the month. That this is the
    /// posting date's own month, and the half its 15th, is unverified: this function alone decides it.
    #[must_use]
    pub fn of(self, day: NaiveDate) -> NaiveDate {
        let on = |number| day.with_day(number).unwrap_or(day);
        match self {
            Self::PostingDate => day,
            Self::MonthStart => on(1),
            Self::HalfMonth => on(15),
            Self::MonthEnd => {
                let next = on(1).checked_add_months(Months::new(1));
                next.and_then(|next| next.pred_opt()).unwrap_or(day)
            }
        }
    }
}

/// When a partner's invoices fall due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaymentTerms {
    /// What is counted from.
    pub start: TermsStart,
    /// Months added to the start.
    pub months: u32,
    /// Days added after the months.
    pub days: i64,
}

impl PaymentTerms {
    /// The due date of a document posted on `day`: start + months + days, and never before `day`, as
    /// nothing falls due before it is posted; `day` itself where a calendar ends.
    #[must_use]
    pub fn due_date(self, day: NaiveDate) -> NaiveDate {
        let due = self.start.of(day).checked_add_months(Months::new(self.months));
        let due = due.and_then(|due| due.checked_add_signed(TimeDelta::days(self.days)));
        due.map_or(day, |due| due.max(day))
    }
}

/// A tax code (`SalesTaxCodes`) or a tax group (`VatGroups`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxCode {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The rate in percent, as of today.
    pub rate: Decimal,
    /// Whether it is valid for purchases.
    pub valid_for_purchases: bool,
    /// Whether it is active.
    pub active: bool,
}

/// Which property an A/P line's tax code goes into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaxField {
    /// `TaxCode`: the sales tax countries.
    #[default]
    TaxCode,
    /// `VatGroup`: the VAT countries.
    VatGroup,
}

/// Whether a posting period takes purchase documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodStatus {
    /// `ltUnlocked` and `ltUnlockedExceptSales`.
    Open,
    /// `ltPeriodClosing` and `ltLocked`.
    Closed,
}

/// A posting period with its three windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The period's name.
    pub name: String,
    /// The fiscal year or period category it belongs to.
    pub fiscal_year: String,
    /// Posting dates.
    pub posting: Validity,
    /// Tax dates.
    pub tax: Validity,
    /// Due dates.
    pub due: Validity,
    /// Whether it takes documents.
    pub status: PeriodStatus,
}

/// Everything of one SAP company that planning and validation need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// `CompanyDB` or company name, for reports.
    pub company: String,
    /// `LocalCurrency`.
    pub local_currency: String,
    /// `TotalsAccuracy`.
    pub totals_accuracy: u32,
    /// Decimals of the currencies that state them; a currency at its default has `None`.
    pub currencies: BTreeMap<String, Option<u32>>,
    /// The accounts.
    pub accounts: Accounts,
    /// By rule code.
    pub profit_centers: BTreeMap<String, ProfitCenter>,
    /// By code.
    pub projects: BTreeMap<String, SapProject>,
    /// By `CardCode`.
    pub partners: BTreeMap<String, Partner>,
    /// By group code.
    pub payment_terms: BTreeMap<i64, PaymentTerms>,
    /// By code.
    pub tax_codes: BTreeMap<String, TaxCode>,
    /// Which property tax codes go into.
    pub tax_field: TaxField,
    /// The posting periods, in order.
    pub periods: Vec<Period>,
    /// `EnableBranches`.
    pub branches_enabled: bool,
    /// Whether documents can carry their keys: `U_ProcoreKey` and `U_ProcoreRev` exist on A/P documents and journal
    /// entries, or are not used.
    pub user_fields_present: bool,
    /// The longest `JournalMemo` and `Memo` that is sent.
    pub memo_length: usize,
}

impl Catalog {
    /// The decimals of `currency`: SAP's own, else `TotalsAccuracy` for the local currency, else
    /// those of ISO 4217.
    #[must_use]
    pub fn scale(&self, currency: &str) -> u32 {
        match self.currencies.get(currency) {
            Some(Some(decimals)) => *decimals,
            Some(None) => self.totals_accuracy,
            None => crate::money::iso_scale(currency),
        }
    }

    /// Whether the tax of an A/P invoice is value added tax, which a company claims back by the invoice.
    ///
    /// Decided by which property the localisation's documents carry. Unverified: Canada, India and Brazil carry
    /// `TaxCode` like the United States and have taxes that are claimed back as well; there it answers no.
    #[must_use]
    pub fn is_vat_localisation(&self) -> bool {
        self.tax_field == TaxField::VatGroup
    }

    /// An account by its `Code`, or by its `FormatCode` where accounts are segmented.
    #[must_use]
    pub fn account(&self, code: &str) -> Option<&Account> {
        self.accounts.find(code)
    }

    /// The period whose posting window holds `day`.
    #[must_use]
    pub fn period_of(&self, day: NaiveDate) -> Option<&Period> {
        self.periods.iter().find(|period| period.posting.contains(day))
    }

    /// The due date of a partner's document posted on `day`.
    #[must_use]
    pub fn due_date(&self, card_code: &str, day: NaiveDate) -> NaiveDate {
        self.partners
            .get(card_code)
            .and_then(|partner| partner.payment_terms)
            .and_then(|group| self.payment_terms.get(&group))
            .map_or(day, |terms| terms.due_date(day))
    }
}
