//! A user's authorisation: the code, refresh tokens that can be used once, and what ends it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use procore_client::auth::{AuthorizationCode, MemoryTokenStore, TokenStore, TokenStoreError};
use procore_client::transport::Sent;
use procore_client::{Client, ErrorKind, Outcome, SecretString};
use secrecy::ExposeSecret;

use crate::double::{Double, Reply, Seen, ok, status};

/// A login server that keeps to its rule: the refresh token that was given last is the only one.
#[derive(Debug, Default)]
struct Server {
    given: usize,
}

impl Server {
    fn answer(&mut self, seen: &Seen) -> Reply {
        let valid = format!("refresh_token=refresh-{}", self.given);
        let good = seen.body.contains("code=the-code") || seen.body.contains(&valid);
        if !good {
            return status(400, r#"{"error":"invalid_grant","error_description":"revoked"}"#);
        }
        self.given += 1;
        ok(&format!(
            r#"{{"access_token":"access-{0}","token_type":"bearer","expires_in":1000,"refresh_token":"refresh-{0}","created_at":1484786897}}"#,
            self.given
        ))
    }
}

fn app() -> AuthorizationCode {
    let secret = SecretString::from("app-secret");
    AuthorizationCode::new(
        "https://login.procore.com",
        "an-id",
        secret,
        "https://app.example.com/back",
    )
    .unwrap()
}

fn holding(token: &str) -> Arc<MemoryTokenStore> {
    Arc::new(MemoryTokenStore::holding(SecretString::from(token)))
}

fn client(double: &Arc<Double>, store: Arc<dyn TokenStore>) -> Client {
    crate::double::plain(double).token_source(Arc::new(app().resume(store))).build().unwrap()
}

async fn saved(store: &dyn TokenStore) -> String {
    store.load().await.unwrap().unwrap().expose_secret().to_owned()
}

#[test]
fn the_authorize_address_names_app_way_back_and_state() {
    let url = app().authorize_url("a b&c");
    assert_eq!(
        url.as_str(),
        "https://login.procore.com/oauth/authorize?response_type=code&client_id=an-id\
         &redirect_uri=https%3A%2F%2Fapp.example.com%2Fback&state=a+b%26c"
    );
}

#[tokio::test(start_paused = true)]
async fn a_code_is_exchanged_once_and_its_refresh_token_saved() {
    let mut server = Server::default();
    let double =
        Double::new(move |seen| if seen.is_login() { server.answer(seen) } else { ok("[]") });
    let store: Arc<MemoryTokenStore> = Arc::default();
    let code = SecretString::from("the-code");
    let tokens = app().exchange(&code, store.clone(), &*double).await.unwrap();
    assert_eq!(saved(&*store).await, "refresh-1");
    let client = crate::double::plain(&double).token_source(Arc::new(tokens)).build().unwrap();
    client.companies().all().await.unwrap();
    assert_eq!(double.logins(), 1, "the first access token came with the code");
    tokio::time::advance(Duration::from_secs(900)).await;
    client.companies().all().await.unwrap();
    assert_eq!(saved(&*store).await, "refresh-2");
    let seen = double.seen();
    assert!(seen[0].body.starts_with("grant_type=authorization_code&code=the-code&redirect_uri="));
    assert!(seen[2].body.starts_with("grant_type=refresh_token&refresh_token=refresh-1&"));
    assert_eq!(seen[0].headers["content-type"], "application/x-www-form-urlencoded");
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_use_one_refresh_token_once() {
    let mut server = Server { given: 1 };
    let double = Double::new(move |seen| match seen.is_login() {
        true => server.answer(seen),
        false if seen.bearer() == "Bearer access-2" => status(401, "{}"),
        false => ok("[]"),
    });
    let client = crate::double::plain(&double)
        .in_flight_max(50)
        .token_source(Arc::new(app().resume(holding("refresh-1"))))
        .build()
        .unwrap();
    let calls = (0..50).map(|_| client.companies().all());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(double.logins(), 2, "one cold, one for all 401");
}

/// A store whose disk fills up.
#[derive(Debug)]
struct Full(MemoryTokenStore);

#[async_trait::async_trait]
impl TokenStore for Full {
    async fn load(&self) -> Result<Option<SecretString>, TokenStoreError> {
        self.0.load().await
    }

    async fn save(&self, _: &SecretString) -> Result<(), TokenStoreError> {
        Err(TokenStoreError("the disk is full".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_saved_is_not_used_and_the_user_is_asked_for() {
    let mut server = Server { given: 1 };
    let double =
        Double::new(move |seen| if seen.is_login() { server.answer(seen) } else { ok("[]") });
    let store = Full(MemoryTokenStore::holding(SecretString::from("refresh-1")));
    let client = client(&double, Arc::new(store));
    for _ in 0..3 {
        let error = client.companies().all().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::AuthorizationLost, Outcome::NotSent)
        );
        assert!(error.to_string().contains("authorise the app again"), "{error}");
    }
    assert_eq!((double.logins(), double.api_calls().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_ends_the_authorisation_and_an_unsent_request_does_not() {
    for lost in [|| Reply::Fail(Sent::MaybeSent), || Reply::Hang, || status(502, "<html>")] {
        let double = Double::new(move |_| lost());
        let store = holding("refresh-1");
        let client = client(&double, store.clone());
        let error = client.companies().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
        assert_eq!(
            client.companies().all().await.unwrap_err().kind(),
            ErrorKind::AuthorizationLost
        );
        assert_eq!(double.logins(), 1, "a used token is not tried twice");
    }
    let mut server = Server { given: 1 };
    let mut calls = 0;
    let double = Double::new(move |seen| {
        calls += 1;
        match (seen.is_login(), calls) {
            (true, 1) => Reply::Fail(Sent::NotSent),
            (true, _) => server.answer(seen),
            _ => ok("[]"),
        }
    });
    client(&double, holding("refresh-1")).companies().all().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_is_never_tried_again() {
    let mut server = Server { given: 5 };
    let double = Double::new(move |seen| server.answer(seen));
    let client = client(&double, holding("refresh-1"));
    for _ in 0..3 {
        let error = client.companies().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
    }
    assert_eq!(double.logins(), 1);
    let error = client.verify_scope().await.token.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_during_a_refresh_loses_no_token() {
    let mut server = Server { given: 1 };
    let double = Double::slow(Duration::from_secs(5), move |seen| {
        if seen.is_login() { server.answer(seen) } else { ok("[]") }
    });
    let store = holding("refresh-1");
    let client = client(&double, store.clone());
    let impatient = tokio::time::timeout(Duration::from_secs(1), client.companies().all());
    assert!(impatient.await.is_err());
    client.companies().all().await.unwrap();
    assert_eq!((double.logins(), saved(&*store).await.as_str()), (1, "refresh-2"));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_told_about_and_given_back() {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let double = Double::new({
        let log = Arc::clone(&log);
        move |seen| {
            log.lock().unwrap().push(format!("{} {} {}", seen.method, seen.host, seen.path));
            match seen.path.as_str() {
                "/oauth/token" => ok(crate::double::TOKEN_BODY),
                "/oauth/token/info" => ok(
                    r#"{"resource_owner_id":4242,"scopes":[],"expires_in_seconds":5000,"application":{"uid":"an-id"},"created_at":1511289006}"#,
                ),
                _ => ok("{}"),
            }
        }
    });
    let client = crate::double::client(&double);
    let info = client.token_info().await.unwrap();
    assert_eq!((info.resource_owner_id, info.expires_in_seconds), (Some(4242), Some(5000)));
    assert_eq!(info.application_uid.as_deref(), Some("an-id"));
    client.revoke_token().await.unwrap();
    client.revoke_token().await.unwrap();
    client.login().await.unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "POST login.procore.com /oauth/token",
            "GET login.procore.com /oauth/token/info",
            "POST login.procore.com /oauth/revoke",
            "POST login.procore.com /oauth/token",
        ]
    );
    assert!(double.seen()[2].body.starts_with("token=canary-token-1&client_id=an-id&"));
}
