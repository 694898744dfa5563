//! One token for all callers: when it is got, shared, renewed and given up.

use std::time::Duration;

use futures_util::future::join_all;
use procore_client::{Environment, ErrorKind, Outcome};

use crate::double::{Double, Reply, SECRET, Seen, builder, client, ok, status};

fn token(number: usize) -> String {
    format!(r#"{{"access_token":"token-{number}","token_type":"bearer","expires_in":1000}}"#)
}

/// Counts logins and hands out numbered tokens.
fn numbered(mut api: impl FnMut(&Seen) -> Reply + Send + 'static) -> std::sync::Arc<Double> {
    let mut logins = 0;
    Double::new(move |seen| {
        if seen.is_login() {
            logins += 1;
            return ok(&token(logins));
        }
        api(seen)
    })
}

#[tokio::test(start_paused = true)]
async fn the_login_is_form_urlencoded_client_credentials() {
    let double = Double::api(|_| ok("[]"));
    client(&double).companies().all().await.unwrap();
    let login = &double.seen()[0];
    assert_eq!((login.method.as_str(), login.host.as_str()), ("POST", "login.procore.com"));
    assert_eq!(login.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        login.body,
        format!("grant_type=client_credentials&client_id=an-id&client_secret={SECRET}")
    );
    let call = &double.api_calls()[0];
    assert_eq!(call.bearer(), "Bearer canary-token-1");
    assert_eq!(call.headers["procore-company-id"], "7");
}

#[tokio::test(start_paused = true)]
async fn each_environment_has_its_own_hosts_and_any_other_can_be_set() {
    use Environment::{DevelopmentSandbox, MonthlySandbox, Production};
    for (environment, api, login) in [
        (Production, "api.procore.com", "login.procore.com"),
        (DevelopmentSandbox, "sandbox.procore.com", "login-sandbox.procore.com"),
        (MonthlySandbox, "api-monthly.procore.com", "login-sandbox-monthly.procore.com"),
    ] {
        let double = Double::api(|_| ok("[]"));
        let client = builder(&double).environment(environment).build().unwrap();
        client.companies().all().await.unwrap();
        let hosts: Vec<String> = double.seen().into_iter().map(|seen| seen.host).collect();
        assert_eq!(hosts, [login, api], "{environment:?}");
    }
    let double = Double::api(|_| ok("[]"));
    let client = builder(&double).base_url("https://procore.example").login_url("http://localhost");
    client.build().unwrap().companies().all().await.unwrap();
    let hosts: Vec<String> = double.seen().into_iter().map(|seen| seen.host).collect();
    assert_eq!(hosts, ["localhost", "procore.example"]);
}

#[tokio::test(start_paused = true)]
async fn one_login_serves_fifty_cold_callers_at_once() {
    let double = numbered(|_| ok("[]"));
    let client = builder(&double).in_flight_max(50).build().unwrap();
    let calls = (0..50).map(|_| {
        let client = client.clone();
        async move { client.companies().all().await }
    });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!((double.logins(), client.calls().logins), (1, 1));
    assert_eq!(client.calls().api, 50);
}

#[tokio::test(start_paused = true)]
async fn the_token_is_renewed_when_80_percent_of_its_life_is_gone() {
    let double = numbered(|_| ok("[]"));
    let client = client(&double);
    client.companies().all().await.unwrap();
    tokio::time::advance(Duration::from_secs(790)).await;
    client.companies().all().await.unwrap();
    assert_eq!(double.logins(), 1);
    tokio::time::advance(Duration::from_secs(20)).await;
    client.companies().all().await.unwrap();
    assert_eq!(double.logins(), 2);
    assert_eq!(double.api_calls()[2].bearer(), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_the_valid_token_in_use() {
    let mut logins = 0;
    let double = Double::new(move |seen| {
        if !seen.is_login() {
            return ok("[]");
        }
        logins += 1;
        if logins == 1 { ok(&token(1)) } else { status(500, "down") }
    });
    let client = client(&double);
    client.companies().all().await.unwrap();
    tokio::time::advance(Duration::from_secs(850)).await;
    client.companies().all().await.unwrap();
    client.companies().all().await.unwrap();
    assert_eq!(double.logins(), 2, "the second call within 30 s does not ask again");
    assert_eq!(double.api_calls()[2].bearer(), "Bearer token-1");
}

#[tokio::test(start_paused = true)]
async fn a_401_forces_one_refresh_and_one_resend() {
    let double =
        numbered(
            |seen| if seen.bearer() == "Bearer token-1" { status(401, "{}") } else { ok("[]") },
        );
    let client = client(&double);
    client.companies().all().await.unwrap();
    assert_eq!((double.logins(), double.api_calls().len()), (2, 2));
    assert_eq!(client.calls().retries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_401_with_a_fresh_token_is_the_end() {
    let double = numbered(|_| status(401, r#"{"errors":"nope"}"#));
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Unauthorized, Outcome::Refused));
    assert_eq!(error.api_messages(), ["nope"]);
    assert_eq!((double.logins(), double.api_calls().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn many_401s_at_once_bring_one_refresh() {
    let double =
        numbered(
            |seen| if seen.bearer() == "Bearer token-1" { status(401, "{}") } else { ok("[]") },
        );
    let client = builder(&double).in_flight_max(50).build().unwrap();
    let calls = (0..50).map(|_| client.companies().all());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(double.logins(), 2);
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_never_tried_again() {
    let double = Double::new(|_| {
        status(
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
        )
    });
    let client = client(&double);
    let calls = (0..5).map(|_| client.companies().all());
    for result in join_all(calls).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRefused);
        assert!(error.to_string().contains("Client authentication failed"), "{error}");
    }
    tokio::time::advance(Duration::from_secs(86_400)).await;
    assert_eq!(client.companies().all().await.unwrap_err().kind(), ErrorKind::LoginRefused);
    assert_eq!((double.logins(), double.api_calls().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn invalid_client_as_400_is_a_refused_login_too() {
    let double = Double::new(|_| status(400, r#"{"error":"invalid_client"}"#));
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), double.logins()), (ErrorKind::LoginRefused, 1));
}

#[tokio::test(start_paused = true)]
async fn a_login_server_that_is_down_for_a_moment_is_asked_again() {
    let mut logins = 0;
    let double = Double::new(move |seen| {
        if !seen.is_login() {
            return ok("[]");
        }
        logins += 1;
        match logins {
            1 => status(503, "<html></html>"),
            2 => Reply::Hang,
            _ => ok(&token(logins)),
        }
    });
    let client = builder(&double).build().unwrap();
    client.companies().all().await.unwrap();
    assert_eq!(double.logins(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_login_answer_without_token_is_no_refusal_and_shows_nothing_of_its_body() {
    let double = Double::new(|_| ok(r#"{"acces_token":"canary-leak"}"#));
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Login);
    assert!(!format!("{error:?} {error}").contains("canary-leak"));
    assert_eq!(error.raw_body(), None);
}
