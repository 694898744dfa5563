//! Texts made to fit their columns, visibly.

/// What `FreeText` of a line holds (`PCH1.FreeTxt`).
pub(super) const FREE_TEXT_CHARS: usize = 100;
/// What `ItemDescription` of a line holds in most versions.
pub(super) const DESCRIPTION_CHARS: usize = 100;
/// What `Comments` of a document holds.
pub(super) const COMMENTS_CHARS: usize = 254;

/// Cuts a text to `chars`, ending a cut one in `…`.
pub(super) fn cut(text: &str, chars: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars.saturating_sub(1)).collect();
    if chars == 0 { kept } else { format!("{}…", kept.trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_and_a_longer_one_shows_its_cut() {
        assert_eq!(cut("Procore subcontract SC-1", 24), "Procore subcontract SC-1");
        assert_eq!(cut("Procore subcontract SC-12", 24), "Procore subcontract SC-…");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("abc", 0), "");
    }
}
