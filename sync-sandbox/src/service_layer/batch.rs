//! `$batch`: reads and change sets, one after another; the batch stops at the first failure and
//! a change set is executed whole or not at all.

use http::{HeaderMap, Method, StatusCode, header};

use super::{
    error::Refusal,
    options::SessionErrorShape,
    routes::{self, Call},
    state::State,
    uri,
    wire::{Flavour, Reply, error_body},
};

/// One request inside a batch.
#[derive(Clone, Debug)]
struct Part {
    method: Method,
    address: String,
    headers: HeaderMap,
    body: String,
    content_id: Option<String>,
}

#[derive(Clone, Debug)]
enum Item {
    Single(Part),
    ChangeSet(Vec<Part>),
}

fn incomplete() -> Refusal {
    Refusal::bad(-1000, "Incomplete Batch Request Body!")
}

/// Executes a batch.
pub(crate) fn execute(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    if call.method != Method::POST {
        return Err(Refusal::command_not_found());
    }
    let items = parse(call).ok_or_else(incomplete)?;
    let number = state.next("batches", 1);
    let boundary = format!("batchresponse_{number:08x}-245c-4164-b9a4-9c27f7a2c4d1");
    let mut out = String::new();
    for (n, item) in items.iter().enumerate() {
        let failed = match item {
            Item::Single(part) => {
                let (text, failed) = answer(state, call, part, &part.address, None);
                out.push_str(&format!("--{boundary}\r\n{text}"));
                failed
            }
            Item::ChangeSet(parts) => {
                let inner =
                    format!("changesetresponse_{number:08x}-{n:04x}-4bda-8f5c-670bbac86eb2");
                match change_set(state, call, parts, &inner) {
                    Ok(text) => {
                        let gap = header_gap(call.flavour);
                        out.push_str(&format!(
                            "--{boundary}\r\nContent-Type:{gap}multipart/mixed;boundary={inner}\r\n\r\n{text}--{inner}--\r\n"
                        ));
                        false
                    }
                    Err(text) => {
                        out.push_str(&format!("--{boundary}\r\n{text}"));
                        true
                    }
                }
            }
        };
        if failed {
            break;
        }
    }
    out.push_str(&format!("--{boundary}--\r\n"));
    let status = if call.flavour == Flavour::V1 { StatusCode::ACCEPTED } else { StatusCode::OK };
    let mut reply = Reply::json(status, out);
    reply.content_type = Some(format!("multipart/mixed;boundary={boundary}"));
    Ok(reply)
}

/// What stands between the header of a change set's answer and its value. The manual prints v1 without a space;
/// b1sl-python, made against v2 servers, looks for the space.
fn header_gap(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => "",
        Flavour::V2 => " ",
    }
}

/// Executes a change set on a copy of the state; the copy counts only if every part succeeded, unless the server does not
/// roll back.
fn change_set(
    state: &mut State,
    call: &Call,
    parts: &[Part],
    boundary: &str,
) -> Result<String, String> {
    let mut copy = state.clone();
    let mut made: Vec<(String, String)> = Vec::new();
    let mut out = String::new();
    for part in parts {
        let address = resolve(&part.address, &made);
        let (text, failed) = answer(&mut copy, call, part, &address, part.content_id.as_deref());
        if failed {
            // The failure is answered as a plain part, without the set around it and without
            // the part's Content-ID.
            let id = part.content_id.as_ref().map(|id| format!("Content-ID:{id}\r\n"));
            if !state.options.rolls_back_change_sets {
                *state = copy;
            }
            return Err(id.map_or(text.clone(), |id| text.replacen(&id, "", 1)));
        }
        if let (Some(id), Some(place)) = (&part.content_id, location(&text)) {
            made.push((id.clone(), place));
        }
        out.push_str(&format!("--{boundary}\r\n{text}"));
    }
    *state = copy;
    Ok(out)
}

/// Puts the place of an earlier part of the set where `$1` stands.
fn resolve(address: &str, made: &[(String, String)]) -> String {
    for (id, place) in made {
        let reference = format!("/${id}");
        let Some(at) = address.find(&reference) else { continue };
        let rest = &address[at + reference.len()..];
        if rest.is_empty() || rest.starts_with('/') || rest.starts_with('?') {
            return format!("{place}{rest}");
        }
    }
    address.to_owned()
}

/// The path of a part's `Location` header.
fn location(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("Location:"))?;
    let at = line.find("/b1s/")?;
    Some(line[at..].trim().to_owned())
}

/// The text of one part's answer, and whether it is a failure.
fn answer(
    state: &mut State,
    call: &Call,
    part: &Part,
    address: &str,
    content_id: Option<&str>,
) -> (String, bool) {
    let result = inner_call(call, part, address)
        .ok_or_else(Refusal::service_not_found)
        .and_then(|inner| routes::execute(state, &inner));
    let (reply, failed) = match result {
        Ok(reply) => (reply, false),
        Err(refusal) => {
            let body = error_body(&refusal, call.flavour, SessionErrorShape::Manual, true);
            (Reply::json(refusal.status, body), true)
        }
    };
    let id = content_id.map_or_else(String::new, |id| format!("Content-ID:{id}\r\n"));
    let mut text = format!(
        "Content-Type:application/http\r\nContent-Transfer-Encoding:binary\r\n{id}\r\nHTTP/1.1 {} {}\r\n",
        reply.status.as_u16(),
        reply.status.canonical_reason().unwrap_or_default(),
    );
    if let Some(body) = &reply.body {
        let content_type =
            reply.content_type.as_deref().unwrap_or_else(|| call.flavour.content_type());
        text.push_str(&format!("Content-Type:{content_type}\r\nContent-Length:{}\r\n", body.len()));
    }
    for (name, value) in &reply.headers {
        text.push_str(&format!("{name}:{value}\r\n"));
    }
    text.push_str(&format!("\r\n{}\r\n", reply.body.unwrap_or_default()));
    (text, failed)
}

/// A part as a call of its own: absolute path, path below the service root, or full address.
fn inner_call(call: &Call, part: &Part, address: &str) -> Option<Call> {
    let path = match address.find("/b1s/") {
        Some(at) => address[at..].to_owned(),
        None => format!("{}/{}", call.flavour.path(), address.trim_start_matches('/')),
    };
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (path, None),
    };
    let (flavour, below) = uri::below_root(&path)?;
    if below.starts_with("$batch") {
        return None;
    }
    // A part runs on the node that the batch came to.
    let mut headers = part.headers.clone();
    if let Some(cookies) = call.headers.get(header::COOKIE) {
        headers.insert(header::COOKIE, cookies.clone());
    }
    Some(Call {
        method: part.method.clone(),
        flavour,
        path: below.to_owned(),
        query,
        headers,
        body: bytes::Bytes::from(part.body.clone()),
        root: call.root.clone(),
        authenticated: true,
    })
}

fn parse(call: &Call) -> Option<Vec<Item>> {
    let content_type = call.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let text = std::str::from_utf8(&call.body).ok()?;
    let mut items = Vec::new();
    for section in sections(text, &boundary(content_type)?)? {
        let (headers, body) = head(section)?;
        let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_owned();
        if content_type.starts_with("multipart/mixed") {
            let parts = sections(body, &boundary(&content_type)?)?
                .into_iter()
                .map(part)
                .collect::<Option<Vec<_>>>()?;
            let valid = parts.iter().all(|part| {
                part.method != Method::GET
                    && (call.flavour == Flavour::V1 || part.content_id.is_some())
            });
            if !valid {
                return None;
            }
            items.push(Item::ChangeSet(parts));
        } else {
            items.push(Item::Single(part(section)?));
        }
    }
    Some(items)
}

fn boundary(content_type: &str) -> Option<String> {
    let (_, value) = content_type.split_once("boundary=")?;
    let value = value.split(';').next()?.trim();
    // A quoted boundary is not understood, as on the real server.
    (!value.is_empty() && !value.starts_with('"')).then(|| value.to_owned())
}

/// The sections between boundaries; `None` without the closing one.
fn sections<'a>(text: &'a str, boundary: &str) -> Option<Vec<&'a str>> {
    let delimiter = format!("--{boundary}");
    let mut pieces = text.split(delimiter.as_str()).skip(1);
    let mut found = Vec::new();
    loop {
        let piece = pieces.next()?;
        if piece.starts_with("--") {
            return Some(found);
        }
        found.push(piece.trim_start_matches(['\r', '\n']));
    }
}

/// Headers of a section and what follows the blank line.
fn head(section: &str) -> Option<(HeaderMap, &str)> {
    let mut headers = HeaderMap::new();
    let mut rest = section;
    loop {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            return Some((headers, rest));
        }
        let (name, value) = line.split_once(':')?;
        let name = http::HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        headers.insert(name, http::HeaderValue::from_str(value.trim()).ok()?);
    }
}

/// One request: its own headers, a request line with or without `HTTP/1.1`, headers, body.
fn part(section: &str) -> Option<Part> {
    let (outer, request) = head(section)?;
    let (line, rest) = request.split_once('\n')?;
    let mut words = line.trim().split(' ');
    let method = Method::from_bytes(words.next()?.as_bytes()).ok()?;
    let rest_of_line: Vec<&str> = words.filter(|word| *word != "HTTP/1.1").collect();
    let address = rest_of_line.join(" ").trim().to_owned();
    let (headers, body) = head(rest)?;
    let content_id = outer.get("content-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    (!address.is_empty()).then(|| Part {
        method,
        address,
        headers,
        body: body.trim().to_owned(),
        content_id,
    })
}
