//! What leaves the scope by a parameter, a link, or a text that shows too much.

use procore_client::{ErrorKind, Outcome, Request, RetryPolicy, WriteAccess};

use crate::double::{Double, Reply, builder, client, ok, project, with_headers};

#[tokio::test(start_paused = true)]
async fn a_filter_by_another_project_or_company_is_refused() {
    let double = Double::api(|_| ok("[]"));
    let client = client(&double);
    for (key, value) in [
        ("filters[project_id]", "87"),
        ("filters[project_id][]", "87"),
        ("filters[project_ids]", "86,87"),
        ("filters[project_ids]", "[86, 87]"),
        ("project_ids[]", "87"),
        ("project_id", "86,87"),
        ("filters[project_id]", "all"),
        ("filters[company_id]", "8"),
    ] {
        let error = client.get_raw("/rest/v1.0/x", &[(key, value)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfScope, "{key}={value}");
    }
    assert!(double.seen().is_empty());
    for (key, value) in [
        ("filters[project_id]", "86"),
        ("filters[project_ids]", "[86]"),
        ("filters[from_project_template_id]", "9"),
        ("filters[company_id]", "7"),
    ] {
        client.get_raw("/rest/v1.0/x", &[(key, value)]).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_to_another_project_is_not_followed() {
    let double = Double::api(|_| {
        let link =
            "<https://api.procore.com/rest/v1.0/projects/87/billing_periods?page=2>; rel=\"next\"";
        with_headers(200, &[("link", link)], r#"[{"id":1}]"#)
    });
    let error = project(&double).billing_periods(&Default::default()).all().await.unwrap_err();
    assert_eq!((error.kind(), double.api_calls().len()), (ErrorKind::Paging, 1));
}

#[tokio::test(start_paused = true)]
async fn texts_of_requests_and_answers_tell_their_length_alone() {
    let double = Double::api(|_| ok(r#"{"name":"Jane Doe"}"#));
    let answer = client(&double).get_raw("/rest/v1.0/x", &[]).await.unwrap();
    assert_eq!(format!("{answer:?}"), "RawResponse { status: 200, body_bytes: 19, .. }");
    let request = Request::post("/rest/v1.0/x").json(&["Jane Doe"]).unwrap();
    assert!(!format!("{request:?}").contains("Jane"), "{request:?}");
}

#[tokio::test(start_paused = true)]
async fn a_write_does_not_wait_longer_than_its_deadline_for_another_one() {
    let double = Double::api(|_| Reply::Hang);
    let mut policy = RetryPolicy::default();
    policy.deadline = std::time::Duration::from_secs(20);
    let client = builder(&double).allow_writes(WriteAccess::Write).retry(policy).build().unwrap();
    let path = "/rest/v1.1/projects/86/direct_costs/1";
    let writes = (0..3).map(|_| client.delete_raw(path, &[]));
    let began = tokio::time::Instant::now();
    let errors: Vec<_> =
        futures_util::future::join_all(writes).await.into_iter().map(Result::unwrap_err).collect();
    let outcomes: Vec<Outcome> = errors.iter().map(|error| error.outcome()).collect();
    assert_eq!(outcomes[0], Outcome::Unknown);
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Timeout));
    assert!(began.elapsed() <= std::time::Duration::from_secs(41), "{:?}", began.elapsed());
}
