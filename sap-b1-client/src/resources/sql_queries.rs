//! SQL queries that are stored in the company and run with parameters (`SQLQueries`, from 10.0 FP 2011 on).
//!
//! They only read, and only tables of the server's allow-list, which leaves out the journal (OJDT, JDT1), accounts and
//! projects where it was seen; a site may extend it. A refused table, text or parameter is answered with a code from 701 to
//! 704 and is [`crate::ErrorKind::Rejected`]. Dates in rows read `YYYYMMDD`.

use super::declare::{entity_sets, entity_types};
use super::{AnyEntity, Created, body_of};
use crate::client::{Call, Client};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::query::{Answer, Key, Literal, encode, property_name};
use crate::wire::Record;
use serde::Serialize;
use std::collections::HashSet;

entity_types! {
    /// A stored query.
    read SqlQuery is "SQLQuery" {
        /// Key.
        sql_code: Option<String> = "SqlCode",
        /// Name.
        sql_name: Option<String> = "SqlName",
        /// The text, as SAP rewrote it.
        sql_text: Option<String> = "SqlText",
        /// The names of its parameters, separated by commas.
        param_list: Option<String> = "ParamList",
    }
}

entity_sets! {
    SqlQuery by sql_code = "SqlCode" {
        /// The stored queries.
        sql_queries = "SQLQueries",
    }
}

/// A query to store. A parameter stands in the text as `:name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewSqlQuery {
    /// Key.
    pub sql_code: String,
    /// Name.
    pub sql_name: String,
    /// The text: one `select` over tables of the allow-list.
    pub sql_text: String,
}

/// The rows of one run, page by page.
#[derive(Debug)]
pub struct SqlRows {
    client: Client,
    next: Option<String>,
    seen: HashSet<String>,
}

impl Client {
    /// Stores a query.
    ///
    /// # Errors
    /// As every write; [`ErrorKind::AlreadyExists`] where its code is taken.
    pub async fn create_sql_query(&self, query: &NewSqlQuery) -> Result<Created> {
        self.create_raw("SQLQueries", body_of("a query", query)?, None).await
    }

    /// Runs a stored query with its parameters. Values are quoted and encoded: none can change the text.
    ///
    /// # Errors
    /// When a name is no name of a parameter. Nothing is sent before [`SqlRows::next_page`].
    pub fn run_sql_query(
        &self,
        code: &str,
        parameters: impl IntoIterator<Item = (&'static str, Literal)>,
    ) -> Result<SqlRows> {
        let values: Result<Vec<_>> = parameters
            .into_iter()
            .map(|(name, value)| {
                Ok(format!("{}={}", property_name(name)?, encode(&value.render())))
            })
            .collect();
        let values = values?.join("&");
        let separator = if values.is_empty() { "" } else { "?" };
        let path = format!("SQLQueries{}/List{separator}{values}", Key::from(code).render()?);
        Ok(SqlRows { client: self.clone(), next: Some(path), seen: HashSet::new() })
    }
}

impl SqlRows {
    /// The next rows; `None` when there are no more. Rows have no key, so one that moved between two pages may come twice.
    ///
    /// # Errors
    /// As every read; besides, when a page's link leads to a page that was read already.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Record<AnyEntity>>>> {
        let Some(path) = self.next.take() else { return Ok(None) };
        let call = Call::get(path.clone()).page_size(self.client.inner.page_size);
        let answer = self.client.send(&call, None).await?;
        let decode = |error| Error::decode("rows of a query", error).with_call(&call.name());
        let mut page: Answer<'_> = serde_json::from_slice(answer.body()).map_err(decode)?;
        let link = page.next_link();
        let rows: std::result::Result<Vec<_>, _> =
            page.value.into_iter().map(|raw| Record::from_raw(raw, true)).collect();
        let rows: Vec<Record<AnyEntity>> = rows.map_err(decode)?;
        if rows.is_empty() {
            return Ok(None);
        }
        self.seen.insert(path);
        if let Some(link) = link {
            let next = self.client.inner.line.base.next_path(&link)?;
            if self.seen.contains(&next) {
                let message = "the pages of a query make no progress: a link leads back";
                return Err(Error::new(ErrorKind::Decode, Outcome::Done, message));
            }
            self.next = Some(next);
        }
        Ok(Some(rows))
    }

    /// All rows that are left, in memory.
    ///
    /// # Errors
    /// As [`SqlRows::next_page`].
    pub async fn all(mut self) -> Result<Vec<Record<AnyEntity>>> {
        let mut rows = Vec::new();
        while let Some(page) = self.next_page().await? {
            rows.extend(page);
        }
        Ok(rows)
    }
}
