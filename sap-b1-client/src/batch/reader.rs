//! Takes the answer to a batch apart, whatever server wrote it: CRLF or LF, text before the first boundary, boundaries in
//! quotes or none announced, parts without headers or without a `Content-ID`, a closing boundary that is missing.
//!
//! It reads each byte at most three times, copies no body (each is a slice of the answer), goes one level deep, and stops
//! at limits on parts and headers. It never fails on a single part: what does not read is [`Part::Unreadable`].

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// Parts that are read on one level; no batch should have as many.
const PARTS_MAX: usize = 10_000;
/// Headers that are kept of one part.
const HEADERS_MAX: usize = 64;
/// The longest boundary of RFC 2046.
const BOUNDARY_BYTES_MAX: usize = 70;

/// The parts of an answer.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) parts: Vec<Part>,
    /// Whether the closing boundary came: without it, more parts may have been lost.
    pub(super) complete: bool,
}

/// One part of an answer.
#[derive(Debug)]
pub(super) enum Part {
    /// The answer to one request.
    Answer { content_id: Option<u64>, answer: http::Response<Bytes> },
    /// The answers to a change set that happened.
    Set(Parts),
    /// A part that is neither.
    Unreadable,
}

/// Reads an answer; `None` if it is no multipart text at all.
pub(super) fn read(content_type: Option<&str>, body: &Bytes) -> Option<Parts> {
    let boundary = content_type
        .filter(|text| is_multipart(text))
        .and_then(boundary_of)
        .or_else(|| first_boundary(body))?;
    let parts = split(body, &boundary)?;
    Some(parts_of(parts, true))
}

fn parts_of(sections: Sections, outer: bool) -> Parts {
    let parts = sections.sections.into_iter().map(|section| part(&section, outer)).collect();
    Parts { parts, complete: sections.complete }
}

fn part(section: &Bytes, outer: bool) -> Part {
    let (headers, rest) = head(section);
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if let Some(content_type) = content_type.filter(|text| is_multipart(text)) {
        let inner = boundary_of(content_type).or_else(|| first_boundary(&rest));
        return match inner.filter(|_| outer).and_then(|boundary| split(&rest, &boundary)) {
            Some(sections) => Part::Set(parts_of(sections, false)),
            None => Part::Unreadable,
        };
    }
    let content_id = number(&headers, &HeaderName::from_static("content-id"));
    match answer(&rest) {
        Some((answer, inner_id)) => Part::Answer { content_id: content_id.or(inner_id), answer },
        None => Part::Unreadable,
    }
}

/// `HTTP/1.1 201 Created`, headers, body. A `Content-ID` may stand here too.
fn answer(text: &Bytes) -> Option<(http::Response<Bytes>, Option<u64>)> {
    let mut at = 0;
    let line = loop {
        let (line, next) = line_at(text, at)?;
        at = next;
        if !line.is_empty() {
            break line;
        }
    };
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.strip_prefix("HTTP/")?.split_ascii_whitespace();
    words.next()?;
    let status = StatusCode::from_bytes(words.next()?.as_bytes()).ok()?;
    let (headers, body) = head(&text.slice(at..));
    let body = trimmed(&body, number(&headers, &CONTENT_LENGTH));
    let content_id = number(&headers, &HeaderName::from_static("content-id"));
    let mut answer = http::Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Some((answer, content_id))
}

/// Headers, and what follows the empty line. A status line ends them too, where the empty line was forgotten.
fn head(section: &Bytes) -> (HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    let mut at = 0;
    let mut kept = 0;
    while let Some((line, next)) = line_at(section, at) {
        if line.starts_with(b"HTTP/") {
            break;
        }
        at = next;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = header(line)
            && kept < HEADERS_MAX
        {
            kept += 1;
            headers.append(name, value);
        }
    }
    (headers, section.slice(at..))
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(line.get(..colon)?.trim_ascii()).ok()?;
    let value = HeaderValue::from_bytes(line.get(colon + 1..)?.trim_ascii()).ok()?;
    Some((name, value))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().trim_matches(['<', '>', '"']).parse().ok()
}

/// A body without the line end that belongs to the boundary behind it. A length that the part states is believed only if it
/// leaves nothing but white space: line ends may have been converted on the way.
fn trimmed(body: &Bytes, length: Option<u64>) -> Bytes {
    if let Some(length) = length.and_then(|length| usize::try_from(length).ok())
        && body.get(length..).is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace))
    {
        return body.slice(..length);
    }
    let mut end = body.len();
    while end > 0 && matches!(body.get(end - 1), Some(b'\r' | b'\n')) {
        end -= 1;
    }
    body.slice(..end)
}

struct Sections {
    sections: Vec<Bytes>,
    complete: bool,
}

/// Cuts a text at the lines that are its boundary; `None` if there is no such line.
fn split(text: &Bytes, boundary: &str) -> Option<Sections> {
    let mut sections = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while let Some((line, next)) = line_at(text, at) {
        if let Some(closing) = is_boundary(line, boundary) {
            if let Some(start) = open {
                sections.push(text.slice(start..at));
            }
            open = Some(next);
            if closing {
                return Some(Sections { sections, complete: true });
            }
            if sections.len() >= PARTS_MAX {
                return Some(Sections { sections, complete: false });
            }
        }
        at = next;
    }
    // What stands behind the last boundary may have been cut anywhere, so it is kept only if it says how long it is.
    let last = text.slice(open?..);
    if states_its_length(&last) {
        sections.push(last);
    }
    Some(Sections { sections, complete: false })
}

/// Whether a part without a boundary behind it is whole all the same.
fn states_its_length(section: &Bytes) -> bool {
    let (_, rest) = head(section);
    let Some(end_of_status) = line_at(&rest, 0).map(|(_, next)| next) else { return false };
    let (headers, body) = head(&rest.slice(end_of_status..));
    number(&headers, &CONTENT_LENGTH)
        .and_then(|length| usize::try_from(length).ok())
        .is_some_and(|length| body.len() >= length)
}

/// Whether a line is the boundary, and whether it is the closing one.
fn is_boundary(line: &[u8], boundary: &str) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary.as_bytes())?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The line that begins at `at` without its end, and where the next one begins.
fn line_at(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = rest.get(..end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), (at + end + 1).min(text.len())))
}

fn is_multipart(content_type: &str) -> bool {
    content_type.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"))
}

fn boundary_of(content_type: &str) -> Option<String> {
    let at = content_type.to_ascii_lowercase().find("boundary=")? + "boundary=".len();
    let value = content_type.get(at..)?.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([';', ' ', '\t']).next(),
    }?;
    (!value.is_empty() && value.len() <= BOUNDARY_BYTES_MAX).then(|| value.to_owned())
}

/// The first line that looks like a boundary, where none is announced.
fn first_boundary(text: &[u8]) -> Option<String> {
    let mut at = 0;
    while let Some((line, next)) = line_at(text, at) {
        at = next;
        let Some(name) = line.strip_prefix(b"--") else { continue };
        let name = std::str::from_utf8(name.trim_ascii_end()).ok()?;
        let fits = !name.is_empty() && name.len() <= BOUNDARY_BYTES_MAX && !name.contains(' ');
        return fits.then(|| name.to_owned());
    }
    None
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
