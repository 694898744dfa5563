//! Query strings: parameters, and filters in the spellings that Procore takes.

use chrono::{DateTime, Utc};

use super::refusal::Refusal;

/// The decoded parameters of one request, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

/// A closed range of instants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Range {
    /// Whether the wire's form of an instant (whole seconds) lies inside, bounds included.
    pub(crate) fn contains(&self, at: DateTime<Utc>) -> bool {
        at.timestamp() >= self.from.timestamp() && at.timestamp() <= self.to.timestamp()
    }
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = url::form_urlencoded::parse(text.as_bytes())
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// An integer parameter, quoted or not; what is no integer is refused.
    pub(crate) fn int(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| Refusal::new(400, name, format!("{name} must be an integer"))),
        }
    }

    /// An integer parameter that the endpoint requires.
    pub(crate) fn required_int(&self, name: &'static str) -> Result<i64, Refusal> {
        self.int(name)?.ok_or_else(|| Refusal::missing(name))
    }

    /// The values of a list parameter, `name[]=1&name[]=2`.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let key = format!("{name}[]");
        let values = self.pairs.iter().filter(|(k, _)| *k == key).map(|(_, value)| value.clone());
        let values: Vec<String> = values.collect();
        (!values.is_empty()).then_some(values)
    }

    /// The same parameters, encoded, for another page.
    pub(crate) fn with_page(&self, page: usize, per_page: usize) -> String {
        let kept = self.pairs.iter().filter(|(k, _)| k != "page" && k != "per_page");
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("page", &page.to_string())
            .append_pair("per_page", &per_page.to_string())
            .finish()
    }

    /// The values of `filters[name]`: `=1`, `=1,2`, `=[1,2]` and repeated `[]`; `None` if absent.
    pub(crate) fn filter(&self, name: &str) -> Option<Vec<String>> {
        let single = format!("filters[{name}]");
        let many = format!("filters[{name}][]");
        let mut values = Vec::new();
        let mut given = false;
        for (key, value) in &self.pairs {
            if *key == single {
                given = true;
                let inner = value.trim_start_matches('[').trim_end_matches(']');
                values.extend(inner.split(',').map(|v| v.trim().trim_matches('"').to_owned()));
            } else if *key == many {
                given = true;
                values.push(value.clone());
            }
        }
        given.then_some(values)
    }

    /// The range of `filters[name]=a...b`, quoted or not.
    pub(crate) fn range(&self, name: &'static str) -> Result<Option<Range>, Refusal> {
        let Some(text) = self.get(&format!("filters[{name}]")) else {
            return Ok(None);
        };
        let refuse = || {
            Refusal::new(
                400,
                name,
                format!("filters[{name}] must be a range of two ISO 8601 date times joined by ..."),
            )
        };
        let (from, to) = text.trim_matches('"').split_once("...").ok_or_else(refuse)?;
        let instant = |text: &str| DateTime::parse_from_rfc3339(text).map_err(|_| refuse());
        Ok(Some(Range { from: instant(from)?.to_utc(), to: instant(to)?.to_utc() }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn filters_are_read_in_every_spelling() {
        for text in ["filters%5Bid%5D=1,2", "filters[id]=[1,2]", "filters[id][]=1&filters[id][]=2"]
        {
            let values = Query::parse(text).filter("id").unwrap();
            assert_eq!(values, ["1", "2"], "{text}");
        }
        assert!(Query::parse("page=1").filter("id").is_none());
    }

    #[test]
    fn a_range_may_be_quoted_and_includes_both_ends() {
        let at: DateTime<Utc> = "2026-01-31T00:00:00Z".parse().unwrap();
        for text in [
            "filters[updated_at]=\"2026-01-01T00:00:00Z...2026-01-31T00:00:00Z\"",
            "filters[updated_at]=2026-01-31T00:00:00Z...2026-02-01T00:00:00Z",
        ] {
            assert!(
                Query::parse(text).range("updated_at").unwrap().unwrap().contains(at),
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_that_is_no_range_is_refused() {
        let query = Query::parse("filters[updated_at]=2026-01-01T00:00:00Z");
        assert_eq!(query.range("updated_at").unwrap_err().status, 400);
    }
}
