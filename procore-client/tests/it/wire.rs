//! A few things that only a socket shows.
#![allow(clippy::future_not_send, reason = "the mock server's builders are not Send")]

use httpmock::prelude::*;
use procore_client::{Client, ErrorKind, Outcome, RetryPolicy, SecretString};

use crate::double::{COMPANY, PROJECT, TOKEN_BODY};

fn client(server: &MockServer) -> Client {
    let mut retry = RetryPolicy::default();
    retry.attempts_max = 1;
    Client::builder(COMPANY)
        .base_url(server.base_url())
        .login_url(server.base_url())
        .credentials("id", SecretString::from("s&cret ü"))
        .projects([PROJECT])
        .retry(retry)
        .request_timeout(std::time::Duration::from_millis(500))
        .build()
        .unwrap()
}

async fn login(server: &MockServer) {
    server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/oauth/token")
                .form_urlencoded_tuple("grant_type", "client_credentials")
                .form_urlencoded_tuple("client_secret", "s&cret ü");
            then.status(200).body(TOKEN_BODY);
        })
        .await;
}

#[tokio::test]
async fn a_call_arrives_with_token_company_and_encoded_filters() {
    let server = MockServer::start_async().await;
    login(&server).await;
    let requisitions = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/rest/v1.1/requisitions")
                .header("authorization", "Bearer canary-token-1")
                .header("procore-company-id", "7")
                .query_param("project_id", "86")
                .query_param("view", "items")
                .query_param("filters[updated_at]", "2026-01-01T00:00:00Z...2100-01-01T00:00:00Z");
            then.status(200)
                .header("total", "1")
                .body(r#"[{"id":1,"number":3,"summary":{"current_payment_due":10812.6}}]"#);
        })
        .await;
    let since = "2026-01-01T00:00:00Z".parse().unwrap();
    let query = procore_client::resources::requisitions::RequisitionQuery {
        updated: Some(procore_client::resources::filters::TimeRange::since(since)),
        ..Default::default()
    };
    let project = client(&server).project(PROJECT).unwrap();
    let listing = project.requisitions(&query).all().await.unwrap();
    requisitions.assert_async().await;
    let due = listing.records[0].value.summary().unwrap().current_payment_due.unwrap();
    assert_eq!(due.to_string(), "10812.6");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start_async().await;
    let elsewhere = MockServer::start_async().await;
    login(&server).await;
    let target = elsewhere.url("/rest/v1.0/companies");
    server
        .mock_async(|when, then| {
            when.path("/rest/v1.0/companies");
            then.status(302).header("location", &target);
        })
        .await;
    let trap = elsewhere
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("[]");
        })
        .await;
    let error = client(&server).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unexpected, Some(302)));
    assert_eq!(trap.calls_async().await, 0);
}

#[tokio::test]
async fn a_slow_answer_is_a_time_out_with_unknown_outcome() {
    let server = MockServer::start_async().await;
    login(&server).await;
    server
        .mock_async(|when, then| {
            when.path("/rest/v1.0/companies");
            then.status(200).delay(std::time::Duration::from_secs(3)).body("[]");
        })
        .await;
    let error = client(&server).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
}

#[tokio::test]
async fn a_closed_port_is_not_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut retry = RetryPolicy::default();
    retry.attempts_max = 1;
    let client = Client::builder(COMPANY)
        .base_url(format!("http://127.0.0.1:{port}"))
        .login_url(format!("http://127.0.0.1:{port}"))
        .credentials("id", SecretString::from("s"))
        .retry(retry)
        .build()
        .unwrap();
    let error = client.companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Login, Outcome::NotSent));
}
