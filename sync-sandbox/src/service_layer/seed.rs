//! Turns the contractor's books into the entities of the simulated company.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    options::{Localization, ServiceLayerOptions},
    state::{Company, Period, State},
    uri::Key,
    value::{Record, Value},
};
use crate::contractor::books::{
    AccountKind, BookAccount, BookPartner, BookPeriod, BookProfitCenter, BookTaxCode, Books,
    PartnerKind, PeriodState,
};

/// The company as it stands before anything is posted.
pub(crate) fn state(books: &Books, options: ServiceLayerOptions, now: DateTime<Utc>) -> State {
    let company = Company {
        database: books.company_db.clone(),
        user_name: books.user_name.clone(),
        password: books.password.clone(),
        local_currency: books.local_currency.clone(),
    };
    let mut state = State::empty(options, company, now);
    for (currency, day, rate) in state.options.rates.clone() {
        state.rates.insert((currency, day), rate);
    }
    masters(&mut state, books);
    partners(&mut state, &books.partners);
    periods(&mut state, &books.periods);
    state
}

fn masters(state: &mut State, books: &Books) {
    for account in &books.accounts {
        put(state, "ChartOfAccounts", "Code", chart_account(account));
    }
    for dimension in 1..=5_i64 {
        let active = books.profit_centers.iter().any(|c| i64::from(c.dimension) == dimension);
        let row = Record::default()
            .with("DimensionCode", dimension)
            .with("DimensionName", format!("Dimension {dimension}"))
            .with("IsActive", active || dimension == 1);
        put(state, "Dimensions", "DimensionCode", row);
    }
    for center in &books.profit_centers {
        put(state, "ProfitCenters", "CenterCode", profit_center(center));
        put(state, "DistributionRules", "FactorCode", direct_rule_of(&profit_center(center)));
    }
    for project in &books.projects {
        let row = Record::default()
            .with("Code", project.code.as_str())
            .with("Name", project.name.as_str())
            .with("ValidFrom", project.from)
            .with("ValidTo", project.to)
            .with("Active", project.active);
        put(state, "Projects", "Code", row);
    }
    for code in &books.tax_codes {
        tax_code(state, code);
    }
    for currency in &books.currencies {
        let decimals = match currency.decimals {
            0 => "cdWithoutDecimals".to_owned(),
            1 => "cd1Digit".to_owned(),
            n => format!("cd{n}Digits"),
        };
        let row = Record::default()
            .with("Code", currency.code.as_str())
            .with("Name", currency.name.as_str())
            .with("DocumentsCode", currency.code.as_str())
            .with("Decimals", decimals);
        put(state, "Currencies", "Code", row);
    }
    if state.options.branches {
        for (number, name) in BRANCHES {
            let row = Record::default()
                .with("BPLID", number)
                .with("BPLName", name)
                .with("MainBPL", number == 1)
                .with("Disabled", name == "Closed");
            put(state, "BusinessPlaces", "BPLID", row);
        }
    }
}

/// The branches of a multi-branch company; partners are assigned to those that are open.
const BRANCHES: [(i64, &str); 3] = [(1, "Main"), (2, "North"), (3, "Closed")];

fn chart_account(account: &BookAccount) -> Record {
    let kind = match account.kind {
        AccountKind::Expense => "at_Expenses",
        AccountKind::Revenue => "at_Revenues",
        AccountKind::Other => "at_Other",
    };
    Record::default()
        .with("Code", account.code.as_str())
        .with("Name", account.name.as_str())
        .with("ActiveAccount", account.postable)
        .with("AccountLevel", if account.postable { 5 } else { 2 })
        .with("AccountType", kind)
        .with("AcctCurrency", "##")
        .with("CashAccount", account.cash)
        .with("LockManualTransaction", account.control)
        .with("FormatCode", account.code.as_str())
        .with("ValidFor", true)
        .with("FrozenFor", false)
}

fn profit_center(center: &BookProfitCenter) -> Record {
    Record::default()
        .with("CenterCode", center.code.as_str())
        .with("CenterName", center.name.as_str())
        .with("InWhichDimension", i64::from(center.dimension))
        .with("EffectiveFrom", center.from)
        .with("EffectiveTo", center.to)
        .with("Active", center.active)
}

/// Each profit center has a direct rule of the same code; lines carry the rule's code.
pub(crate) fn direct_rule_of(center: &Record) -> Record {
    let copy = |name: &str| center.get(name).cloned().unwrap_or(Value::Null);
    let line = Record::default()
        .with("CenterCode", copy("CenterCode"))
        .with("TotalInCenter", rust_decimal::Decimal::ONE_HUNDRED)
        .with("EffectiveFrom", copy("EffectiveFrom"))
        .with("EffectiveTo", copy("EffectiveTo"));
    Record::default()
        .with("FactorCode", copy("CenterCode"))
        .with("FactorDescription", copy("CenterName"))
        .with("TotalFactor", rust_decimal::Decimal::ONE_HUNDRED)
        .with("Direct", "Y")
        .with("InWhichDimension", copy("InWhichDimension"))
        .with("Active", copy("Active"))
        .with("DistributionRuleLines", vec![line])
}

fn tax_code(state: &mut State, code: &BookTaxCode) {
    let row = Record::default()
        .with("Code", code.code.as_str())
        .with("Name", code.name.as_str())
        .with("Inactive", code.inactive);
    match state.options.localization {
        Localization::SalesTax => {
            let row = row
                .with("Rate", code.rate)
                .with("ValidForAR", true)
                .with("ValidForAP", code.valid_for_ap);
            put(state, "SalesTaxCodes", "Code", row);
        }
        Localization::Vat => {
            let category = if code.valid_for_ap { "bovcInputTax" } else { "bovcOutputTax" };
            let rate = Record::default()
                .with("Effectivefrom", chrono::NaiveDate::MIN.max(first_day()))
                .with("Rate", code.rate);
            let row = row.with("Category", category).with("VatGroups_Lines", vec![rate]);
            put(state, "VatGroups", "Code", row);
        }
    }
}

/// A day before every period of a simulated company.
fn first_day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default()
}

fn partners(state: &mut State, partners: &[BookPartner]) {
    let mut terms: BTreeMap<u16, i64> = BTreeMap::new();
    for partner in partners {
        let next = i64::try_from(terms.len()).unwrap_or_default() + 1;
        let group = *terms.entry(partner.payment_terms).or_insert(next);
        let kind = match partner.kind {
            PartnerKind::Supplier => "cSupplier",
            PartnerKind::Customer => "cCustomer",
        };
        let row = Record::default()
            .with("CardCode", partner.card_code.as_str())
            .with("CardName", partner.name.as_str())
            .with("CardType", kind)
            .with("Currency", partner.currency.as_str())
            .with("Frozen", partner.frozen)
            .with("Valid", partner.valid)
            .with("DebitorAccount", partner.debitor_account.as_str())
            .with("PayTermsGrpCode", group)
            .with("SubjectToWithholdingTax", "boNO");
        let branches = BRANCHES.iter().filter(|(_, name)| *name != "Closed").map(|(number, _)| {
            Record::default()
                .with("BPCode", partner.card_code.as_str())
                .with("BPLID", *number)
                .with("DisabledForBP", false)
        });
        let row = if state.options.branches {
            row.with("BPBranchAssignment", branches.collect::<Vec<_>>())
        } else {
            row
        };
        put(state, "BusinessPartners", "CardCode", row);
    }
    for (days, group) in terms {
        let row = Record::default()
            .with("GroupNumber", group)
            .with("PaymentTermsGroupName", format!("Net {days}"))
            .with("StartFrom", "pdt_None")
            .with("NumberOfAdditionalMonths", 0)
            .with("NumberOfAdditionalDays", i64::from(days));
        put(state, "PaymentTermsTypes", "GroupNumber", row);
    }
}

fn periods(state: &mut State, periods: &[BookPeriod]) {
    let mut years: Vec<&str> = periods.iter().map(|p| p.fiscal_year.as_str()).collect();
    years.dedup();
    for (n, period) in periods.iter().enumerate() {
        let category = years.iter().position(|y| *y == period.fiscal_year).unwrap_or_default();
        let number = |n: usize| i64::try_from(n).unwrap_or_default() + 1;
        let record = Record::default()
            .with("AbsoluteEntry", number(n))
            .with("PeriodCode", period.code.as_str())
            .with("PeriodName", period.name.as_str())
            .with("PostingDateFrom", period.from)
            .with("PostingDateTo", period.to)
            .with("ValueDateFrom", period.due_from)
            .with("ValueDateTo", period.due_to)
            .with("TaxDateFrom", period.tax_from)
            .with("TaxDateTo", period.tax_to)
            .with("ActiveforFeed", false)
            .with("Locked", period.status == PeriodState::Locked)
            .with("AdditionalSubPeriods", false)
            .with("PeriodIndicator", "Default")
            .with("SubNum", number(n))
            .with("PeriodStatus", status_name(period.status));
        state.periods.push(Period { category: number(category), record });
    }
}

/// SAP's name of a period's status.
pub(crate) fn status_name(status: PeriodState) -> &'static str {
    match status {
        PeriodState::Open => "ltUnlocked",
        PeriodState::OpenExceptSales => "ltUnlockedExceptSales",
        PeriodState::Closing => "ltPeriodClosing",
        PeriodState::Locked => "ltLocked",
    }
}

/// Adds a row under the key that one of its properties holds.
pub(crate) fn put(state: &mut State, set: &str, key: &str, row: Record) {
    let key = match row.get(key) {
        Some(Value::Integer(number)) => Key::Integer(*number),
        _ => Key::Text(row.text(key).to_owned()),
    };
    state.table_mut(set).insert(key, row);
}
