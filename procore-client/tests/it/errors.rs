//! What an error tells.

use procore_client::ErrorKind;

use crate::double::{Double, client, status, with_headers};

#[tokio::test(start_paused = true)]
async fn an_error_has_kind_status_request_id_messages_and_body() {
    let double = Double::api(|_| {
        with_headers(
            422,
            &[("x-request-id", "req-1")],
            r#"{"errors":{"number":["has been taken"]}}"#,
        )
    });
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!((error.status(), error.request_id()), (Some(422), Some("req-1")));
    assert_eq!(error.endpoint(), Some("GET /rest/v1.0/companies"));
    assert_eq!(error.api_messages(), ["number: has been taken"]);
    assert!(error.raw_body().unwrap().contains("has been taken"));
    assert_eq!(
        error.to_string(),
        "Procore refused the request (HTTP 422) for GET /rest/v1.0/companies: number: has been taken [request req-1]"
    );
}

#[tokio::test(start_paused = true)]
async fn every_documented_error_body_is_carried_without_trouble() {
    let text = include_str!("../fixtures/error-bodies.json");
    let shapes: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(text).unwrap();
    let mut with_messages = 0;
    for (name, body) in shapes.into_iter().filter(|(name, _)| name != "_source") {
        let sent = body.get().to_owned();
        let double = Double::api(move |_| status(400, &sent));
        let error = client(&double).companies().all().await.unwrap_err();
        assert_eq!(error.raw_body(), Some(body.get()), "{name}");
        let empty = body.get().contains("\"errors\": []");
        assert_eq!(error.api_messages().is_empty(), empty, "{name}");
        with_messages += usize::from(!empty);
    }
    assert!(with_messages >= 10, "{with_messages}");
}

#[tokio::test(start_paused = true)]
async fn kinds_follow_the_status_alone() {
    use ErrorKind::{
        Conflict, Forbidden, Invalid, NotFound, Server, Throttled, TooLarge, Unexpected,
    };
    for (code, kind) in [
        (301, Unexpected),
        (400, Invalid),
        (403, Forbidden),
        (404, NotFound),
        (406, Invalid),
        (408, TooLarge),
        (409, Conflict),
        (410, NotFound),
        (422, Invalid),
        (429, Throttled),
        (500, Server),
        (502, Server),
        (503, Server),
        (504, Server),
    ] {
        let double = Double::api(move |_| status(code, "<html><title>oops</title></html>"));
        let error = client(&double).companies().all().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.api_messages()),
            (kind, &["an HTML page: oops".to_owned()][..]),
            "{code}"
        );
        assert_eq!(error.is_not_visible(), matches!(code, 403 | 404 | 410));
    }
}

#[tokio::test(start_paused = true)]
async fn a_show_body_that_cannot_be_read_names_the_place() {
    let double = Double::api(|_| {
        status(200, r#"{"id":1,"line_items":[{"id":2},{"id":3,"unit_cost":"$5"}]}"#)
    });
    let project = crate::double::project(&double);
    let error = project.work_order_contract(1.into()).await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("line_items[1].unit_cost")));
    assert!(error.to_string().contains("$5"), "{error}");
}
