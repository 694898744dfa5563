//! The `Link` header (RFC 8288), as far as paging needs it.

use http::HeaderMap;
use http::header::LINK;

/// Returns the target of `rel="next"`.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(next_of)
}

/// Returns whether the answer has a `Link` header at all.
pub(super) fn is_present(headers: &HeaderMap) -> bool {
    headers.contains_key(LINK)
}

fn next_of(header: &str) -> Option<String> {
    // Targets are in angle brackets and may hold commas, so the header cannot be split at commas.
    let mut rest = header;
    while let Some(open) = rest.find('<') {
        let close = open + rest[open..].find('>')?;
        let target = &rest[open + 1..close];
        let after = &rest[close + 1..];
        let end = after.find('<').unwrap_or(after.len());
        if is_next(&after[..end]) {
            return Some(target.trim().to_owned());
        }
        rest = &after[end..];
    }
    None
}

fn is_next(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel")
            && value.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::next_of;

    #[test]
    fn the_next_page_is_found_among_all_relations() {
        let header = r#"<https://a/x?page=1>; rel="first", <https://a/x?f=1,2&page=3>; rel="next", <https://a/x?page=9>; rel="last""#;
        assert_eq!(next_of(header).as_deref(), Some("https://a/x?f=1,2&page=3"));
        assert_eq!(next_of("<https://a/x>; rel=next").as_deref(), Some("https://a/x"));
        assert_eq!(
            next_of(r#"<https://a/x>; title="next"; rel="prev next""#).as_deref(),
            Some("https://a/x")
        );
    }

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(
            next_of(r#"<https://a/x?page=1>; rel="first", <https://a/x?page=2>; rel="prev""#),
            None
        );
        assert_eq!(next_of("nonsense"), None);
        assert_eq!(next_of("<unclosed"), None);
    }
}
