//! Error bodies in all their shapes: version 1, version 2, the hybrid of both, HTML pages, raw text, nothing.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest message that is kept, in characters.
const MESSAGE_CHARS_MAX: usize = 2000;

/// The shape an error body had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{"error":{"code":..,"message":..}}` in any of its forms.
    Service,
    /// An HTML page of a proxy.
    Html,
    /// Text that is neither.
    Text,
    /// Nothing.
    Empty,
}

/// What an error body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) shape: Shape,
    pub(crate) code: Option<i64>,
    pub(crate) message: String,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    error: Fields<'a>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Localized {
    #[serde(default)]
    value: Option<String>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    message: Option<String>,
}

/// Reads an error body; never fails.
pub(crate) fn parse(bytes: &[u8]) -> ErrorBody {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return ErrorBody { shape: Shape::Empty, code: None, message: String::new() };
    }
    if let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(text) {
        let message = message_of(&envelope.error);
        return ErrorBody {
            shape: Shape::Service,
            code: envelope.error.code.and_then(code_of),
            message: clip(message.trim()),
        };
    }
    if text.starts_with('<') {
        return ErrorBody { shape: Shape::Html, code: None, message: clip(&html_title(text)) };
    }
    ErrorBody { shape: Shape::Text, code: None, message: clip(text) }
}

/// The message is a string, or an object with `value`; version 2 may say it in `details` alone.
fn message_of(fields: &Fields<'_>) -> String {
    let direct = fields.message.and_then(|raw| match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get()).ok(),
        Some(b'{') => {
            serde_json::from_str::<Localized>(raw.get()).ok().and_then(|message| message.value)
        }
        _ => None,
    });
    let detail = || {
        let details: Vec<Detail> = serde_json::from_str(fields.details?.get()).ok()?;
        details.into_iter().find_map(|detail| detail.message.filter(|text| !text.is_empty()))
    };
    direct.filter(|text| !text.trim().is_empty()).or_else(detail).unwrap_or_default()
}

/// The code is a number in version 1 and a string in version 2 and the hybrid.
fn code_of(raw: &RawValue) -> Option<i64> {
    raw.get().trim().trim_matches('"').trim().parse().ok()
}

fn html_title(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|start| {
        let start = start + "<title>".len();
        let end = start + lower.get(start..)?.find("</title>")?;
        text.get(start..end)
    });
    match title {
        Some(title) => format!("an HTML page: {}", title.trim()),
        None => "an HTML page instead of an answer of the Service Layer".to_owned(),
    }
}

fn clip(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}
