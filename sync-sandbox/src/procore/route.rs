//! From the path of a call to the view that answers it, and the checks on the way.

use super::{
    ProcoreOptions,
    hooks::{Hooks, Scope},
    json::Json,
    model::{Company, Project},
    page::List,
    query::Query,
    records::CommitmentKind,
    refusal::{Refusal, Shape},
    singles::single,
    views::{
        budget, budget_changes, budget_snapshots, change_orders, commitment_contracts, commitments,
        company_codes, contract_parts, cost_coding, direct_costs, directory,
        potential_change_orders, requisition_items, requisitions, settings, units, wbs,
    },
};

/// What a view answers from.
pub(crate) struct Context<'a> {
    pub(crate) company: &'a Company,
    pub(crate) options: &'a ProcoreOptions,
    pub(crate) hooks: &'a Hooks,
    pub(crate) query: &'a Query,
}

/// A show or a list.
pub(crate) enum Reply<'a> {
    Show(Json),
    List(List<'a>),
}

impl<'a> From<List<'a>> for Reply<'a> {
    fn from(list: List<'a>) -> Self {
        Self::List(list)
    }
}

impl From<Json> for Reply<'_> {
    fn from(body: Json) -> Self {
        Self::Show(body)
    }
}

type Routed<'a> = Result<Reply<'a>, Refusal>;

impl<'a> Context<'a> {
    /// The project of a path or parameter: unknown is 404, not permitted is 403.
    pub(crate) fn project(&self, id: i64) -> Result<&'a Project, Refusal> {
        let project = self.company.project(id).ok_or_else(|| Refusal::not_found("Project"))?;
        if project.permitted { Ok(project) } else { Err(Refusal::forbidden()) }
    }

    /// The project of the required `project_id` parameter.
    fn project_in_query(&self) -> Result<&'a Project, Refusal> {
        self.project(self.query.required_int("project_id")?)
    }

    /// Checks the required `company_id` parameter.
    fn company_in_query(&self) -> Result<(), Refusal> {
        self.own_company(self.query.required_int("company_id")?)
    }

    fn own_company(&self, id: i64) -> Result<(), Refusal> {
        if id == self.company.id { Ok(()) } else { Err(Refusal::not_connected()) }
    }
}

pub(crate) fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| no_route())
}

pub(super) fn no_route() -> Refusal {
    Refusal::new(404, "path", "No route matches").shaped(Shape::MessageException)
}

/// Answers a read.
pub(crate) fn route<'a>(context: &Context<'a>, path: &str) -> Routed<'a> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ["rest", version, rest @ ..] = segments.as_slice() else {
        return Err(no_route());
    };
    if !context.company.installed {
        return match rest {
            ["companies"] => Ok(List::new(Vec::new()).into()),
            _ => Err(Refusal::not_connected()),
        };
    }
    if let Some(reply) = single(context, &segments[1..]) {
        return reply;
    }
    match (*version, rest) {
        ("v2.0", ["companies", company, "webhooks", rest @ ..]) => {
            context.own_company(number(company)?)?;
            let scope = Scope { company: context.company, project_id: None };
            context.hooks.read(scope, context.query, rest)
        }
        ("v2.0", ["companies", company, "projects", project, "webhooks", rest @ ..]) => {
            context.own_company(number(company)?)?;
            let project = context.project(number(project)?)?;
            let scope = Scope { company: context.company, project_id: Some(project.id) };
            context.hooks.read(scope, context.query, rest)
        }
        ("v2.0", ["companies", company, "projects", project, rest @ ..]) => {
            context.own_company(number(company)?)?;
            version_2(context, context.project(number(project)?)?, rest)
        }
        ("v2.0", ["companies", company, "change_order_change_reasons"]) => {
            context.own_company(number(company)?)?;
            Ok(settings::reasons_v2().into())
        }
        ("v2.0", ["companies", company, "uoms", "configuration"]) => {
            context.own_company(number(company)?)?;
            Ok(units::configuration().into())
        }
        ("v1.0", ["companies", rest @ ..]) => of_company(context, rest),
        ("v1.0" | "v1.1", ["projects"]) => {
            context.company_in_query()?;
            Ok(directory::projects(context).into())
        }
        ("v1.0", ["projects", id]) => {
            context.company_in_query()?;
            Ok(directory::project(context, context.project(number(id)?)?).into())
        }
        ("v1.0" | "v1.1", ["projects", id, rest @ ..]) => {
            of_project(context, version, number(id)?, rest)
        }
        ("v1.0", ["company_base_url"]) => Ok(settings::zone().into()),
        (
            "v1.0",
            ["vendors" | "tax_codes" | "tax_types" | "line_item_types", ..]
            | ["standard_cost_code_lists" | "standard_cost_codes", ..]
            | ["change_order", "statuses"]
            | ["change_order_change_reasons"],
        ) => of_company_query(context, rest),
        ("v1.1", ["requisitions", rest @ ..]) => {
            let project = context.project_in_query()?;
            match rest {
                [] => Ok(requisitions::list(context, project).into()),
                [id] => requisitions::show(context, project, number(id)?).map(Into::into),
                _ => Err(no_route()),
            }
        }
        ("v1.1", ["budget_line_items", id]) => {
            let project = context.project_in_query()?;
            budget_changes::line(context, project, number(id)?).map(Into::into)
        }
        ("v1.0", ["requisitions", id, part]) => {
            let project = context.project_in_query()?;
            requisition_part(context, project, number(id)?, part)
        }
        ("v1.0", rest) => of_project_query(context, rest),
        _ => Err(no_route()),
    }
}

fn of_company<'a>(context: &Context<'a>, rest: &[&str]) -> Routed<'a> {
    if let [id, ..] = rest {
        context.own_company(number(id)?)?;
    }
    match rest {
        [] => Ok(directory::companies(context).into()),
        [_, "vendors", "inactive"] => Ok(directory::vendors(context, false).into()),
        [_, "work_breakdown_structure", rest @ ..] => {
            company_codes::wbs(context, rest).unwrap_or_else(|| Err(no_route()))
        }
        [_, "uoms"] => Ok(units::list(context).into()),
        [_, "uoms", unit] => units::show(context, number(unit)?).map(Into::into),
        [_, "currency_configuration"] => Ok(directory::company_currency(context).into()),
        [_, "currency_configuration", "exchange_rates"] => {
            Ok(directory::exchange_rates(context, None).into())
        }
        [_, "projects"] => {
            Ok(directory::projects(context).paged(super::page::Paging::Whole).into())
        }
        [_, "projects", project, "currency_configuration", "exchange_rates"] => {
            let project = context.project(number(project)?)?;
            Ok(directory::exchange_rates(context, Some(project)).into())
        }
        [_, "projects", project, "currency_configuration"] => {
            Ok(directory::project_currency(context, context.project(number(project)?)?).into())
        }
        _ => Err(no_route()),
    }
}

fn of_company_query<'a>(context: &Context<'a>, rest: &[&str]) -> Routed<'a> {
    context.company_in_query()?;
    match rest {
        ["vendors"] => Ok(directory::vendors(context, true).into()),
        ["vendors", id] => directory::vendor(context, number(id)?).map(Into::into),
        ["tax_codes"] => Ok(cost_coding::tax_codes(context).into()),
        ["tax_types"] => Ok(cost_coding::tax_types().into()),
        ["standard_cost_code_lists"] => Ok(company_codes::lists().into()),
        ["standard_cost_code_lists", id] => {
            company_codes::list(context, number(id)?).map(Into::into)
        }
        ["standard_cost_codes"] => company_codes::standard(context).map(Into::into),
        ["change_order", "statuses"] => Ok(settings::statuses().into()),
        ["change_order_change_reasons"] => Ok(settings::reasons(context).into()),
        ["line_item_types", id] => cost_coding::cost_type(context, number(id)?).map(Into::into),
        ["line_item_types"] => {
            context.project_in_query()?;
            Ok(cost_coding::line_item_types(context).into())
        }
        _ => Err(no_route()),
    }
}

/// Resources that name their project in the path.
fn of_project<'a>(context: &Context<'a>, version: &str, id: i64, rest: &[&str]) -> Routed<'a> {
    let project = context.project(id)?;
    match (version, rest) {
        ("v1.0", ["billing_periods"]) => Ok(requisitions::billing_periods(project).into()),
        ("v1.1", ["vendors"]) => Ok(directory::project_vendors(context, project, true).into()),
        ("v1.0", ["vendors", "inactive"]) => {
            Ok(directory::project_vendors(context, project, false).into())
        }
        ("v1.0", ["contracts", contract, "invoice_configuration"]) => {
            contract_parts::invoicing(context, project, number(contract)?).map(Into::into)
        }
        ("v1.0", ["commitment_change_order_batches"]) => Ok(contract_parts::batches().into()),
        ("v1.0", ["budget"]) => Ok(budget::state(project).into()),
        ("v1.0", ["budget_modifications"]) => {
            budget_changes::modifications(project).map(Into::into)
        }
        ("v1.0", ["budget_changes"]) => Ok(budget_changes::list(project).into()),
        ("v1.0", ["budget_changes", change]) => {
            budget_changes::show(context, project, number(change)?).map(Into::into)
        }
        ("v1.0", ["commitment_change_orders", order]) => {
            change_orders::commitment_change_order(context, project, number(order)?).map(Into::into)
        }
        ("v1.0", ["commitment_change_orders"]) => {
            Ok(change_orders::commitment_change_orders(context, project).into())
        }
        ("v1.1", ["direct_costs"]) => Ok(direct_costs::list(context, project).into()),
        ("v1.1", ["direct_costs", cost]) => {
            direct_costs::show(context, project, number(cost)?).map(Into::into)
        }
        ("v1.0", ["direct_costs", "line_items"]) => {
            Ok(direct_costs::all_lines(context, project).into())
        }
        ("v1.0", ["direct_costs", cost, "line_items"]) => {
            direct_costs::lines(context, project, number(cost)?).map(Into::into)
        }
        ("v1.0", ["work_breakdown_structure", rest @ ..]) => match rest {
            ["patterns"] => Ok(wbs::pattern(context, project).into()),
            ["segments"] => Ok(wbs::segments(context, project).into()),
            ["segments", segment, "segment_items"] => {
                wbs::segment_items(context, project, number(segment)?).map(Into::into)
            }
            ["wbs_codes"] => Ok(wbs::codes(context, project).into()),
            _ => Err(no_route()),
        },
        _ => Err(no_route()),
    }
}

/// Resources that name their project in the query.
fn of_project_query<'a>(context: &Context<'a>, rest: &[&str]) -> Routed<'a> {
    use CommitmentKind::{PurchaseOrder, Subcontract};
    let known = [
        "cost_codes",
        "sub_jobs",
        "purchase_order_contracts",
        "work_order_contracts",
        "commitments",
        "change_order_packages",
        "change_order_requests",
        "potential_change_orders",
        "contract_payments",
        "budget_views",
        "budget_view_snapshots",
        "financials",
    ];
    if !rest.first().is_some_and(|first| known.contains(first)) {
        return Err(no_route());
    }
    let project = context.project_in_query()?;
    let kind =
        if rest.first() == Some(&"purchase_order_contracts") { PurchaseOrder } else { Subcontract };
    match rest {
        ["cost_codes"] => Ok(cost_coding::cost_codes(context, project)?.into()),
        ["sub_jobs"] => Ok(cost_coding::sub_jobs(project).into()),
        ["purchase_order_contracts" | "work_order_contracts"] => {
            Ok(commitments::contracts(context, project, kind).into())
        }
        ["purchase_order_contracts" | "work_order_contracts", id] => {
            commitments::contract(context, project, kind, number(id)?).map(Into::into)
        }
        ["purchase_order_contracts" | "work_order_contracts", id, "line_items"] => {
            commitments::lines(context, project, kind, number(id)?).map(Into::into)
        }
        ["purchase_order_contracts" | "work_order_contracts", id, "line_item_contract_details"] => {
            contract_parts::details(project, kind, number(id)?).map(Into::into)
        }
        ["financials", "markups"] => contract_parts::markups(context, project).map(Into::into),
        ["commitments"] => Ok(commitments::commitments(context, project).into()),
        ["commitments", id] => {
            commitments::commitment(context, project, number(id)?).map(Into::into)
        }
        ["change_order_packages"] => Ok(change_orders::packages(context, project)?.into()),
        ["change_order_packages", id] => {
            change_orders::package(context, project, number(id)?).map(Into::into)
        }
        ["change_order_requests"] => {
            Ok(potential_change_orders::requests(context, project)?.into())
        }
        ["change_order_requests", id] => {
            potential_change_orders::request(context, project, number(id)?).map(Into::into)
        }
        ["potential_change_orders"] => Ok(potential_change_orders::potential(project).into()),
        ["potential_change_orders", id] => {
            potential_change_orders::potential_order(context, project, number(id)?).map(Into::into)
        }
        ["potential_change_orders", id, "line_items"] => {
            potential_change_orders::potential_lines(context, project, number(id)?).map(Into::into)
        }
        ["contract_payments"] => requisitions::payments(context, project).map(Into::into),
        ["budget_views"] => Ok(budget::budget_views(project).into()),
        ["budget_views", id, "budget_detail_columns"] => {
            budget::columns(project, number(id)?).map(Into::into)
        }
        ["budget_views", id, "detail_rows"] => {
            budget::rows(context, project, number(id)?).map(Into::into)
        }
        ["budget_views", id, "summary_rows"] => {
            budget::summary(context, project, number(id)?).map(Into::into)
        }
        ["budget_view_snapshots"] => Ok(budget_snapshots::list(project).into()),
        ["budget_view_snapshots", id, "detail_rows"] => {
            budget_snapshots::rows(context, project, number(id)?).map(Into::into)
        }
        ["budget_view_snapshots", id, "summary_rows"] => {
            budget_snapshots::summary(context, project, number(id)?).map(Into::into)
        }
        _ => Err(no_route()),
    }
}

fn requisition_part<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
    part: &str,
) -> Routed<'a> {
    let list = match part {
        "contract_items" => requisition_items::contract_items(context, project, id),
        "contract_detail_items" => requisition_items::detail_items(project, id),
        "change_order_items" => requisition_items::change_order_items(context, project, id),
        "change_histories" => requisition_items::histories(project, id),
        "detail" => requisition_items::detail(project, id),
        _ => Err(no_route()),
    };
    list.map(Into::into)
}

fn version_2<'a>(context: &Context<'a>, project: &'a Project, rest: &[&str]) -> Routed<'a> {
    match rest {
        ["budget_changes", "adjustment_line_items"] => {
            Ok(budget_changes::adjustments(project).into())
        }
        ["budget_views", id, "project_status_snapshots"] => {
            budget_snapshots::project_status(project, number(id)?).map(Into::into)
        }
        ["wbs", "codes"] => Ok(wbs::grid(context, project)?.into()),
        ["commitment_contracts"] => Ok(commitment_contracts::list(context, project)?.into()),
        ["commitment_contracts", id] => {
            commitment_contracts::show(context, project, number(id)?).map(Into::into)
        }
        ["commitment_contracts", id, "summary"] => {
            commitment_contracts::summary(context, project, number(id)?).map(Into::into)
        }
        ["commitment_contracts", id, "line_items"] => {
            commitments::lines_v2(context, project, number(id)?).map(Into::into)
        }
        ["commitment_change_orders", id, "line_items"] => {
            change_orders::lines_v2(context, project, number(id)?).map(Into::into)
        }
        _ => Err(no_route()),
    }
}
