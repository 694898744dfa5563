//! What an error body says: best-effort messages from the many shapes that Procore uses.
//!
//! Classification never depends on this text, only on the status.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

const BODY_BYTES_MAX: usize = 8 * 1024;
const MESSAGES_MAX: usize = 20;
const MESSAGE_CHARS_MAX: usize = 300;
const DEPTH_MAX: usize = 6;
/// A shorter secret is none, and taking it out would tear words apart.
const SECRET_BYTES_MIN: usize = 4;

/// Keys whose values are people's words, in the order in which they are told.
const TELLING: [&str; 8] =
    ["message", "error", "errors", "error_description", "reason", "exception", "details", "name"];

/// Returns the beginning of a body as text, without the given secrets.
pub(crate) fn bounded<'s>(
    body: &[u8],
    secrets: impl IntoIterator<Item = &'s str>,
) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    // Secrets are removed before cutting, so that no part of one survives at the edge.
    let mut text = redacted(String::from_utf8_lossy(body).into_owned(), secrets);
    if text.len() > BODY_BYTES_MAX {
        let mut end = BODY_BYTES_MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    Some(text)
}

/// Takes secrets out of a text, as they are and as forms, JSON and HTML write them.
fn redacted<'s>(mut text: String, secrets: impl IntoIterator<Item = &'s str>) -> String {
    for secret in secrets.into_iter().filter(|secret| secret.len() >= SECRET_BYTES_MIN) {
        let json = json_escaped(secret);
        let spellings = [
            secret.to_owned(),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
                .to_string(),
            // A server that repeats a JSON body within a JSON message escapes it twice.
            json_escaped(&json),
            json,
            html_escaped(secret),
        ];
        for spelling in spellings.iter().filter(|spelling| !spelling.is_empty()) {
            if text.contains(spelling.as_str()) {
                text = text.replace(spelling.as_str(), "[redacted]");
            }
        }
    }
    text
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let inner = quoted.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns whether a body is a page of a proxy instead of an answer of the API.
pub(crate) fn is_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// Returns the messages of an error body: JSON of any known shape, plain text, or the title of an HTML page.
pub(crate) fn messages(body: &str) -> Vec<String> {
    let body = body.trim();
    let mut found = Vec::new();
    if is_html(body) {
        push(&mut found, &html_title(body));
        return found;
    }
    match serde_json::from_str::<&RawValue>(body) {
        Ok(json) => collect(json, None, 0, &mut found),
        Err(_) => push(&mut found, body),
    }
    found
}

fn collect(json: &RawValue, field: Option<&str>, depth: usize, found: &mut Vec<String>) {
    if depth > DEPTH_MAX || found.len() >= MESSAGES_MAX {
        return;
    }
    match json.get().as_bytes().first() {
        Some(b'"') => {
            if let Ok(Some(text)) = crate::wire::text(json) {
                match field {
                    Some(field) => push(found, &format!("{field}: {text}")),
                    None => push(found, &text),
                }
            }
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json.get()).unwrap_or_default();
            for item in items {
                collect(item, field, depth + 1, found);
            }
        }
        Some(b'{') => {
            let object: BTreeMap<String, &RawValue> =
                serde_json::from_str(json.get()).unwrap_or_default();
            let telling: Vec<_> = TELLING.iter().filter_map(|key| object.get(*key)).collect();
            if telling.is_empty() {
                // A map from field names to messages, as in `{"errors": {"number": ["has been taken"]}}`.
                for (key, value) in &object {
                    collect(value, Some(key), depth + 1, found);
                }
            }
            for value in telling {
                collect(value, field, depth + 1, found);
            }
        }
        _ => {}
    }
}

fn push(found: &mut Vec<String>, text: &str) {
    let text: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MESSAGE_CHARS_MAX)
        .collect();
    if !text.is_empty() && !found.contains(&text) {
        found.push(text);
    }
}

fn html_title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|tag| {
        let start = tag + lower[tag..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        page.get(start..end)
    });
    match title {
        Some(title) if !title.trim().is_empty() => format!("an HTML page: {}", title.trim()),
        _ => "an HTML page instead of JSON".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_in_every_documented_shape() {
        let cases: [(&str, &[&str]); 12] = [
            (
                r#"{"code":401,"message":"m","fields":"f","reason":"r","error":"e"}"#,
                &["m", "e", "r"],
            ),
            (r#"{"message":"not found","exception":"x"}"#, &["not found", "x"]),
            (
                r#"{"errors":"App is not connected to this company"}"#,
                &["App is not connected to this company"],
            ),
            (r#"{"errors":["one","two"]}"#, &["one", "two"]),
            (r#"{"errors":{"number":["has been taken"]}}"#, &["number: has been taken"]),
            (r#"{"message":"m","error":"e"}"#, &["m", "e"]),
            (r#"{"error":{"error":"once per hour"}}"#, &["once per hour"]),
            (r#"{"error":{"code":"c","message":"m"}}"#, &["m"]),
            (
                r#"{"error":{"code":"BAD_REQUEST","message":"m","details":[{"reason_code":"x","message":"d","source":"s"}]}}"#,
                &["m", "d"],
            ),
            (
                "You have surpassed the max number of requests",
                &["You have surpassed the max number of requests"],
            ),
            (
                "<html><head><TITLE>502 Bad Gateway</TITLE></head></html>",
                &["an HTML page: 502 Bad Gateway"],
            ),
            (r#"{"errors":[]}"#, &[]),
        ];
        for (body, expected) in cases {
            assert_eq!(messages(body), expected, "{body}");
        }
    }

    #[test]
    fn a_body_is_cut_and_the_secret_is_removed() {
        let body = format!("{}tok-secret{}", "x".repeat(BODY_BYTES_MAX - 5), "ü".repeat(20));
        let shown = bounded(body.as_bytes(), ["tok-secret"]).unwrap_or_default();
        assert!(shown.len() <= BODY_BYTES_MAX);
        assert!(!shown.contains("tok-"), "{}", &shown[shown.len() - 20..]);
        assert!(bounded(b"", []).is_none());
    }

    #[test]
    fn a_secret_is_found_however_the_body_writes_it() {
        let secret = r#"p&ss "w/rd" + é<"#;
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for body in [
            format!("you sent {secret}"),
            format!("client_secret={form}&x=1"),
            "secret=p%26ss%20%22w%2Frd%22%20%2B%20%C3%A9%3C".to_owned(),
            serde_json::to_string(secret).unwrap_or_default(),
            "<p>p&amp;ss &quot;w/rd&quot; + é&lt;</p>".to_owned(),
        ] {
            let shown = bounded(body.as_bytes(), [secret]).unwrap_or_default();
            assert!(shown.contains("[redacted]") && !shown.contains("rd"), "{shown}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let body = format!("{}\"x\"{}", "[".repeat(100), "]".repeat(100));
        assert!(messages(&body).is_empty());
    }
}
