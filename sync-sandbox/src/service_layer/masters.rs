//! Master data that is created over the wire: what a POST must name, and what SAP adds.
//!
//! Codes that refer to other master data are looked up; what a company without them would refuse
//! is refused here. Dimensions and branches of a multi-branch company (`BusinessPlaces`) can be
//! read, and changed, but not created.

use rust_decimal::Decimal;

use super::{
    entity::EntitySet,
    error::Refusal,
    seed::{direct_rule_of, put},
    state::State,
    uri::Key,
    value::{Record, Value},
};

/// Whether a POST to the set creates master data.
pub(crate) fn is_master(set: &str) -> bool {
    matches!(
        set,
        "BusinessPartners"
            | "ChartOfAccounts"
            | "ProfitCenters"
            | "DistributionRules"
            | "Projects"
            | "VatGroups"
            | "SalesTaxCodes"
            | "WithholdingTaxCodes"
            | "Currencies"
            | "PaymentTermsTypes"
            | "Branches"
    )
}

/// Creates a row of master data; `body` has passed the checks of its type.
pub(crate) fn create(state: &mut State, set: &EntitySet, mut body: Record) -> Result<Key, Refusal> {
    let key = match set.name.as_ref() {
        "PaymentTermsTypes" => {
            numbered(state, set, &mut body, "PaymentTermsGroupName", "PymntGroup")?
        }
        "Branches" => numbered(state, set, &mut body, "Name", "Name")?,
        _ => coded(state, set, &body)?,
    };
    match set.name.as_ref() {
        "BusinessPartners" => partner(state, &mut body)?,
        "ChartOfAccounts" => account(state, &mut body)?,
        "ProfitCenters" => profit_center(state, &mut body)?,
        "DistributionRules" => distribution_rule(state, &mut body)?,
        "VatGroups" => vat_group(&mut body)?,
        "SalesTaxCodes" => sales_tax_code(&mut body)?,
        "WithholdingTaxCodes" => withholding_tax_code(state, &mut body)?,
        "Currencies" => {
            default(&mut body, "Decimals", "cdDefault");
            default(&mut body, "Rounding", "rsNoRounding");
        }
        "Projects" => {
            required(&body, "Name", "OPRJ.PrjName")?;
            default(&mut body, "Active", "tYES");
        }
        _ => {}
    }
    let direct = (set.name == "ProfitCenters").then(|| direct_rule_of(&body));
    put(state, &set.name, set.key, body);
    if let Some(rule) = direct {
        put(state, "DistributionRules", "FactorCode", rule);
    }
    Ok(key)
}

fn default(body: &mut Record, name: &'static str, value: &str) {
    if body.filled(name).is_none() {
        body.set(name, Value::from(value));
    }
}

fn required(body: &Record, name: &str, column: &str) -> Result<(), Refusal> {
    match body.filled(name) {
        Some(_) => Ok(()),
        None => Err(Refusal::business(format!("Code undefined  [{column}]"))),
    }
}

/// The key that the caller names: taken keys are refused.
fn coded(state: &State, set: &EntitySet, body: &Record) -> Result<Key, Refusal> {
    let code = body.text(set.key).to_owned();
    required(body, set.key, &format!("{}.{}", set.table, set.key))?;
    let key = Key::Text(code.clone());
    if state.table(&set.name).get(&key).is_none() {
        return Ok(key);
    }
    if set.name == "BusinessPartners" {
        return Err(Refusal::bad(
            -10,
            format!(
                "1320000140 - Business partner code '{code}' already assigned to a business partner; enter a unique business partner code"
            ),
        ));
    }
    Err(Refusal::exists())
}

/// The next number of a set whose keys SAP gives; names are unique in it.
fn numbered(
    state: &State,
    set: &EntitySet,
    body: &mut Record,
    name: &'static str,
    column: &str,
) -> Result<Key, Refusal> {
    required(body, name, &format!("{}.{column}", set.table))?;
    let rows = || state.table(&set.name).rows();
    if rows().any(|row| row.text(name) == body.text(name)) {
        return Err(Refusal::exists());
    }
    let next = rows().filter_map(|row| row.integer(set.key)).max().unwrap_or(0) + 1;
    body.set(set.key, Value::Integer(next));
    Ok(Key::Integer(next))
}

/// Refuses a code that the set does not hold; a code that is not sent is right.
fn known(
    state: &State,
    body: &Record,
    property: &str,
    set: &str,
    column: &str,
) -> Result<(), Refusal> {
    match body.filled(property) {
        Some(code) if state.row(set, code).is_none() => {
            Err(Refusal::unknown_code(column, code, None))
        }
        _ => Ok(()),
    }
}

/// What a partner names, new or changed, and the numbers of its rows.
pub(crate) fn partner_codes(state: &State, body: &mut Record) -> Result<(), Refusal> {
    known(state, body, "ProjectCode", "Projects", "OCRD.ProjectCod")?;
    known(state, body, "VatGroup", "VatGroups", "OCRD.ECVatGroup")?;
    known(state, body, "WTCode", "WithholdingTaxCodes", "OCRD.WTCode")?;
    if body.text("Currency") != "##" {
        known(state, body, "Currency", "Currencies", "OCRD.Currency")?;
    }
    if let Some(group) = body.integer("PayTermsGrpCode")
        && state.table("PaymentTermsTypes").get(&Key::Integer(group)).is_none()
    {
        return Err(Refusal::unknown_code("OCRD.GroupNum", &group.to_string(), None));
    }
    if let Some(code) = body.filled("DebitorAccount") {
        let control = state
            .row("ChartOfAccounts", code)
            .filter(|row| row.is_yes("LockManualTransaction") && row.is_yes("ActiveAccount"));
        control.ok_or_else(|| Refusal::unknown_code("OCRD.DebPayAcct", code, None))?;
    }
    for assignment in body.list("BPBranchAssignment") {
        let branch = assignment.integer("BPLID").unwrap_or_default();
        if state.table("BusinessPlaces").get(&Key::Integer(branch)).is_none() {
            return Err(Refusal::unknown_code("CRD8.BPLId", &branch.to_string(), None));
        }
    }
    Ok(())
}

/// Gives a partner's addresses and contacts their numbers and its own code.
pub(crate) fn number_partner_rows(body: &mut Record) {
    let code = body.text("CardCode").to_owned();
    for (list, number, first, owner) in [
        ("BPAddresses", "RowNum", 0_i64, "BPCode"),
        ("ContactEmployees", "InternalCode", 1, "CardCode"),
    ] {
        let mut rows = body.list(list).to_vec();
        if rows.is_empty() {
            continue;
        }
        for n in 0..rows.len() {
            let taken = rows.iter().filter_map(|row| row.integer(number)).max();
            if let Some(row) = rows.get_mut(n) {
                if row.get(number).is_none() {
                    row.set(number, Value::Integer(taken.map_or(first, |last| last + 1)));
                }
                row.set(owner, Value::Text(code.clone()));
            }
        }
        body.set(list, Value::List(rows));
    }
    let mut branches = body.list("BPBranchAssignment").to_vec();
    for row in &mut branches {
        row.set("BPCode", Value::Text(code.clone()));
        default(row, "DisabledForBP", "tNO");
    }
    if !branches.is_empty() {
        body.set("BPBranchAssignment", Value::List(branches));
    }
}

fn partner(state: &State, body: &mut Record) -> Result<(), Refusal> {
    default(body, "CardType", "cCustomer");
    default(body, "Currency", &state.company.local_currency);
    default(body, "Valid", "tYES");
    default(body, "Frozen", "tNO");
    default(body, "SubjectToWithholdingTax", "boNO");
    if body.filled("DebitorAccount").is_none() {
        // The company's account determination: what partners of the kind have.
        let kind = body.text("CardType").to_owned();
        let usual = state.table("BusinessPartners").rows().find(|row| row.text("CardType") == kind);
        let account = usual.map(|row| row.text("DebitorAccount").to_owned());
        let account = account.ok_or_else(|| Refusal::unknown_code("OCRD.DebPayAcct", "", None))?;
        body.set("DebitorAccount", Value::Text(account));
    }
    if body.get("PayTermsGrpCode").is_none()
        && let Some(first) = state.table("PaymentTermsTypes").rows().next()
    {
        body.set("PayTermsGrpCode", Value::Integer(first.integer("GroupNumber").unwrap_or(1)));
    }
    partner_codes(state, body)?;
    number_partner_rows(body);
    body.set("DataVersion", Value::Integer(1));
    let today = state.today();
    body.set("CreateDate", Value::Date(today));
    body.set("UpdateDate", Value::Date(today));
    Ok(())
}

fn account(state: &State, body: &mut Record) -> Result<(), Refusal> {
    required(body, "Name", "OACT.AcctName")?;
    if let Some(father) = body.filled("FatherAccountKey") {
        let title = state.row("ChartOfAccounts", father).filter(|row| !row.is_yes("ActiveAccount"));
        title.ok_or_else(|| Refusal::unknown_code("OACT.FatherNum", father, None))?;
    }
    let local = state.company.local_currency.clone();
    if body.text("AcctCurrency") != "##" {
        known(state, body, "AcctCurrency", "Currencies", "OACT.ActCurr")?;
    }
    default(body, "AcctCurrency", &local);
    default(body, "ActiveAccount", "tYES");
    default(body, "AccountType", "at_Other");
    default(body, "ValidFor", "tYES");
    let code = body.text("Code").to_owned();
    default(body, "FormatCode", &code);
    Ok(())
}

fn dimension(state: &State, body: &mut Record, column: &str) -> Result<i64, Refusal> {
    let dimension = body.integer("InWhichDimension").unwrap_or(1);
    let row = state.table("Dimensions").get(&Key::Integer(dimension));
    if row.is_none_or(|row| !row.is_yes("IsActive")) {
        return Err(Refusal::unknown_code(column, &dimension.to_string(), None));
    }
    body.set("InWhichDimension", Value::Integer(dimension));
    default(body, "Active", "tYES");
    Ok(dimension)
}

fn profit_center(state: &State, body: &mut Record) -> Result<(), Refusal> {
    required(body, "CenterName", "OPRC.PrcName")?;
    // The direct rule takes the code in its own table too.
    if state.row("DistributionRules", body.text("CenterCode")).is_some() {
        return Err(Refusal::exists());
    }
    dimension(state, body, "OPRC.DimCode").map(|_| ())
}

/// The parts of a rule add up to its total and are profit centers of its dimension.
fn distribution_rule(state: &State, body: &mut Record) -> Result<(), Refusal> {
    required(body, "FactorDescription", "OOCR.OcrName")?;
    let dimension = dimension(state, body, "OOCR.DimCode")?;
    let mut sum = Decimal::ZERO;
    for (n, line) in body.list("DistributionRuleLines").iter().enumerate() {
        let code = line.text("CenterCode");
        let center = state.row("ProfitCenters", code);
        if center.is_none_or(|center| center.integer("InWhichDimension") != Some(dimension)) {
            return Err(Refusal::unknown_code("OCR1.PrcCode", code, Some(n)));
        }
        sum += line.amount("TotalInCenter");
    }
    let total = body.number("TotalFactor").unwrap_or(sum);
    if sum.is_zero() || sum != total {
        let what = "Total of distribution rule rows differs from total factor";
        return Err(Refusal::unusable(what, "OOCR.OcrTotal", None));
    }
    body.set("TotalFactor", Value::Number(total));
    body.set("Direct", Value::from("N"));
    Ok(())
}

fn vat_group(body: &mut Record) -> Result<(), Refusal> {
    required(body, "Name", "OVTG.Name")?;
    default(body, "Category", "bovcInputTax");
    default(body, "Inactive", "tNO");
    Ok(())
}

/// A code's rate is the sum of its authorities' parts, none of which is simulated.
fn sales_tax_code(body: &mut Record) -> Result<(), Refusal> {
    required(body, "Name", "OSTC.Name")?;
    if let Some(part) = body.list("SalesTaxCodes_Lines").first() {
        return Err(Refusal::unknown_code("STC1.STACode", part.text("STACode"), Some(0)));
    }
    body.set("Rate", Value::Number(Decimal::ZERO));
    default(body, "Inactive", "tNO");
    Ok(())
}

fn withholding_tax_code(state: &State, body: &mut Record) -> Result<(), Refusal> {
    required(body, "WTName", "OWHT.WTName")?;
    required(body, "Account", "OWHT.Account")?;
    known(state, body, "Account", "ChartOfAccounts", "OWHT.Account")?;
    default(body, "Inactive", "tNO");
    let mut lines = body.list("WithholdingTaxCodes_Lines").to_vec();
    for (n, line) in lines.iter_mut().enumerate() {
        line.set("LineNum", Value::Integer(i64::try_from(n).unwrap_or_default()));
    }
    let today = state.today();
    let current = lines
        .iter()
        .filter(|line| line.date("Effectivefrom").is_none_or(|from| from <= today))
        .max_by_key(|line| line.date("Effectivefrom"));
    if let Some(current) = current {
        body.set("Rate", Value::Number(current.amount("Rate")));
        body.set("EffectiveFrom", current.date("Effectivefrom").into());
    }
    body.set("WithholdingTaxCodes_Lines", Value::List(lines));
    Ok(())
}
