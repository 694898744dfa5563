//! What can be written over the wire: vendors, sync actions of vendors and direct costs, and hooks.
//!
//! Everything else is answered 405: this project's own sync never writes to Procore, and a write
//! that is only pretended would be worse than none.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{
    HeaderMap, Method, Request, Response,
    header::{ALLOW, CONTENT_TYPE},
};

use super::{
    answer::{State, insert, json},
    body,
    deliveries::Happening,
    hooks::Scope,
    json::{Json, object},
    model::Company,
    query::Query,
    refusal::Refusal,
    route::Context,
    sync::{happening, sync},
    upsert::{Meant, Target, upsert},
    views::{direct_costs, directory},
};

/// Status and body of a write that was done.
type Written = Result<(u16, Option<Json>), Refusal>;

impl State {
    /// Answers a call that is no read.
    pub(super) fn write(
        &mut self,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        self.company.now = now;
        match self.written(request, now) {
            Ok((status, Some(body))) => json(status, &body),
            Ok((status, None)) => {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() =
                    http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::NO_CONTENT);
                response
            }
            Err(refusal) => {
                let mut response = self.refused(request, &refusal);
                if refusal.status == 405 {
                    insert(response.headers_mut(), ALLOW, "GET");
                }
                response
            }
        }
    }

    fn written(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Written {
        let path = request.uri().path();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ["rest", version, rest @ ..] = segments.as_slice() else {
            return Err(super::route::no_route());
        };
        if !self.company.installed {
            return Err(Refusal::not_connected());
        }
        match (request.method(), *version, rest) {
            (method, "v2.0", ["companies", company, "webhooks", rest @ ..]) => {
                self.own_company(company)?;
                self.hook(method, None, rest, request, now)
            }
            (
                method,
                "v2.0",
                ["companies", company, "projects", project, "webhooks", rest @ ..],
            ) => {
                self.own_company(company)?;
                let project = self.permitted(super::route::number(project)?)?;
                self.hook(method, Some(project), rest, request, now)
            }
            (&Method::PATCH, "v1.0", ["vendors", "sync"]) => {
                let sent = sent(request)?;
                self.company_in(&sent)?;
                self.synced(Target::Vendors, &sent)
            }
            (&Method::POST, "v1.0", ["vendors"]) => {
                let sent = sent(request)?;
                self.company_in(&sent)?;
                self.vendor(None, &sent)
            }
            (&Method::PATCH, "v1.0", ["vendors", id]) => {
                let sent = sent(request)?;
                self.company_in(&sent)?;
                let id = super::route::number(id)?;
                self.company.vendor(id).ok_or_else(|| Refusal::not_found("Vendor"))?;
                self.vendor(Some(id), &sent)
            }
            (&Method::PATCH, "v1.0", ["projects", project, "direct_costs", "sync"]) => {
                let project = self.permitted(super::route::number(project)?)?;
                self.synced(Target::DirectCosts(project), &sent(request)?)
            }
            _ => Err(Refusal::new(405, "method", "the sandbox does not offer this write")),
        }
    }

    fn synced(&mut self, target: Target, sent: &Json) -> Written {
        let (answer, happenings) = sync(&mut self.company, target, sent)?;
        for what in happenings {
            self.happened(&what);
        }
        Ok((200, Some(answer)))
    }

    /// One vendor: what a sync action tells per entry is a 422 here.
    fn vendor(&mut self, id: Option<i64>, sent: &Json) -> Written {
        let fields = sent.get("vendor").ok_or_else(|| Refusal::missing("vendor"))?;
        let meant = id.map_or(Meant::New, Meant::Existing);
        let done = upsert(&mut self.company, Target::Vendors, meant, &fields.clone().without("id"));
        let written = done.map_err(|(field, message)| Refusal::new(422, field, message))?;
        self.happened(&happening(Target::Vendors, meant, written));
        let body = Target::Vendors.shown(&self.company, written);
        Ok((if id.is_some() { 200 } else { 201 }, Some(body)))
    }

    fn hook(
        &mut self,
        method: &Method,
        project_id: Option<i64>,
        rest: &[&str],
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Written {
        let Self { company, hooks, .. } = self;
        let scope = Scope { company, project_id };
        match (method, rest) {
            (&Method::POST, ["hooks"]) => {
                Ok((201, Some(hooks.create(scope, &sent(request)?, now)?)))
            }
            (&Method::PATCH, ["hooks", id]) => {
                Ok((200, Some(hooks.update(scope, id, &sent(request)?, now)?)))
            }
            (&Method::DELETE, ["hooks", id]) => hooks.delete(scope, id).map(|()| (204, None)),
            (&Method::POST, ["hooks", id, "triggers"]) => {
                Ok((201, Some(hooks.create_trigger(scope, id, &sent(request)?)?)))
            }
            (&Method::DELETE, ["hooks", hook, "triggers", id]) => {
                hooks.delete_trigger(scope, hook, id).map(|()| (204, None))
            }
            _ => Err(Refusal::new(405, "method", "the sandbox does not offer this write")),
        }
    }

    /// Lets something happen, for whoever carries the deliveries of hooks.
    pub(super) fn happened(&mut self, what: &Happening) {
        let now = self.company.now;
        let going = self.hooks.happened(&self.company, what, now);
        self.outgoing.extend(going);
    }

    fn company_in(&self, sent: &Json) -> Result<(), Refusal> {
        match sent.int("company_id") {
            None => Err(Refusal::missing("company_id")),
            Some(id) if id == self.company.id => Ok(()),
            Some(_) => Err(Refusal::not_connected()),
        }
    }

    fn own_company(&self, text: &str) -> Result<(), Refusal> {
        let own = super::route::number(text)? == self.company.id;
        if own { Ok(()) } else { Err(Refusal::not_connected()) }
    }

    fn permitted(&self, project_id: i64) -> Result<i64, Refusal> {
        let query = Query::default();
        let context = Context {
            company: &self.company,
            options: &self.options,
            hooks: &self.hooks,
            query: &query,
        };
        context.project(project_id).map(|project| project.id)
    }
}

impl Target {
    /// A record as the write's answer shows it.
    pub(super) fn shown(self, company: &Company, id: i64) -> Json {
        let found = match self {
            Self::Vendors => {
                company.vendor(id).map(|vendor| directory::vendor_fields(company, vendor))
            }
            Self::DirectCosts(project_id) => company.project(project_id).and_then(|project| {
                let cost = project.direct_costs.iter().find(|cost| cost.id == id)?;
                let vendor = cost.vendor_id.and_then(|id| company.vendor(id));
                let vendor = vendor.map(|v| super::views::id_name(v.id, &v.name));
                Some(direct_costs::header(company, project, cost).with("vendor", vendor))
            }),
        };
        found.unwrap_or_else(|| object! {})
    }
}

/// The JSON body of a write.
fn sent(request: &Request<Bytes>) -> Result<Json, Refusal> {
    if !is_json(request.headers()) {
        return Err(Refusal::new(400, "base", "the content type must be application/json"));
    }
    let body = body::parse(request.body());
    match body {
        Some(body @ Json::Object(_)) => Ok(body),
        _ => Err(Refusal::new(400, "base", "the body is not a JSON object")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("application/json"))
}
