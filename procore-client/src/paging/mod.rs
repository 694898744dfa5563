//! Lists: page after page by the rules that Procore's servers really keep, and records that cannot be read set aside.
//!
//! [`List`] is a list call that was not made yet; [`Pages`] makes it page by page, [`List::all`] to the end,
//! [`Items`] as a stream. `link` reads the `Link` header.

mod link;
mod pages;
mod stream;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

pub use pages::{Page, Pages};
pub use stream::{Item, Items};

use crate::client::Client;
use crate::error::Result;
use crate::record::{Record, Unreadable};
use crate::request::Request;

/// A list call that was not made yet.
#[derive(Debug)]
#[must_use]
pub struct List<T> {
    client: Client,
    request: Request,
    /// `None` where the endpoint declares no paging parameters.
    per_page: Option<u32>,
    keep_raw: bool,
    told_apart: ToldApart,
    item: std::marker::PhantomData<fn() -> T>,
}

/// What makes two rows of a list the same row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ToldApart {
    ById,
    /// By their whole text: the ids of summary rows name one level of a group and come again.
    ByText,
}

/// A whole list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The records, each once, in the order of the server.
    pub records: Vec<Record<T>>,
    /// The items that could not be decoded.
    pub unreadable: Vec<Unreadable>,
    /// How many requests the list took. A list of which rows vanish while it is read is read up to three times; its
    /// records still come once.
    pub pages: u32,
    /// Whether the server's own `Total` was reached, and did not shrink while the list was read; a record missing in an
    /// incomplete list proves nothing. Rows that vanish while as many are added cannot be told by a `Total`, nor can any in
    /// a list of several pages that names none.
    pub complete: bool,
    /// The server's time when it answered the first page.
    pub server_time: Option<DateTime<Utc>>,
}

impl<T> Listing<T> {
    /// Returns the values alone.
    pub fn into_values(self) -> Vec<T> {
        self.records.into_iter().map(Record::into_value).collect()
    }
}

impl<T: DeserializeOwned> List<T> {
    pub(crate) fn new(client: Client, request: Request, per_page: u32) -> Self {
        let keep_raw = client.shared().keep_raw;
        Self {
            client,
            request,
            per_page: Some(per_page),
            keep_raw,
            told_apart: ToldApart::ById,
            item: std::marker::PhantomData,
        }
    }

    /// For rows whose ids are not unique.
    pub(crate) fn told_apart_by_text(mut self) -> Self {
        self.told_apart = ToldApart::ByText;
        self
    }

    /// For an endpoint of which the documentation names no paging parameters.
    pub(crate) fn without_page_size(mut self) -> Self {
        self.per_page = None;
        self
    }

    /// For REST v2, where a page has at most 100 records.
    pub(crate) fn at_most_per_page(mut self, records: u32) -> Self {
        self.per_page = self.per_page.map(|size| size.min(records));
        self
    }

    /// Sets how many records a page has, where the endpoint takes a page size.
    pub fn per_page(mut self, records: u32) -> Self {
        self.per_page = self.per_page.map(|_| records.max(1));
        self
    }

    /// Sets whether records keep their JSON text.
    pub fn keep_raw(mut self, keep: bool) -> Self {
        self.keep_raw = keep;
        self
    }

    /// Returns the request of the list, without paging parameters.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Makes the list page by page, so that memory does not grow with its length.
    #[must_use]
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// Makes the list to its end.
    ///
    /// # Errors
    ///
    /// When a page fails after all retries, is not a list, or the server repeats a page. A list is never returned
    /// in part; items that cannot be decoded are in [`Listing::unreadable`].
    pub async fn all(self) -> Result<Listing<T>> {
        let mut pages = self.pages();
        let mut listing = Listing {
            records: Vec::new(),
            unreadable: Vec::new(),
            pages: 0,
            complete: false,
            server_time: None,
        };
        while let Some(page) = pages.next_page().await? {
            listing.records.extend(page.records);
            listing.unreadable.extend(page.unreadable);
            listing.server_time = listing.server_time.or(page.server_time);
        }
        listing.pages = pages.requests();
        listing.complete = pages.is_complete();
        Ok(listing)
    }
}
