//! The contractor's books as plain data: what a simulated SAP company is loaded with.
//!
//! Nothing here knows the Service Layer's wire; the simulated Service Layer turns these values
//! into its own entities.

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;

/// One SAP company before anything is posted.
#[derive(Clone, Debug)]
pub struct Books {
    /// The company database that a login names.
    pub company_db: String,
    /// The one user that may log in.
    pub user_name: String,
    /// That user's password.
    pub password: String,
    /// The local currency, ISO 4217.
    pub local_currency: String,
    /// The chart of accounts.
    pub accounts: Vec<BookAccount>,
    /// The profit centers of every dimension.
    pub profit_centers: Vec<BookProfitCenter>,
    /// The financial projects.
    pub projects: Vec<BookProject>,
    /// Business partners.
    pub partners: Vec<BookPartner>,
    /// Sales tax codes (`TaxCode` localisations).
    pub tax_codes: Vec<BookTaxCode>,
    /// Posting periods, in order of date.
    pub periods: Vec<BookPeriod>,
    /// Currencies with their decimals.
    pub currencies: Vec<BookCurrency>,
}

/// The class of a general ledger account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// `at_Expenses`.
    Expense,
    /// `at_Revenues`.
    Revenue,
    /// `at_Other`: the balance sheet.
    Other,
}

/// One general ledger account.
#[derive(Clone, Debug)]
pub struct BookAccount {
    /// The visible code.
    pub code: String,
    /// The account's name.
    pub name: String,
    /// Whether anything can be posted to it; title accounts are not postable.
    pub postable: bool,
    /// Expense, revenue or balance sheet.
    pub kind: AccountKind,
    /// A control account (`LockManualTransaction`): posted to through a business partner only.
    pub control: bool,
    /// A cash account.
    pub cash: bool,
}

/// One profit center.
#[derive(Clone, Debug)]
pub struct BookProfitCenter {
    /// The code, at most 8 characters.
    pub code: String,
    /// The name.
    pub name: String,
    /// The dimension it belongs to, 1 to 5.
    pub dimension: u8,
    /// Whether it may be posted to.
    pub active: bool,
    /// The first day it is valid.
    pub from: NaiveDate,
    /// The last day it is valid; `None` means open.
    pub to: Option<NaiveDate>,
}

/// One financial project.
#[derive(Clone, Debug)]
pub struct BookProject {
    /// The code, at most 20 characters.
    pub code: String,
    /// The name.
    pub name: String,
    /// Whether it may be posted to.
    pub active: bool,
    /// The first day it is valid.
    pub from: NaiveDate,
    /// The last day it is valid; `None` means open.
    pub to: Option<NaiveDate>,
}

/// Supplier or customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerKind {
    /// `cSupplier`.
    Supplier,
    /// `cCustomer`.
    Customer,
}

/// One business partner.
#[derive(Clone, Debug)]
pub struct BookPartner {
    /// The code, at most 15 characters.
    pub card_code: String,
    /// The name.
    pub name: String,
    /// Supplier or customer.
    pub kind: PartnerKind,
    /// The partner's currency; `##` means all.
    pub currency: String,
    /// Whether the partner is frozen: every new document is refused.
    pub frozen: bool,
    /// Whether the partner is valid (active).
    pub valid: bool,
    /// The control account of the partner (`DebitorAccount`).
    pub debitor_account: String,
    /// Days from the posting date to the due date.
    pub payment_terms: u16,
}

/// One sales tax code.
#[derive(Clone, Debug)]
pub struct BookTaxCode {
    /// The code, at most 8 characters.
    pub code: String,
    /// The name.
    pub name: String,
    /// The rate in percent: 8 means 8 %.
    pub rate: Decimal,
    /// Whether it may be used on A/P documents.
    pub valid_for_ap: bool,
    /// Whether it is out of use.
    pub inactive: bool,
}

/// Whether a posting period takes postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodState {
    /// `ltUnlocked`.
    Open,
    /// `ltUnlockedExceptSales`.
    OpenExceptSales,
    /// `ltPeriodClosing`.
    Closing,
    /// `ltLocked`.
    Locked,
}

/// One posting period with its three windows.
#[derive(Clone, Debug)]
pub struct BookPeriod {
    /// The code, such as `2026-03`.
    pub code: String,
    /// The name.
    pub name: String,
    /// The fiscal year (period category) that it belongs to, named by the year in which it ends.
    pub fiscal_year: String,
    /// The first posting date.
    pub from: NaiveDate,
    /// The last posting date.
    pub to: NaiveDate,
    /// The first due date.
    pub due_from: NaiveDate,
    /// The last due date.
    pub due_to: NaiveDate,
    /// The first tax date.
    pub tax_from: NaiveDate,
    /// The last tax date.
    pub tax_to: NaiveDate,
    /// Open or closed.
    pub status: PeriodState,
}

/// One currency.
#[derive(Clone, Debug)]
pub struct BookCurrency {
    /// The code, ISO 4217.
    pub code: String,
    /// The name.
    pub name: String,
    /// Decimals of amounts in this currency.
    pub decimals: u32,
}

impl Books {
    /// A company with the contractor's usual chart of accounts, tax codes, currencies and two
    /// fiscal years of monthly periods, the first of which begins at `first_day`; without profit
    /// centers, projects and partners.
    #[must_use]
    pub fn usual(company_db: &str, first_day: NaiveDate) -> Self {
        Self {
            company_db: company_db.to_owned(),
            user_name: "manager".to_owned(),
            password: "sandbox-b1-password".to_owned(),
            local_currency: "USD".to_owned(),
            accounts: usual_accounts(),
            profit_centers: Vec::new(),
            projects: Vec::new(),
            partners: Vec::new(),
            tax_codes: vec![
                tax_code("EX", "Exempt", Decimal::ZERO),
                tax_code("TX8", "Sales tax 8 %", Decimal::from(8)),
            ],
            periods: two_fiscal_years(first_day),
            currencies: vec![
                BookCurrency { code: "USD".into(), name: "US Dollar".into(), decimals: 2 },
                BookCurrency { code: "EUR".into(), name: "Euro".into(), decimals: 2 },
            ],
        }
    }
}

fn usual_accounts() -> Vec<BookAccount> {
    use AccountKind::{Expense, Other, Revenue};
    vec![
        account("1010", "Operating cash", Other).cash(),
        account("1510", "Input tax", Other),
        account("2110", "Trade payables", Other).control(),
        account("2115", "Retainage payable", Other),
        account("2160", "Unbilled commitments", Other).control(),
        account("2195", "Expense clearing", Other),
        account("2300", "Payroll clearing", Other),
        account("4010", "Contract revenue", Revenue),
        account("5000", "Cost of construction", Expense).title(),
        account("5010", "Labor", Expense),
        account("5020", "Material", Expense),
        account("5030", "Subcontract", Expense),
        account("5040", "Equipment", Expense),
        account("5090", "Other job cost", Expense),
    ]
}

fn account(code: &str, name: &str, kind: AccountKind) -> BookAccount {
    BookAccount {
        code: code.to_owned(),
        name: name.to_owned(),
        postable: true,
        kind,
        control: false,
        cash: false,
    }
}

impl BookAccount {
    fn control(self) -> Self {
        Self { control: true, ..self }
    }

    fn cash(self) -> Self {
        Self { cash: true, ..self }
    }

    fn title(self) -> Self {
        Self { postable: false, ..self }
    }
}

fn tax_code(code: &str, name: &str, rate: Decimal) -> BookTaxCode {
    BookTaxCode {
        code: code.to_owned(),
        name: name.to_owned(),
        rate,
        valid_for_ap: true,
        inactive: false,
    }
}

/// Twenty-four monthly periods in two fiscal years, all open. Due dates may lie a year beyond
/// the second fiscal year, tax dates anywhere inside the two.
fn two_fiscal_years(first_day: NaiveDate) -> Vec<BookPeriod> {
    let start = first_day.with_day(1).unwrap_or(first_day);
    let last = |months: u32| start + Months::new(months) - chrono::Days::new(1);
    (0..24u32)
        .map(|n| {
            let from = start + Months::new(n);
            let year_end = last(if n < 12 { 12 } else { 24 });
            BookPeriod {
                code: from.format("%Y-%m").to_string(),
                name: from.format("%B %Y").to_string(),
                fiscal_year: year_end.format("%Y").to_string(),
                from,
                to: last(n + 1),
                due_from: start,
                due_to: last(36),
                tax_from: start,
                tax_to: last(24),
                status: PeriodState::Open,
            }
        })
        .collect()
}
