//! Lists that are being read: headers in bounded parts, and the lists that wait for their next part.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use procore_client::{List, Pages};
use serde::de::DeserializeOwned;
use sync_core::ports::{PageToken, ReadScope, SourceError, SourceErrorKind, UnreadableRecord};

use super::failure::{incomplete, source_error, unreadable_item};

/// How many headers a chunk holds at most.
pub(super) const HEADERS_MAX: usize = 100;
/// How many ids are asked for in one call: more make the address too long for a proxy.
pub(super) const IDS_MAX: usize = 50;
/// How many lists wait for their next part at most; the oldest is given up first.
const WAITING_MAX: usize = 1_000;

/// The headers of a list in parts of at most [`HEADERS_MAX`].
#[derive(Debug)]
pub(super) struct Headers<T> {
    what: &'static str,
    lists: VecDeque<List<T>>,
    pages: Option<Pages<T>>,
    /// Headers of a page longer than a part.
    rest: VecDeque<T>,
}

/// A part of a list.
#[derive(Debug)]
pub(super) struct Part<T> {
    pub(super) headers: Vec<T>,
    pub(super) unreadable: Vec<UnreadableRecord>,
}

impl<T: DeserializeOwned> Headers<T> {
    /// Several lists, one after the other: batches of ids.
    pub(super) fn new(what: &'static str, lists: impl IntoIterator<Item = List<T>>) -> Self {
        let lists = lists.into_iter().collect();
        Self { what, lists, pages: None, rest: VecDeque::new() }
    }

    /// The next headers; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Part<T>>, SourceError> {
        if !self.rest.is_empty() {
            return Ok(Some(Part { headers: self.take_part(), unreadable: Vec::new() }));
        }
        loop {
            if self.pages.is_none() {
                match self.lists.pop_front() {
                    Some(list) => self.pages = Some(list.pages()),
                    None => return Ok(None),
                }
            }
            let Some(pages) = self.pages.as_mut() else { return Ok(None) };
            let page = pages.next_page().await.map_err(|error| source_error(&error))?;
            match page {
                Some(page) => {
                    let unreadable = page.unreadable.iter().map(unreadable_item).collect();
                    self.rest
                        .extend(page.records.into_iter().map(procore_client::Record::into_value));
                    return Ok(Some(Part { headers: self.take_part(), unreadable }));
                }
                None if !pages.is_complete() => return Err(incomplete(self.what)),
                None => self.pages = None,
            }
        }
    }

    fn take_part(&mut self) -> Vec<T> {
        let length = self.rest.len().min(HEADERS_MAX);
        self.rest.drain(..length).collect()
    }
}

/// The lists that wait for their next part.
#[derive(Debug)]
pub(super) struct Waiting<L>(Mutex<Inner<L>>);

#[derive(Debug)]
struct Inner<L> {
    last: u64,
    lists: BTreeMap<u64, (ReadScope, L)>,
}

impl<L> Default for Waiting<L> {
    fn default() -> Self {
        Self(Mutex::new(Inner { last: 0, lists: BTreeMap::new() }))
    }
}

impl<L> Waiting<L> {
    /// Keeps a list until its token comes back.
    pub(super) fn keep(&self, scope: &ReadScope, list: L) -> PageToken {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.last += 1;
        let number = inner.last;
        inner.lists.insert(number, (scope.clone(), list));
        while inner.lists.len() > WAITING_MAX {
            inner.lists.pop_first();
        }
        PageToken(number.to_string())
    }

    /// Takes the list of a token.
    pub(super) fn take(&self, scope: &ReadScope, token: &PageToken) -> Result<L, SourceError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = token.0.parse().ok().and_then(|number: u64| inner.lists.remove(&number));
        match found {
            Some((of, list)) if of == *scope => Ok(list),
            _ => Err(SourceError::new(
                SourceErrorKind::Unavailable,
                format!(
                    "the list of {} of project {} is no longer open; begin it again",
                    scope.kind, scope.project
                ),
            )),
        }
    }
}
