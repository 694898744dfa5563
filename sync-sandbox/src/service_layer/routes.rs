//! From a request to what it does: session, service or entity set, method.

use http::{HeaderMap, Method, StatusCode};

use super::{
    approvals, batch, changes, company, documents,
    entity::{EntitySet, set_of},
    error::Refusal,
    journal, masters, nodes,
    reading::Reader,
    session, sql,
    state::State,
    uri::{self, Key, Target},
    user_fields,
    value::{Record, parse_object},
    wire::{Flavour, Reply},
    write_checks::Body,
};

/// One request, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) flavour: Flavour,
    /// The path below the service root, still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: bytes::Bytes,
    /// `https://host:50000/b1s/v2`.
    pub(crate) root: String,
    /// Whether the session was checked when the call arrived.
    pub(crate) authenticated: bool,
}

impl Call {
    fn text_header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The body as an object; no body is an empty one.
    pub(crate) fn object(&self) -> Result<Record, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Record::default());
        }
        parse_object(&self.body)
            .map_err(|not_json| Refusal::bad(-1000, format!("Invalid request: {not_json}")))
    }

    /// The method, or the one that a POST stands in for.
    fn real_method(&self) -> Method {
        let instead = self.text_header("x-http-method-override");
        if self.method == Method::POST && !instead.is_empty() {
            return Method::from_bytes(instead.as_bytes()).unwrap_or(Method::POST);
        }
        self.method.clone()
    }
}

/// Does what a call asks for.
pub(crate) fn execute(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let method = call.real_method();
    match (&method, call.path.trim_end_matches('/')) {
        (&Method::POST, "Login") => {
            return session::login(state, &call.object()?, call.flavour, &call.root);
        }
        (&Method::POST, "Logout") => return session::logout(state, &call.headers),
        _ => {}
    }
    if !call.authenticated {
        let timeout = state.options.session_timeout_minutes;
        state.sessions.check(&call.headers, state.now, timeout)?;
    }
    nodes::check(state, &call.headers)?;
    let path = call.path.replace("%24", "$");
    if path.trim_end_matches('/') == "$batch" {
        return batch::execute(state, call);
    }
    let target = uri::target(&path)?;
    if company::is_service(&target.name) {
        let body = call.object()?;
        return company::call(state, call.flavour, &call.root, &method, &target, &body);
    }
    let set = set_of(&target.name)
        .filter(|set| state.has_set(set) && nodes::sees(state, &call.headers, set))
        .ok_or_else(Refusal::service_not_found)?;
    entity_call(state, call, &method, &set, &target)
}

fn entity_call(
    state: &mut State,
    call: &Call,
    method: &Method,
    set: &EntitySet,
    target: &Target,
) -> Result<Reply, Refusal> {
    let key = target.key.as_ref();
    match (method.as_str(), key, target.tail.as_deref()) {
        ("GET", None, None) => {
            let options = uri::query_options(call.query.as_deref())?;
            let rooted = state.options.rooted_next_link;
            Reader::new(state, set, call.flavour, &call.root).list(
                state,
                &options,
                &call.headers,
                rooted,
            )
        }
        ("GET", None, Some("$count")) => {
            let options = uri::query_options(call.query.as_deref())?;
            Reader::new(state, set, call.flavour, &call.root).count(state, &options)
        }
        ("GET", Some(key), None) => {
            let options = uri::query_options_of_one(call.query.as_deref())?;
            Reader::new(state, set, call.flavour, &call.root).one(state, key, &options)
        }
        ("POST", None, None) => create(state, call, set),
        ("GET" | "POST", Some(key), Some("List")) if set.name == "SQLQueries" => {
            sql::list(state, call, key)
        }
        ("POST", Some(key), Some(action)) => {
            // Whether there is such an action is asked before whether there is such an entity.
            if state.table(&set.name).get(key).is_some() {
                unchanged(state, call, set, key)?;
            }
            changes::act(state, set, key, action)?;
            Ok(Reply::no_content())
        }
        ("PATCH", Some(key), None) => patch(state, call, set, key),
        ("DELETE", Some(key), None) => delete(state, call, set, key),
        _ => Err(Refusal::command_not_found()),
    }
}

/// The body of a write in the kinds of its properties, with the defaults of user fields.
fn checked_body(
    state: &State,
    set: &EntitySet,
    body: Record,
    creates: bool,
) -> Result<Record, Refusal> {
    let shape = state.shape(set);
    let line_shape = state.line_shape(set);
    let lines = line_shape.as_ref().map(|(name, shape)| (*name, shape));
    let refuse_nulls = creates && state.options.refuse_nulls;
    let mut checked = Body { shape: &shape, lines, refuse_nulls }.check(body)?;
    if creates {
        user_fields::with_defaults(state, &set.table, &mut checked);
        if let Some((name, _, table)) = set.lines {
            let mut lines = checked.list(name).to_vec();
            lines.iter_mut().for_each(|line| user_fields::with_defaults(state, table, line));
            checked.set(name, lines.into());
        }
    }
    Ok(checked)
}

fn create(state: &mut State, call: &Call, set: &EntitySet) -> Result<Reply, Refusal> {
    state.posts.entry(set.name.to_string()).or_default().received += 1;
    let body = checked_body(state, set, call.object()?, true)?;
    let mut made_in = set.clone();
    let key = match set.name.as_ref() {
        "PurchaseInvoices" if state.options.approval_procedure => {
            let document = documents::checked(state, set, body)?;
            made_in = set_of("Drafts").unwrap_or(made_in);
            approvals::hold(state, document)
        }
        "PurchaseInvoices" | "PurchaseCreditNotes" | "PurchaseOrders" => {
            documents::create(state, set, body)?
        }
        "Drafts" => approvals::save(state, body)?,
        "JournalEntries" => journal::create(state, body)?,
        "UserFieldsMD" => user_fields::create_field(state, &body)?,
        "UserTablesMD" => {
            let name = body.text("TableName").to_owned();
            let key = user_fields::create_table(state, body)?;
            nodes::table_made(state, &call.headers, &name);
            key
        }
        "SQLQueries" => sql::create(state, body)?,
        name if name.starts_with("U_") => user_fields::create_row(state, set, body)?,
        name if masters::is_master(name) => masters::create(state, set, body)?,
        _ => return Err(Refusal::not_supported()),
    };
    state.posts.entry(set.name.to_string()).or_default().created += 1;
    created(state, call, &made_in, &key)
}

/// 201 with the entity and its place, or 204 with its place alone.
fn created(state: &State, call: &Call, set: &EntitySet, key: &Key) -> Result<Reply, Refusal> {
    let location = format!("{}/{}({})", call.root, set.name, key.in_address());
    let record = state.table(&set.name).get(key).ok_or_else(Refusal::no_record)?;
    let reader = Reader::new(state, set, call.flavour, &call.root);
    let reply = if call.text_header("prefer").contains("return-no-content") {
        Reply::no_content()
    } else {
        Reply::json(StatusCode::CREATED, reader.entity(key, record, None))
    };
    let reply = reply.header("Location", location);
    Ok(match reader.etag(key, record) {
        Some(etag) => reply.header("ETag", etag),
        None => reply,
    })
}

/// An entity that is there, and as the caller last saw it if it says so by `If-Match`.
fn unchanged(state: &State, call: &Call, set: &EntitySet, key: &Key) -> Result<(), Refusal> {
    let held = state.table(&set.name).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    let wanted = call.text_header("if-match");
    let etag = Reader::new(state, set, call.flavour, &call.root).etag(key, held);
    if !wanted.is_empty() && wanted != "*" && etag.as_deref().is_some_and(|e| e != wanted) {
        return Err(Refusal::changed_meanwhile());
    }
    Ok(())
}

fn patch(state: &mut State, call: &Call, set: &EntitySet, key: &Key) -> Result<Reply, Refusal> {
    unchanged(state, call, set, key)?;
    let body = checked_body(state, set, call.object()?, false)?;
    let replaces = call.text_header("b1s-replacecollectionsonpatch") == "true";
    changes::patch(state, set, key, body, replaces)?;
    Ok(Reply::no_content())
}

/// Drafts, user fields and rows of user tables can be deleted; nothing that is posted can.
fn delete(state: &mut State, call: &Call, set: &EntitySet, key: &Key) -> Result<Reply, Refusal> {
    let deletable =
        matches!(set.name.as_ref(), "Drafts" | "UserFieldsMD" | "UserTablesMD" | "SQLQueries")
            || set.name.starts_with("U_");
    if !deletable {
        return Err(Refusal::not_supported());
    }
    unchanged(state, call, set, key)?;
    match set.name.as_ref() {
        "UserFieldsMD" => user_fields::delete_field(state, key),
        "UserTablesMD" => user_fields::delete_table(state, key),
        name => {
            state.table_mut(name).remove(key);
        }
    }
    Ok(Reply::no_content())
}
