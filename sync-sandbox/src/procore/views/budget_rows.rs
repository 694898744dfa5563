//! Rows of a budget: which are listed, what they hold, and how they are added up.
//!
//! Filters are parameters of their own here, such as `cost_code_id[]`. A parameter with a value that the endpoint does
//! not know is refused with 400.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::{BudgetLine, Company, CostCode, Project},
        number::{four, two},
        page::{List, Row},
        query::Query,
        records::{CommitmentKind, Line},
        refusal::Refusal,
        route::Context,
    },
    id_name,
    lines::{budget_quantity, wbs_ref},
};

/// The columns of the view; the first name is misspelt as a real one is.
pub(super) const COLUMNS: [(&str, &str); 4] = [
    ("3141780", "Commtiment Subcontracts"),
    ("3141801", "Commitment Purchase Orders"),
    ("3141802", "Commitment COs"),
    ("3141791", "Cost to Date"),
];

/// The rows that a call asks for, each as a list row.
pub(super) fn detail_rows<'a>(
    context: &Context<'a>,
    project: &'a Project,
    usual: &str,
) -> Result<List<'a>, Refusal> {
    let company = context.company;
    let mut lines = selected(context, project, usual)?;
    sort(context, project, &mut lines)?;
    let rows =
        lines.into_iter().map(move |line| Row::new(line.id, move || row(company, project, &line)));
    Ok(List::new(rows.collect()))
}

/// Budget lines and codings with money alone, as far as the parameters ask for them. The latter have the id zero.
fn selected(
    context: &Context<'_>,
    project: &Project,
    usual: &str,
) -> Result<Vec<BudgetLine>, Refusal> {
    let query = context.query;
    let kind = query.get("budget_row_type").unwrap_or(usual);
    let mut lines = match kind {
        "budgeted" => project.budget.clone(),
        "unbudgeted" => unbudgeted(project),
        "all" => project.budget.iter().cloned().chain(unbudgeted(project)).collect(),
        _ => {
            let text = "budget_row_type does not have a valid value";
            return Err(Refusal::new(400, "budget_row_type", text));
        }
    };
    let billers = billers(query)?;
    lines.retain(|line| wanted(context.company, project, query, billers.as_deref(), line));
    Ok(lines)
}

fn unbudgeted(project: &Project) -> Vec<BudgetLine> {
    let without_line = project
        .wbs_codes
        .iter()
        .map(|wbs| wbs.coding)
        .filter(|coding| project.budget.iter().all(|line| line.coding != *coding));
    without_line
        .map(|coding| BudgetLine { id: 0, coding, amount: Decimal::ZERO })
        .filter(|line| spent(project, line).iter().any(|amount| !amount.is_zero()))
        .collect()
}

/// `biller[]=id=1,type=SubJob`.
fn billers(query: &Query) -> Result<Option<Vec<(i64, bool)>>, Refusal> {
    let Some(texts) = query.list("biller") else {
        return Ok(None);
    };
    let refuse = || Refusal::new(400, "biller", "biller must be id=1,type=SubJob or type=Project");
    let read = |text: &String| -> Option<(i64, bool)> {
        let (id, kind) = text.strip_prefix("id=")?.split_once(",type=")?;
        let sub_job = match kind {
            "SubJob" => true,
            "Project" => false,
            _ => return None,
        };
        Some((id.parse().ok()?, sub_job))
    };
    texts.iter().map(|text| read(text).ok_or_else(refuse)).collect::<Result<Vec<_>, _>>().map(Some)
}

fn wanted(
    company: &Company,
    project: &Project,
    query: &Query,
    billers: Option<&[(i64, bool)]>,
    line: &BudgetLine,
) -> bool {
    let place = Place::of(company, project, line);
    let is = |name: &str, value: Option<String>| {
        query.list(name).is_none_or(|values| value.is_some_and(|value| values.contains(&value)))
    };
    billers.is_none_or(|of| of.contains(&(place.biller_id, place.is_sub_job)))
        && is("cost_code_id", Some(line.coding.cost_code_id.to_string()))
        && is("cost_code_name", place.code.map(|code| code.name.clone()))
        && is("root_cost_code_id", place.root.map(|root| root.id.to_string()))
        && is("root_cost_code_name", place.root.map(|root| root.name.clone()))
        && is("category_id", Some(line.coding.line_item_type_id.to_string()))
        && is("budget_line_item_id", Some(line.id.to_string()))
}

fn sort(context: &Context<'_>, project: &Project, lines: &mut [BudgetLine]) -> Result<(), Refusal> {
    let Some(asked) = context.query.get("sort") else {
        return Ok(());
    };
    let (key, descending) = match asked.strip_prefix('-') {
        Some(key) => (key, true),
        None => (asked, false),
    };
    let level = match key {
        "biller_type" | "project" | "biller" => "biller",
        "category_id" => "category",
        "cost_code" | "root_cost_code" => key,
        _ => return Err(Refusal::new(400, "sort", "sort does not have a valid value")),
    };
    lines.sort_by_cached_key(|line| Place::of(context.company, project, line).level(level));
    if descending {
        lines.reverse();
    }
    Ok(())
}

/// Where a row stands: project or sub job, division, cost code, cost type.
struct Place<'a> {
    biller_id: i64,
    biller: &'a str,
    is_sub_job: bool,
    project: &'a Project,
    code: Option<&'a CostCode>,
    root: Option<&'a CostCode>,
    category_id: i64,
    category: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(company: &'a Company, project: &'a Project, line: &BudgetLine) -> Self {
        let code = project.cost_code(line.coding.cost_code_id);
        let root = code.and_then(|c| c.parent_id).and_then(|id| project.cost_code(id)).or(code);
        let sub_job = code
            .and_then(|c| c.sub_job_id)
            .and_then(|id| project.sub_jobs.iter().find(|s| s.id == id));
        let (biller_id, biller) = match sub_job {
            Some(sub_job) => (sub_job.id, sub_job.name.as_str()),
            None => (project.id, project.name.as_str()),
        };
        let category_id = line.coding.line_item_type_id;
        let category = company.line_item_type(category_id).map(|t| t.name.as_str());
        let is_sub_job = sub_job.is_some();
        Self { biller_id, biller, is_sub_job, project, code, root, category_id, category }
    }

    fn biller_type(&self) -> &'static str {
        if self.is_sub_job { "SubJob" } else { "Project" }
    }

    /// Id and name of one level of a group; a level by name has the name for its id.
    fn level(&self, level: &str) -> (String, String) {
        let of = |code: Option<&CostCode>| {
            code.map_or_else(Default::default, |c| (c.id.to_string(), label(c)))
        };
        let named = |code: Option<&CostCode>| {
            code.map_or_else(Default::default, |c| (c.name.clone(), c.name.clone()))
        };
        match level {
            "project" => (self.project.id.to_string(), self.project.name.clone()),
            "biller" => (self.biller_id.to_string(), self.biller.to_owned()),
            "category" => {
                (self.category_id.to_string(), self.category.unwrap_or_default().to_owned())
            }
            "cost_code" => of(self.code),
            "root_cost_code" => of(self.root),
            "cost_code_name" => named(self.code),
            _ => named(self.root),
        }
    }
}

fn label(code: &CostCode) -> String {
    format!("{} - {}", code.full_code, code.name)
}

/// Rows that were added up.
pub(super) struct Group {
    id: String,
    name: String,
    biller_type: &'static str,
    lines: Vec<BudgetLine>,
}

/// The rows that a call asks for, added up by `group_by`, each group written by `body`. A group is known by the last
/// level that it is of, so that groups of different divisions can share an id.
pub(super) fn groups<'a>(
    context: &Context<'a>,
    project: &'a Project,
    usual: &str,
    body: fn(&Project, &Group) -> Json,
) -> Result<List<'a>, Refusal> {
    let levels = levels(context.query)?;
    let mut groups: Vec<(Vec<(String, String)>, Group)> = Vec::new();
    for line in selected(context, project, usual)? {
        let place = Place::of(context.company, project, &line);
        let key: Vec<_> = levels.iter().map(|level| place.level(level)).collect();
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.lines.push(line),
            None => {
                let (id, name) = key.last().cloned().unwrap_or_default();
                let biller_type = place.biller_type();
                groups.push((key, Group { id, name, biller_type, lines: vec![line] }));
            }
        }
    }
    let rows = groups.into_iter().map(|(_, group)| Row::new(0, move || body(project, &group)));
    Ok(List::new(rows.collect()))
}

fn levels(query: &Query) -> Result<Vec<String>, Refusal> {
    const KNOWN: [&str; 7] = [
        "project",
        "biller",
        "category",
        "cost_code",
        "root_cost_code",
        "cost_code_name",
        "root_cost_code_name",
    ];
    let text = query.get("group_by").unwrap_or("biller,root_cost_code");
    let levels: Vec<String> = text.split(',').map(|level| level.trim().to_owned()).collect();
    if levels.iter().all(|level| KNOWN.contains(&level.as_str())) {
        return Ok(levels);
    }
    Err(Refusal::new(400, "group_by", "group_by does not have a valid value"))
}

/// A summary row of a view.
pub(super) fn summary(project: &Project, group: &Group) -> Json {
    let original: Decimal = group.lines.iter().map(|line| line.amount).sum();
    let modified: Decimal = group.lines.iter().map(|line| modifications(project, line)).sum();
    object! {
        "id": group.id.as_str(), "name": group.name.as_str(), "biller_type": group.biller_type,
        "original_budget_amount": two(original), "budget_modifications": two(modified),
        "budget_forecast": object! { "amount": two(original + modified) },
        "currency_configuration": object! { "currency_iso_code": Json::Null },
    }
}

/// A summary row of a snapshot, which documents the lines instead of their sums.
pub(super) fn summary_of_snapshot(_: &Project, group: &Group) -> Json {
    let ids: Vec<Json> = group
        .lines
        .iter()
        .filter(|line| line.id != 0)
        .map(|line| Json::from(line.id.to_string()))
        .collect();
    object! {
        "id": group.id.as_str(), "name": group.name.as_str(), "biller_type": group.biller_type,
        "budget_line_item_ids": ids,
    }
}

/// What modifications gave to a line, less what they took.
fn modifications(project: &Project, line: &BudgetLine) -> Decimal {
    let moved = project.budget_modifications.iter().map(|modification| {
        let gives = modification.from_line_id == Some(line.id);
        let receives = modification.to_line_id == line.id;
        match (gives, receives) {
            (true, false) => -modification.amount,
            (false, true) => modification.amount,
            _ => Decimal::ZERO,
        }
    });
    moved.sum()
}

/// The money of one coding: subcontracts, purchase orders, change orders, cost to date.
fn spent(project: &Project, budget: &BudgetLine) -> [Decimal; 4] {
    let on = |lines: &[Line]| -> Decimal {
        lines.iter().filter(|l| l.coding == Some(budget.coding)).map(|l| l.amount).sum()
    };
    let contracts = |kind: CommitmentKind| -> Decimal {
        let of_kind = project.commitments.iter().filter(|c| c.kind == kind && c.is_postable());
        of_kind.map(|c| on(&c.lines)).sum()
    };
    let orders = project.change_orders.iter().filter(|c| c.is_approved());
    let costs = project.direct_costs.iter().filter(|c| c.status == "approved");
    [
        contracts(CommitmentKind::Subcontract),
        contracts(CommitmentKind::PurchaseOrder),
        orders.map(|c| on(&c.lines)).sum(),
        costs.map(|c| on(&c.lines)).sum(),
    ]
}

fn row(company: &Company, project: &Project, line: &BudgetLine) -> Json {
    let place = Place::of(company, project, line);
    let wbs = project.wbs_code(line.coding);
    let budgeted = line.id != 0;
    let modified = modifications(project, line);
    let reason = (!budgeted).then_some("The budget code is not on the budget");
    let fixed = object! {
        "id": line.id, "budget_row_id": wbs.map(|w| w.id.to_string()), "deletable": false,
        "budgeted": budgeted, "company_id": company.id, "company": company.name.as_str(),
        "project_id": project.id, "project": project.name.as_str(),
        "wbs_code_id": wbs.map(|w| w.id),
        "wbs_code": wbs_ref(company, project, line.coding, false), "biller_id": place.biller_id,
        "biller": place.biller, "biller_type": place.biller_type(),
        "root_cost_code_id": place.root.map(|c| c.id), "root_cost_code": place.root.map(label),
        "cost_code_id": line.coding.cost_code_id, "cost_code": place.code.map(label),
        "cost_code_origin_id": Json::Null, "category_id": line.coding.line_item_type_id,
        "category": place.category, "uom": Json::Null,
        "unit_cost": four(Decimal::ZERO), "quantity": budget_quantity(),
        "calculation_strategy": "manual", "budget_modifications": two(modified),
        "original_budget_amount": two(line.amount), "unbudgeted_reason": reason,
        "currency_configuration": object! { "currency_iso_code": Json::Null },
        "budget_forecast": id_name(line.id + 1, "forecast").without("name")
            .with("amount", two(line.amount + modified)),
    };
    COLUMNS
        .iter()
        .zip(spent(project, line))
        .fold(fixed, |row, ((_, name), amount)| row.with(*name, two(amount)))
}
