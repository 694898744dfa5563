//! Units of measure of the company.

use super::{
    super::{
        json::{Json, object},
        model::UnitOfMeasure,
        page::{List, Row},
        refusal::Refusal,
        route::Context,
    },
    id_name,
};

/// `GET /rest/v1.0/companies/{id}/uoms`.
pub(crate) fn list<'a>(context: &Context<'a>) -> List<'a> {
    let units = context.company.units.iter();
    List::new(units.map(|unit| Row::new(unit.id, move || body(unit))).collect())
}

/// `GET /rest/v1.0/companies/{id}/uoms/{id}`.
pub(crate) fn show(context: &Context<'_>, id: i64) -> Result<Json, Refusal> {
    let unit = context.company.units.iter().find(|unit| unit.id == id);
    unit.map(body).ok_or_else(|| Refusal::not_found("Unit of measure"))
}

fn body(unit: &UnitOfMeasure) -> Json {
    let category = unit.category.as_deref().unwrap_or("Custom");
    object! {
        "id": unit.id, "name": unit.name.as_str(), "description": unit.description.as_str(),
        "is_standard": unit.category.is_some(), "uom_category": id_name(1, category),
    }
}

/// `GET /rest/v2.0/companies/{id}/uoms/configuration`: the limit is text.
pub(crate) fn configuration() -> Json {
    object! {
        "data": object! { "character_limit": "255", "erp_integration_name": Json::Null },
    }
}
