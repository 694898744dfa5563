//! What a company made of Procore's words, and where its pages are.

use super::super::{
    json::{Json, object},
    page::{List, Paging, Row},
    route::Context,
};

/// The company's name of a status, and Procore's status that it stands for.
const STATUSES: [(&str, &str); 6] = [
    ("Draft", "draft"),
    ("Pending - In Review", "pending"),
    ("Pending - Billable", "pending_billable"),
    ("Approved", "approved"),
    ("Rejected", "rejected"),
    ("Void", "void"),
];
const REASONS: [&str; 3] = ["Client Request", "Design Development", "Existing Condition"];

/// `GET /rest/v1.0/change_order/statuses`.
pub(crate) fn statuses<'a>() -> List<'a> {
    let rows = (1_i64..).zip(STATUSES).map(|(id, (name, stands_for))| {
        Row::new(id, move || {
            object! {
                "id": id, "name": name, "mapped_to_status": stands_for, "show_in_select": true,
            }
        })
    });
    List::new(rows.collect())
}

/// `GET /rest/v1.0/change_order_change_reasons`.
pub(crate) fn reasons<'a>(context: &Context<'a>) -> List<'a> {
    let company = context.company.id;
    let rows = (1_i64..).zip(REASONS).map(move |(id, reason)| {
        Row::new(id, move || {
            object! {
                "id": id, "company_id": company, "change_reason": reason, "show_in_select": true,
            }
        })
    });
    List::new(rows.collect())
}

/// `GET v2.0 .../change_order_change_reasons`: ids as strings.
pub(crate) fn reasons_v2<'a>() -> List<'a> {
    let rows = (1_i64..).zip(REASONS).map(|(id, reason)| {
        Row::new(id, move || {
            object! {
                "id": id.to_string(), "change_reason": reason, "show_in_select": true,
                "deletable": id > 1,
            }
        })
    });
    List::new(rows.collect()).paged(Paging::Version2)
}

/// `GET /rest/v1.0/company_base_url`.
pub(crate) fn zone() -> Json {
    object! { "zone": "us02", "web_base_url": "us02.procore.com" }
}
