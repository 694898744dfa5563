//! The budget, read through one view: columns are keyed by their display names.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::{BudgetLine, Company, Project},
        number::{four, two, utc},
        page::{List, Paging, Row},
        records::{CommitmentKind, Line},
        refusal::Refusal,
        route::Context,
    },
    id_name,
    lines::{budget_quantity, wbs_ref},
};

/// The columns of the view; the first name is misspelt as a real one is.
const COLUMNS: [(&str, &str); 4] = [
    ("3141780", "Commtiment Subcontracts"),
    ("3141801", "Commitment Purchase Orders"),
    ("3141802", "Commitment COs"),
    ("3141791", "Cost to Date"),
];

fn view_id(project: &Project) -> i64 {
    project.id + 400_000
}

fn check_view(project: &Project, id: i64) -> Result<(), Refusal> {
    if id == view_id(project) { Ok(()) } else { Err(Refusal::not_found("Budget view")) }
}

/// `GET /rest/v1.0/budget_views`.
pub(crate) fn budget_views(project: &Project) -> List<'_> {
    let id = view_id(project);
    List::new(vec![Row::new(id, move || {
        object! {
            "id": id, "name": "Detailed Budget View", "description": "",
            "created_at": utc(project.created_at), "updated_at": utc(project.created_at),
            "role": "budgeting",
        }
    })])
}

/// `GET .../budget_detail_columns`: no pages.
pub(crate) fn columns(project: &Project, id: i64) -> Result<List<'_>, Refusal> {
    check_view(project, id)?;
    let rows = COLUMNS.iter().enumerate().map(|(n, (id, name))| {
        Row::new(0, move || {
            object! {
                "id": *id, "name": *name, "aggregatable": true, "groupable": false,
                "position": n + 1, "type": "source", "filterable": false,
            }
        })
    });
    Ok(List::new(rows.collect()).paged(Paging::Whole))
}

/// `GET .../detail_rows`: one row per budgeted coding. There are no unbudgeted rows: every coding of the contractor has
/// a budget line. Filters are parameters of their own here, such as `cost_code_id[]`.
pub(crate) fn rows<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    check_view(project, id)?;
    let company = context.company;
    let query = context.query;
    let listed = query.get("budget_row_type").is_none_or(|kind| kind != "unbudgeted");
    let wants = |name, id: i64| query.list(name).is_none_or(|ids| ids.contains(&id.to_string()));
    let rows = project
        .budget
        .iter()
        .filter(|line| {
            listed
                && wants("cost_code_id", line.coding.cost_code_id)
                && wants("category_id", line.coding.line_item_type_id)
                && wants("budget_line_item_id", line.id)
        })
        .map(move |line| Row::new(line.id, move || row(company, project, line)));
    Ok(List::new(rows.collect()))
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
    let code = project.cost_code(line.coding.cost_code_id);
    let root = code.and_then(|c| c.parent_id).and_then(|id| project.cost_code(id)).or(code);
    let label = |c: Option<&super::super::model::CostCode>| {
        c.map(|c| format!("{} - {}", c.full_code, c.name))
    };
    let category = company.line_item_type(line.coding.line_item_type_id);
    let wbs = project.wbs_code(line.coding);
    let fixed = object! {
        "id": line.id, "budget_row_id": line.id.to_string(), "deletable": false,
        "budgeted": true, "company_id": company.id, "company": company.name.as_str(),
        "project_id": project.id, "project": project.name.as_str(),
        "wbs_code_id": wbs.map(|w| w.id),
        "wbs_code": wbs_ref(company, project, line.coding, false), "biller_id": project.id,
        "biller": project.name.as_str(), "biller_type": "Project",
        "root_cost_code_id": root.map(|c| c.id), "root_cost_code": label(root),
        "cost_code_id": line.coding.cost_code_id, "cost_code": label(code),
        "cost_code_origin_id": Json::Null, "category_id": line.coding.line_item_type_id,
        "category": category.map(|t| t.name.as_str()), "uom": Json::Null,
        "unit_cost": four(Decimal::ZERO), "quantity": budget_quantity(),
        "calculation_strategy": "manual", "budget_modifications": "0.00",
        "original_budget_amount": two(line.amount), "unbudgeted_reason": Json::Null,
        "currency_configuration": object! { "currency_iso_code": Json::Null },
        "budget_forecast": id_name(line.id + 1, "forecast").without("name")
            .with("amount", two(line.amount)),
    };
    COLUMNS
        .iter()
        .zip(spent(project, line))
        .fold(fixed, |row, ((_, name), amount)| row.with(*name, two(amount)))
}
