//! No secret shows in any error, Debug text or body.

use std::error::Error as _;

use procore_client::SecretString;
use procore_client::auth::{AccessToken, ClientCredentials};
use procore_client::transport::Sent;

use crate::double::{Double, Reply, SECRET, builder, client, ok, status};

const TOKEN: &str = "canary-token-1";

fn assert_clean(text: &str) {
    assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
}

#[tokio::test(start_paused = true)]
async fn errors_do_not_show_secrets_even_when_the_server_echoes_them() {
    for code in [400, 401, 403, 422, 429, 500, 503] {
        let double = Double::api(move |seen| {
            status(code, &format!(r#"{{"errors":"you sent {}"}}"#, seen.bearer()))
        });
        let error = client(&double).companies().all().await.unwrap_err();
        assert_clean(&format!(
            "{error} {error:?} {:?} {:?}",
            error.raw_body(),
            error.api_messages()
        ));
        assert!(error.raw_body().unwrap().contains("[redacted]"));
    }
    for code in [400, 401, 403, 500] {
        let double = Double::new(move |seen| {
            status(
                code,
                &format!(r#"{{"error":"invalid_client","error_description":"{}"}}"#, seen.body),
            )
        });
        let error = client(&double).companies().all().await.unwrap_err();
        assert_clean(&format!(
            "{error} {error:?} {:?} {:?}",
            error.raw_body(),
            error.api_messages()
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn errors_without_an_answer_do_not_show_secrets() {
    let double = Double::api(|_| Reply::Fail(Sent::MaybeSent));
    let error = client(&double).companies().all().await.unwrap_err();
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(text.contains("told to fail"));
    assert_clean(&text);
}

#[tokio::test(start_paused = true)]
async fn debug_texts_do_not_show_secrets() {
    let double = Double::api(|_| ok("[]"));
    let client = client(&double);
    client.companies().all().await.unwrap();
    let credentials =
        ClientCredentials::new("https://login.procore.com", "id", SecretString::from(SECRET))
            .unwrap();
    let token = AccessToken {
        secret: SecretString::from(TOKEN),
        lifetime: std::time::Duration::from_secs(1),
    };
    assert_clean(&format!(
        "{client:?} {:?} {credentials:?} {token:?} {:?}",
        builder(&double),
        client.companies()
    ));
}
