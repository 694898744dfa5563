//! Lists end where the server's list ends, not where a page looks short.

use procore_client::resources::commitments::CommitmentQuery;
use procore_client::resources::wbs::Segment;
use procore_client::{ErrorKind, Listing};

use crate::double::{Double, Reply, Seen, builder, client, ok, project, with_headers};

fn rows(ids: impl IntoIterator<Item = u32>) -> String {
    let rows: Vec<_> = ids.into_iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    format!("[{}]", rows.join(","))
}

fn page_of(seen: &Seen) -> u32 {
    seen.param("page").map_or(1, |page| page.parse().unwrap())
}

fn ids<T>(listing: &Listing<T>, id: impl Fn(&T) -> i64) -> Vec<i64> {
    listing.records.iter().map(|record| id(&record.value)).collect()
}

async fn companies(
    double: &std::sync::Arc<Double>,
) -> procore_client::Result<(Vec<i64>, u32, bool)> {
    let listing = client(double).companies().all().await?;
    Ok((ids(&listing, |company| company.id.get()), listing.pages, listing.complete))
}

#[tokio::test(start_paused = true)]
async fn the_link_header_is_followed_to_its_end() {
    let double = Double::api(|seen| match page_of(seen) {
        1 => with_headers(
            200,
            &[(
                "link",
                r#"<https://api.procore.com/rest/v1.0/companies?page=2&cursor=x>; rel="next""#,
            )],
            &rows([1, 2]),
        ),
        _ => with_headers(
            200,
            &[("link", r#"<https://api.procore.com/rest/v1.0/companies?page=1>; rel="prev""#)],
            &rows([3]),
        ),
    });
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2, 3], 2, true));
    let calls = double.api_calls();
    assert_eq!((calls[0].param("per_page"), calls[1].param("cursor")), (Some("100"), Some("x")));
}

#[tokio::test(start_paused = true)]
async fn a_next_link_to_another_origin_is_an_error_and_is_not_followed() {
    for target in
        ["https://evil.example/x?page=2", "http://api.procore.com/x?page=2", "//evil.example/x"]
    {
        let link = format!(r#"<{target}>; rel="next""#);
        let double = Double::api(move |_| with_headers(200, &[("link", &link)], &rows([1])));
        let error = companies(&double).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging);
        assert_eq!(double.api_calls().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn short_pages_do_not_end_a_list_with_a_total() {
    let double = Double::api(|seen| {
        let page = page_of(seen);
        with_headers(200, &[("Total", "5")], &rows(((page - 1) * 2 + 1)..=(page * 2).min(5)))
    });
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2, 3, 4, 5], 3, true));
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_below_the_total_ends_an_incomplete_list() {
    let double = Double::api(|seen| {
        with_headers(
            200,
            &[("total", "9")],
            &if page_of(seen) == 1 { rows([1, 2]) } else { rows([]) },
        )
    });
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2], 2, false));
}

#[tokio::test(start_paused = true)]
async fn without_headers_an_empty_page_is_the_end() {
    let double = Double::api(|seen| {
        ok(&match page_of(seen) {
            1 => rows([1, 2]),
            2 => rows([3]),
            _ => rows([]),
        })
    });
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2, 3], 3, true));
}

#[tokio::test(start_paused = true)]
async fn without_headers_a_page_that_was_all_seen_is_the_end() {
    let double = Double::api(|_| ok(&rows([1, 2])));
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2], 2, true));
}

#[tokio::test(start_paused = true)]
async fn rows_that_shift_between_pages_come_once() {
    let double = Double::api(|seen| {
        with_headers(
            200,
            &[("total", "4")],
            &match page_of(seen) {
                1 => rows([1, 2]),
                2 => rows([2, 3]),
                _ => rows([3, 4]),
            },
        )
    });
    assert_eq!(companies(&double).await.unwrap(), (vec![1, 2, 3, 4], 3, true));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_a_page_although_it_promises_more_is_an_error() {
    let by_total = Double::api(|_| with_headers(200, &[("total", "4")], &rows([1, 2])));
    assert_eq!(companies(&by_total).await.unwrap_err().kind(), ErrorKind::Paging);
    let by_link = Double::api(|seen| {
        let link = format!(r#"</rest/v1.0/companies?page={}>; rel="next""#, page_of(seen) + 1);
        with_headers(200, &[("link", &link)], &rows([1, 2]))
    });
    assert_eq!(companies(&by_link).await.unwrap_err().kind(), ErrorKind::Paging);
    assert_eq!((by_total.api_calls().len(), by_link.api_calls().len()), (2, 2));
    let in_a_circle =
        Double::api(|_| with_headers(200, &[("link", r#"</x?page=2>; rel="next""#)], "[]"));
    assert_eq!(companies(&in_a_circle).await.unwrap_err().kind(), ErrorKind::Paging);
    assert_eq!(in_a_circle.api_calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_for_good_loses_no_silent_part_of_the_list() {
    let double = Double::api(|seen| {
        if page_of(seen) == 1 {
            with_headers(200, &[("total", "4")], &rows([1, 2]))
        } else {
            crate::double::status(403, "{}")
        }
    });
    assert_eq!(companies(&double).await.unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test(start_paused = true)]
async fn lists_without_paging_parameters_send_none_and_still_see_further_pages() {
    let double = Double::api(|seen| with_headers(200, &[("total", "2")], &rows([page_of(seen)])));
    let listing: Listing<Segment> = project(&double).wbs_segments().all().await.unwrap();
    assert_eq!(listing.records.len(), 2);
    let calls = double.api_calls();
    assert_eq!((calls[0].param("page"), calls[0].param("per_page")), (None, None));
    assert_eq!((calls[1].param("page"), calls[1].param("per_page")), (Some("2"), None));
}

#[tokio::test(start_paused = true)]
async fn the_page_size_is_a_setting_of_client_and_list() {
    let double = Double::api(|_| ok("[]"));
    let client = builder(&double).per_page(500).build().unwrap();
    client.companies().all().await.unwrap();
    client.companies().per_page(20).all().await.unwrap();
    client.tax_codes().all().await.unwrap();
    let sizes: Vec<_> =
        double.api_calls().iter().map(|call| call.param("per_page").unwrap().to_owned()).collect();
    assert_eq!(sizes, ["500", "20", "100"]);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_cannot_be_read_does_not_lose_the_others() {
    let body = r#"[{"id":1,"grand_total":"10.00"},
        {"id":2,"grand_total":"1,000.00","title":"bad"},
        {"title":"no id"},
        {"id":"4","grand_total":10.5,"line_items":[{"id":9,"amount":"x"}]},
        7,
        {"id":5,"grand_total":null}]"#;
    let double = Double::api(move |_| with_headers(200, &[("total", "6")], body));
    let listing =
        project(&double).purchase_order_contracts(&CommitmentQuery::default()).all().await.unwrap();
    assert_eq!(ids(&listing, |commitment| commitment.id.get()), [1, 5]);
    assert_eq!(listing.pages, 1, "unreadable items count towards the total");
    let bad = &listing.unreadable;
    assert_eq!(bad.len(), 4);
    assert_eq!((bad[0].id.as_deref(), bad[0].path.as_str()), (Some("2"), "grand_total"));
    assert!(bad[0].problem.contains("1,000.00"), "{}", bad[0].problem);
    assert!(bad[0].text.contains("bad"));
    assert_eq!(bad[1].id, None);
    assert!(bad[1].problem.contains("id"), "{}", bad[1].problem);
    assert_eq!((bad[2].id.as_deref(), bad[2].path.as_str()), (Some("4"), "line_items[0].amount"));
    assert_eq!(bad[3].text, "7");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_list_is_an_error_and_never_an_empty_list() {
    for body in [
        "",
        "null",
        "{}",
        r#"{"data":null}"#,
        r#"{"errors":"x"}"#,
        "\"x\"",
        "[{\"id\":1}",
        "<html><title>Sign in</title></html>",
    ] {
        let double = Double::api(move |_| ok(body));
        let error = companies(&double).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_array_one_object_and_an_envelope_are_lists() {
    for (body, count) in [
        (r#"[{"id":1},{"id":2}]"#, 2),
        (r#"{"id":1,"status":"approved"}"#, 1),
        (r#"{"data":[{"id":"1"},{"id":"2"}]}"#, 2),
        ("[]", 0),
        (r#"{"data":[]}"#, 0),
    ] {
        let double = Double::api(move |_| ok(body));
        let listing =
            project(&double).commitment_change_orders(&Default::default()).all().await.unwrap();
        assert_eq!((listing.records.len(), listing.complete), (count, true), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn raw_text_is_kept_when_asked_for_and_gives_fields_that_no_model_has() {
    let body = r#"[{"id":1,"custom_fields":{"custom_field_5":{"data_type":"decimal","value":2.20}},"later":0.1000000000000000055}]"#;
    let double = Double::api(move |_| with_headers(200, &[("total", "1")], body));
    let project = project(&double);
    let query = CommitmentQuery::default();
    let kept = project.work_order_contracts(&query).keep_raw(true).all().await.unwrap();
    assert_eq!(kept.records[0].raw_field("later").unwrap().get(), "0.1000000000000000055");
    assert_eq!(kept.records[0].raw_custom_field(5).unwrap().get(), "2.20");
    let plain = project.work_order_contracts(&query).all().await.unwrap();
    assert!(plain.records[0].raw.is_none());
}

/// A server whose row 1 is deleted for good after the first page was read: row 3 moves onto that page.
fn shrinking(with_links: bool) -> impl FnMut(&Seen) -> Reply + Send + 'static {
    let mut all = vec![1, 2, 3, 4];
    let mut is_first = true;
    move |seen| {
        if !std::mem::take(&mut is_first) {
            all.retain(|row| *row != 1);
        }
        let page = page_of(seen);
        let on_page = all.iter().copied().skip(2 * (page as usize - 1)).take(2);
        let total = all.len().to_string();
        let link = format!(r#"</rest/v1.0/companies?page={}>; rel="next""#, page + 1);
        let is_last = 2 * page as usize >= all.len();
        let mut headers = vec![("total", total.as_str())];
        if with_links && !is_last {
            headers.push(("link", &link));
        }
        with_headers(200, &headers, &rows(on_page))
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_a_deletion_moved_onto_a_page_that_was_read_is_not_lost() {
    for with_links in [false, true] {
        let double = Double::api(shrinking(with_links));
        let found = companies(&double).await.unwrap();
        assert_eq!(found, (vec![1, 2, 4, 3], 4, true), "links: {with_links}");
    }
}

/// Each answer states one row less than the one before it.
#[tokio::test(start_paused = true)]
async fn a_list_that_shrinks_whenever_it_is_read_is_not_complete() {
    let mut left = 51;
    let double = Double::api(move |seen| {
        left -= 1;
        let first = 30 * (page_of(seen) - 1) + 1;
        with_headers(200, &[("total", &left.to_string())], &rows(first..=(first + 29).min(left)))
    });
    let (found, requests, complete) = companies(&double).await.unwrap();
    assert!(!complete);
    assert_eq!(requests, 6, "three times two pages");
    assert_eq!(found.len(), 49);
}

/// A row without an id is told apart by its text: read twice and changed between, it would count twice.
#[tokio::test(start_paused = true)]
async fn rows_without_ids_are_not_read_again_and_their_list_is_not_complete() {
    let double = Double::api(|seen| match page_of(seen) {
        1 => with_headers(200, &[("total", "4")], r#"[{"x":1},{"x":2}]"#),
        _ => with_headers(200, &[("total", "3")], r#"[{"x":4}]"#),
    });
    let listing = client(&double).companies().all().await.unwrap();
    assert_eq!((listing.unreadable.len(), listing.pages, listing.complete), (3, 2, false));
}
