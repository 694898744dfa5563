//! Canaries: no password and no session in any error, text or debug output.

use crate::fake::{FakeSap, Reply, error};
use sap_b1_client::{Authenticator, LoginAnswer, LoginStep, NewDocument, PasswordLogin, Query};

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_secrets_does_not_make_us_show_them() {
    let sap = FakeSap::new(|seen, _| {
        let cookie = seen.cookie.clone().unwrap_or_default();
        match seen.path.as_str() {
            "Login" => None,
            "PurchaseInvoices" => Some(error(400, -5002, &format!("Bad cookie canary {cookie}"))),
            _ => Some(Reply::Answer(400, format!("cookie {cookie}"))),
        }
    });
    let client = sap.client();
    let refused =
        client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
    let read = client.projects().all(Query::new()).await.unwrap_err();
    let texts =
        [format!("{client:?}"), format!("{refused:?} {refused}"), format!("{read:?} {read}")];
    client.close().await;
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "Login").then(|| Reply::Answer(401, seen.body.clone()))
    });
    let client = sap.client();
    let login = client.login().await.unwrap_err();
    for text in texts
        .into_iter()
        .chain([format!("{login:?} {login} {client:?}"), format!("{:?}", sap.builder("v2"))])
    {
        assert!(!text.contains("canary-password") && !text.contains("canary-session"), "{text}");
    }
}

#[tokio::test]
async fn a_step_of_a_login_shows_where_it_goes_and_nothing_it_carries() {
    let login = PasswordLogin::new("SBODEMOUS", "manager", "canary-password".into());
    let step = login.begin("https://b1.test/b1s/v2").await.unwrap();
    let bearer = LoginAnswer::bearer("canary-token".into(), std::time::Duration::from_secs(60));
    let text = format!("{login:?} {step:?} {:?}", LoginStep::Done(bearer));
    assert!(text.contains("/b1s/v2/Login") && !text.contains("canary"), "{text}");
}
