//! No refresh token is sent twice, and none is lost because a caller gave up.

use std::sync::Arc;
use std::time::Duration;

use procore_client::auth::{AuthorizationCode, MemoryTokenStore, TokenStore};
use procore_client::transport::Sent;
use procore_client::{Client, ErrorKind, SecretString};
use secrecy::ExposeSecret;

use crate::double::{Double, Reply, Seen, ok, plain, status, with_headers};

const SECRET: &str = "canary&secret \"1\"";

fn app() -> AuthorizationCode {
    AuthorizationCode::new(
        "https://login.procore.com",
        "an-id",
        SecretString::from(SECRET),
        "https://app.example.com/back",
    )
    .unwrap()
}

fn store() -> Arc<MemoryTokenStore> {
    Arc::new(MemoryTokenStore::holding(SecretString::from("refresh-1")))
}

fn client(double: &Arc<Double>, store: &Arc<MemoryTokenStore>) -> Client {
    plain(double).token_source(Arc::new(app().resume(store.clone()))).build().unwrap()
}

async fn saved(store: &MemoryTokenStore) -> String {
    store.load().await.unwrap().unwrap().expose_secret().to_owned()
}

/// A login server that takes the token that it gave last, once.
fn rotating() -> impl FnMut(&Seen) -> Reply + Send {
    let mut given = 1;
    move |seen| {
        if !seen.is_login() {
            return ok("[]");
        }
        if !seen.body.contains(&format!("refresh_token=refresh-{given}&")) {
            return status(400, r#"{"error":"invalid_grant"}"#);
        }
        given += 1;
        ok(&format!(
            r#"{{"access_token":"access-{given}","expires_in":1000,"refresh_token":"refresh-{given}"}}"#
        ))
    }
}

fn sent(double: &Double) -> Vec<String> {
    let logins = double.seen().into_iter().filter(Seen::is_login);
    let token = |seen: Seen| {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect();
        pairs.into_iter().find(|(name, _)| name == "refresh_token").unwrap().1
    };
    logins.map(token).collect()
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_nobody_waits_for_any_more_is_finished_and_saved() {
    let double = Double::slow(Duration::from_secs(5), rotating());
    let store = store();
    let client = client(&double, &store);
    let impatient = tokio::time::timeout(Duration::from_secs(1), client.companies().all());
    assert!(impatient.await.is_err());
    // No other caller comes.
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(saved(&store).await, "refresh-2");
    drop(client);
    let double = Double::slow(Duration::from_secs(5), rotating());
    let store = self::store();
    let client = self::client(&double, &store);
    let impatient = tokio::time::timeout(Duration::from_secs(1), client.login());
    assert!(impatient.await.is_err());
    drop(client);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(saved(&store).await, "refresh-2", "not even the client is needed");
    assert_eq!(sent(&double), ["refresh-1"]);
}

#[tokio::test(start_paused = true)]
async fn many_callers_who_give_up_share_one_refresh() {
    let double = Double::slow(Duration::from_secs(5), rotating());
    let store = store();
    let client = client(&double, &store);
    for _ in 0..4 {
        let calls = (0..5).map(|_| client.login());
        let all = futures_util::future::join_all(calls);
        assert!(tokio::time::timeout(Duration::from_secs(1), all).await.is_err());
    }
    client.login().await.unwrap();
    assert_eq!((sent(&double), client.calls().logins), (vec!["refresh-1".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_next_token_serves_until_it_ends_and_nothing_is_sent_again() {
    let double = Double::new(|seen| {
        if seen.is_login() {
            ok(r#"{"access_token":"access-2","expires_in":1000}"#)
        } else {
            ok("[]")
        }
    });
    let store = store();
    let client = client(&double, &store);
    client.companies().all().await.unwrap();
    tokio::time::advance(Duration::from_secs(900)).await;
    for _ in 0..2 {
        let error = client.companies().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
        assert!(error.to_string().contains("authorise the app again"), "{error}");
    }
    assert_eq!(sent(&double), ["refresh-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_gives_the_old_token_back_does_not_make_it_go_out_twice() {
    /// Saves, and loses what it saved.
    struct Forgetful;
    #[async_trait::async_trait]
    impl TokenStore for Forgetful {
        async fn load(
            &self,
        ) -> Result<Option<SecretString>, procore_client::auth::TokenStoreError> {
            Ok(Some(SecretString::from("refresh-1")))
        }
        async fn save(
            &self,
            _: &SecretString,
        ) -> Result<(), procore_client::auth::TokenStoreError> {
            Ok(())
        }
    }
    let double = Double::new(rotating());
    let tokens = app().resume(Arc::new(Forgetful));
    let client = plain(&double).token_source(Arc::new(tokens)).build().unwrap();
    client.login().await.unwrap();
    tokio::time::advance(Duration::from_secs(900)).await;
    assert_eq!(client.login().await.unwrap_err().kind(), ErrorKind::AuthorizationLost);
    assert_eq!(sent(&double), ["refresh-1"]);
}

#[tokio::test(start_paused = true)]
async fn clients_that_share_one_source_take_turns() {
    let double = Double::slow(Duration::from_secs(1), rotating());
    let store = store();
    let source = Arc::new(app().resume(store.clone()));
    let one = plain(&double).token_source(source.clone()).build().unwrap();
    let two = plain(&double).token_source(source).build().unwrap();
    let (first, second) = futures_util::future::join(one.login(), two.login()).await;
    first.unwrap();
    second.unwrap();
    assert_eq!(sent(&double), ["refresh-1", "refresh-2"]);
    assert_eq!(saved(&store).await, "refresh-3");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_was_not_made_is_made_again_with_the_same_token() {
    let refusals: [fn() -> Reply; 4] = [
        || Reply::Fail(Sent::NotSent),
        || status(429, "slow"),
        || with_headers(429, &[("retry-after", "7")], "slow"),
        || with_headers(503, &[("retry-after", "7")], "{}"),
    ];
    for refusal in refusals {
        let mut server = rotating();
        let mut logins = 0;
        let double = Double::new(move |seen| {
            logins += usize::from(seen.is_login());
            if seen.is_login() && logins == 1 { refusal() } else { server(seen) }
        });
        let store = store();
        client(&double, &store).companies().all().await.unwrap();
        assert_eq!(sent(&double), ["refresh-1", "refresh-1"]);
        assert_eq!(saved(&store).await, "refresh-2");
        let asked = double.seen()[1].at - double.seen()[0].at;
        let told = matches!(refusal(), Reply::Answer(answer) if answer.headers().contains_key("retry-after"));
        assert!(!told || asked.num_seconds() >= 7, "{asked}");
    }
    // The page of a proxy is no refusal.
    let double = Double::new(|_| with_headers(503, &[("retry-after", "7")], "<html>"));
    let error = client(&double, &store()).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), sent(&double).len()), (ErrorKind::AuthorizationLost, 1));
}

#[tokio::test(start_paused = true)]
async fn no_secret_of_the_login_shows_however_the_server_repeats_it() {
    for code in [400, 401, 403, 429, 500] {
        let double = Double::new(move |seen| {
            let description =
                serde_json::to_string(&format!("you sent {} {SECRET}", seen.body)).unwrap();
            status(code, &format!(r#"{{"error":"bad","error_description":{description}}}"#))
        });
        let by_refresh = client(&double, &store()).login().await.unwrap_err();
        let code = SecretString::from("canary/code+1");
        let by_code = app().exchange(&code, store(), &*double).await.unwrap_err();
        for error in [by_refresh, by_code] {
            let text = format!("{error} {error:?} {:?}", error.api_messages());
            for secret in ["canary", "refresh-1", "code+1"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}
