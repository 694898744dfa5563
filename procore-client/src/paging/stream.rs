//! A list as a stream of items, with the next pages fetched while the present one is used.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use super::{List, Page, Pages};
use crate::error::Result;
use crate::record::{Record, Unreadable};

/// An item of a list.
#[derive(Clone, Debug)]
pub enum Item<T> {
    /// A record.
    Record(Record<T>),
    /// An item that could not be decoded; the others go on.
    Unreadable(Unreadable),
}

/// The items of a list as they come, made by [`List::stream`].
///
/// Whenever the stream is polled, the next page is asked for too, up to `prefetch` pages ahead of the one in use:
/// memory holds at most that many pages and the one in use. After an error the stream ends.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<T> {
    fetching: Fetching<T>,
    ready: VecDeque<Item<T>>,
    /// Items of each page that was fetched and is not used up, in order.
    pages_ahead: VecDeque<usize>,
    prefetch: usize,
    total: Option<u64>,
    failed: Option<crate::error::Error>,
    complete: bool,
}

/// The pages with the one that was fetched.
type Fetched<T> = (Box<Pages<T>>, Result<Option<Page<T>>>);

enum Fetching<T> {
    Idle(Box<Pages<T>>),
    Under(BoxFuture<'static, Fetched<T>>),
    Over,
}

impl<T: DeserializeOwned + Send + 'static> List<T> {
    /// Makes the list as a stream of items, one page ahead; see [`Items::prefetch`].
    pub fn stream(self) -> Items<T> {
        Items {
            fetching: Fetching::Idle(Box::new(self.pages())),
            ready: VecDeque::new(),
            pages_ahead: VecDeque::new(),
            prefetch: 1,
            total: None,
            failed: None,
            complete: false,
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    /// Sets how many pages are fetched ahead of the one in use, from 0. Default: 1.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// Fetches the first page, unless it was fetched, and returns how many items the server says there are.
    ///
    /// Call it before the first item to know the length of a progress bar; `None` where the server names no total.
    ///
    /// # Errors
    ///
    /// As the list; the stream is at its end then.
    pub async fn total(&mut self) -> Result<Option<u64>> {
        std::future::poll_fn(|context| {
            if self.total.is_none() && self.ready.is_empty() && self.pages_ahead.is_empty() {
                let fetched = self.advance(context, 0);
                if fetched.is_pending() {
                    return Poll::Pending;
                }
            }
            Poll::Ready(match self.failed.take() {
                Some(error) => Err(error),
                None => Ok(self.total),
            })
        })
        .await
    }

    /// Returns whether the stream came to its end and the server's own total, if it names one, was reached.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Goes on with the page under way, or begins one; ready when there is a page more or no further one.
    fn advance(&mut self, context: &mut Context<'_>, ahead: usize) -> Poll<()> {
        loop {
            match std::mem::replace(&mut self.fetching, Fetching::Over) {
                Fetching::Over => return Poll::Ready(()),
                Fetching::Idle(pages) if self.pages_ahead.len() > ahead => {
                    self.fetching = Fetching::Idle(pages);
                    return Poll::Ready(());
                }
                Fetching::Idle(mut pages) => {
                    self.fetching = Fetching::Under(Box::pin(async move {
                        let page = pages.next_page().await;
                        (pages, page)
                    }));
                }
                Fetching::Under(mut work) => match work.as_mut().poll(context) {
                    Poll::Pending => {
                        self.fetching = Fetching::Under(work);
                        return Poll::Pending;
                    }
                    Poll::Ready((pages, Ok(Some(page)))) => {
                        self.take(page);
                        self.fetching = Fetching::Idle(pages);
                    }
                    Poll::Ready((pages, Ok(None))) => self.complete = pages.is_complete(),
                    Poll::Ready((_, Err(error))) => self.failed = Some(error),
                },
            }
        }
    }

    fn take(&mut self, page: Page<T>) {
        self.total = page.total.or(self.total);
        let before = self.ready.len();
        self.ready.extend(page.records.into_iter().map(Item::Record));
        self.ready.extend(page.unreadable.into_iter().map(Item::Unreadable));
        self.pages_ahead.push_back(self.ready.len() - before);
    }

    /// Takes the next item of the page in use; a page that is used up makes room for another.
    fn next_ready(&mut self) -> Option<Item<T>> {
        let item = self.ready.pop_front()?;
        while self.pages_ahead.front() == Some(&0) {
            self.pages_ahead.pop_front();
        }
        if let Some(left) = self.pages_ahead.front_mut() {
            *left -= 1;
        }
        Some(item)
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<Item<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let stream = self.get_mut();
        loop {
            if stream.ready.is_empty() {
                stream.pages_ahead.clear();
            }
            let fetched = stream.advance(context, stream.prefetch);
            if let Some(item) = stream.next_ready() {
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(error) = stream.failed.take() {
                return Poll::Ready(Some(Err(error)));
            }
            match (fetched, &stream.fetching) {
                (_, Fetching::Over) => return Poll::Ready(None),
                (Poll::Pending, _) => return Poll::Pending,
                // Pages of nothing but repeated items: look further.
                (Poll::Ready(()), _) => {}
            }
        }
    }
}

impl<T> std::fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .field("prefetch", &self.prefetch)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl<T> Unpin for Items<T> {}
