//! Lines of contracts, change orders and direct costs, in their v1 and v2 shapes.

use super::{
    super::{
        json::{Json, object},
        model::{Coding, Company, Project},
        number::{bare, four, instant, loose, twelve, utc},
        page::{List, Paging, Row},
        records::Line,
        route::Context,
    },
    cost_coding::{cost_code, line_item_type},
    currency, id_name,
};

/// Code and names of a coding, joined by the delimiter of the segments.
pub(crate) fn flat_code(company: &Company, project: &Project, coding: Coding) -> (String, String) {
    let code = project.cost_code(coding.cost_code_id);
    let sub_job =
        code.and_then(|c| c.sub_job_id).and_then(|id| project.sub_jobs.iter().find(|s| s.id == id));
    let cost_type = company.line_item_type(coding.line_item_type_id);
    let codes = [
        sub_job.map(|s| s.code.as_str()),
        code.map(|c| c.full_code.as_str()),
        cost_type.map(|t| t.code.as_str()),
    ];
    let names = [
        sub_job.map(|s| s.name.as_str()),
        code.map(|c| c.name.as_str()),
        cost_type.map(|t| t.name.as_str()),
    ];
    let join = |parts: [Option<&str>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(".");
    (join(codes), join(names))
}

/// `{"id","flat_code","description"}`; v2 writes the id as a string.
pub(crate) fn wbs_ref(company: &Company, project: &Project, coding: Coding, text_id: bool) -> Json {
    let Some(wbs) = project.wbs_code(coding) else {
        return Json::Null;
    };
    let (flat, names) = flat_code(company, project, coding);
    let id = if text_id { Json::from(wbs.id.to_string()) } else { Json::from(wbs.id) };
    object! { "id": id, "flat_code": flat, "description": names }
}

/// What a v1 line hangs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    pub(crate) id: i64,
    pub(crate) holder_type: &'static str,
}

/// The v1 shape. Quantity and unit cost are numbers on every other line, strings on the rest, as
/// the two published schemas disagree.
pub(crate) fn line(company: &Company, project: &Project, holder: Holder, line: &Line) -> Json {
    let as_number = line.id % 2 == 0;
    let measure = |value| if as_number { bare(value) } else { loose(value) };
    let amount = loose(line.amount);
    let coding = line.coding;
    let code = coding.and_then(|c| project.cost_code(c.cost_code_id));
    let cost_type = coding.and_then(|c| company.line_item_type(c.line_item_type_id));
    object! {
        "id": line.id, "amount": amount.clone(), "company": id_name(company.id, &company.name),
        "cost_code": code.map(|c| cost_code(project, c)),
        "created_at": instant(line.created_at, line.id), "description": line.description.as_str(),
        "extended_type": if line.is_manual() { "manual" } else { "calculated" },
        "holder": object! { "id": holder.id, "holder_type": holder.holder_type },
        "line_item_type": cost_type.map(line_item_type), "origin_data": Json::Null,
        "origin_id": Json::Null, "position": line.position,
        "project": id_name(project.id, &project.name), "quantity": measure(line.quantity),
        "tax_code_id": line.tax_code_id, "tax_amount": "0.0", "total_amount": amount.clone(),
        "extended_amount": amount, "unit_cost": measure(line.unit_cost),
        "uom": line.uom.as_ref(), "updated_at": utc(line.updated_at),
        "wbs_code": coding.map(|c| wbs_ref(company, project, c, false)),
        "currency_configuration": currency(company, project, None),
    }
}

/// The v2 shape: ids are strings, quantity and position numbers, no cost code beside the WBS code.
pub(crate) fn line_v2(company: &Company, project: &Project, line: &Line) -> Json {
    let wbs = line.coding.and_then(|c| project.wbs_code(c));
    object! {
        "id": line.id.to_string(), "prime_line_item_id": Json::Null, "funding_rule_id": Json::Null,
        "description": line.description.as_str(), "uom": line.uom.as_ref(),
        "quantity": bare(line.quantity), "unit_cost": four(line.unit_cost),
        "amount": loose(line.amount),
        "extended_type": if line.is_manual() { "manual" } else { "calculated" },
        "wbs_code_id": wbs.map(|w| w.id.to_string()),
        "tax_code_id": line.tax_code_id.map(|id| id.to_string()), "position": line.position,
        "wbs_code": line.coding.map(|c| wbs_ref(company, project, c, true)),
    }
}

/// The lines that a show call carries.
pub(crate) fn lines(
    company: &Company,
    project: &Project,
    holder: Holder,
    of: &[Line],
) -> Vec<Json> {
    of.iter().map(|l| line(company, project, holder, l)).collect()
}

/// A row of a v1 list of lines.
pub(crate) fn row<'a>(
    company: &'a Company,
    project: &'a Project,
    holder: Holder,
    of: &'a Line,
) -> Row<'a> {
    let row = Row::new(of.id, move || line(company, project, holder, of))
        .times(of.created_at, of.updated_at);
    match of.coding {
        None => row,
        Some(coding) => row
            .attribute("cost_code_id", coding.cost_code_id)
            .attribute("line_item_type_id", coding.line_item_type_id),
    }
}

/// A v1 list of lines.
pub(crate) fn list<'a>(
    context: &Context<'a>,
    project: &'a Project,
    holder: Holder,
    of: &'a [Line],
) -> List<'a> {
    let company = context.company;
    List::new(of.iter().map(|l| row(company, project, holder, l)).collect()).filtered(&[
        "id",
        "created_at",
        "updated_at",
        "cost_code_id",
        "line_item_type_id",
    ])
}

/// A v2 list of lines.
pub(crate) fn list_v2<'a>(
    context: &Context<'a>,
    project: &'a Project,
    of: impl Iterator<Item = &'a Line>,
    commitment_line_field: bool,
) -> List<'a> {
    let company = context.company;
    let rows = of.map(move |l| {
        Row::new(l.id, move || {
            let body = line_v2(company, project, l);
            if commitment_line_field {
                body.with("commitment_line_item_id", Json::Null)
            } else {
                body
            }
        })
    });
    List::new(rows.collect()).paged(Paging::Version2)
}

/// The quantity of a budget row.
pub(crate) fn budget_quantity() -> Json {
    twelve(rust_decimal::Decimal::ZERO)
}
