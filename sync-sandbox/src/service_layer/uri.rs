//! Addresses: service root, entity set, key, action, and query options.

use percent_encoding::percent_decode_str;

use super::{error::Refusal, wire::Flavour};

/// A key as it stands in an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Integer(i64),
    Text(String),
    /// `UserFieldsMD(TableName='OCRD',FieldID=0)`.
    Field(String, i64),
}

impl Key {
    /// The key as an address shows it, quotes doubled.
    pub(crate) fn in_address(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Field(table, id) => format!("TableName='{table}',FieldID={id}"),
        }
    }

    /// The key as error texts show it.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Field(table, id) => format!("{table},{id}"),
        }
    }
}

/// What a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The entity set, function or action.
    pub(crate) name: String,
    pub(crate) key: Option<Key>,
    /// Parameters of a function, `(Currency='EUR',Date='20151001')`.
    pub(crate) parameters: Vec<(String, Key)>,
    /// What follows the key: `$count`, or a bound action.
    pub(crate) tail: Option<String>,
}

/// Splits a path into the flavour of the service and the path below its root.
pub(crate) fn below_root(path: &str) -> Option<(Flavour, &str)> {
    let path = path.trim_start_matches('/');
    let (first, rest) = path.split_once('/')?;
    if first != "b1s" {
        return None;
    }
    let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let flavour = match version {
        "v1" => Flavour::V1,
        "v2" => Flavour::V2,
        _ => return None,
    };
    Some((flavour, rest.trim_start_matches('/')))
}

/// Reads the path below the service root.
pub(crate) fn target(path: &str) -> Result<Target, Refusal> {
    let mut segments = path.split('/').filter(|s| !s.is_empty());
    let first = segments.next().ok_or_else(Refusal::service_not_found)?;
    let first = decode(first).ok_or_else(Refusal::service_not_found)?;
    let tail = match segments.next() {
        Some(tail) => Some(decode(tail).ok_or_else(Refusal::service_not_found)?),
        None => None,
    };
    if segments.next().is_some() {
        return Err(Refusal::command_not_found());
    }
    let Some((name, rest)) = first.split_once('(') else {
        return Ok(Target { name: first, key: None, parameters: Vec::new(), tail });
    };
    let inner = rest.strip_suffix(')').ok_or_else(Refusal::command_not_found)?;
    let mut target = Target { name: name.to_owned(), key: None, parameters: Vec::new(), tail };
    if inner.contains('=') && !inner.starts_with('\'') {
        target.parameters = named(inner).ok_or_else(Refusal::command_not_found)?;
        if let [(table, Key::Text(name)), (field, Key::Integer(id))] = &*target.parameters
            && table == "TableName"
            && field == "FieldID"
        {
            target.key = Some(Key::Field(name.clone(), *id));
        }
    } else {
        target.key = Some(literal(inner).ok_or_else(Refusal::command_not_found)?);
    }
    Ok(target)
}

fn named(text: &str) -> Option<Vec<(String, Key)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let end = end_of_literal(after)?;
        parts.push((name.trim().to_owned(), literal(&after[..end])?));
        rest = after[end..].trim_start_matches(',');
    }
    Some(parts)
}

fn end_of_literal(text: &str) -> Option<usize> {
    if !text.starts_with('\'') {
        return Some(text.find(',').unwrap_or(text.len()));
    }
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\'' {
            if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

fn literal(text: &str) -> Option<Key> {
    if text.starts_with('\'') {
        if end_of_literal(text)? != text.len() {
            return None;
        }
        return Some(Key::Text(text[1..text.len() - 1].replace("''", "'")));
    }
    text.parse().ok().map(Key::Integer)
}

/// Decodes percent escapes; a `+` stays a `+`.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The query options of a call, decoded, with their raw text for the link to the next page.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryOptions {
    pub(crate) filter: Option<String>,
    pub(crate) select: Option<String>,
    pub(crate) orderby: Option<String>,
    pub(crate) expand: Option<String>,
    pub(crate) top: Option<usize>,
    pub(crate) skip: usize,
    pub(crate) count: bool,
    /// Every option but `$top` and `$skip`, as the caller wrote it.
    pub(crate) kept: Vec<String>,
}

/// Reads the query of a call. A `+` in a value is a space, as b1sl-python writes it, a client in use on real servers; a
/// plus that is meant comes as `%2B`. Otherwise unverified.
pub(crate) fn query_options(query: Option<&str>) -> Result<QueryOptions, Refusal> {
    let mut options = QueryOptions::default();
    for raw in query.unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
        let (name, value) = raw.split_once('=').unwrap_or((raw, ""));
        let name = decode(name).ok_or_else(Refusal::query_syntax)?;
        let value = decode(&value.replace('+', " ")).ok_or_else(Refusal::query_syntax)?;
        let number = || {
            value.trim().parse::<usize>().map_err(|_| {
                Refusal::query(format!("Query string error - Invalid value of '{name}'"))
            })
        };
        match name.as_str() {
            "$top" => options.top = Some(number()?),
            "$skip" => options.skip = number()?,
            "$filter" => options.filter = Some(value),
            "$select" => options.select = Some(value),
            "$orderby" => options.orderby = Some(value),
            "$count" | "$inlinecount" => {
                options.count = match (name.as_str(), value.as_str()) {
                    ("$count", "true") | ("$inlinecount", "allpages") => true,
                    ("$count", "false") | ("$inlinecount", "none") => false,
                    _ => {
                        let what = format!("Query string error - Invalid value of '{name}'");
                        return Err(Refusal::query(what));
                    }
                }
            }
            "$expand" => options.expand = Some(value),
            other => {
                return Err(Refusal::query(format!(
                    "Query string error - Invalid query option '{other}'"
                )));
            }
        }
        if name != "$top" && name != "$skip" {
            options.kept.push(raw.to_owned());
        }
    }
    Ok(options)
}

/// Reads the query of a call for one entity: only `$select` and `$expand` mean something there.
pub(crate) fn query_options_of_one(query: Option<&str>) -> Result<QueryOptions, Refusal> {
    let options = query_options(query)?;
    let stray = query.unwrap_or_default().split('&').find_map(|raw| {
        let name = decode(raw.split_once('=').map_or(raw, |(name, _)| name))?;
        (!name.is_empty() && name != "$select" && name != "$expand").then_some(name)
    });
    match stray {
        Some(name) => {
            Err(Refusal::query(format!("Query string error - Invalid query option '{name}'")))
        }
        None => Ok(options),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_read_with_their_quotes_and_escapes() {
        let key = |path| target(path).unwrap().key.unwrap();
        assert_eq!(key("PurchaseInvoices(12)"), Key::Integer(12));
        assert_eq!(key("BusinessPartners('V100')"), Key::Text("V100".into()));
        assert_eq!(key("BusinessPartners('O''Brien')"), Key::Text("O'Brien".into()));
        assert_eq!(key("U_T(%27a%2Fb%3Dc%27)"), Key::Text("a/b=c".into()));
        assert_eq!(key("UserFieldsMD(TableName='OCRD',FieldID=0)"), Key::Field("OCRD".into(), 0));
        assert!(target("BusinessPartners('a'b')").is_err());
        assert!(target("BusinessPartners('a").is_err());
    }

    #[test]
    fn a_plus_in_a_query_is_a_space_unless_it_is_encoded() {
        let options = query_options(Some("%24filter=Name+eq+%27a%2Bb%27&$top=5")).unwrap();
        assert_eq!(options.filter.as_deref(), Some("Name eq 'a+b'"));
    }

    #[test]
    fn both_service_roots_are_found_with_a_doubled_slash_too() {
        assert_eq!(below_root("/b1s/v1/Login"), Some((Flavour::V1, "Login")));
        assert_eq!(below_root("//b1s/v2/Orders/$count"), Some((Flavour::V2, "Orders/$count")));
        assert_eq!(below_root("/odata/Login"), None);
    }
}
