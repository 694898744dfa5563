//! `SQLQueries`: stored texts, and their rows page by page.
//!
//! `parse` reads the text, `tables` knows the allow-list and its columns, `run` makes the rows.
//! Refused with the published codes: 701 (syntax), 702 (a table that is not on the list), 704
//! (parameters). A text is checked when it is stored and again when it is run (unverified: the
//! manual prints the refusals without saying when they come).

mod parse;
mod run;
mod tables;

use http::StatusCode;

use super::{
    error::Refusal,
    routes::Call,
    state::State,
    uri::{self, Key},
    value::{Record, Value},
    wire::{Reply, quoted, with_decimals},
};

const SET: &str = "SQLQueries";

/// `POST SQLQueries`.
pub(crate) fn create(state: &mut State, mut body: Record) -> Result<Key, Refusal> {
    let code = body.text("SqlCode").to_owned();
    if code.is_empty() {
        return Err(Refusal::business("Code undefined  [SQLQ.SqlCode]"));
    }
    let key = Key::Text(code);
    if state.table(SET).get(&key).is_some() {
        return Err(Refusal::exists());
    }
    checked(state, &mut body)?;
    body.set("CreateDate", Value::Date(state.today()));
    state.table_mut(SET).insert(key.clone(), body);
    Ok(key)
}

/// `PATCH SQLQueries('code')`.
pub(crate) fn patch(state: &mut State, key: &Key, body: Record) -> Result<(), Refusal> {
    let held = state.table(SET).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    let mut row = held.clone();
    for (name, value) in body.iter().filter(|(name, _)| *name != "SqlCode") {
        row.set(name.to_owned(), value.clone());
    }
    checked(state, &mut row)?;
    state.table_mut(SET).insert(key.clone(), row);
    Ok(())
}

/// Refuses a text that could not run, and states its parameters.
fn checked(state: &State, row: &mut Record) -> Result<(), Refusal> {
    let text = row.text("SqlText").to_owned();
    run::plan(state, &text)?;
    let parameters = parse::parameters(&text)?;
    row.set("ParamList", Value::Text(parameters.join(",")));
    row.set("UpdateDate", Value::Date(state.today()));
    Ok(())
}

/// `SQLQueries('code')/List`: parameters in the address, or of a POST as `ParamList` in the body.
pub(crate) fn list(state: &State, call: &Call, key: &Key) -> Result<Reply, Refusal> {
    let row = state.table(SET).get(key).ok_or_else(Refusal::no_record)?;
    let text = row.text("SqlText");
    let body = call.object()?;
    let in_body = body.text("ParamList").to_owned();
    let mut kept = Vec::new();
    let mut skip = 0;
    let mut sent = Vec::new();
    let in_address = call.query.clone().unwrap_or_default();
    for raw in in_address.split('&').chain(in_body.split('&')).filter(|part| !part.is_empty()) {
        let (name, value) = raw.split_once('=').ok_or_else(parameter_error)?;
        let name = uri::decode(name).ok_or_else(parameter_error)?;
        let value = uri::decode(value).ok_or_else(parameter_error)?;
        if name == "$skip" {
            skip = value.trim().parse().map_err(|_| parameter_error())?;
            continue;
        }
        kept.push(raw.to_owned());
        sent.push((name, value));
    }
    let wanted = parse::parameters(text)?;
    let known = |name: &String| sent.iter().filter(|(sent, _)| sent == name).count() == 1;
    if sent.len() != wanted.len() || !wanted.iter().all(known) {
        return Err(parameter_error());
    }
    let rows = run::plan(state, text)?.rows(state, &sent)?;
    let (page_size, applied) = super::reading::page_size(&call.headers, state.options.page_size);
    let page: Vec<_> = rows.iter().skip(skip).take(page_size).collect();
    let mut out = String::from("{");
    let context = quoted(&format!("{}/$metadata#SAPB1.SQLQueryResult", call.root));
    out.push_str(&format!("\"{}\":{context},", call.flavour.annotation("context")));
    out.push_str(&format!("\"SqlText\":{},\"value\":[", quoted(&parse::shown(text)?)));
    for (n, row) in page.iter().enumerate() {
        out.push_str(if n > 0 { ",{" } else { "{" });
        for (m, (name, value)) in row.iter().enumerate() {
            out.push_str(if m > 0 { "," } else { "" });
            out.push_str(&format!("{}:{}", quoted(name), cell(value)));
        }
        out.push('}');
    }
    out.push(']');
    if page.len() == page_size {
        kept.push(format!("$skip={}", skip + page_size));
        let link = format!("{}?{}", call.path.trim_end_matches('/'), kept.join("&"));
        out.push_str(&format!(",\"{}\":{}", call.flavour.annotation("nextLink"), quoted(&link)));
    }
    out.push('}');
    let reply = Reply::json(StatusCode::OK, out);
    Ok(match applied {
        Some(applied) => reply.header("Preference-Applied", applied),
        None => reply,
    })
}

/// 704 as the manual prints it.
fn parameter_error() -> Refusal {
    Refusal::bad(704, "Parameter error.")
}

/// A value as rows of queries show it: dates as `YYYYMMDD`, in both versions.
fn cell(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => with_decimals(*number),
        Value::Text(text) => quoted(text),
        Value::Date(date) => format!("\"{}\"", date.format("%Y%m%d")),
        _ => "null".to_owned(),
    }
}
