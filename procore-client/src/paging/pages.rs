//! One list, page by page.
//!
//! The rules: follow `Link rel="next"` if it is there and stays on the API's origin; else go on while fewer records
//! were seen than `Total` says; with neither, stop at an empty page or one whose ids were all seen. Records are
//! de-duplicated by id (rows shift between pages while others write), a page shorter than asked for ends nothing
//! (servers cap it), and a server that repeats a page although it promises more is an error. A `Total` that shrank says
//! that rows vanished: those behind them moved up, one perhaps onto a page that was read already, so that the list is
//! read once more.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use url::Url;

use super::{List, ToldApart, link};
use crate::client::{Answer, Client};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::record::{self, Record, Unreadable};
use crate::request::Request;
use crate::transport::same_origin;

/// More pages than this are a loop that no other rule caught.
const PAGES_MAX: u32 = 50_000;

/// How often a list is read while rows of it vanish.
const PASSES_MAX: u32 = 3;

/// The pages of a list; [`next_page`](Self::next_page) makes one request.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    request: Request,
    per_page: Option<u32>,
    keep_raw: bool,
    told_apart: ToldApart,
    next: Next,
    page: u32,
    requests: u32,
    /// The keys of the rows, each with the last pass that had it.
    seen: HashMap<String, u32>,
    followed: HashSet<String>,
    pass: Pass,
    complete: bool,
    item: std::marker::PhantomData<fn() -> T>,
}

/// One reading of the list from its first page on.
#[derive(Debug)]
struct Pass {
    number: u32,
    /// Rows that it has had.
    collected: u64,
    /// The last `Total`.
    total: Option<u64>,
    /// Whether a `Total` was smaller than the one before it.
    shrank: bool,
    /// Whether a row of this or an earlier pass has no id: changed between two passes, it would come as two.
    without_ids: bool,
}

impl Pass {
    fn first() -> Self {
        Self { number: 1, collected: 0, total: None, shrank: false, without_ids: false }
    }

    fn next(&self) -> Self {
        Self { number: self.number + 1, without_ids: self.without_ids, ..Self::first() }
    }

    fn meets(&mut self, total: Option<u64>) {
        self.shrank |= self.total.zip(total).is_some_and(|(before, now)| now < before);
        self.total = total.or(self.total);
    }
}

#[derive(Debug)]
enum Next {
    Numbered,
    Linked(Url),
    Nothing,
}

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records that earlier pages did not have.
    pub records: Vec<Record<T>>,
    /// The items that could not be decoded.
    pub unreadable: Vec<Unreadable>,
    /// The server's count of the whole list, if it names one.
    pub total: Option<u64>,
    /// The server's time when it answered.
    pub server_time: Option<DateTime<Utc>>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(list: List<T>) -> Self {
        let List { client, request, per_page, keep_raw, told_apart, item } = list;
        Self {
            client,
            request,
            per_page,
            keep_raw,
            told_apart,
            next: Next::Numbered,
            page: 1,
            requests: 0,
            seen: HashMap::new(),
            followed: HashSet::new(),
            pass: Pass::first(),
            complete: false,
            item,
        }
    }

    /// Gets the next page; `None` after the last.
    ///
    /// # Errors
    ///
    /// When the page fails after all retries, is not a list, or repeats an earlier one. After an error the list is
    /// at its end and not complete.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        let next = std::mem::replace(&mut self.next, Next::Nothing);
        let url = match next {
            Next::Nothing => return Ok(None),
            Next::Linked(url) => url,
            Next::Numbered => self.client.shared().url(&self.numbered_request())?,
        };
        let answer = self.client.shared().get(url).await?;
        self.requests += 1;
        let mut page = Page {
            records: Vec::new(),
            unreadable: Vec::new(),
            total: total(&answer),
            server_time: answer.server_time,
        };
        let (mut items, mut fresh) = (0_usize, 0_usize);
        let mut alike = HashMap::new();
        record::each_item(&answer, self.keep_raw, |text, item| {
            items += 1;
            // An item without a readable id is told apart by its whole text, and equal ones by how many of them the
            // page has had: they are different rows, which a page that comes again has in the same number. Zero is no
            // id either: it is that of every budget row without a budget line.
            let id = match self.told_apart {
                ToldApart::ById => record::id_of(text).filter(|id| id != "0"),
                ToldApart::ByText => None,
            };
            let key = id.unwrap_or_else(|| {
                self.pass.without_ids = true;
                let nth = alike.entry(text).or_insert(0_u32);
                *nth += 1;
                format!("{nth} {text}")
            });
            match self.seen.entry(key) {
                Entry::Occupied(mut known) => {
                    if known.insert(self.pass.number) != self.pass.number {
                        fresh += 1;
                    }
                    return;
                }
                Entry::Vacant(unknown) => unknown.insert(self.pass.number),
            };
            fresh += 1;
            match item {
                Ok(record) => page.records.push(record),
                Err(unreadable) => page.unreadable.push(unreadable),
            }
        })?;
        self.pass.collected += fresh as u64;
        self.pass.meets(page.total);
        self.next = self.follow(&answer, page.total, items, fresh)?;
        Ok(Some(page))
    }

    /// Returns how many requests the list took so far.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// Returns whether the list came to its end and its `Total`, if the server names one, was reached and did not shrink
    /// meanwhile.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn numbered_request(&self) -> Request {
        let request = self.request.clone();
        match (self.per_page, self.page) {
            (Some(per_page), page) => request.query("page", page).query("per_page", per_page),
            (None, 1) => request,
            (None, page) => request.query("page", page),
        }
    }

    fn follow(
        &mut self,
        answer: &Answer,
        total: Option<u64>,
        items: usize,
        fresh: usize,
    ) -> Result<Next> {
        if self.requests >= PAGES_MAX {
            return Err(
                self.broken(answer, format!("the list did not end within {PAGES_MAX} pages"))
            );
        }
        let collected = self.pass.collected;
        let repeated = items > 0 && fresh == 0;
        if let Some(target) = link::next(&answer.headers) {
            if repeated {
                return Err(self.broken(
                    answer,
                    "the list repeats a page although its Link header promises another",
                ));
            }
            return self.follow_link(answer, &target).map(Next::Linked);
        }
        match total {
            Some(total) if collected >= total => return Ok(self.end()),
            Some(_) if repeated => {
                return Err(
                    self.broken(answer, "the list repeats a page before its Total is reached")
                );
            }
            Some(_) if items > 0 => return Ok(self.turn()),
            // An empty page below the Total: the end, but not a complete one.
            Some(_) => {}
            None if link::is_present(&answer.headers) || items == 0 || repeated => {
                return Ok(self.end());
            }
            None => return Ok(self.turn()),
        }
        Ok(Next::Nothing)
    }

    /// The end of a pass: of the list, unless rows vanished from pages that were read.
    fn end(&mut self) -> Next {
        self.complete = !self.pass.shrank;
        if self.complete || self.pass.without_ids || self.pass.number == PASSES_MAX {
            return Next::Nothing;
        }
        self.pass = self.pass.next();
        self.page = 1;
        self.followed.clear();
        Next::Numbered
    }

    fn turn(&mut self) -> Next {
        self.page += 1;
        Next::Numbered
    }

    fn follow_link(&mut self, answer: &Answer, target: &str) -> Result<Url> {
        let base = &self.client.shared().base_url;
        let url =
            base.join(target).map_err(|_| self.broken(answer, "the Link header holds no URL"))?;
        if !same_origin(&url, base) {
            return Err(
                self.broken(answer, "the Link header leads to another host; it was not followed")
            );
        }
        self.client.check_scope(&url).map_err(|_| {
            self.broken(
                answer,
                "the Link header leads out of company or projects; it was not followed",
            )
        })?;
        if !self.followed.insert(url.as_str().to_owned()) {
            return Err(self.broken(answer, "the Link header leads to a page that was read before"));
        }
        let numbered = url
            .query_pairs()
            .find(|(key, _)| key == "page")
            .and_then(|(_, page)| page.parse().ok());
        self.page = numbered.unwrap_or(self.page + 1);
        Ok(url)
    }

    fn broken(&self, answer: &Answer, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Paging, Outcome::Done, message)
            .at(answer.endpoint())
            .with_status(answer.status.as_u16())
            .with_request_id(answer.request_id())
    }
}

fn total(answer: &Answer) -> Option<u64> {
    answer.headers.get("total")?.to_str().ok()?.trim().parse().ok()
}
