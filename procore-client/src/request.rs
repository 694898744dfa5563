//! A request as a value: path and query of a GET, comparable and independent of the host.

/// A GET request below the API's base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    path: String,
    query: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
    }

    pub(crate) fn query(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((key.into(), value.to_string()));
        self
    }

    pub(crate) fn query_opt(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    /// Adds `filters[name]=v` for one value and `filters[name][]=v` for each of several.
    pub(crate) fn filter<T: ToString>(self, name: &str, values: &[T]) -> Self {
        match values {
            [] => self,
            [value] => self.query(format!("filters[{name}]"), value.to_string()),
            _ => values.iter().fold(self, |request, value| {
                request.query(format!("filters[{name}][]"), value.to_string())
            }),
        }
    }

    pub(crate) fn filter_opt(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(format!("filters[{name}]"), value),
            None => self,
        }
    }

    /// Returns the path, such as `/rest/v1.1/requisitions`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query pairs, not encoded, in their order.
    #[must_use]
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns path and encoded query.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        format!("{}?{query}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_ranges_are_encoded() {
        let request = Request::get("/rest/v1.0/x")
            .filter("updated_at", &["2026-01-01T00:00:00Z...2026-02-01T00:00:00Z"])
            .filter("id", &[1, 2]);
        assert_eq!(
            request.path_and_query(),
            "/rest/v1.0/x?filters%5Bupdated_at%5D=2026-01-01T00%3A00%3A00Z...2026-02-01T00%3A00%3A00Z\
             &filters%5Bid%5D%5B%5D=1&filters%5Bid%5D%5B%5D=2"
        );
    }
}
