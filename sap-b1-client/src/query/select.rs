//! A query: condition, columns, order, limits.

use super::encode::{encode, property_name};
use super::filter::Filter;
use crate::client::ODataVersion;
use crate::error::Result;

/// Direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// What to read from an entity set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(crate) filter: Option<Filter>,
    pub(crate) select: Vec<String>,
    pub(crate) expand: Vec<String>,
    pub(crate) order: Vec<(String, Order)>,
    pub(crate) top: Option<u32>,
    pub(crate) skip: Option<u32>,
    pub(crate) with_total: bool,
}

impl Query {
    /// Everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only rows that meet `filter`; a second one must be met too.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(first) => first.and(filter),
            None => filter,
        });
        self
    }

    /// Only these properties. User-defined fields are named like any other.
    #[must_use]
    pub fn select<S: Into<String>>(mut self, properties: impl IntoIterator<Item = S>) -> Self {
        self.select.extend(properties.into_iter().map(Into::into));
        self
    }

    /// With these entities beside each row, in its raw JSON: navigation properties, of which the metadata says which there
    /// are (`Projects?$expand=JournalEntries`). Rows of a document are none; they always come along.
    #[must_use]
    pub fn expand<S: Into<String>>(mut self, navigation: impl IntoIterator<Item = S>) -> Self {
        self.expand.extend(navigation.into_iter().map(Into::into));
        self
    }

    /// Asks for the number of all rows along with the first page: [`crate::Pager::total`].
    #[must_use]
    pub fn with_total(mut self) -> Self {
        self.with_total = true;
        self
    }

    /// Orders the rows. An ordered query is read by links, not by key.
    #[must_use]
    pub fn order_by(mut self, property: impl Into<String>, order: Order) -> Self {
        self.order.push((property.into(), order));
        self
    }

    /// At most this many rows.
    #[must_use]
    pub fn top(mut self, rows: u32) -> Self {
        self.top = Some(rows);
        self
    }

    /// Leaves out the first rows.
    #[must_use]
    pub fn skip(mut self, rows: u32) -> Self {
        self.skip = Some(rows);
        self
    }

    /// The query string without `?`, percent-encoded; empty for everything.
    ///
    /// # Errors
    /// When a name is no name of a property.
    pub fn render(&self, version: ODataVersion) -> Result<String> {
        let mut parts = Vec::new();
        if !self.select.is_empty() {
            let names: Result<Vec<_>> =
                self.select.iter().map(|name| property_name(name)).collect();
            parts.push(format!("$select={}", names?.join(",")));
        }
        if !self.expand.is_empty() {
            let names: Result<Vec<_>> =
                self.expand.iter().map(|name| property_name(name)).collect();
            parts.push(format!("$expand={}", names?.join(",")));
        }
        if let Some(filter) = &self.filter {
            parts.push(format!("$filter={}", encode(&filter.render(version)?)));
        }
        if !self.order.is_empty() {
            let mut orders = Vec::new();
            for (name, order) in &self.order {
                let suffix = if *order == Order::Descending { " desc" } else { "" };
                orders.push(format!("{}{suffix}", property_name(name)?));
            }
            parts.push(format!("$orderby={}", encode(&orders.join(","))));
        }
        if let Some(top) = self.top {
            parts.push(format!("$top={top}"));
        }
        if let Some(skip) = self.skip {
            parts.push(format!("$skip={skip}"));
        }
        if self.with_total {
            parts.push(match version {
                ODataVersion::V1 => "$inlinecount=allpages".to_owned(),
                ODataVersion::V2 => "$count=true".to_owned(),
            });
        }
        Ok(parts.join("&"))
    }
}
