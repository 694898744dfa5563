//! Records that can be made and changed over the wire: vendors and the headers of direct costs.
//!
//! An entry is checked whole before anything of it is kept. What the sandbox does not hold is
//! refused by name instead of being dropped in silence; a date that is none is kept as null, as
//! Procore does.

use chrono::NaiveDate;

use super::{
    json::Json,
    model::{Company, Vendor},
    origins::Kind,
    records::{DirectCost, DirectCostType},
};
use rust_decimal::Decimal;

/// What is wrong with an entry: a field, and Procore's word about it.
pub(crate) type Problem = (&'static str, &'static str);

/// Where an entry belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The vendors of the company.
    Vendors,
    /// The direct costs of a project.
    DirectCosts(i64),
}

/// The record that an entry means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meant {
    Existing(i64),
    New,
}

impl Target {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Vendors => Kind::Vendor,
            Self::DirectCosts(_) => Kind::DirectCost,
        }
    }

    /// The resource as webhooks name it, and its project.
    pub(crate) fn resource(self) -> (&'static str, Option<i64>) {
        match self {
            Self::Vendors => ("Company Vendors", None),
            Self::DirectCosts(project_id) => ("Direct Costs", Some(project_id)),
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Vendors => {
                &["id", "name", "is_active", "origin_id", "origin_code", "origin_data"]
            }
            Self::DirectCosts(_) => &[
                "id",
                "description",
                "direct_cost_date",
                "direct_cost_type",
                "invoice_number",
                "origin_data",
                "origin_id",
                "status",
                "vendor_id",
            ],
        }
    }

    pub(crate) fn exists(self, company: &Company, id: i64) -> bool {
        match self {
            Self::Vendors => company.vendor(id).is_some(),
            Self::DirectCosts(project_id) => company
                .project(project_id)
                .is_some_and(|project| project.direct_costs.iter().any(|cost| cost.id == id)),
        }
    }
}

/// Makes or changes one record and returns its id.
pub(crate) fn upsert(
    company: &mut Company,
    target: Target,
    meant: Meant,
    sent: &Json,
) -> Result<i64, Problem> {
    let Json::Object(fields) = sent else {
        return Err(("base", "must be an object"));
    };
    if fields.iter().any(|(name, _)| !target.fields().contains(&name.as_ref())) {
        return Err(("base", "holds a field that the sandbox does not keep"));
    }
    let own = match meant {
        Meant::Existing(id) => Some(id),
        Meant::New => None,
    };
    if let Some(origin_id) = sent.filled("origin_id") {
        let holder = company.origins.find(target.kind(), origin_id);
        if holder.is_some() && holder != own {
            return Err(("origin_id", "has already been taken"));
        }
    }
    let id = match target {
        Target::Vendors => vendor(company, own, sent)?,
        Target::DirectCosts(project_id) => direct_cost(company, project_id, own, sent)?,
    };
    company.origins.take(target.kind(), id, sent);
    Ok(id)
}

fn vendor(company: &mut Company, own: Option<i64>, sent: &Json) -> Result<i64, Problem> {
    let name = sent.filled("name");
    if name.is_none() && (own.is_none() || sent.get("name").is_some()) {
        return Err(("name", "can't be blank"));
    }
    let active = match sent.get("is_active") {
        None => None,
        Some(Json::Bool(active)) => Some(*active),
        Some(_) => return Err(("is_active", "is not included in the list")),
    };
    let now = company.now;
    let id = own.unwrap_or_else(|| company.new_id());
    let taken = |vendor: &Vendor| vendor.id != id && Some(vendor.name.as_str()) == name;
    if company.vendors.iter().any(taken) {
        return Err(("name", "has already been taken"));
    }
    match company.vendors.iter_mut().find(|vendor| vendor.id == id) {
        Some(vendor) => {
            vendor.name = name.map_or_else(|| vendor.name.clone(), str::to_owned);
            vendor.active = active.unwrap_or(vendor.active);
            vendor.updated_at = now;
        }
        None => company.vendors.push(Vendor {
            id,
            name: name.unwrap_or_default().to_owned(),
            active: active.unwrap_or(true),
            tax_id: None,
            created_at: now,
            updated_at: now,
        }),
    }
    Ok(id)
}

fn direct_cost(
    company: &mut Company,
    project_id: i64,
    own: Option<i64>,
    sent: &Json,
) -> Result<i64, Problem> {
    let held = company.project(project_id).and_then(|project| {
        own.and_then(|id| project.direct_costs.iter().find(|cost| cost.id == id)).cloned()
    });
    let now = company.now;
    let mut cost = match held {
        Some(cost) => cost,
        None => new_cost(company, sent)?,
    };
    if let Some(kind) = sent.get("direct_cost_type") {
        cost.kind = kind_of(kind)?;
    }
    if sent.get("vendor_id").is_some() {
        cost.vendor_id = sent.int("vendor_id");
        if cost.vendor_id.is_some_and(|id| company.vendor(id).is_none()) {
            return Err(("vendor", "must exist"));
        }
    }
    if let Some(status) = sent.get("status") {
        let known = ["draft", "pending", "revise_and_resubmit", "approved"];
        match status {
            Json::Text(status) if known.contains(&status.as_str()) => cost.status = status.clone(),
            _ => return Err(("status", "is not included in the list")),
        }
    }
    if sent.get("direct_cost_date").is_some() {
        let date = sent.filled("direct_cost_date");
        cost.direct_cost_date = date.and_then(|d| NaiveDate::parse_from_str(d, "%Y-%m-%d").ok());
    }
    if sent.get("invoice_number").is_some() {
        cost.invoice_number = sent.filled("invoice_number").map(str::to_owned);
    }
    if let Some(description) = sent.filled("description") {
        cost.description = description.to_owned();
    }
    if cost.kind == DirectCostType::Invoice && cost.invoice_number.is_none() {
        return Err(("invoice_number", "can't be blank"));
    }
    cost.updated_at = now;
    let id = cost.id;
    if let Some(project) = company.project_mut(project_id) {
        match project.direct_costs.iter_mut().find(|held| held.id == id) {
            Some(held) => *held = cost,
            None => project.direct_costs.push(cost),
        }
    }
    Ok(id)
}

fn new_cost(company: &mut Company, sent: &Json) -> Result<DirectCost, Problem> {
    let kind = kind_of(sent.get("direct_cost_type").unwrap_or(&Json::Null))?;
    Ok(DirectCost {
        id: company.new_id(),
        kind,
        status: "draft".to_owned(),
        direct_cost_date: None,
        vendor_id: None,
        employee: None,
        invoice_number: None,
        description: String::new(),
        currency: None,
        tax_total: Decimal::ZERO,
        stated_total: None,
        lines: Vec::new(),
        created_at: company.now,
        updated_at: company.now,
    })
}

fn kind_of(sent: &Json) -> Result<DirectCostType, Problem> {
    let known = [DirectCostType::Invoice, DirectCostType::Expense, DirectCostType::Payroll];
    let Json::Text(text) = sent else {
        return Err(("direct_cost_type", "can't be blank"));
    };
    let kind = known.into_iter().find(|kind| kind.as_str() == text);
    kind.ok_or(("direct_cost_type", "is not included in the list"))
}
