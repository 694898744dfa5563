//! The way through many rows.
//!
//! Pages are no snapshot: a row inserted meanwhile may come twice, a deleted one may hide its neighbour. So rows are read
//! by key (`DocEntry gt last`) wherever the query allows it, by links otherwise, and a row seen is not handed out again.

use super::{Answer, Filter, Key, Order, Query};
use crate::client::{Call, Client};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::resources::Entity;
use crate::wire::Record;
use futures_util::TryStreamExt;
use futures_util::stream::{Stream, iter, try_unfold};
use std::borrow::Cow;
use std::collections::HashSet;
use std::marker::PhantomData;

/// Hands out rows page by page.
#[derive(Debug)]
pub struct Pager<T> {
    client: Client,
    set: Cow<'static, str>,
    query: Query,
    state: State,
    left: Option<u32>,
    total: Option<u64>,
    seen: HashSet<Key>,
    entity: PhantomData<fn() -> T>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// The next page begins behind this key.
    ByKey(Option<Key>),
    /// The next page is behind this path.
    ByLink(String),
    Done,
}

impl<T: Entity> Pager<T> {
    pub(crate) fn new(client: Client, set: Cow<'static, str>, query: Query) -> Result<Self> {
        let has_key = query.select.is_empty() || query.select.iter().any(|name| name == T::KEY);
        let by_key = T::KEY_IS_SINGLE && query.order.is_empty() && query.skip.is_none() && has_key;
        let left = query.top;
        let state = if left == Some(0) {
            State::Done
        } else if by_key {
            State::ByKey(None)
        } else {
            let ordered = if T::KEY_IS_SINGLE && query.order.is_empty() {
                query.clone().order_by(T::KEY, Order::Ascending)
            } else {
                query.clone()
            };
            State::ByLink(path(&set, &ordered.render(client.odata_version())?))
        };
        Ok(Self {
            client,
            set,
            query,
            state,
            left,
            total: None,
            seen: HashSet::new(),
            entity: PhantomData,
        })
    }

    /// The next rows; `None` when there are no more. A page may hold fewer rows than asked for.
    ///
    /// # Errors
    /// As every read; besides, when the server's pages make no progress.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Record<T>>>> {
        loop {
            let by_key = match &self.state {
                State::Done => return Ok(None),
                State::ByKey(_) => true,
                State::ByLink(_) => false,
            };
            let call = self.call()?;
            let answer = self.client.send(&call, None).await?;
            let Page { rows, link, total } = decode::<T>(answer.body(), self.client.inner.keep_raw)
                .map_err(|error| error.with_call(&call.name()))?;
            // Read by key, a later page counts only what is left.
            self.total = self.total.or(total);
            self.query.with_total = false;
            let received = rows.len();
            let last = rows.last().and_then(|row| row.value.key());
            let fresh = self.unseen(rows, by_key);
            self.advance(received, last, link, fresh.is_empty())?;
            let fresh = self.limited(fresh);
            if !fresh.is_empty() {
                return Ok(Some(fresh));
            }
        }
    }

    /// The number of rows that meet the filter, over all pages, where the query asked for it and a page was read.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The rows that are left as a stream, page by page; it ends after an error.
    ///
    /// ```
    /// # async fn example(client: sap_b1_client::Client) -> sap_b1_client::Result<()> {
    /// use futures_util::TryStreamExt;
    /// let mut rows = std::pin::pin!(client.projects().pages(sap_b1_client::Query::new())?.into_stream());
    /// while let Some(project) = rows.try_next().await? {
    ///     println!("{:?}", project.value.code);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn into_stream(self) -> impl Stream<Item = Result<Record<T>>> + Send {
        let pages = try_unfold(self, |mut pager| async move {
            let page = pager.next_page().await?;
            Ok::<_, Error>(page.map(|rows| (iter(rows.into_iter().map(Ok)), pager)))
        });
        pages.try_flatten()
    }

    /// All rows that are left, in memory.
    ///
    /// # Errors
    /// As [`Pager::next_page`].
    pub async fn all(mut self) -> Result<Vec<Record<T>>> {
        let mut rows = Vec::new();
        while let Some(page) = self.next_page().await? {
            rows.extend(page);
        }
        Ok(rows)
    }

    fn call(&self) -> Result<Call> {
        let path = match &self.state {
            State::ByLink(path) => path.clone(),
            State::ByKey(last) => {
                let mut query = self.query.clone().order_by(T::KEY, Order::Ascending);
                if let Some(literal) = last.as_ref().and_then(Key::literal) {
                    query = query.filter(Filter::gt(T::KEY, literal));
                }
                query.top = self.left;
                path(&self.set, &query.render(self.client.odata_version())?)
            }
            State::Done => return Err(Error::invalid("there are no more pages")),
        };
        Ok(Call::get(path).page_size(self.client.inner.page_size))
    }

    /// Drops rows that were handed out before. Read by key, only the last page can repeat itself.
    fn unseen(&mut self, rows: Vec<Record<T>>, by_key: bool) -> Vec<Record<T>> {
        let mut page = HashSet::new();
        let fresh: Vec<_> = rows
            .into_iter()
            .filter(|row| match row.value.key() {
                Some(key) => !self.seen.contains(&key) && page.insert(key),
                None => true,
            })
            .collect();
        if by_key {
            self.seen = page;
        } else {
            self.seen.extend(page);
        }
        fresh
    }

    fn advance(
        &mut self,
        received: usize,
        last: Option<Key>,
        link: Option<String>,
        repeated: bool,
    ) -> Result<()> {
        let full = u32::try_from(received).is_ok_and(|rows| rows >= self.client.inner.page_size);
        self.state = match (&self.state, link, last) {
            _ if received == 0 => State::Done,
            (State::ByKey(_), link, Some(last)) if link.is_some() || full => {
                if repeated {
                    let message = format!(
                        "the pages of {} make no progress: the server repeats rows behind their key",
                        self.set
                    );
                    return Err(Error::new(ErrorKind::Decode, Outcome::Done, message));
                }
                State::ByKey(Some(last))
            }
            (State::ByLink(now), Some(link), _) => {
                let next = self.client.inner.line.base.next_path(&link)?;
                if next == *now {
                    let message = format!(
                        "the pages of {} make no progress: the next link is the page itself",
                        self.set
                    );
                    return Err(Error::new(ErrorKind::Decode, Outcome::Done, message));
                }
                State::ByLink(next)
            }
            _ => State::Done,
        };
        Ok(())
    }

    /// Holds the promise of `top` over all pages.
    fn limited(&mut self, mut rows: Vec<Record<T>>) -> Vec<Record<T>> {
        if let Some(left) = self.left {
            rows.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let rest = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            self.left = Some(rest);
            if rest == 0 {
                self.state = State::Done;
            }
        }
        rows
    }
}

fn path(set: &str, query: &str) -> String {
    if query.is_empty() { set.to_owned() } else { format!("{set}?{query}") }
}

struct Page<T> {
    rows: Vec<Record<T>>,
    link: Option<String>,
    total: Option<u64>,
}

fn decode<T: Entity>(body: &[u8], keep_raw: bool) -> Result<Page<T>> {
    let mut answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| Error::decode("a collection", error))?;
    let (link, total) = (answer.next_link(), answer.total());
    let rows: std::result::Result<Vec<_>, _> =
        answer.value.into_iter().map(|raw| Record::from_raw(raw, keep_raw)).collect();
    let rows = rows.map_err(|error| Error::decode("rows of the collection", error))?;
    Ok(Page { rows, link, total })
}
