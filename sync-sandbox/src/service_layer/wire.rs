//! The two flavours of the wire: OData v3 at `/b1s/v1`, OData v4 at `/b1s/v2`.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use rust_decimal::Decimal;

use super::{
    entity::{Shape, shown_value},
    error::Refusal,
    options::SessionErrorShape,
    schema::Kind,
    value::{Record, Value},
};

/// Which service a call went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    V1,
    V2,
}

impl Flavour {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::V1 => "/b1s/v1",
            Self::V2 => "/b1s/v2",
        }
    }

    /// The prefix of annotations: `odata.nextLink` or `@odata.nextLink`.
    pub(crate) fn annotation(self, name: &str) -> String {
        match self {
            Self::V1 if name == "context" => "odata.metadata".to_owned(),
            Self::V1 => format!("odata.{name}"),
            Self::V2 => format!("@odata.{name}"),
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::V1 => "application/json;odata=minimalmetadata;charset=utf-8",
            Self::V2 => "application/json;odata.metadata=minimal;charset=utf-8",
        }
    }
}

/// An answer before it is put into an HTTP response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub(crate) fn json(status: StatusCode, body: String) -> Self {
        Self { status, body: Some(body), content_type: None, headers: Vec::new() }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, content_type: None, headers: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self, flavour: Flavour) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.body.is_some() {
            let content_type =
                self.content_type.unwrap_or_else(|| flavour.content_type().to_owned());
            if let Ok(value) = HeaderValue::from_str(&content_type) {
                headers.insert(header::CONTENT_TYPE, value);
            }
        }
        if flavour == Flavour::V2 {
            headers.insert("OData-Version", HeaderValue::from_static("4.0"));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        *response.body_mut() = Bytes::from(self.body.unwrap_or_default());
        response
    }
}

/// The balancer's own page: no JSON, whatever the client asked for.
pub(crate) fn html_page(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let reason = if status == StatusCode::BAD_GATEWAY {
        "Proxy Error"
    } else {
        status.canonical_reason().unwrap_or("Error")
    };
    let body = format!(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>{code} {reason}</title>\n</head><body>\n<h1>{reason}</h1>\n</body></html>\n",
        code = status.as_u16(),
    );
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=iso-8859-1"));
    response
}

/// The body of a refusal in the flavour's own shape.
pub(crate) fn error_body(
    refusal: &Refusal,
    flavour: Flavour,
    shape: SessionErrorShape,
    in_batch: bool,
) -> String {
    let code = refusal.code;
    let message = quoted(&refusal.message);
    let hybrid = shape == SessionErrorShape::Hybrid && code == 301;
    match flavour {
        Flavour::V1 if hybrid => {
            format!(r#"{{"error":{{"code":"{code}","message":{message}}}}}"#)
        }
        Flavour::V1 => {
            let inner =
                if in_batch { r#""innererror":{"context":null,"trace":null},"# } else { "" };
            format!(
                r#"{{"error":{{"code":{code},{inner}"message":{{"lang":"en-us","value":{message}}}}}}}"#
            )
        }
        Flavour::V2 if code == -2039 => {
            format!(r#"{{"error":{{"code":"{code}","message":{message}}}}}"#)
        }
        Flavour::V2 => format!(
            r#"{{"error":{{"code":"{code}","details":[{{"code":"","message":""}}],"message":{message}}}}}"#
        ),
    }
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always JSON")
}

/// Writes the members of an entity: all of its type, or the selected ones.
pub(crate) fn write_members(
    out: &mut String,
    record: &Record,
    shape: &Shape,
    lines: Option<(&str, &Shape)>,
    select: Option<&[String]>,
    flavour: Flavour,
) {
    let selected = |name: &str| select.is_none_or(|names| names.iter().any(|n| n == name));
    let standard = shape.standard.properties.iter().map(|p| (p.name, &p.kind));
    let user = shape.user_fields.iter().map(|f| (f.name.as_str(), &f.kind));
    // A type has hundreds of properties and a record some dozens: one index instead of a search
    // per property.
    let held: HashMap<&str, &Value> = record.iter().collect();
    for (name, kind) in standard.chain(user).filter(|(name, _)| selected(name)) {
        separate(out);
        write_name(out, name);
        let value = shown_value(held.get(name).copied(), name, kind);
        match (&*value, lines) {
            (Value::List(list), Some((lines_name, line_shape))) if lines_name == name => {
                out.push('[');
                for line in list {
                    separate(out);
                    out.push('{');
                    write_members(out, line, line_shape, None, None, flavour);
                    out.push('}');
                }
                out.push(']');
            }
            (Value::List(list), _) if !list.is_empty() => write_rows(out, list, kind, flavour),
            (value, _) => write_value(out, value, flavour),
        }
    }
}

/// Writes the rows of a collection with every property of their type, where it is simulated.
fn write_rows(out: &mut String, rows: &[Record], kind: &Kind, flavour: Flavour) {
    let shape = match kind {
        Kind::Many(inner) => Shape::of_rows(inner),
        _ => None,
    };
    out.push('[');
    for row in rows {
        separate(out);
        match &shape {
            Some(shape) => {
                out.push('{');
                write_members(out, row, shape, None, None, flavour);
                out.push('}');
            }
            None => write_record(out, row, flavour),
        }
    }
    out.push(']');
}

fn separate(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b'{' | b'[' | b',')) {
        out.push(',');
    }
}

/// Writes a member's name. Names of properties and user fields need no escapes.
fn write_name(out: &mut String, name: &str) {
    if name.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') {
        out.push('"');
        out.push_str(name);
        out.push('"');
    } else {
        out.push_str(&quoted(name));
    }
    out.push(':');
}

/// Writes a record as it is held.
pub(crate) fn write_record(out: &mut String, record: &Record, flavour: Flavour) {
    out.push('{');
    for (name, value) in record.iter() {
        separate(out);
        write_name(out, name);
        write_value(out, value, flavour);
    }
    out.push('}');
}

fn write_value(out: &mut String, value: &Value, flavour: Flavour) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Number(number) => out.push_str(&with_decimals(*number)),
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::Date(date) => {
            let time = if flavour == Flavour::V2 { "T00:00:00Z" } else { "" };
            out.push_str(&format!("\"{}{time}\"", date.format("%Y-%m-%d")));
        }
        Value::List(list) => {
            out.push('[');
            for record in list {
                separate(out);
                write_record(out, record, flavour);
            }
            out.push(']');
        }
        Value::Record(record) => write_record(out, record, flavour),
    }
}

/// A number with at least one decimal: `0.0`, `12500.0`, `0.25`.
pub(crate) fn with_decimals(number: Decimal) -> String {
    if number.is_zero() {
        return "0.0".to_owned();
    }
    let text = number.normalize().to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_least_one_decimal() {
        assert_eq!(with_decimals(Decimal::ZERO), "0.0");
        assert_eq!(with_decimals(Decimal::new(1_250_000, 2)), "12500.0");
        assert_eq!(with_decimals(Decimal::new(25, 2)), "0.25");
        assert_eq!(with_decimals(Decimal::new(-10, 0)), "-10.0");
    }
}
