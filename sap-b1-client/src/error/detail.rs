//! SAP's message texts in parts: `10001467 - There is ..  [OPCH.CardCode][line: 1] , 'V100'`.
//!
//! Texts are in the session's language, so decisions prefer numbers; the parts help a person find the field.

/// The parts of a message that the DI core behind the Service Layer writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageDetail {
    /// The leading message number, 8 to 10 digits (or one in parentheses, as a company's own rule writes it).
    pub number: Option<u64>,
    /// The table of `[OCRD.CardCode]`.
    pub table: Option<String>,
    /// The field of `[OCRD.CardCode]` or `[VatSum]`.
    pub field: Option<String>,
    /// The line of `[line: 1]`, counted from 1.
    pub line: Option<u32>,
    /// The value of a trailing `, 'A0096'`.
    pub value: Option<String>,
}

impl MessageDetail {
    /// Takes a message apart.
    #[must_use]
    pub fn parse(message: &str) -> Self {
        let mut detail = Self { number: number(message), value: value(message), ..Self::default() };
        for part in brackets(message) {
            if let Some(line) = part.strip_prefix("line:") {
                detail.line = line.trim().parse().ok();
            } else if let Some((table, field)) = part.split_once('.') {
                if is_name(table) && is_name(field) {
                    detail.table = Some(table.to_owned());
                    detail.field = Some(field.to_owned());
                }
            } else if is_name(part) && detail.field.is_none() {
                detail.field = Some(part.to_owned());
            }
        }
        detail
    }

    /// True if the message had no such part.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `10001467 - ..`, `10001058 Enter ..` or `(200019) ..`.
fn number(message: &str) -> Option<u64> {
    let text = message.trim_start();
    if let Some(inner) = text.strip_prefix('(') {
        let (digits, _) = inner.split_once(')')?;
        return digits_of(digits, 5);
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let ends_cleanly =
        text[end..].chars().next().is_none_or(|c| c.is_whitespace() || c == '-' || c == ':');
    if ends_cleanly { digits_of(&text[..end], 8) } else { None }
}

fn digits_of(digits: &str, len_min: usize) -> Option<u64> {
    let fits =
        (len_min..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// The texts between `[` and `]`.
fn brackets(message: &str) -> impl Iterator<Item = &str> {
    message
        .split('[')
        .skip(1)
        .filter_map(|part| part.split_once(']').map(|(inner, _)| inner.trim()))
}

/// `OCRD`, `@PROCORE_MAP`, `CardCode`: a name, not a range such as `1..11`.
fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '@' || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.'))
}

/// `.. , 'A0096'` at the end.
fn value(message: &str) -> Option<String> {
    let text = message.trim_end().strip_suffix('\'')?;
    let start = text.rfind(", '").map(|at| at + 3).or_else(|| text.rfind(",'").map(|at| at + 2))?;
    Some(text[start..].to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_the_known_forms_apart() {
        let detail = MessageDetail::parse(
            "10001467 - There is already a record with duplicated customer/vendor reference number.",
        );
        assert_eq!(detail.number, Some(10_001_467));
        let detail = MessageDetail::parse(
            "Enter valid code  [ItemWarehouseInfoCollection.WarehouseCode] , 'A0096'",
        );
        assert_eq!(detail.table.as_deref(), Some("ItemWarehouseInfoCollection"));
        assert_eq!(detail.field.as_deref(), Some("WarehouseCode"));
        assert_eq!(detail.value.as_deref(), Some("A0096"));
        let detail = MessageDetail::parse(
            "Quantity falls into negative inventory  [DocumentLines.ItemCode][line: 1]",
        );
        assert_eq!((detail.field.as_deref(), detail.line), (Some("ItemCode"), Some(1)));
        let detail = MessageDetail::parse("Tax amount cannot be negative [INVVatSum]");
        assert_eq!((detail.table, detail.field.as_deref()), (None, Some("INVVatSum")));
        assert_eq!(
            MessageDetail::parse("(200019) Please Attach its Receiving").number,
            Some(200_019)
        );
        assert_eq!(
            MessageDetail::parse("Update the exchange rate  , 'USD'").value.as_deref(),
            Some("USD")
        );
    }

    #[test]
    fn a_range_or_the_bare_phrase_has_no_parts() {
        assert!(MessageDetail::parse("Field size deviates from legal range [1..11]").is_empty());
        assert!(MessageDetail::parse("Internal error (-5002) occurred").is_empty());
        assert!(MessageDetail::parse("").is_empty());
    }

    proptest! {
        #[test]
        fn no_text_panics(message in "(.|\\[|\\]|'|,|\\(|[0-9]){0,60}") {
            let _ = MessageDetail::parse(&message);
        }
    }
}
