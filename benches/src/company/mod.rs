//! The company whose records are planned: SAP's master data, a mapping table of 10,000 rules, the policy's defaults
//! with `unbilled_account`, and the records of `records`.

mod records;

pub use records::{
    billed_at_once, commitment, decode, family_of_change_orders, family_of_requisitions, posted,
};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sync_core::{
    catalog::{
        Account, Catalog, Partner, Period, PeriodStatus, ProfitCenter, SapProject, TaxCode,
        Validity,
    },
    exchange::Rates,
    mapping::{AccountRule, MappingTables, ProjectRow, Target, VendorRow},
    memory::ManualClock,
    model::{CompanyId, ProjectId},
    plan::{Billed, PlanContext},
    policy::{Basis, OverBilling, Policy},
    ports::Calendar,
};

use crate::bodies;

/// Procore's company.
pub const COMPANY: CompanyId = CompanyId(1001);
/// The project of all records.
pub const PROJECT: ProjectId = ProjectId(2_783_683);
const UNBILLED: &str = "2160";
const RETAINAGE: &str = "2115";
const TRADE: &str = "2110";
const ENCUMBRANCE: &str = "9010";
const RESERVE: &str = "9020";
/// Cost accounts; the table names them by the `FormatCode` that people see.
const COST_ACCOUNTS: usize = 5_000;
/// Rules of the table; the last ones map the lines' cost codes.
const RULES: usize = 10_000;
/// Partners and vendors of the company.
const VENDORS: usize = 1_000;

/// Everything that a plan is made from besides the record.
#[derive(Debug)]
pub struct Company {
    /// SAP's master data.
    pub catalog: Catalog,
    mapping: MappingTables,
    policy: Policy,
    rates: Rates,
    billed: Billed,
    clock: ManualClock,
}

impl Company {
    /// The company; documents of more than `lines_max` lines are summed.
    pub fn new(lines_max: usize) -> Self {
        Self::with(lines_max, |_| {})
    }

    /// The company on the basis `encumbrance`.
    pub fn encumbering(lines_max: usize) -> Self {
        Self::with(lines_max, |policy| {
            policy.basis = Basis::Encumbrance;
            policy.unbilled_account = None;
            policy.encumbrance_account = Some(ENCUMBRANCE.to_owned());
            policy.encumbrance_reserve = Some(RESERVE.to_owned());
        })
    }

    /// The company that takes what is billed above what is approved as cost.
    pub fn taking_excess(lines_max: usize) -> Self {
        Self::with(lines_max, |policy| policy.over_billing = OverBilling::Post)
    }

    fn with(lines_max: usize, choose: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::starting_on(day(2026, 1, 1));
        policy.unbilled_account = Some(UNBILLED.to_owned());
        policy.retainage_account = Some(RETAINAGE.to_owned());
        policy.lines_max = lines_max;
        choose(&mut policy);
        let (catalog, mapping) = (catalog(), mapping());
        Self {
            catalog,
            mapping,
            policy,
            rates: Rates::default(),
            billed: Billed::default(),
            clock: ManualClock::at(moment()),
        }
    }

    /// What its records are planned with on 31 March 2026.
    pub fn context(&self) -> PlanContext<'_> {
        PlanContext {
            mapping: &self.mapping,
            catalog: &self.catalog,
            policy: &self.policy,
            today: day(2026, 3, 31),
            calendar: Calendar::of(&self.clock, "UTC"),
            currency: Some("USD"),
            rates: &self.rates,
            billed: &self.billed,
            invoices: &[],
            restated_on: None,
            now: moment(),
            cycle: None,
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn moment() -> DateTime<Utc> {
    day(2026, 3, 31).and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

fn format_code(code: &str) -> String {
    format!("{code}-00-000")
}

fn account(code: &str) -> Account {
    Account {
        code: code.to_owned(),
        format_code: code.starts_with('5').then(|| format_code(code)),
        name: format!("Account {code}"),
        postable: true,
        control: [TRADE, UNBILLED].contains(&code),
        cash: false,
        income_statement: code.starts_with('5'),
        frozen: false,
        validity: Validity::default(),
        currency: None,
        project_required: false,
        dimensions_required: [false; 5],
    }
}

fn card_code(vendor: usize) -> String {
    format!("V{vendor:05}")
}

fn partner(card_code: &str) -> Partner {
    Partner {
        card_code: card_code.to_owned(),
        name: format!("Partner {card_code}"),
        supplier: true,
        active: true,
        frozen: false,
        validity: Validity::default(),
        frozen_during: None,
        currency: None,
        control_account: Some(TRADE.to_owned()),
        payment_terms: None,
        withholding: false,
        branches: Vec::new(),
    }
}

fn period(month: u32) -> Period {
    let first = day(2026, month, 1);
    let last = first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt());
    Period {
        name: format!("2026-{month:02}"),
        fiscal_year: "2026".to_owned(),
        posting: Validity { from: Some(first), to: last },
        tax: Validity::default(),
        due: Validity::default(),
        status: PeriodStatus::Open,
    }
}

fn by_code<T>(
    codes: impl IntoIterator<Item = String>,
    of: impl Fn(&str) -> T,
) -> BTreeMap<String, T> {
    codes.into_iter().map(|code| (code.clone(), of(&code))).collect()
}

fn catalog() -> Catalog {
    let cost = (0..COST_ACCOUNTS).map(|nth| format!("5{nth:04}"));
    let balance = [TRADE, UNBILLED, RETAINAGE, ENCUMBRANCE, RESERVE].map(str::to_owned);
    Catalog {
        company: "SBODEMO".to_owned(),
        local_currency: "USD".to_owned(),
        totals_accuracy: 2,
        currencies: BTreeMap::from([("USD".to_owned(), None)]),
        accounts: cost.chain(balance).map(|code| account(&code)).collect(),
        profit_centers: by_code((0..200).map(|nth| format!("C{nth:03}")), |code| ProfitCenter {
            code: code.to_owned(),
            name: format!("Center {code}"),
            dimension: 1,
            active: true,
            validity: Validity::default(),
        }),
        projects: by_code(["P-100".to_owned()], |code| SapProject {
            code: code.to_owned(),
            name: "Example Project A".to_owned(),
            active: true,
            validity: Validity::default(),
        }),
        partners: by_code((0..VENDORS).map(card_code), partner),
        tax_codes: by_code(["T8".to_owned()], |code| TaxCode {
            code: code.to_owned(),
            name: "8 %".to_owned(),
            rate: Decimal::from(8),
            valid_for_purchases: true,
            active: true,
        }),
        periods: (1..=12).map(period).collect(),
        user_fields_present: true,
        memo_length: 50,
        ..Catalog::default()
    }
}

/// Rules of other projects' and sub jobs' codes, then those of the lines' codes, each with a profit center of its own.
fn mapping() -> MappingTables {
    let rule = |row: usize, cost_code: String, nth: usize| {
        let mut dimensions: [Target; 5] = std::array::from_fn(|_| Target::Default);
        dimensions[0] = Target::Value(format!("C{:03}", nth % 200));
        AccountRule {
            row,
            project: None,
            sub_job: None,
            cost_code,
            cost_type: None,
            gl_account: format_code(&format!("5{:04}", nth % COST_ACCOUNTS)),
            dimensions,
            tax_code: Target::Default,
            valid_from: None,
            valid_to: None,
        }
    };
    let others = (0..RULES - bodies::COST_CODES).map(|nth| {
        let of_project =
            nth.is_multiple_of(2).then_some(ProjectId(1 + (nth % 50).cast_signed() as i64));
        let sub_job = nth.is_multiple_of(3).then(|| format!("{}", nth % 9));
        AccountRule { project: of_project, sub_job, ..rule(nth + 2, format!("{nth:05}-*"), nth) }
    });
    let own = (0..bodies::COST_CODES).map(|nth| rule(RULES + nth, bodies::cost_code(nth), nth));
    let project = ProjectRow {
        row: 2,
        sap_project: Some("P-100".to_owned()),
        tax_code: Some("T8".to_owned()),
        ..ProjectRow::default()
    };
    let vendors = (0..VENDORS).zip(0_i64..).map(|(nth, vendor)| {
        (vendor, VendorRow { row: nth + 2, card_code: card_code(nth), wt_liable: None })
    });
    MappingTables::new(others.chain(own).collect(), vec![(PROJECT, project)], vendors.collect())
        .expect("no two rules answer one question")
}
