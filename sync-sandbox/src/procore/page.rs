//! Lists: filtering, sorting, cutting into pages, and the headers that say so.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{
    Response,
    header::{HeaderName, LINK},
};

use super::{
    PageQuirk,
    answer::{insert, json},
    json::{Json, object},
    query::Query,
    refusal::Refusal,
    route::Context,
};

/// One row of a list before it is written: what filters and sorting look at, and how to write it.
pub(crate) struct Row<'a> {
    pub(crate) id: i64,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    pub(crate) deleted: bool,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    /// Further attributes by the name of their filter.
    pub(crate) attributes: Vec<(&'static str, String)>,
    pub(crate) body: Box<dyn Fn() -> Json + 'a>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(id: i64, body: impl Fn() -> Json + 'a) -> Self {
        Self {
            id,
            created_at: None,
            updated_at: None,
            deleted: false,
            deleted_at: None,
            attributes: Vec::new(),
            body: Box::new(body),
        }
    }

    pub(crate) fn times(self, created_at: DateTime<Utc>, updated_at: DateTime<Utc>) -> Self {
        Self { created_at: Some(created_at), updated_at: Some(updated_at), ..self }
    }

    pub(crate) fn deleted(self, deleted: bool) -> Self {
        Self { deleted, ..self }
    }

    pub(crate) fn deleted_at(self, deleted_at: Option<DateTime<Utc>>) -> Self {
        Self { deleted: deleted_at.is_some(), deleted_at, ..self }
    }

    pub(crate) fn attribute(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }
}

/// How an endpoint pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// No page parameters: everything at once, without headers.
    Whole,
    /// v1: a bare array.
    Version1 { per_page: usize, per_page_max: usize },
    /// v2: `{"data": [...]}`, 10 rows, at most 100.
    Version2,
}

impl Paging {
    /// What most v1 endpoints do.
    pub(crate) const USUAL: Self = Self::Version1 { per_page: 100, per_page_max: 2_000 };
}

/// A list and what its endpoint offers.
pub(crate) struct List<'a> {
    pub(crate) rows: Vec<Row<'a>>,
    pub(crate) paging: Paging,
    /// The filters offered: `id`, `updated_at`, `created_at` and names of attributes. Others are
    /// ignored, as Procore ignores them.
    pub(crate) filters: &'static [&'static str],
    /// Whether `filters[include_deleted]` is offered; otherwise deleted rows are never shown.
    pub(crate) include_deleted: bool,
    /// Whether a list of one row is the row itself.
    pub(crate) lone_row_is_object: bool,
}

impl<'a> List<'a> {
    pub(crate) fn new(rows: Vec<Row<'a>>) -> Self {
        Self {
            rows,
            paging: Paging::USUAL,
            filters: &[],
            include_deleted: false,
            lone_row_is_object: false,
        }
    }

    pub(crate) fn paged(self, paging: Paging) -> Self {
        Self { paging, ..self }
    }

    pub(crate) fn filtered(self, filters: &'static [&'static str]) -> Self {
        Self { filters, ..self }
    }

    pub(crate) fn with_deleted(self) -> Self {
        Self { include_deleted: true, ..self }
    }
}

/// Where a page begins and how long it is.
struct Cut {
    page: usize,
    per_page: usize,
    /// Rows really put on a page.
    rows: usize,
    pages: usize,
}

/// Answers a list call.
pub(crate) fn respond(
    context: &Context<'_>,
    list: List<'_>,
    address: &str,
) -> Result<Response<Bytes>, Refusal> {
    let paging = list.paging;
    let lone = list.lone_row_is_object;
    let rows = select(context.query, list)?;
    if paging == Paging::Whole {
        let body = match rows.as_slice() {
            [row] if lone => (row.body)(),
            rows => Json::List(rows.iter().map(|r| (r.body)()).collect()),
        };
        return Ok(json(200, &body));
    }
    let cut = cut(context, paging, rows.len())?;
    let shown = rows.iter().skip((cut.page - 1) * cut.rows).take(cut.rows);
    let items = Json::List(shown.map(|r| (r.body)()).collect());
    let body = if paging == Paging::Version2 {
        object! { "data": items }
    } else {
        items
    };
    let mut response = json(200, &body);
    let headers = response.headers_mut();
    if context.options.total_header {
        insert(headers, HeaderName::from_static("total"), &rows.len().to_string());
        insert(headers, HeaderName::from_static("per-page"), &cut.per_page.to_string());
    }
    if context.options.link_header {
        insert(headers, LINK, &links(context.query, &cut, address));
    }
    Ok(response)
}

fn select<'a>(query: &Query, list: List<'a>) -> Result<Vec<Row<'a>>, Refusal> {
    let mut rows = list.rows;
    let include = query.get("filters[include_deleted]").filter(|_| list.include_deleted);
    match include {
        Some("only") => rows.retain(|r| r.deleted),
        Some("with") => {}
        _ => rows.retain(|r| !r.deleted),
    }
    for name in list.filters {
        match *name {
            "updated_at" => {
                if let Some(range) = query.range("updated_at")? {
                    rows.retain(|r| r.updated_at.is_some_and(|at| range.contains(at)));
                }
            }
            "deleted_at" => {
                if let Some(range) = query.range("deleted_at")? {
                    rows.retain(|r| r.deleted_at.is_some_and(|at| range.contains(at)));
                }
            }
            "created_at" => {
                if let Some(range) = query.range("created_at")? {
                    rows.retain(|r| r.created_at.is_some_and(|at| range.contains(at)));
                }
            }
            "id" => {
                if let Some(ids) = query.filter("id") {
                    rows.retain(|r| ids.contains(&r.id.to_string()));
                }
            }
            name => {
                if let Some(values) = query.filter(name) {
                    rows.retain(|r| {
                        r.attributes.iter().any(|(n, v)| *n == name && values.contains(v))
                    });
                }
            }
        }
    }
    sort(query, &mut rows);
    Ok(rows)
}

fn sort(query: &Query, rows: &mut [Row<'_>]) {
    match query.get("sort") {
        Some("id") => rows.sort_by_key(|r| r.id),
        Some("-id") => rows.sort_by_key(|r| std::cmp::Reverse(r.id)),
        Some("created_at") => rows.sort_by_key(|r| r.created_at),
        Some("-created_at") => rows.sort_by_key(|r| std::cmp::Reverse(r.created_at)),
        Some("updated_at") => rows.sort_by_key(|r| r.updated_at),
        Some("-updated_at") => rows.sort_by_key(|r| std::cmp::Reverse(r.updated_at)),
        _ => {}
    }
}

fn cut(context: &Context<'_>, paging: Paging, total: usize) -> Result<Cut, Refusal> {
    let (usual, max) = match paging {
        Paging::Version1 { per_page, per_page_max } => (per_page, per_page_max),
        Paging::Version2 | Paging::Whole => (10, 100),
    };
    let asked = |name| -> Result<Option<usize>, Refusal> {
        Ok(context.query.int(name)?.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0))
    };
    let quirk = context.options.pages;
    let per_page = match asked("per_page")? {
        Some(n) if quirk != PageQuirk::PerPageIgnored => n.min(max),
        _ => usual,
    };
    let rows = if quirk == PageQuirk::Short { (per_page * 2 / 3).max(1) } else { per_page };
    let pages = total.div_ceil(rows).max(1);
    let mut page = asked("page")?.unwrap_or(1);
    if quirk == PageQuirk::Cycling && page > pages {
        page = (page - 1) % pages + 1;
    }
    Ok(Cut { page, per_page, rows, pages })
}

/// `rel` first, prev, next and last in one header; `next` is left out on the last page.
fn links(query: &Query, cut: &Cut, address: &str) -> String {
    let to = |page: usize, rel: &str| {
        let params = query.with_page(page, cut.per_page);
        format!("<{address}?{params}>; rel=\"{rel}\"")
    };
    let mut links = vec![to(1, "first")];
    if cut.page > 1 {
        links.push(to(cut.page - 1, "prev"));
    }
    if cut.page < cut.pages {
        links.push(to(cut.page + 1, "next"));
    }
    links.push(to(cut.pages, "last"));
    links.join(", ")
}
