//! Lists as streams: every item once, a page ahead, the total before the first item.

use futures_util::{Stream, StreamExt};
use procore_client::paging::Item;
use proptest::prelude::*;

use crate::double::{Double, Reply, Seen, client, status, with_headers};

fn page_of(seen: &Seen) -> usize {
    seen.param("page").map_or(1, |page| page.parse().unwrap())
}

fn rows(ids: impl IntoIterator<Item = usize>) -> String {
    let rows: Vec<_> = ids.into_iter().map(|id| format!(r#"{{"id":{}}}"#, id + 1)).collect();
    format!("[{}]", rows.join(","))
}

/// A list of `count` rows on pages of `size`, whatever `per_page` asks for.
fn paged(count: usize, size: usize) -> impl FnMut(&Seen) -> Reply + Send + 'static {
    move |seen| {
        let first = (page_of(seen) - 1) * size;
        with_headers(
            200,
            &[("total", &count.to_string())],
            &rows(first.min(count)..(first + size).min(count)),
        )
    }
}

#[allow(clippy::future_not_send, reason = "it is awaited on one thread")]
async fn ids<T>(
    stream: impl Stream<Item = procore_client::Result<Item<T>>>,
    id: impl Fn(T) -> i64,
) -> Vec<i64> {
    stream
        .map(|item| match item.unwrap() {
            Item::Record(record) => id(record.into_value()),
            Item::Unreadable(unreadable) => panic!("{unreadable:?}"),
        })
        .collect()
        .await
}

#[tokio::test(start_paused = true)]
async fn the_total_is_known_before_the_first_item() {
    let double = Double::api(paged(5, 2));
    let mut stream = client(&double).companies().stream();
    assert_eq!(stream.total().await.unwrap(), Some(5));
    assert_eq!(double.api_calls().len(), 1);
    assert_eq!(ids(&mut stream, |company| company.id.get()).await, [1, 2, 3, 4, 5]);
    assert!(stream.is_complete());
    assert_eq!(double.api_calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_pages_are_fetched_ahead_than_allowed() {
    for (prefetch, fetched) in [(0, 1), (1, 2), (3, 4)] {
        let double = Double::api(paged(100, 5));
        let mut stream = client(&double).companies().stream().prefetch(prefetch);
        for _ in 0..4 {
            stream.next().await.unwrap().unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        let calls = double.api_calls().len();
        assert!((1..=fetched).contains(&calls), "{prefetch}: {calls}");
        assert_eq!(calls, fetched, "{prefetch}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_comes_after_the_items_before_it_and_ends_the_stream() {
    let double = Double::api(|seen| {
        if page_of(seen) == 1 {
            with_headers(200, &[("total", "9")], &rows(0..2))
        } else {
            status(403, "{}")
        }
    });
    let mut stream = client(&double).companies().stream();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
    assert!(!stream.is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_row_comes_once_whatever_the_pages_look_like(
        sizes in prop::collection::vec(1_usize..7, 1..8),
        overlap in 0_usize..3, with_total: bool, cycling: bool, prefetch in 0_usize..4,
    ) {
        // Pages of any size, each of which may repeat rows of the one before; beyond the last page nothing, or the first again.
        let mut pages = Vec::new();
        let mut next = 0;
        for size in sizes {
            pages.push(next - overlap.min(next)..next + size);
            next += size;
        }
        let count = next;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let found = runtime.block_on(async move {
            let double = Double::api(move |seen| {
                let at = page_of(seen) - 1;
                let page = if at >= pages.len() && cycling { pages[at % pages.len()].clone() } else { pages.get(at).cloned().unwrap_or(0..0) };
                let total = count.to_string();
                let headers = [("total", total.as_str())];
                with_headers(200, if with_total { &headers } else { &[] }, &rows(page))
            });
            let client = client(&double);
            let stream = client.companies().stream().prefetch(prefetch);
            ids(stream, |company| company.id.get()).await
        });
        let expected: Vec<i64> = (1..=i64::try_from(count).unwrap()).collect();
        prop_assert_eq!(found, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn equal_rows_without_an_id_are_different_rows_of_one_page_and_the_same_on_the_next() {
    let double = Double::api(|_| crate::double::ok(r#"[{"x":1},{"x":1},{"x":2}]"#));
    let listing = client(&double).companies().all().await.unwrap();
    assert_eq!((listing.unreadable.len(), listing.pages), (3, 2));
}
