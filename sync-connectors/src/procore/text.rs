//! Procore's texts as plain text: descriptions hold HTML in places.

/// Takes tags out, reads the usual entities, and makes one space of every run of white space.
pub(super) fn plain(text: &str) -> String {
    let mut untagged = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        untagged.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        match inside.find('>') {
            Some(end) if is_tag(&inside[..end]) => {
                untagged.push(' ');
                rest = &inside[end + 1..];
            }
            _ => {
                untagged.push('<');
                rest = inside;
            }
        }
    }
    untagged.push_str(rest);
    let text = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")]
        .iter()
        .fold(untagged, |text, (entity, character)| text.replace(entity, character))
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `p`, `/p`, `br /`, `a href=..`: a name begins at once. `< 5` is text.
fn is_tag(inside: &str) -> bool {
    inside
        .trim_start_matches(['/', '!'])
        .starts_with(|first: char| first.is_ascii_alphabetic() || first == '-')
}

/// The first text that says something, as plain text.
pub(super) fn first_of<'a>(texts: impl IntoIterator<Item = Option<&'a String>>) -> String {
    texts
        .into_iter()
        .flatten()
        .map(|text| plain(text))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities_become_plain_text() {
        assert_eq!(plain("<p>Slab &amp; footings</p><br/>12&nbsp;m"), "Slab & footings 12 m");
    }

    #[test]
    fn a_comparison_is_no_tag_and_nothing_is_lost() {
        assert_eq!(plain("pipes < 5 in and > 2 in"), "pipes < 5 in and > 2 in");
        assert_eq!(plain("a <"), "a <");
    }
}
