//! The company, its vendors and projects, their cost coding and budget, and the empty books.

use std::collections::BTreeMap;

use chrono::{Days, Months};
use rust_decimal::Decimal;

use super::{
    Making,
    books::{BookPartner, BookProfitCenter, BookProject, Books, PartnerKind},
    morning,
    words::{
        COST_TYPES, DIVISIONS, KINDS, OFFICES, STREETS, TRADES, UNMAPPED_COST_CODE, VENDOR_NAMES,
    },
};
use crate::procore::{
    BillingPeriod, BudgetLine, Coding, Company, CostCode, LineItemType, Project, SubJob, TaxCode,
    Vendor,
};

pub(crate) const COMPANY_ID: i64 = 8_089;

/// The company without financial records.
pub(crate) fn company(making: &mut Making) -> Company {
    let founded = morning(making.start_date - Months::new(24));
    let mut company = Company::new(COMPANY_ID, "Prairie State Builders", founded);
    for (code, name, base_type, _) in COST_TYPES {
        let id = company.new_id();
        company.line_item_types.push(LineItemType {
            id,
            code: code.to_owned(),
            name: name.to_owned(),
            base_type: base_type.map(str::to_owned),
        });
    }
    let id = company.new_id();
    company.tax_codes.push(TaxCode { id, code: "ST8".to_owned(), rate: Decimal::from(8) });
    for n in 0..making.size.vendors {
        let vendor = vendor(making, &mut company, n);
        company.vendors.push(vendor);
    }
    for n in 0..making.size.projects {
        let project = project(making, &mut company, n);
        company.projects.push(project);
    }
    company
}

fn vendor(making: &mut Making, company: &mut Company, n: usize) -> Vendor {
    let name = VENDOR_NAMES[n % VENDOR_NAMES.len()];
    let trade = TRADES[(n / VENDOR_NAMES.len()) % TRADES.len()];
    let tax_id = format!("{:02}-{:07}", making.rng.between(10, 98), making.rng.below(10_000_000));
    Vendor {
        id: company.new_id(),
        name: format!("{name} {trade} {}", n + 1),
        active: true,
        tax_id: making.rng.chance(70).then_some(tax_id),
        created_at: company.now,
        updated_at: company.now,
    }
}

fn project(making: &mut Making, company: &mut Company, n: usize) -> Project {
    let (office, city, time_zone) = OFFICES[n % OFFICES.len()];
    let (kind, _) = KINDS[n % KINDS.len()];
    let street = STREETS[n % STREETS.len()];
    let made = morning(making.start_date - Days::new(40));
    let mut project = Project {
        id: company.new_id(),
        name: format!("{street} {kind}"),
        project_number: format!("{:03}", n + 1),
        accounting_project_number: Some(format!("{office}-{:03}", n + 1)),
        time_zone: time_zone.to_owned(),
        office: city.to_owned(),
        kind: kind.to_owned(),
        active: true,
        permitted: true,
        currency: None,
        start_date: making.start_date,
        change_order_tiers: tiers(making, n),
        created_at: made,
        updated_at: made,
        cost_codes: Vec::new(),
        sub_jobs: Vec::new(),
        wbs_codes: Vec::new(),
        billing_periods: Vec::new(),
        commitments: Vec::new(),
        change_orders: Vec::new(),
        direct_costs: Vec::new(),
        requisitions: Vec::new(),
        payments: Vec::new(),
        requisition_changes: Vec::new(),
        budget: Vec::new(),
        budget_locked: false,
        uses_budget_changes: false,
        budget_modifications: Vec::new(),
        budget_changes: Vec::new(),
        budget_snapshots: Vec::new(),
    };
    cost_codes(company, &mut project, None);
    if n % 7 == 3 {
        for code in ["A", "B"] {
            let id = company.new_id();
            project.sub_jobs.push(SubJob {
                id,
                code: code.to_owned(),
                name: format!("Building {code}"),
                created_at: made,
            });
            cost_codes(company, &mut project, Some(id));
        }
    }
    if making.size.troubles && n == 0 {
        let (full_code, name) = UNMAPPED_COST_CODE;
        let code = cost_code(company, full_code, name, None, None);
        project.cost_codes.push(code);
    }
    billing_periods(making, company, &mut project);
    project
}

/// Two projects of a full contractor have three tiers; the others alternate between one and two.
fn tiers(making: &Making, n: usize) -> u8 {
    if making.size.projects >= 10 && n % 10 == 6 { 3 } else { [1, 2][n % 2] }
}

fn cost_code(
    company: &mut Company,
    full_code: &str,
    name: &str,
    parent_id: Option<i64>,
    sub_job_id: Option<i64>,
) -> CostCode {
    CostCode {
        id: company.new_id(),
        full_code: full_code.to_owned(),
        name: name.to_owned(),
        parent_id,
        sub_job_id,
        created_at: company.now,
    }
}

fn cost_codes(company: &mut Company, project: &mut Project, sub_job_id: Option<i64>) {
    for (division, title, codes) in DIVISIONS {
        let root = cost_code(company, division, title, None, sub_job_id);
        let parent = root.id;
        project.cost_codes.push(root);
        for (full_code, name) in codes {
            let code = cost_code(company, full_code, name, Some(parent), sub_job_id);
            project.cost_codes.push(code);
        }
    }
}

/// One period per month; those that ended more than a month ago are closed.
fn billing_periods(making: &Making, company: &mut Company, project: &mut Project) {
    for n in 0..making.size.months {
        let (start_date, end_date) = (making.month_start(n), making.month_end(n));
        project.billing_periods.push(BillingPeriod {
            id: company.new_id(),
            start_date,
            end_date,
            due_date: end_date + Days::new(25),
            open: n + 2 >= making.size.months,
            updated_at: morning(start_date),
        });
    }
}

/// The codings that lines are drawn from: cost codes below a division with the given cost type.
pub(crate) fn codings(company: &Company, project_id: i64, cost_type: &str) -> Vec<Coding> {
    let Some(project) = company.project(project_id) else {
        return Vec::new();
    };
    let Some(cost_type) = company.line_item_types.iter().find(|t| t.code == cost_type) else {
        return Vec::new();
    };
    project
        .cost_codes
        .iter()
        .filter(|c| c.parent_id.is_some())
        .map(|c| Coding { cost_code_id: c.id, line_item_type_id: cost_type.id })
        .collect()
}

/// Budgets every coding that something was spent on, a tenth above what was spent.
pub(crate) fn budget(company: &mut Company, project_id: i64) {
    let mut spent: BTreeMap<Coding, Decimal> = BTreeMap::new();
    if let Some(project) = company.project(project_id) {
        let commitments = project.commitments.iter().flat_map(|c| &c.lines);
        let orders = project.change_orders.iter().flat_map(|c| &c.lines);
        let costs = project.direct_costs.iter().flat_map(|c| &c.lines);
        for line in commitments.chain(orders).chain(costs) {
            if let Some(coding) = line.coding {
                *spent.entry(coding).or_default() += line.amount;
            }
        }
    }
    for (coding, amount) in spent {
        let id = company.new_id();
        let amount = (amount * Decimal::new(11, 1)).round_dp(0);
        if let Some(project) = company.project_mut(project_id) {
            project.budget.push(BudgetLine { id, coding, amount });
        }
    }
}

/// The card code of the nth vendor; the last two vendors of a large directory were merged in SAP.
pub(crate) fn card_code(vendors: usize, n: usize) -> String {
    let n = if vendors >= 20 && n + 1 == vendors { n - 1 } else { n };
    format!("V{}", 10_001 + n)
}

/// The books before the first posting.
pub(crate) fn books(making: &Making, company: &Company) -> Books {
    let mut books = Books::usual("SBO_PRAIRIE", making.start_date);
    let founded = making.start_date - Months::new(60);
    for (code, name, _) in OFFICES {
        books.profit_centers.push(BookProfitCenter {
            code: code.to_owned(),
            name: format!("{name} office"),
            dimension: 1,
            active: true,
            from: founded,
            to: None,
        });
    }
    for project in &company.projects {
        books.projects.push(BookProject {
            code: project.accounting_project_number.clone().unwrap_or_default(),
            name: project.name.clone(),
            active: true,
            from: founded,
            to: None,
        });
    }
    for (n, vendor) in company.vendors.iter().enumerate() {
        let code = card_code(company.vendors.len(), n);
        if books.partners.iter().all(|p| p.card_code != code) {
            books.partners.push(partner(code, &vendor.name, PartnerKind::Supplier));
        }
    }
    books.partners.push(partner("C10001".to_owned(), "City of Chicago", PartnerKind::Customer));
    books
}

pub(crate) fn partner(card_code: String, name: &str, kind: PartnerKind) -> BookPartner {
    BookPartner {
        card_code,
        name: name.to_owned(),
        kind,
        currency: "USD".to_owned(),
        frozen: false,
        valid: true,
        debitor_account: "2110".to_owned(),
        payment_terms: 30,
    }
}
